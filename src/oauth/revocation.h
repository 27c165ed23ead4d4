#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "http/client/client.h"
#include "oauth/client_authentication.h"

#include <cstdint>
#include <string_view>

// Token revocation (RFC 7009).
namespace stagedoor::oauth {

enum class TokenTypeHint : std::uint8_t { access_token, refresh_token };

// Section 2.1. The caller sets the deadline and allow_loopback_http.
[[nodiscard]] http::ClientRequest revocation_request(
    std::string_view revocation_endpoint,
    const base::Secret& token,
    TokenTypeHint token_type_hint,
    const ClientCredentials& credentials
);

// Success: the token is not, or no longer, good. So also for a token that the provider does not know, whether
// it answers 200 (section 2.2) or, as Google does, 400 with error=invalid_token. Errors:
// revocation.unavailable, with a time to retry after, for 408, 429 and 5xx (section 2.2.1);
// revocation.refused, for any other status.
[[nodiscard]] base::Result<void> process_revocation_response(
    const http::ClientResponse& response, base::SystemTime now
);

}  // namespace stagedoor::oauth
