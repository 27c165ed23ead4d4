#include "provider/description.h"

namespace stagedoor::provider {

// https://developers.google.com/identity/protocols/oauth2/web-server
// https://developers.google.com/identity/openid-connect/openid-connect
Description google(const Settings& /*settings*/) {
    Description google;
    google.endpoints = {
        .issuer = "https://accounts.google.com",
        .authorization = "https://accounts.google.com/o/oauth2/v2/auth",
        .token = "https://oauth2.googleapis.com/token",
        .userinfo = "https://openidconnect.googleapis.com/v1/userinfo",
        .revocation = "https://oauth2.googleapis.com/revoke",
        .jwks = "https://www.googleapis.com/oauth2/v3/certs",
    };
    google.openid = true;
    // "The issuer is always https://accounts.google.com or accounts.google.com for Google ID tokens."
    google.further_issuers = {"accounts.google.com"};

    google.required_scopes = {
        "openid",
        "https://www.googleapis.com/auth/userinfo.email",
        "https://www.googleapis.com/auth/userinfo.profile",
    };
    google.authorization_parameters = {
        {"access_type", "offline"},
        // A refresh token comes only with a consent that the user was asked for.
        {"prompt", "consent"},
        {"include_granted_scopes", "true"},
    };
    google.client_authentication = oauth::ClientAuthenticationMethod::client_secret_post;

    google.profile_source = ProfileSource::id_token_then_userinfo;
    google.map_profile = [](const jose::JsonObject& claims) {
        return oauth::profile_from_claims(claims, oauth::EmailRule::unless_unverified);
    };
    google.revokes_on_logout = true;
    return google;
}

}  // namespace stagedoor::provider
