#include "config/read.h"
#include "config/substitution.h"
#include "config/take.h"

#include <fmt/format.h>

#include <algorithm>

namespace stagedoor::config {
namespace {

// "GET, HEAD" and [GET, HEAD] are the same.
Converted<std::vector<std::string>> to_names(const Value& value) {
    const auto texts = to_texts(value, true);
    if (!texts) return std::unexpected(texts.error());
    std::vector<std::string> names;
    for (std::string_view rest : *texts) {
        while (!rest.empty()) {
            const auto comma = rest.find(',');
            if (const auto name = trim(rest.substr(0, comma)); !name.empty()) names.emplace_back(name);
            rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        }
    }
    return names;
}

Converted<std::string> to_joined(const Value& value) {
    const auto texts = to_texts(value, true);
    if (!texts) return std::unexpected(texts.error());
    return fmt::format("{}", fmt::join(*texts, ", "));
}

Converted<std::vector<base::OriginPattern>> to_origins(const Value& value) {
    return to_globs(value, true);
}

// connectSrc is connect-src.
std::string directive_name(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const bool upper = c >= 'A' && c <= 'Z';
        if (upper && !out.empty() && out.back() != '-') out += '-';
        out += upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

void take_count(const Value& root, std::string_view path, std::optional<std::size_t>& target) {
    take(root, path, to_whole_number, target);
}

Listen read_listen(const Value& root) {
    Listen listen;
    take(root, "backend.listen", to_listen, listen);
    take(root, "backend.listen.host", to_text, listen.host);
    take(root, "backend.listen.port", to_whole_number, listen.port);
    return listen;
}

std::optional<std::variant<CertificateText, CertificateFiles>> read_https(const Value& root) {
    if (find_path(root, "backend.https.certificate") != nullptr) {
        CertificateText text;
        std::string key;
        take(root, "backend.https.certificate.cert", to_text, text.cert);
        take(root, "backend.https.certificate.key", to_text, key);
        text.key = base::Secret(std::move(key));
        return text;
    }
    if (find_path(root, "backend.https.certificateFile") == nullptr) return std::nullopt;
    CertificateFiles files;
    take(root, "backend.https.certificateFile", to_file, files.cert);
    take(root, "backend.https.keyFile", to_file, files.key);
    return files;
}

std::optional<Cors> read_cors(const Value& root) {
    const Value* section = find_path(root, "backend.cors");
    if (section == nullptr || section->map() == nullptr) return std::nullopt;
    Cors cors;
    std::optional<std::int64_t> max_age;
    take(*section, "origin", to_origins, cors.origins);
    take(*section, "methods", to_names, cors.methods);
    take(*section, "allowedHeaders", to_names, cors.allowed_headers);
    take(*section, "exposedHeaders", to_names, cors.exposed_headers);
    take(*section, "credentials", to_flag, cors.credentials);
    take(*section, "maxAge", to_whole_number, max_age);
    take(*section, "preflightContinue", to_flag, cors.preflight_continue);
    take(*section, "optionsSuccessStatus", to_whole_number, cors.options_success_status);
    if (max_age) cors.max_age = std::chrono::seconds(*max_age);
    return cors;
}

CspOverrides read_csp(const Value& root) {
    CspOverrides csp;
    const Value* section = find_path(root, "backend.csp");
    if (section == nullptr || section->map() == nullptr) return csp;
    for (const auto& member : *section->map()) {
        if (auto sources = to_sources(member.value)) csp[directive_name(member.name)] = std::move(*sources);
    }
    return csp;
}

Limits read_limits(const Value& root) {
    Limits limits;
    take_count(root, "backend.limits.headerBytes", limits.header_bytes);
    take_count(root, "backend.limits.headerCount", limits.header_count);
    take_count(root, "backend.limits.targetBytes", limits.target_bytes);
    take_count(root, "backend.limits.bodyBytes", limits.body_bytes);
    take_count(root, "backend.limits.connections", limits.connections);
    take_count(root, "backend.limits.requestsPerConnection", limits.requests_per_connection);
    take(root, "backend.limits.idleTimeout", to_duration, limits.idle_timeout);
    take(root, "backend.limits.headerTimeout", to_duration, limits.header_timeout);
    take(root, "backend.limits.byteTimeout", to_duration, limits.byte_timeout);
    take(root, "backend.limits.requestTimeout", to_duration, limits.request_timeout);
    take(root, "backend.limits.handlerTimeout", to_duration, limits.handler_timeout);
    take(root, "backend.limits.writeTimeout", to_duration, limits.write_timeout);
    return limits;
}

Client read_client(const Value& root) {
    Client client;
    std::string proxy;
    take(root, "backend.client.caFile", to_file, client.ca_file);
    take(root, "backend.client.certificateFile", to_file, client.certificate_file);
    take(root, "backend.client.keyFile", to_file, client.key_file);
    take(root, "backend.client.proxy", to_text, proxy);
    take(root, "backend.client.noProxy", to_text, client.no_proxy);
    take(root, "backend.client.connectTimeout", to_duration, client.connect_timeout);
    client.proxy = base::Secret(std::move(proxy));
    return client;
}

// Stands for a base URL that is missing, so that the rest can be read and checked.
base::Url no_url() {
    return *base::Url::parse("http://missing.invalid");
}

Converted<std::optional<base::Url>> to_discovered(const Value& target) {
    const Value* external = target.map() == nullptr ? &target : find(*target.map(), "external");
    if (external == nullptr || external->text() == nullptr) return std::nullopt;
    std::string text = *external->text();
    for (auto open = text.find("{{"); open != std::string::npos; open = text.find("{{", open)) {
        const auto close = text.find("}}", open);
        if (close == std::string::npos) break;
        if (trim(std::string_view(text).substr(open + 2, close - open - 2)) != "pluginId") {
            open = close;
            continue;
        }
        text.replace(open, close + 2 - open, "auth");
    }
    return to_url(Value{.data = text, .place = external->place});
}

bool names(const Value& entry, std::string_view plugin) {
    const Value* plugins = find_path(entry, "plugins");
    return plugins != nullptr && plugins->list() != nullptr &&
           std::ranges::any_of(*plugins->list(), [plugin](const Value& item) {
               return item.text() != nullptr && *item.text() == plugin;
           });
}

}  // namespace

Converted<std::optional<base::Url>> read_discovered(const Value& root) {
    const Value* endpoints = find_path(root, "discovery.endpoints");
    if (endpoints == nullptr || endpoints->list() == nullptr) return std::nullopt;
    for (const std::string_view plugin : {"auth", "*"}) {
        for (const auto& entry : *endpoints->list()) {
            const Value* target = names(entry, plugin) ? find_path(entry, "target") : nullptr;
            if (target != nullptr) return to_discovered(*target);
        }
    }
    return std::nullopt;
}

Backend read_backend(const Value& root) {
    Backend backend{.base_url = no_url()};
    take(root, "backend.baseUrl", to_url, backend.base_url);
    backend.listen = read_listen(root);
    backend.https = read_https(root);
    backend.cors = read_cors(root);
    backend.csp = read_csp(root);
    take(root, "backend.referrer.policy", to_joined, backend.referrer_policy);
    take(root, "backend.lifecycle.startupRequestPauseTimeout", to_duration, backend.startup_pause);
    take(root, "backend.lifecycle.serverShutdownTimeout", to_duration, backend.drain);
    backend.limits = read_limits(root);
    backend.client = read_client(root);
    backend.database = read_database(root);
    return backend;
}

Config read_config(const Value& root) {
    Config config{
        .app_base_url = no_url(),
        .backend = read_backend(root),
        .auth = read_auth(root),
        .discovered_auth_url = {}
    };
    take(root, "app.baseUrl", to_url, config.app_base_url);
    if (auto discovered = read_discovered(root)) config.discovered_auth_url = std::move(*discovered);
    return config;
}

}  // namespace stagedoor::config
