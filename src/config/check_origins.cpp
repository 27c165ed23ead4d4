#include "config/cross_checks.h"

#include <fmt/format.h>

#include <algorithm>

namespace stagedoor::config {
namespace {

constexpr std::string_view kExtraOrigins = "auth.experimentalExtraAllowedOrigins";

// An origin is scheme, "://" and a host: it has exactly two slashes, and no wildcard stands for one.
bool admits_nothing(std::string_view pattern) {
    if (pattern.find_first_of("{[") != std::string_view::npos)
        return pattern.find('/') == std::string_view::npos;
    return std::ranges::count(pattern, '/') != 2 || pattern.find("://") == std::string_view::npos;
}

bool admits_everyone(const base::OriginPattern& pattern) {
    return std::ranges::any_of(
        std::initializer_list<std::string_view>{"https://a.example", "https://b.c.example.net:8443"},
        [&pattern](std::string_view text) {
            const auto stranger = base::Origin::parse(text);
            return stranger && pattern.matches(*stranger);
        }
    );
}

void check_patterns(
    const std::vector<base::OriginPattern>& patterns,
    std::string_view path,
    const Value& root,
    Findings& findings
) {
    for (const auto& pattern : patterns) {
        if (admits_nothing(pattern.text())) {
            findings.warning(
                place_of(root, path),
                path,
                fmt::format(
                    "'{}' admits no origin at all; a pattern looks like https://*.example.com, without a "
                    "path",
                    pattern.text()
                )
            );
        } else if (admits_everyone(pattern)) {
            findings.warning(
                place_of(root, path),
                path,
                fmt::format(
                    "'{}' admits every site: any page that a user visits can ask for tokens; name your own "
                    "domain",
                    pattern.text()
                )
            );
        }
    }
}

bool admitted(const Cors& cors, const base::Origin& origin) {
    return std::ranges::any_of(cors.origins, [&origin](const base::OriginPattern& pattern) {
        return pattern.matches(origin);
    });
}

// The frontend asks from its own origin, with the session cookie.
void check_cors_of_app(
    const Config& config, const base::Origin& service, const Value& root, Findings& findings
) {
    const base::Origin& app = config.app_base_url.origin();
    if (app == service || findings.has_error_at("backend.cors")) return;
    const auto& cors = config.backend.cors;
    const Place place = place_of(root, "backend.cors");
    if (!cors) {
        findings.warning(
            place,
            "backend.cors",
            fmt::format(
                "is missing, and the app has another origin than this service, so its requests will be "
                "refused by "
                "the browser. Add to backend:\n  cors:\n    origin: {}\n    credentials: true",
                app.to_string()
            )
        );
        return;
    }
    if (!admitted(*cors, app)) {
        findings.warning(
            place,
            "backend.cors.origin",
            fmt::format("does not admit the app's origin {}; add it, or correct app.baseUrl", app.to_string())
        );
    }
    if (!cors->credentials) {
        findings.warning(
            place,
            "backend.cors.credentials",
            "is not true, so a browser sends no cookies and every refresh fails; set credentials: true"
        );
    }
}

// A cookie of another site needs SameSite=None, which browsers take with Secure only (RFC 6265bis
// section 4.1.2.7).
void check_cookies(const Config& config, const base::Origin& service, const Value& root, Findings& findings) {
    const base::Origin& app = config.app_base_url.origin();
    if (service.scheme() == "http" && app.host() != service.host()) {
        findings.warning(
            place_of(root, "backend.baseUrl"),
            "backend.baseUrl",
            fmt::format(
                "is plain http on another host ({}) than the app ({}): browsers will not send the session "
                "cookie from "
                "there. Use https, or the same host name for both",
                service.host(),
                app.host()
            )
        );
    }
    if (app.scheme() == "http" && service.scheme() == "https" && !app.is_loopback()) {
        findings.warning(
            place_of(root, "app.baseUrl"),
            "app.baseUrl",
            "is plain http while this service is https: whoever is on the network path can take the tokens "
            "from the "
            "page. Serve the app by https"
        );
    }
}

}  // namespace

void check_origins(const Config& config, const Value& root, Findings& findings) {
    check_patterns(config.auth.extra_allowed_origins, kExtraOrigins, root, findings);
    if (config.backend.cors)
        check_patterns(config.backend.cors->origins, "backend.cors.origin", root, findings);

    const bool unknown = findings.has_error_at("app") || findings.has_error_at("backend.baseUrl");
    const auto service = base::Url::parse(auth_base_url(config));
    if (unknown || !service) return;
    check_cors_of_app(config, service->origin(), root, findings);
    check_cookies(config, service->origin(), root, findings);
}

}  // namespace stagedoor::config
