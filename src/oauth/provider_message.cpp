#include "oauth/provider_message.h"

#include "base/encoding.h"

#include <algorithm>

namespace stagedoor::oauth {
namespace {

constexpr std::size_t kMaxBytes = 300;

bool is_printable(unsigned char byte) {
    return byte >= 0x20 && byte != 0x7f;
}

// Some servers repeat the token that they refuse in the description. A run of characters that tokens are made
// of, this long and with a digit or with both cases in it, is taken for one; words and error codes in
// snake_case are not.
constexpr std::size_t kTokenLength = 32;

bool is_token_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '+' || c == '=' || c == '~';
}

bool looks_like_token(std::string_view run) {
    const bool digit = std::ranges::any_of(run, [](char c) { return c >= '0' && c <= '9'; });
    const bool upper = std::ranges::any_of(run, [](char c) { return c >= 'A' && c <= 'Z'; });
    const bool lower = std::ranges::any_of(run, [](char c) { return c >= 'a' && c <= 'z'; });
    return run.size() >= kTokenLength && (digit || (upper && lower));
}

std::string without_tokens(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const auto run =
            static_cast<std::size_t>(std::ranges::find_if_not(text, is_token_character) - text.begin());
        result += looks_like_token(text.substr(0, run)) ? "[redacted]" : text.substr(0, run);
        text.remove_prefix(run);
        const auto gap =
            static_cast<std::size_t>(std::ranges::find_if(text, is_token_character) - text.begin());
        result += text.substr(0, gap);
        text.remove_prefix(gap);
    }
    return result;
}

// Where to cut UTF-8 text so that no character is halved.
std::size_t cut_position(std::string_view text, std::size_t limit) {
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xc0) == 0x80) --limit;
    return limit;
}

}  // namespace

std::string clean_provider_text(std::string_view text) {
    const bool utf8 = base::is_utf8(text);
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool keep = is_printable(byte) && c != ' ' && (utf8 || byte < 0x80);
        if (keep) {
            result += c;
        } else if (!result.empty() && result.back() != ' ') {
            result += ' ';
        }
    }
    result = without_tokens(result);
    if (result.size() > kMaxBytes) result.resize(cut_position(result, kMaxBytes));
    while (!result.empty() && result.back() == ' ') result.pop_back();
    return result;
}

std::string provider_message(std::string_view error, std::string_view error_description) {
    auto code = clean_provider_text(error);
    auto description = clean_provider_text(error_description);
    if (description.empty()) return code;
    if (code.empty()) return description;
    return description + " (" + code + ")";
}

}  // namespace stagedoor::oauth
