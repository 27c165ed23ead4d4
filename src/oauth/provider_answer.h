#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "http/client/client.h"

#include <chrono>
#include <string>

// What the answers of a provider's endpoints have in common, before their content is judged.
namespace stagedoor::oauth {

inline constexpr std::chrono::seconds kDefaultRetryAfter{5};
inline constexpr std::chrono::seconds kMaxRetryAfter{600};

// True for a status that is no verdict on the request: 408, 429 and 5xx.
[[nodiscard]] bool is_transient(int status);

// The answer's Retry-After (RFC 9110, section 10.2.3), as seconds or as a date of the preferred form
// (section 5.6.7), at least 1 s and at most kMaxRetryAfter; kDefaultRetryAfter if there is none, or it can't
// be read.
[[nodiscard]] std::chrono::seconds retry_after(const http::ClientResponse& response, base::SystemTime now);

// The media type of the Content-Type field in lower case, without parameters: "application/json". Empty if
// there is none.
[[nodiscard]] std::string media_type(const http::ClientResponse& response);

// An error of this kind that says the answer's status, and when to try again.
[[nodiscard]] base::Error unavailable(
    const base::ErrorKind& kind, const http::ClientResponse& response, base::SystemTime now
);

}  // namespace stagedoor::oauth
