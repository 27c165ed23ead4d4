#include "config/cross_checks.h"
#include "config/read.h"

#include <fmt/format.h>

#include <algorithm>

namespace stagedoor::config {
namespace {

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
    static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter || (c >= '0' && c <= '9') || kMarks.find(c) != std::string_view::npos;
    });
}

void check_tokens(
    const std::vector<std::string>& names, std::string_view path, const Value& root, Findings& findings
) {
    if (std::ranges::all_of(names, is_token)) return;
    findings.error(place_of(root, path), path, "holds something that is no name of a method or header field");
}

void check_https(const Value& root, Findings& findings) {
    constexpr std::string_view kPath = "backend.https";
    const Value* https = find_path(root, kPath);
    if (https == nullptr || findings.has_error_at(kPath)) return;
    const auto error = [&](std::string_view message) {
        findings.error(https->place, kPath, std::string(message));
    };
    const bool text = find_path(*https, "certificate") != nullptr;
    const bool cert_file = find_path(*https, "certificateFile") != nullptr;
    const bool key_file = find_path(*https, "keyFile") != nullptr;
    if (!text && !cert_file && !key_file) {
        return error("needs a certificate: set backend.https.certificateFile and backend.https.keyFile");
    }
    if (text && (cert_file || key_file))
        return error("has certificate as well as certificateFile; keep one of them");
    if (cert_file != key_file) return error("needs both certificateFile and keyFile");
    if (!text) return;
    for (const std::string_view path : {"backend.https.certificate.cert", "backend.https.certificate.key"}) {
        const Value* pem = find_path(root, path);
        if (pem == nullptr || pem->text()->find("-----BEGIN ") != std::string::npos) continue;
        findings.error(
            pem->place, path, "is no PEM text; to name a file, write certificateFile and keyFile, or $file"
        );
    }
}

void check_csp(const Config& config, const Value& root, Findings& findings) {
    for (const auto& [directive, sources] : config.backend.csp) {
        const bool valid =
            std::ranges::all_of(directive, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
        if (!valid)
            findings.error(place_of(root, "backend.csp"), "backend.csp", "holds a name that is no directive");
    }
}

void check_cors(const Config& config, const Value& root, Findings& findings) {
    if (!config.backend.cors) return;
    const Cors& cors = *config.backend.cors;
    check_tokens(cors.methods.value_or(std::vector<std::string>{}), "backend.cors.methods", root, findings);
    check_tokens(
        cors.allowed_headers.value_or(std::vector<std::string>{}),
        "backend.cors.allowedHeaders",
        root,
        findings
    );
    check_tokens(cors.exposed_headers, "backend.cors.exposedHeaders", root, findings);
}

void check_client(const Config& config, const Value& root, Findings& findings) {
    constexpr std::string_view kPath = "backend.client.proxy";
    const std::string& proxy = config.backend.client.proxy.reveal();
    if (proxy.empty() || proxy.starts_with("http://") || proxy.starts_with("https://")) return;
    findings.error(place_of(root, kPath), kPath, "must begin with http:// or https://");
}

// False if another file gives the key a value, or has removed or replaced the object or list around it.
bool is_left_out(const Value& root, std::string_view path, const Place& place) {
    if (find_path(root, path) != nullptr) return false;
    const auto end = path.find_last_of(".[");
    if (end == std::string_view::npos) return true;
    const Value* around = find_path(root, path.substr(0, end));
    if (around == nullptr) return false;
    return around->list() == nullptr || around->place.file == place.file;
}

}  // namespace

Place place_of(const Value& root, std::string_view path) {
    while (!path.empty()) {
        if (const Value* value = find_path(root, path)) return value->place;
        const auto dot = path.rfind('.');
        path = dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot);
    }
    return root.place;
}

void check_backend(const Config& config, const Value& root, Findings& findings) {
    check_https(root, findings);
    check_csp(config, root, findings);
    check_cors(config, root, findings);
    check_client(config, root, findings);

    if (config.backend.base_url.has_query() || !config.backend.base_url.fragment().empty()) {
        findings.error(
            place_of(root, "backend.baseUrl"), "backend.baseUrl", "must have no query and no fragment"
        );
    }
    if (const auto discovered = read_discovered(root); !discovered) {
        findings.error(
            place_of(root, "discovery.endpoints"),
            "discovery.endpoints",
            fmt::format("the external target for auth {}", discovered.error())
        );
    }
    if (config.backend.https && config.backend.base_url.scheme() == "http" &&
        !findings.has_error_at("backend.baseUrl")) {
        findings.warning(
            place_of(root, "backend.baseUrl"),
            "backend.baseUrl",
            "begins with http://, but backend.https makes this service speak TLS only; write https://"
        );
    }
}

void check_absent(const Value& root, Findings& findings) {
    for (const auto& [path, absent] : findings.absent_keys()) {
        if (!is_left_out(root, path, absent.place) || findings.has_error_at(path)) continue;
        findings.warning(
            absent.place,
            path,
            fmt::format(
                "is left out, since the environment variable {0} is not set; ${{{0}:-}} says that this is "
                "meant",
                absent.variable
            )
        );
    }
}

}  // namespace stagedoor::config
