#include "telemetry/secret_names.h"

#include "base/encoding.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace stagedoor::telemetry {

namespace {

using Words = std::vector<std::string>;

constexpr auto kSecretWords = std::to_array<std::string_view>({
    "assertion",   "assertions", "authorization", "bearer", "cookie",   "cookies",   "credential",
    "credentials", "jwt",        "nonce",         "passwd", "password", "passwords", "passphrase",
    "secret",      "secrets",    "sealed",        "token",  "tokens",   "verifier",  "apikey",
});

// What is known about a secret without knowing it.
constexpr auto kHarmlessEndings = std::to_array<std::string_view>({
    "age",  "algorithm", "bytes", "count",   "endpoint", "expiry", "id",   "kind",  "method", "ms",
    "name", "names",     "path",  "seconds", "size",     "status", "type", "types", "uri",    "url",
});

// Kinds of `code` that open something.
constexpr auto kSecretCodes =
    std::to_array<std::string_view>({"auth", "authorization", "device", "oauth", "user"});

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

constexpr bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
constexpr bool is_lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// "refresh_token", "refresh-token", "refreshToken", "RefreshToken": refresh, token.
Words split(std::string_view name) {
    Words words(1);
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool mark = !is_upper(name[i]) && !is_lower_or_digit(name[i]);
        const bool hump = is_upper(name[i]) && i > 0 && is_lower_or_digit(name[i - 1]);
        if ((mark || hump) && !words.back().empty()) words.emplace_back();
        if (!mark) words.back() += name[i];
    }
    if (words.back().empty()) words.pop_back();
    for (std::string& word : words) word = base::to_lower(word);
    return words;
}

}  // namespace

bool is_secret_name(std::string_view name) {
    const Words words = split(name);
    if (words.empty() || contains(kHarmlessEndings, words.back())) return false;
    if (words.back() == "code") return words.size() == 1 || contains(kSecretCodes, words[words.size() - 2]);
    if (words.back() == "key" && words.size() > 1) {
        constexpr auto kSecretKeys =
            std::to_array<std::string_view>({"api", "private", "sealing", "signing"});
        return contains(kSecretKeys, words[words.size() - 2]);
    }
    return std::ranges::any_of(words, [](const std::string& word) { return contains(kSecretWords, word); });
}

}  // namespace stagedoor::telemetry
