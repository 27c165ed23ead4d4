#pragma once

#include "base/clock.h"
#include "http/message.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::http {

enum class SameSite : std::uint8_t { lax, strict, none };

// A Set-Cookie field (RFC 6265bis). Always HttpOnly; no Domain attribute, so it belongs to this host alone.
struct SetCookie {
    std::string name;
    std::string value;               // percent-encoded when serialised
    std::chrono::seconds max_age{};  // 0 deletes the cookie; capped at 400 days
    std::string path = "/";
    bool secure = true;
    SameSite same_site = SameSite::lax;

    // "name=value; Max-Age=..; Path=..; Expires=..; HttpOnly[; Secure]; SameSite=.."
    [[nodiscard]] std::string to_string(base::SystemTime now) const;
};

// The cookies of a request. Names are compared exactly; values are percent-decoded, a value that cannot be
// decoded is taken as it is.
class Cookies {
 public:
    // Reads every Cookie field of the request.
    explicit Cookies(const Request& request);
    // For tests: reads the value of one Cookie field.
    explicit Cookies(std::string_view field);

    // Nothing if the cookie is absent, or there more than once with different values: a second one was put
    // there by somebody else (a parent domain, another path), and no choice between them is safe.
    [[nodiscard]] std::optional<std::string> get(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const;
    // The names that begin with `prefix`, each once, in the order of the request.
    [[nodiscard]] std::vector<std::string> names_with_prefix(std::string_view prefix) const;

 private:
    void read(std::string_view field);
    std::vector<std::pair<std::string, std::string>> pairs_;  // values not decoded
};

// What a browser stores of one cookie: its name and its encoded value together (RFC 6265bis, section 5.6).
inline constexpr std::size_t kMaxCookieBytes = 4096;

}  // namespace stagedoor::http
