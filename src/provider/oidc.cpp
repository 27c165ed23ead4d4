#include "oauth/metadata.h"
#include "provider/description.h"

#include <stdexcept>

namespace stagedoor::provider {

// Any OpenID provider, named by its metadata (OpenID Connect Discovery 1.0).
Description oidc(const Settings& settings) {
    Description oidc;
    const auto& endpoints = settings.endpoints;
    const bool all_given = endpoints.issuer && endpoints.authorization && endpoints.token && endpoints.jwks;
    if (settings.metadata_url) {
        oidc.metadata_url = oauth::metadata_url(*settings.metadata_url);
    } else if (!all_given) {
        throw std::invalid_argument(
            "metadataUrl is missing (or endpoints.issuer, authorization, token and jwks in its place)"
        );
    }
    oidc.openid = true;
    if (settings.token_signed_response_alg) {
        const auto algorithm = jose::parse_algorithm(*settings.token_signed_response_alg);
        if (!algorithm)
            throw std::invalid_argument("tokenSignedResponseAlg is no signature algorithm of RFC 7518");
        oidc.id_token_algorithms = {*algorithm};
    }

    oidc.required_scopes = {"openid", "profile", "email"};
    oidc.keeps_scopes = true;
    oidc.refresh_scope = RefreshScope::omitted;
    if (settings.prompt && *settings.prompt != "auto") {
        oidc.authorization_parameters.emplace_back("prompt", *settings.prompt);
    }
    for (const auto& [name, value] : settings.start_url_search_params) {
        oidc.authorization_parameters.emplace_back(name, value);
    }

    oidc.profile_source = ProfileSource::userinfo;
    oidc.map_profile = [](const jose::JsonObject& claims) {
        return oauth::profile_from_claims(claims, oauth::EmailRule::if_verified);
    };
    oidc.revokes_on_logout = true;
    return oidc;
}

}  // namespace stagedoor::provider
