#include "provider/description.h"

#include <stdexcept>

namespace stagedoor::provider {

// Any provider that speaks OAuth 2.0 (RFC 6749), named by its endpoints.
Description oauth2(const Settings& settings) {
    Description oauth2;
    oauth2.endpoints.authorization = settings.authorization_url;
    oauth2.endpoints.token = settings.token_url;
    if (!settings.authorization_url && !settings.endpoints.authorization) {
        throw std::invalid_argument("authorizationUrl is missing");
    }
    if (!settings.token_url && !settings.endpoints.token) throw std::invalid_argument("tokenUrl is missing");
    oauth2.client_authentication = settings.include_basic_auth
                                       ? oauth::ClientAuthenticationMethod::client_secret_basic
                                       : oauth::ClientAuthenticationMethod::client_secret_post;
    // OAuth says nothing about users: the claims of an id_token, if one comes, and of userinfo, if one is
    // configured.
    oauth2.profile_source = ProfileSource::id_token_then_userinfo;
    oauth2.map_profile = [](const jose::JsonObject& claims) {
        return oauth::profile_from_claims(claims, oauth::EmailRule::unless_unverified);
    };
    oauth2.subject = [](const jose::JsonObject& claims) {
        return std::string(claims.string("sub").value_or(""));
    };
    oauth2.uses_refresh_tokens = !settings.disable_refresh;
    oauth2.revokes_on_logout = true;  // where endpoints.revocation is configured
    return oauth2;
}

}  // namespace stagedoor::provider
