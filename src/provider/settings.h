#pragma once

#include "base/secret.h"
#include "oauth/client_authentication.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stagedoor::provider {

// Where a provider's endpoints are. An absent one is not offered, or is learnt from the provider's metadata.
struct Endpoints {
    std::optional<std::string> issuer;  // compared byte by byte
    std::optional<std::string> authorization;
    std::optional<std::string> token;
    std::optional<std::string> userinfo;
    std::optional<std::string> revocation;
    std::optional<std::string> jwks;
};

// What an operator configures for one environment of one provider: auth.providers.{provider}.{environment}.
struct Settings {
    std::string provider;     // "google"
    std::string environment;  // "production"
    std::string client_id;
    base::Secret client_secret;
    std::string redirect_uri;
    std::vector<std::string> additional_scopes;
    std::optional<oauth::ClientAuthenticationMethod> client_authentication;  // default: the provider's own
    bool form_post = false;  // response_mode=form_post instead of query
    std::chrono::seconds session_duration{std::chrono::days(1000)};
    std::optional<std::chrono::seconds> session_idle_limit;
    std::optional<std::chrono::seconds> session_absolute_limit;
    std::chrono::seconds profile_max_age{3600};  // a profile older than this is read again at a refresh
    std::chrono::milliseconds timeout{10'000};   // for each call to the provider
    Endpoints endpoints;                         // each one replaces the provider's own
    bool revoke_on_logout = true;

    // github
    std::optional<std::string> enterprise_instance_url;
    // oauth2
    std::optional<std::string> authorization_url;
    std::optional<std::string> token_url;
    bool include_basic_auth = false;
    bool disable_refresh = false;
    // oidc
    std::optional<std::string> metadata_url;
    std::optional<std::string> token_signed_response_alg;
    std::optional<std::string> prompt;
    std::map<std::string, std::string> start_url_search_params;
};

}  // namespace stagedoor::provider
