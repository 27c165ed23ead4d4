#pragma once

#include "base/secret.h"
#include "http/client/client.h"
#include "oauth/authorization_response.h"
#include "oauth/client_authentication.h"
#include "oauth/scope.h"

#include <optional>
#include <string_view>

// Requests to the token endpoint. Their answers go to process_token_response(). The caller sets the deadline
// and allow_loopback_http.
namespace stagedoor::oauth {

// RFC 6749, section 4.1.3. `redirect_uri` is the one of the authorization request, byte by byte;
// `code_verifier` (RFC 7636, section 4.5) is null if no challenge was sent.
[[nodiscard]] http::ClientRequest code_exchange_request(
    std::string_view token_endpoint,
    const AuthorizationCode& code,
    std::string_view redirect_uri,
    const base::Secret* code_verifier,
    const ClientCredentials& credentials
);

// RFC 6749, section 6. Without `scope` (or with an empty one) the provider grants what it granted before.
[[nodiscard]] http::ClientRequest refresh_request(
    std::string_view token_endpoint,
    const base::Secret& refresh_token,
    const std::optional<ScopeSet>& scope,
    const ClientCredentials& credentials
);

}  // namespace stagedoor::oauth
