#include "session/cookie_jar.h"

#include "base/encoding.h"
#include "session/errors.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <stdexcept>

namespace stagedoor::session {

namespace {

using base::Result;
using http::SetCookie;

// The first of our chunks begins with "~NN~", the number of chunks. The mark keeps its length when encoded.
// No known provider's refresh token begins like this, so another program's chunks are not taken for ours.
constexpr std::size_t kMarkBytes = 4;
constexpr std::size_t kMaxChunks = 99;

std::string mark(std::size_t chunks) {
    return fmt::format("~{:02}~", chunks);
}

std::optional<std::size_t> read_mark(std::string_view chunk) {
    if (chunk.size() < kMarkBytes || chunk[0] != '~' || chunk[kMarkBytes - 1] != '~') return std::nullopt;
    std::size_t chunks = 0;
    const char* const digits = chunk.data() + 1;
    const auto [end, error] = std::from_chars(digits, digits + 2, chunks);
    if (error != std::errc{} || end != digits + 2 || chunks == 0) return std::nullopt;
    return chunks;
}

std::string chunk_name(std::string_view name, std::size_t index) {
    return fmt::format("{}-{}", name, index);
}

// True for `{name}-N`, with N written as chunk_name() writes it.
bool is_chunk_name(std::string_view candidate, std::string_view name) {
    if (candidate.size() < name.size() + 2 || !candidate.starts_with(name)) return false;
    const std::string_view index = candidate.substr(name.size());
    if (index[0] != '-' || index.size() > 4 || (index.size() > 2 && index[1] == '0')) return false;
    return std::ranges::all_of(index.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

// The cookies of the request that hold `name` or a part of it.
std::vector<std::string> present_names(const http::Cookies& present, std::string_view name) {
    std::vector<std::string> names = present.names_with_prefix(name);
    std::erase_if(names, [&](const std::string& each) { return each != name && !is_chunk_name(each, name); });
    return names;
}

SetCookie make_cookie(const CookieAttributes& attributes, std::string name, std::string_view value) {
    return {
        .name = std::move(name),
        .value = std::string(value),
        .max_age = attributes.max_age,
        .path = attributes.path,
        .secure = attributes.secure,
        .same_site = attributes.same_site,
    };
}

SetCookie make_removal(const CookieAttributes& attributes, std::string name) {
    SetCookie cookie = make_cookie(attributes, std::move(name), "");
    cookie.max_age = std::chrono::seconds::zero();
    return cookie;
}

// The longest start of `value` whose encoded form has at most `budget` bytes: a byte is kept or encoded as a
// whole, so the cut is never inside a percent escape.
std::size_t fitting_prefix(std::string_view value, std::size_t budget) {
    std::size_t used = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        used += base::percent_encode(value.substr(i, 1)).size();
        if (used > budget) return i;
    }
    return value.size();
}

// What remains of a cookie's 4096 bytes for the encoded value. A name is an invariant of the program.
std::size_t budget_of(std::string_view name) {
    constexpr std::size_t kLongestEscape = 3;
    if (name.size() + kMarkBytes + kLongestEscape > http::kMaxCookieBytes) {
        throw std::invalid_argument("the name of a cookie leaves no room for its value");
    }
    return http::kMaxCookieBytes - name.size();
}

std::vector<std::string_view> split(std::string_view name, std::string_view value) {
    std::vector<std::string_view> pieces;
    while (!value.empty()) {
        std::size_t budget = budget_of(chunk_name(name, pieces.size()));
        if (pieces.empty()) budget -= kMarkBytes;
        const std::size_t length = fitting_prefix(value, budget);
        pieces.push_back(value.substr(0, length));
        value.remove_prefix(length);
    }
    return pieces;
}

Result<std::vector<SetCookie>> make_cookies(
    const CookieAttributes& attributes, std::string_view name, std::string_view value
) {
    std::vector<SetCookie> cookies;
    const std::size_t encoded_size = base::percent_encode(value).size();
    if (encoded_size <= budget_of(name)) {
        cookies.push_back(make_cookie(attributes, std::string(name), value));
        return cookies;
    }
    const auto too_large = [] {
        return base::fail(
            errors::kSessionTooLarge,
            "The provider's tokens are too large to be kept in cookies. Ask the provider for fewer scopes or "
            "fewer claims, "
            "such as group memberships."
        );
    };
    if (encoded_size > kMaxChunkedBytes) return too_large();
    const std::vector<std::string_view> pieces = split(name, value);
    if (pieces.size() > kMaxChunks) return too_large();
    std::string first = mark(pieces.size()).append(pieces[0]);
    cookies.push_back(make_cookie(attributes, chunk_name(name, 0), first));
    for (std::size_t i = 1; i < pieces.size(); ++i) {
        cookies.push_back(make_cookie(attributes, chunk_name(name, i), pieces[i]));
    }
    return cookies;
}

// Our chunks: exactly as many as the mark says.
std::optional<std::string> join_marked(
    const http::Cookies& present, std::string_view name, std::string_view first, std::size_t chunks
) {
    std::string value(first.substr(kMarkBytes));
    for (std::size_t i = 1; i < chunks; ++i) {
        const auto chunk = present.get(chunk_name(name, i));
        if (!chunk) return std::nullopt;
        value += *chunk;
    }
    return value;
}

std::optional<std::string> join_unmarked(
    const http::Cookies& present, std::string_view name, std::string value
) {
    for (std::size_t i = 1; present.has(chunk_name(name, i)); ++i) {
        const auto chunk = present.get(chunk_name(name, i));
        if (!chunk) return std::nullopt;
        value += *chunk;
    }
    return value;
}

}  // namespace

std::optional<std::string> read_chunked(const http::Cookies& present, std::string_view name) {
    const std::string first_name = chunk_name(name, 0);
    if (!present.has(first_name)) return present.get(name);
    auto first = present.get(first_name);
    if (!first) return std::nullopt;
    if (first->empty()) return present.get(name);
    if (const auto chunks = read_mark(*first)) return join_marked(present, name, *first, *chunks);
    return join_unmarked(present, name, std::move(*first));
}

Result<void> write_chunked(
    std::vector<SetCookie>& out,
    const http::Cookies& present,
    const CookieAttributes& attributes,
    std::string_view name,
    std::string_view value
) {
    STAGEDOOR_TRY(std::vector<SetCookie> cookies, make_cookies(attributes, name, value));
    for (std::string& old : present_names(present, name)) {
        if (std::ranges::find(cookies, old, &SetCookie::name) != cookies.end()) continue;
        out.push_back(make_removal(attributes, std::move(old)));
    }
    std::ranges::move(cookies, std::back_inserter(out));
    return {};
}

void erase_chunked(
    std::vector<SetCookie>& out,
    const http::Cookies& present,
    const CookieAttributes& attributes,
    std::string_view name
) {
    for (std::string& old : present_names(present, name))
        out.push_back(make_removal(attributes, std::move(old)));
}

}  // namespace stagedoor::session
