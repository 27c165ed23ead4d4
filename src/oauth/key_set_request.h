#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "http/client/client.h"
#include "jose/key_set.h"

#include <string_view>

namespace stagedoor::oauth {

// GET of a jwks_uri, of at most 256 KiB. The caller sets the deadline and allow_loopback_http.
[[nodiscard]] http::ClientRequest key_set_request(std::string_view jwks_uri);

// Errors: jwks.unavailable, for a status other than 200; jwks.invalid.
[[nodiscard]] base::Result<jose::KeySet> process_key_set_response(
    const http::ClientResponse& response, base::SystemTime now
);

}  // namespace stagedoor::oauth
