#include "app/settings.h"

#include "oauth/client_authentication.h"
#include "page/security_headers.h"
#include "provider/registry.h"

#include <stdexcept>

namespace stagedoor::app {

namespace {

template <class To, class From>
void take(To& to, const std::optional<From>& from) {
    if (from) to = static_cast<To>(*from);
}

std::optional<std::string> text(const std::optional<base::Url>& url) {
    if (!url) return std::nullopt;
    return url->to_string();
}

std::chrono::seconds seconds(config::Duration duration) {
    return std::chrono::ceil<std::chrono::seconds>(duration);
}

oauth::ClientAuthenticationMethod authentication_method(config::ClientAuthentication method) {
    switch (method) {
        case config::ClientAuthentication::client_secret_basic:
            return oauth::ClientAuthenticationMethod::client_secret_basic;
        case config::ClientAuthentication::client_secret_post:
            return oauth::ClientAuthenticationMethod::client_secret_post;
        case config::ClientAuthentication::none:
            break;
    }
    return oauth::ClientAuthenticationMethod::none;
}

provider::Endpoints endpoints(const config::Endpoints& from) {
    return {
        .issuer = from.issuer,
        .authorization = text(from.authorization),
        .token = text(from.token),
        .userinfo = text(from.userinfo),
        .revocation = text(from.revocation),
        .jwks = text(from.jwks),
    };
}

provider::Settings provider_environment(
    const config::Config& config, const std::string& provider, const config::ProviderEnvironment& from
) {
    provider::Settings settings;
    settings.provider = provider;
    settings.environment = from.name;
    settings.client_id = from.client_id;
    settings.client_secret = from.client_secret;
    settings.redirect_uri = config::callback_url(config, provider, from);
    settings.additional_scopes = from.additional_scopes;
    if (from.token_endpoint_auth_method) {
        settings.client_authentication = authentication_method(*from.token_endpoint_auth_method);
    }
    settings.form_post = from.response_mode == config::ResponseMode::form_post;
    if (from.session_duration) settings.session_duration = seconds(*from.session_duration);
    if (config.auth.idle_timeout) settings.session_idle_limit = seconds(*config.auth.idle_timeout);
    if (config.auth.absolute_timeout)
        settings.session_absolute_limit = seconds(*config.auth.absolute_timeout);
    settings.profile_max_age = seconds(from.profile_max_age);
    settings.timeout = from.timeout;
    settings.endpoints = endpoints(from.endpoints);
    settings.revoke_on_logout = config.auth.revocation == config::Revocation::after;
    settings.enterprise_instance_url = text(from.enterprise_instance_url);
    settings.authorization_url = text(from.authorization_url);
    settings.token_url = text(from.token_url);
    settings.include_basic_auth = from.include_basic_auth;
    settings.disable_refresh = from.disable_refresh;
    settings.metadata_url = text(from.metadata_url);
    settings.token_signed_response_alg = from.token_signed_response_alg;
    settings.prompt = from.prompt;
    settings.start_url_search_params = from.start_url_search_params;
    // Backstage has no key of its own for the response mode; there it is one of these parameters.
    if (const auto mode = settings.start_url_search_params.find("response_mode");
        mode != settings.start_url_search_params.end()) {
        settings.form_post = settings.form_post || mode->second == "form_post";
        settings.start_url_search_params.erase(mode);
    }
    return settings;
}

std::optional<flow::CorsSettings> cors_settings(const std::optional<config::Cors>& from) {
    if (!from) return std::nullopt;
    flow::CorsSettings settings;
    settings.origins = from->origins;
    take(settings.methods, from->methods);
    settings.allowed_headers = from->allowed_headers;
    settings.exposed_headers = from->exposed_headers;
    settings.credentials = from->credentials;
    settings.max_age = from->max_age;
    settings.preflight_status = from->options_success_status;
    return settings;
}

page::SecurityHeaders security_headers(const config::Backend& backend) {
    page::SecurityHeaderOptions options;
    for (const auto& [directive, values] : backend.csp) options.content_security_policy[directive] = values;
    if (backend.referrer_policy) options.referrer_policy = {*backend.referrer_policy};
    auto headers = page::SecurityHeaders::make(options);
    if (!headers) throw std::runtime_error("backend.csp or backend.referrer: " + headers.error().message());
    return std::move(*headers);
}

}  // namespace

session::RotationSettings rotation_settings(const config::Auth& auth) {
    session::RotationSettings settings;
    take(settings.replay_window, auth.replay_window);
    take(settings.lease, auth.lease);
    return settings;
}

http::Limits server_limits(const config::Limits& limits) {
    http::Limits settings;
    take(settings.header_bytes, limits.header_bytes);
    take(settings.fields, limits.header_count);
    take(settings.target_bytes, limits.target_bytes);
    take(settings.body_bytes, limits.body_bytes);
    take(settings.connections, limits.connections);
    take(settings.requests_per_connection, limits.requests_per_connection);
    take(settings.idle_time, limits.idle_timeout);
    take(settings.header_time, limits.header_timeout);
    take(settings.byte_time, limits.byte_timeout);
    take(settings.request_time, limits.request_timeout);
    take(settings.handler_time, limits.handler_timeout);
    take(settings.write_time, limits.write_timeout);
    return settings;
}

http::ListenAddress listen_address(const config::Listen& listen) {
    http::ListenAddress address;
    if (!listen.host.empty()) address.host = listen.host;
    address.port = listen.port;
    return address;
}

http::CurlSettings client_settings(const config::Client& client) {
    http::CurlSettings settings;
    if (client.ca_file) settings.ca_file = client.ca_file->string();
    if (client.certificate_file) settings.certificate_file = client.certificate_file->string();
    if (client.key_file) settings.key_file = client.key_file->string();
    settings.proxy = client.proxy;
    settings.no_proxy = client.no_proxy;
    take(settings.connect_timeout, client.connect_timeout);
    settings.user_agent = "stagedoor/" STAGEDOOR_VERSION;
    return settings;
}

std::vector<provider::Settings> provider_settings(const config::Config& config) {
    std::vector<provider::Settings> all;
    for (const auto& provider : config.auth.providers) {
        for (const auto& environment : provider.environments) {
            all.push_back(provider_environment(config, provider.id, environment));
        }
    }
    return all;
}

flow::ServiceSettings service_settings(const config::Config& config) {
    std::vector<std::string> known;
    for (const auto id : provider::known_providers()) known.emplace_back(id);
    return {
        .base_url = config::auth_base_url(config),
        .known_providers = std::move(known),
        .cors = cors_settings(config.backend.cors),
        .accept_unsealed_cookies = config.auth.accept_unsealed_cookies,
        .security_headers = security_headers(config.backend),
    };
}

}  // namespace stagedoor::app
