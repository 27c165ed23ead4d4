#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stagedoor::base {

inline std::span<const std::uint8_t> as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(std::span<const std::uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// base64url without padding (RFC 4648, section 5; RFC 7515, section 2).
[[nodiscard]] std::string base64url_encode(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::string base64url_encode(std::string_view bytes);
// Strict: nothing for padding, white space, another alphabet, or bits that no encoder leaves behind
// (so that one value has one spelling).
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

// base64 with padding (RFC 4648, section 4), as HTTP Basic and CSP hashes want it.
[[nodiscard]] std::string base64_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

[[nodiscard]] std::string hex_encode(std::string_view bytes);

// Percent-encodes everything but the unreserved characters of RFC 3986, section 2.3.
[[nodiscard]] std::string percent_encode(std::string_view text);
// Nothing for a `%` that two hex digits do not follow. `+` stays `+`.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

// application/x-www-form-urlencoded, one name or value (WHATWG URL, section 5): a space is `+`.
[[nodiscard]] std::string form_encode(std::string_view text);
[[nodiscard]] std::optional<std::string> form_decode(std::string_view text);

// Escapes for HTML text and double-quoted attributes.
[[nodiscard]] std::string html_escape(std::string_view text);

// True if `text` is well-formed UTF-8 (RFC 3629).
[[nodiscard]] bool is_utf8(std::string_view text);
// `text` with U+FFFD for every byte that is in no well-formed sequence.
[[nodiscard]] std::string to_utf8(std::string_view text);

// ASCII only, whatever the locale.
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace stagedoor::base
