#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "http/client/client.h"
#include "jose/json.h"
#include "oauth/scope.h"

#include <chrono>
#include <optional>
#include <string>

namespace stagedoor::oauth {

// A successful answer of the token endpoint (RFC 6749, section 5.1).
struct TokenResponse {
    base::Secret access_token;
    std::string token_type;  // as sent: "Bearer", "bearer"
    // Nothing if it is missing, or is not within 0 s to 10 years: the caller has to assume a time.
    std::optional<std::chrono::seconds> expires_in;
    std::optional<base::Secret> refresh_token;
    std::optional<std::string> id_token;
    // As granted. Nothing if it is missing: then it is what was requested.
    std::optional<ScopeSet> scope;
};

// Judges an answer to any request of token_request.h. JSON, or a form if the Content-Type says so (GitHub
// without Accept); numbers may be strings; an `error` in an answer of status 200 is an error (GitHub).
//
// The provider's verdicts, with its error and error_description (cleaned) as message:
//   token.invalid_grant         the code or refresh token is not, or no longer, good
//   token.interaction_required  the user has to do something first (login, consent)
//   token.invalid_client, token.unauthorized_client, token.invalid_scope
//   token.refused               any other error
// No verdict, all of status 503 and with a time to retry after:
//   token.unavailable           408, 429 and 5xx, whatever their body says; temporarily_unavailable,
//   server_error token.malformed_response    neither a token nor an error could be read: an HTML page, a
//   redirect, a truncated body token.unsupported_type      a token_type other than bearer (section 7.1), or
//   none in JSON
[[nodiscard]] base::Result<TokenResponse> process_token_response(
    const http::ClientResponse& response, base::SystemTime now
);

}  // namespace stagedoor::oauth
