#pragma once

#include "base/clock.h"
#include "base/secret.h"
#include "session/session_record.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::session {

// What the provider gave for one refresh, and may be given again.
struct Answer {
    std::string variant;  // what was asked for: the scopes, in order
    base::Secret access_token;
    std::optional<std::string> id_token;
    base::SystemTime made_at;
    std::optional<base::SystemTime> expires_at;  // of the access token; nothing if the provider did not say
    std::optional<base::SystemTime> complete_until;  // when the first of both tokens ends
    std::string scope;                               // granted
    friend bool operator==(const Answer&, const Answer&) = default;
};

// The most that is kept for one session: one of each variant, the newest ones.
inline constexpr std::size_t kMaxAnswers = 8;

// `answers` with `answer` in the place of the one of its variant; what has ended, and what is too much, goes.
void remember(std::vector<Answer>& answers, Answer answer, base::SystemTime now);
// The answer of this variant, or nullptr.
[[nodiscard]] const Answer* find_variant(const std::vector<Answer>& answers, std::string_view variant);

[[nodiscard]] std::string encode(const std::vector<Answer>& answers);
// Nothing if `text` is not what encode() made.
[[nodiscard]] std::optional<std::vector<Answer>> decode_answers(std::string_view text);

}  // namespace stagedoor::session
