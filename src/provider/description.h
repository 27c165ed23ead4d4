#pragma once

#include "jose/algorithm.h"
#include "jose/json.h"
#include "oauth/client_authentication.h"
#include "oauth/profile.h"
#include "oauth/scope.h"
#include "provider/settings.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace stagedoor::provider {

// What a refresh request says about scopes (RFC 6749, section 6).
enum class RefreshScope : std::uint8_t {
    omitted,    // the provider answers with all that was granted
    requested,  // what the app asks for
};

// Where the profile of a user comes from.
enum class ProfileSource : std::uint8_t {
    id_token,               // the claims of the ID token, if one came
    userinfo,               // the userinfo endpoint alone
    id_token_then_userinfo  // the ID token, and userinfo for what it lacks
};

// A provider, as its documentation describes it: data for one engine (OAuthProvider). What is not data is a
// function.
struct Description {
    Endpoints endpoints;
    // Where the endpoints that are not given above are discovered (OpenID Connect Discovery 1.0, section 4).
    std::optional<std::string> metadata_url;
    // Values of `iss` that this provider uses besides its issuer identifier.
    std::vector<std::string> further_issuers;
    // ID tokens are demanded and verified in full, and a nonce is sent. Needs an issuer and its keys.
    bool openid = false;
    std::vector<jose::Algorithm> id_token_algorithms{jose::Algorithm::rs256};

    oauth::ScopeSet required_scopes;  // asked for at every login
    // The scopes of earlier logins are asked for again, so that a login for one more scope loses none.
    bool keeps_scopes = false;
    RefreshScope refresh_scope = RefreshScope::requested;
    // Scopes that a granted scope includes, where the provider's answer leaves them out.
    std::function<oauth::ScopeSet(const oauth::ScopeSet&)> implied_scopes;

    std::vector<std::pair<std::string, std::string>> authorization_parameters;
    // prompt=select_account has the user choose an account (OpenID Connect Core 1.0, section 3.1.2.1).
    bool knows_select_account = true;
    oauth::ClientAuthenticationMethod client_authentication =
        oauth::ClientAuthenticationMethod::client_secret_basic;

    ProfileSource profile_source = ProfileSource::id_token;
    std::function<oauth::Profile(const jose::JsonObject&)> map_profile;  // of userinfo's answer
    std::function<std::string(const jose::JsonObject&)> subject;  // of userinfo's answer; default: `sub`
    // A login that brings neither a refresh token nor an expiry makes a session of its access token.
    bool keeps_access_token = false;
    bool uses_refresh_tokens = true;
    // The token is revoked (RFC 7009) when the user signs out, if there is an endpoint for it.
    bool revokes_on_logout = false;
};

// The description with what the operator configured in place of it: endpoints, client authentication.
[[nodiscard]] Description with_settings(Description description, const Settings& settings);

// True if an address of the provider is plain http: it is on this machine then, and written by the operator.
[[nodiscard]] bool names_plain_http(const Description& description);

// The providers, each in its file. Throws std::invalid_argument for settings that cannot work; the message
// names the key to mend.
[[nodiscard]] Description google(const Settings& settings);
[[nodiscard]] Description github(const Settings& settings);
[[nodiscard]] Description oauth2(const Settings& settings);
[[nodiscard]] Description oidc(const Settings& settings);

}  // namespace stagedoor::provider
