#include "base/encoding.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace stagedoor::base {

namespace {

constexpr std::string_view kBase64Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64UrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kHexLower = "0123456789abcdef";
constexpr std::string_view kHexUpper = "0123456789ABCDEF";

// Marks a byte that is no digit of the alphabet. Its top bit is above all digits, so that the digits of a
// group can be checked together.
constexpr std::uint8_t kInvalid = 0x80;

using DigitTable = std::array<std::uint8_t, 256>;
using ByteSet = std::array<bool, 256>;

consteval DigitTable digits_of(std::string_view alphabet) {
    DigitTable table{};
    table.fill(kInvalid);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return table;
}

consteval DigitTable hex_digits() {
    DigitTable table = digits_of(kHexUpper);
    for (std::size_t i = 10; i < 16; ++i) {
        table[static_cast<unsigned char>(kHexLower[i])] = static_cast<std::uint8_t>(i);
    }
    return table;
}

consteval ByteSet alphanumeric_and(std::string_view marks) {
    ByteSet set{};
    for (const char c : kBase64Alphabet.substr(0, 62)) set[static_cast<unsigned char>(c)] = true;
    for (const char c : marks) set[static_cast<unsigned char>(c)] = true;
    return set;
}

constexpr DigitTable kBase64Digits = digits_of(kBase64Alphabet);
constexpr DigitTable kBase64UrlDigits = digits_of(kBase64UrlAlphabet);
constexpr DigitTable kHexDigits = hex_digits();
constexpr ByteSet kUnreserved = alphanumeric_and("-._~");
constexpr ByteSet kFormUnescaped = alphanumeric_and("*-._");

constexpr unsigned char byte_of(char c) {
    return static_cast<unsigned char>(c);
}

std::string encode_base64(std::string_view bytes, std::string_view alphabet, bool padded) {
    const std::size_t whole = bytes.size() / 3;
    const std::size_t rest = bytes.size() % 3;
    const std::size_t tail = rest == 0 ? 0 : (padded ? 4 : rest + 1);
    std::string text(whole * 4 + tail, '=');
    const auto at = [&](std::size_t i) { return static_cast<std::uint32_t>(byte_of(bytes[i])); };
    std::size_t out = 0;
    std::size_t in = 0;
    for (std::size_t group = 0; group < whole; ++group, in += 3, out += 4) {
        const std::uint32_t bits = at(in) << 16 | at(in + 1) << 8 | at(in + 2);
        text[out] = alphabet[bits >> 18];
        text[out + 1] = alphabet[bits >> 12 & 63];
        text[out + 2] = alphabet[bits >> 6 & 63];
        text[out + 3] = alphabet[bits & 63];
    }
    if (rest == 0) return text;
    const std::uint32_t bits = at(in) << 16 | (rest == 2 ? at(in + 1) << 8 : 0);
    text[out] = alphabet[bits >> 18];
    text[out + 1] = alphabet[bits >> 12 & 63];
    if (rest == 2) text[out + 2] = alphabet[bits >> 6 & 63];
    return text;
}

// `text` has no padding any more.
std::optional<std::string> decode_base64(std::string_view text, const DigitTable& digits) {
    const std::size_t whole = text.size() / 4;
    const std::size_t rest = text.size() % 4;
    if (rest == 1) return std::nullopt;
    std::string bytes(whole * 3 + (rest == 0 ? 0 : rest - 1), '\0');
    const auto digit = [&](std::size_t i) { return static_cast<std::uint32_t>(digits[byte_of(text[i])]); };
    std::uint32_t seen = 0;
    std::size_t out = 0;
    std::size_t in = 0;
    for (std::size_t group = 0; group < whole; ++group, in += 4, out += 3) {
        const std::uint32_t a = digit(in), b = digit(in + 1), c = digit(in + 2), d = digit(in + 3);
        seen |= a | b | c | d;
        const std::uint32_t bits = a << 18 | b << 12 | c << 6 | d;
        bytes[out] = static_cast<char>(bits >> 16 & 0xff);
        bytes[out + 1] = static_cast<char>(bits >> 8 & 0xff);
        bytes[out + 2] = static_cast<char>(bits & 0xff);
    }
    if (rest != 0) {
        const std::uint32_t a = digit(in), b = digit(in + 1), c = rest == 3 ? digit(in + 2) : 0;
        seen |= a | b | c;
        // RFC 4648, section 3.5: bits that do not reach the output must be zero.
        if ((rest == 2 && (b & 15) != 0) || (rest == 3 && (c & 3) != 0)) return std::nullopt;
        const std::uint32_t bits = a << 18 | b << 12 | c << 6;
        bytes[out] = static_cast<char>(bits >> 16 & 0xff);
        if (rest == 3) bytes[out + 1] = static_cast<char>(bits >> 8 & 0xff);
    }
    if ((seen & kInvalid) != 0) return std::nullopt;
    return bytes;
}

std::string escape_all_but(std::string_view text, const ByteSet& kept, bool space_is_plus) {
    std::string out;
    out.reserve(text.size() + text.size() / 4);
    while (!text.empty()) {
        // Most texts are made of long runs that stay as they are.
        const auto run = std::ranges::find_if(text, [&](char c) { return !kept[byte_of(c)]; });
        const auto length = static_cast<std::size_t>(run - text.begin());
        out.append(text.substr(0, length));
        text.remove_prefix(length);
        if (text.empty()) break;
        const unsigned char byte = byte_of(text.front());
        text.remove_prefix(1);
        if (space_is_plus && byte == ' ') {
            out += '+';
        } else {
            out += {'%', kHexUpper[byte >> 4], kHexUpper[byte & 15]};
        }
    }
    return out;
}

std::optional<std::string> unescape(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            if (text.size() - i < 3) return std::nullopt;
            const std::uint8_t high = kHexDigits[byte_of(text[i + 1])];
            const std::uint8_t low = kHexDigits[byte_of(text[i + 2])];
            if (((high | low) & kInvalid) != 0) return std::nullopt;
            out += static_cast<char>(high << 4 | low);
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

// The length of the well-formed sequence that begins with a byte that is not ASCII; 0 if it is malformed. The
// bounds of the second byte keep out overlong forms, surrogates and what lies above U+10FFFF (RFC 3629,
// section 4).
std::size_t utf8_sequence(std::string_view text) {
    const unsigned char first = byte_of(text[0]);
    if (first < 0xc2 || first > 0xf4) return 0;
    const std::size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (text.size() < length) return 0;
    const unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    const unsigned char second = byte_of(text[1]);
    if (second < low || second > high) return 0;
    for (std::size_t i = 2; i < length; ++i) {
        if ((byte_of(text[i]) & 0xc0) != 0x80) return 0;
    }
    return length;
}

}  // namespace

std::string base64url_encode(std::span<const std::uint8_t> bytes) {
    return base64url_encode(as_text(bytes));
}

std::string base64url_encode(std::string_view bytes) {
    return encode_base64(bytes, kBase64UrlAlphabet, false);
}

std::optional<std::string> base64url_decode(std::string_view text) {
    return decode_base64(text, kBase64UrlDigits);
}

std::string base64_encode(std::string_view bytes) {
    return encode_base64(bytes, kBase64Alphabet, true);
}

std::optional<std::string> base64_decode(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
    return decode_base64(text, kBase64Digits);
}

std::string hex_encode(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char c : bytes) text += {kHexLower[byte_of(c) >> 4], kHexLower[byte_of(c) & 15]};
    return text;
}

std::string percent_encode(std::string_view text) {
    return escape_all_but(text, kUnreserved, false);
}

std::optional<std::string> percent_decode(std::string_view text) {
    return unescape(text, false);
}

std::string form_encode(std::string_view text) {
    return escape_all_but(text, kFormUnescaped, true);
}

std::optional<std::string> form_decode(std::string_view text) {
    return unescape(text, true);
}

std::string html_escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

bool is_utf8(std::string_view text) {
    constexpr std::uint64_t kHighBits = 0x8080808080808080;
    while (!text.empty()) {
        std::uint64_t block = 0;
        if (text.size() >= sizeof block) {
            std::memcpy(&block, text.data(), sizeof block);
            if ((block & kHighBits) == 0) {
                text.remove_prefix(sizeof block);
                continue;
            }
        }
        if (byte_of(text[0]) < 0x80) {
            text.remove_prefix(1);
            continue;
        }
        const std::size_t length = utf8_sequence(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string to_utf8(std::string_view text) {
    if (is_utf8(text)) return std::string(text);
    std::string out;
    while (!text.empty()) {
        const std::size_t length = byte_of(text[0]) < 0x80 ? 1 : utf8_sequence(text);
        out += length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

std::string to_lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace stagedoor::base
