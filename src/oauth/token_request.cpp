#include "oauth/token_request.h"

#include <utility>

namespace stagedoor::oauth {

http::ClientRequest code_exchange_request(
    std::string_view token_endpoint,
    const AuthorizationCode& code,
    std::string_view redirect_uri,
    const base::Secret* code_verifier,
    const ClientCredentials& credentials
) {
    http::Parameters form;
    form.add("grant_type", "authorization_code");
    form.add("code", code.value().reveal());
    form.add("redirect_uri", redirect_uri);
    if (code_verifier != nullptr) form.add("code_verifier", code_verifier->reveal());
    return authenticated_post(token_endpoint, std::move(form), credentials);
}

http::ClientRequest refresh_request(
    std::string_view token_endpoint,
    const base::Secret& refresh_token,
    const std::optional<ScopeSet>& scope,
    const ClientCredentials& credentials
) {
    http::Parameters form;
    form.add("grant_type", "refresh_token");
    form.add("refresh_token", refresh_token.reveal());
    if (scope && !scope->empty()) form.add("scope", scope->to_string());
    return authenticated_post(token_endpoint, std::move(form), credentials);
}

}  // namespace stagedoor::oauth
