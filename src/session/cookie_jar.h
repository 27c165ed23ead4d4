#pragma once

#include "base/result.h"
#include "http/cookie.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A value that is too big for one cookie is spread over several: `{name}-0`, `{name}-1`, ... A browser drops
// a cookie of more than 4096 bytes without a word, so each stays below, counted as the browser counts: name
// and encoded value.
namespace stagedoor::session {

// What all cookies of one value have in common.
struct CookieAttributes {
    std::string path = "/";
    bool secure = true;
    http::SameSite same_site = http::SameSite::lax;
    std::chrono::seconds max_age{};
};

// The most that one value may take in a browser, all its cookies together and encoded: more would not come
// back, since servers and proxies bound the header of a request.
inline constexpr std::size_t kMaxChunkedBytes = 64 * 1024;

// The value of `name`: of its chunks if there are any, else of the plain cookie. The first chunk that
// write_chunked makes says how many there are, so a missing one yields nothing and one left over from a
// longer value is ignored. Chunks without that mark are another program's (Backstage's): they are joined up
// to the first that is missing.
[[nodiscard]] std::optional<std::string> read_chunked(const http::Cookies& present, std::string_view name);

// Appends to `out` the cookies that make `value` the value of `name`, and the removal of every cookie of this
// name in the request that is not set anew: chunks that are no longer needed, or the plain cookie. Error:
// session.too_large, above kMaxChunkedBytes; then nothing is appended.
[[nodiscard]] base::Result<void> write_chunked(
    std::vector<http::SetCookie>& out,
    const http::Cookies& present,
    const CookieAttributes& attributes,
    std::string_view name,
    std::string_view value
);

// Appends the removal of every cookie of this name in the request: the plain one and all chunks.
void erase_chunked(
    std::vector<http::SetCookie>& out,
    const http::Cookies& present,
    const CookieAttributes& attributes,
    std::string_view name
);

}  // namespace stagedoor::session
