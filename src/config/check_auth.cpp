#include "config/cross_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <bitset>

namespace stagedoor::config {
namespace {

struct Subject {
    const Config& config;
    const Provider& provider;
    const ProviderEnvironment& environment;
    std::string path;
    const Value& section;
    Findings& findings;

    [[nodiscard]] std::string key(std::string_view name) const { return fmt::format("{}.{}", path, name); }
    void error(std::string_view name, std::string message) const {
        findings.error(place_of(section, name), key(name), std::move(message));
    }
    void warning(std::string_view name, std::string message) const {
        findings.warning(place_of(section, name), key(name), std::move(message));
    }
    [[nodiscard]] bool has_error(std::string_view name) const { return findings.has_error_at(key(name)); }
};

void check_missing(const Subject& subject, std::string_view name, std::string_view remedy) {
    if (find_path(subject.section, name) != nullptr) return;
    const auto absent = subject.findings.absent_keys().find(subject.key(name));
    if (absent == subject.findings.absent_keys().end()) {
        subject.error(name, fmt::format("is required and missing{}", remedy));
    } else {
        subject.findings.error(
            absent->second.place,
            subject.key(name),
            fmt::format("is required, and the environment variable {} is not set", absent->second.variable)
        );
    }
}

void check_metadata(const Subject& subject) {
    const Endpoints& given = subject.environment.endpoints;
    const bool enough = given.issuer && given.authorization && given.token && given.jwks;
    if (subject.provider.id != "oidc" || enough) return;
    check_missing(
        subject, "metadataUrl", "; without it, endpoints must name issuer, authorization, token and jwks"
    );
}

void check_callback(const Subject& subject) {
    if (subject.has_error("callbackUrl") || subject.findings.has_error_at("backend.baseUrl")) return;
    const auto callback =
        base::Url::parse(callback_url(subject.config, subject.provider.id, subject.environment));
    const auto service = base::Url::parse(auth_base_url(subject.config));
    if (!callback || !service) return;
    // RFC 6749 section 3.1.2: no fragment.
    if (!callback->fragment().empty()) subject.error("callbackUrl", "must have no fragment");
    if (callback->origin() != service->origin()) {
        subject.warning(
            "callbackUrl",
            fmt::format(
                "is on {}, while logins start on {}: the browser sends no cookie of the login there, so it "
                "can't end. "
                "Use one origin for both",
                callback->origin().to_string(),
                service->origin().to_string()
            )
        );
    }
    // The provider's page posts from another site, and cookies follow such a post with SameSite=None and
    // Secure only.
    const bool form_post = subject.environment.response_mode == ResponseMode::form_post;
    if (form_post && callback->scheme() == "http" && !callback->origin().is_loopback()) {
        subject.error(
            "responseMode", "form_post needs https: browsers send no cookies with the provider's post"
        );
    }
}

void check_provider(
    const Config& config, const Provider& provider, const Value& root, bool complete, Findings& findings
) {
    const Value* providers = find_path(root, "auth.providers");
    const Value* environments = providers == nullptr ? nullptr : find(*providers->map(), provider.id);
    if (environments == nullptr) return;
    for (const auto& environment : provider.environments) {
        const Value* section = find(*environments->map(), environment.name);
        if (section == nullptr) continue;
        const Subject subject{
            .config = config,
            .provider = provider,
            .environment = environment,
            .path = fmt::format("auth.providers.{}.{}", provider.id, environment.name),
            .section = *section,
            .findings = findings
        };
        const bool no_secret = environment.token_endpoint_auth_method == ClientAuthentication::none;
        if (complete && !no_secret) {
            check_missing(subject, "clientSecret", "; a public client says tokenEndpointAuthMethod: none");
        }
        if (complete) check_metadata(subject);
        check_callback(subject);
    }
}

// What `stagedoor secret` makes has 43 characters, about 30 of them different.
bool is_weak(const std::string& secret) {
    constexpr std::size_t kShort = 32;
    constexpr std::size_t kFewDifferent = 10;
    std::bitset<256> seen;
    for (const char c : secret) seen.set(static_cast<unsigned char>(c));
    return secret.size() < kShort || seen.count() < kFewDifferent;
}

void check_secrets(const Config& config, const Value& root, Findings& findings) {
    constexpr std::string_view kPath = "auth.session.secret";
    const auto& secrets = config.auth.session_secrets;
    for (std::size_t i = 0; i < secrets.size(); ++i) {
        if (!is_weak(secrets[i].reveal())) continue;
        const std::string which = secrets.size() == 1 ? std::string() : fmt::format("number {} ", i + 1);
        findings.warning(
            place_of(root, kPath),
            kPath,
            fmt::format(
                "{}is short or repetitive, so it can be guessed; `stagedoor secret` makes a good one", which
            )
        );
    }
    for (std::size_t i = 1; i < secrets.size(); ++i) {
        if (std::find(secrets.begin(), secrets.begin() + static_cast<std::ptrdiff_t>(i), secrets[i]) ==
            secrets.begin() + static_cast<std::ptrdiff_t>(i)) {
            continue;
        }
        findings.warning(
            place_of(root, kPath), kPath, fmt::format("number {} is the same as one before it", i + 1)
        );
    }
}

}  // namespace

void check_auth(const Config& config, const Value& root, bool complete, Findings& findings) {
    check_secrets(config, root, findings);
    for (const auto& provider : config.auth.providers)
        check_provider(config, provider, root, complete, findings);
}

}  // namespace stagedoor::config
