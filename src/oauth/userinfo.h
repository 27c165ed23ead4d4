#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "http/client/client.h"
#include "jose/json.h"

#include <optional>
#include <string_view>

namespace stagedoor::oauth {

// GET with the access token as bearer in the Authorization field (RFC 6750, section 2.1), and in no other
// place. The caller sets the deadline and allow_loopback_http. Good for the profile address of a provider
// without OpenID, too.
[[nodiscard]] http::ClientRequest userinfo_request(
    std::string_view userinfo_endpoint, const base::Secret& access_token
);

// The claims. With `expected_sub` their `sub` has to be it (OpenID Connect Core 1.0, section 5.3.2), or the
// answer may be about somebody else; without, nothing is compared, for providers that are not OpenID.
//
// Errors: userinfo.invalid_token, for 401; userinfo.unavailable, for 408, 429 and 5xx, with a time to retry
// after; userinfo.refused, for any other status but 200; userinfo.signed_unsupported, for a JWT
// (section 5.3.2: only sent to a client that registered for it); userinfo.malformed_response;
// userinfo.subject_mismatch, also if there is no `sub`.
[[nodiscard]] base::Result<jose::JsonObject> process_userinfo_response(
    const http::ClientResponse& response, std::optional<std::string_view> expected_sub, base::SystemTime now
);

}  // namespace stagedoor::oauth
