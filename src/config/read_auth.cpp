#include "config/key_tree.h"
#include "config/read.h"
#include "config/take.h"

#include <algorithm>
#include <array>

namespace stagedoor::config {
namespace {

Converted<std::vector<base::Secret>> to_secrets(const Value& value) {
    const auto texts = to_texts(value, true);
    if (!texts) return std::unexpected(texts.error());
    std::vector<base::Secret> secrets;
    for (const auto& text : *texts) secrets.emplace_back(text);
    return secrets;
}

// Scopes are separated by white space, commas and bars, in one text as in the items of a list.
Converted<std::vector<std::string>> to_scopes(const Value& value) {
    const auto texts = to_texts(value, true);
    if (!texts) return std::unexpected(texts.error());
    std::vector<std::string> scopes;
    for (auto text : *texts) {
        std::ranges::replace_if(text, [](char c) { return c == ',' || c == '|'; }, ' ');
        for (const auto scope : words(text)) scopes.emplace_back(scope);
    }
    return scopes;
}

Converted<std::vector<base::OriginPattern>> to_origins(const Value& value) {
    return to_globs(value, false);
}

template <class Choice, std::size_t kCount>
auto choice_of(const std::array<std::pair<std::string_view, Choice>, kCount>& choices) {
    return [&choices](const Value& value) -> Converted<Choice> {
        for (const auto& [name, choice] : choices) {
            if (value.text() != nullptr && *value.text() == name) return choice;
        }
        return std::unexpected("is none of the choices");
    };
}

constexpr std::array<std::pair<std::string_view, ClientAuthentication>, 3> kClientAuthentications{{
    {"client_secret_basic", ClientAuthentication::client_secret_basic},
    {"client_secret_post", ClientAuthentication::client_secret_post},
    {"none", ClientAuthentication::none},
}};
constexpr std::array<std::pair<std::string_view, ResponseMode>, 2> kResponseModes{{
    {"query", ResponseMode::query},
    {"form_post", ResponseMode::form_post},
}};
constexpr std::array<std::pair<std::string_view, Revocation>, 2> kRevocations{{
    {"after", Revocation::after},
    {"skip", Revocation::skip},
}};

constexpr std::array<std::pair<std::string_view, SessionMode>, 2> kModes{{
    {"cookie", SessionMode::cookie},
    {"store", SessionMode::store},
}};
constexpr std::array<std::pair<std::string_view, StoreKind>, 2> kStores{{
    {"sqlite", StoreKind::sqlite},
    {"postgres", StoreKind::postgres},
}};

Endpoints read_endpoints(const Value& section) {
    Endpoints endpoints;
    take(section, "endpoints.issuer", to_text, endpoints.issuer);
    take(section, "endpoints.authorization", to_provider_url, endpoints.authorization);
    take(section, "endpoints.token", to_provider_url, endpoints.token);
    take(section, "endpoints.userinfo", to_provider_url, endpoints.userinfo);
    take(section, "endpoints.revocation", to_provider_url, endpoints.revocation);
    take(section, "endpoints.jwks", to_provider_url, endpoints.jwks);
    return endpoints;
}

void read_vendor_keys(const Value& section, ProviderEnvironment& environment) {
    take(section, "enterpriseInstanceUrl", to_provider_url, environment.enterprise_instance_url);
    take(section, "authorizationUrl", to_provider_url, environment.authorization_url);
    take(section, "tokenUrl", to_provider_url, environment.token_url);
    take(section, "includeBasicAuth", to_flag, environment.include_basic_auth);
    take(section, "disableRefresh", to_flag, environment.disable_refresh);
    take(section, "metadataUrl", to_provider_url, environment.metadata_url);
    take(section, "tokenSignedResponseAlg", to_text, environment.token_signed_response_alg);
    take(section, "prompt", to_text, environment.prompt);
    take(section, "startUrlSearchParams", to_text_map, environment.start_url_search_params);
    if (environment.prompt == "auto") environment.prompt.reset();
}

ProviderEnvironment read_environment(const std::string& name, const Value& section, const Value& root) {
    ProviderEnvironment environment;
    environment.name = name;
    std::string secret;
    take(section, "clientId", to_text, environment.client_id);
    take(section, "clientSecret", to_text, secret);
    environment.client_secret = base::Secret(std::move(secret));
    take(section, "callbackUrl", to_text, environment.callback_url);
    take(section, "additionalScopes", to_scopes, environment.additional_scopes);
    take(section, "sessionDuration", to_duration, environment.session_duration);
    take(
        section,
        "tokenEndpointAuthMethod",
        choice_of(kClientAuthentications),
        environment.token_endpoint_auth_method
    );
    take(section, "responseMode", choice_of(kResponseModes), environment.response_mode);
    take(section, "profileMaxAge", to_duration, environment.profile_max_age);
    take(root, "backend.client.timeout", to_duration, environment.timeout);
    take(section, "timeout", to_duration, environment.timeout);
    environment.endpoints = read_endpoints(section);
    read_vendor_keys(section, environment);
    return environment;
}

bool is_in_effect(std::string_view id) {
    const auto oauth = oauth_providers();
    if (std::ranges::find(oauth, id) == oauth.end()) return false;
    const KeyNode* node = key_tree().find("auth")->find("providers")->find(id);
    return node != nullptr && (node->key == nullptr || node->key->later.empty());
}

}  // namespace

Auth read_auth(const Value& root) {
    Auth auth;
    take(root, "auth.session.secret", to_secrets, auth.session_secrets);
    take(root, "auth.experimentalExtraAllowedOrigins", to_origins, auth.extra_allowed_origins);
    take(root, "auth.popup.announceOrigin", to_flag, auth.announce_origin);
    take(root, "auth.logout.revocation", choice_of(kRevocations), auth.revocation);

    take(root, "auth.session.mode", choice_of(kModes), auth.mode);
    take(root, "auth.session.store", choice_of(kStores), auth.store);
    take(root, "auth.session.acceptUnsealedCookies", to_flag, auth.accept_unsealed_cookies);
    take(root, "auth.session.replayWindow", to_duration, auth.replay_window);
    take(root, "auth.session.lease", to_duration, auth.lease);
    take(root, "auth.session.idleTimeout", to_duration, auth.idle_timeout);
    take(root, "auth.session.absoluteTimeout", to_duration, auth.absolute_timeout);

    const Value* providers = find_path(root, "auth.providers");
    if (providers == nullptr || providers->map() == nullptr) return auth;
    for (const auto& [id, place, environments] : *providers->map()) {
        if (!is_in_effect(id) || environments.map() == nullptr) continue;
        Provider provider{.id = id, .environments = {}};
        for (const auto& [name, name_place, section] : *environments.map()) {
            if (section.map() == nullptr) continue;
            provider.environments.push_back(read_environment(name, section, root));
        }
        auth.providers.push_back(std::move(provider));
    }
    std::ranges::sort(auth.providers, {}, &Provider::id);
    return auth;
}

}  // namespace stagedoor::config
