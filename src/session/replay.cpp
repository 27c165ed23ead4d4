#include "session/replay.h"

#include <algorithm>

namespace stagedoor::session {

namespace {

using std::chrono::milliseconds;

// An access token is given again while it is good for longer than this, or than a fourth of its life.
constexpr milliseconds kMargin{std::chrono::seconds(200)};
constexpr int kMarginOfLife = 4;

}  // namespace

const Answer* reusable(
    const std::vector<Answer>& answers,
    std::string_view variant,
    Holder holder,
    milliseconds window,
    base::SystemTime now
) {
    const auto* const answer = find_variant(answers, variant);
    if (answer == nullptr || answer->made_at + window <= now) return nullptr;
    const bool is_late = holder == Holder::late;
    if (!answer->complete_until) return is_late ? answer : nullptr;
    const auto margin = std::min(kMargin, (*answer->complete_until - answer->made_at) / kMarginOfLife);
    return *answer->complete_until - now > (is_late ? milliseconds(0) : margin) ? answer : nullptr;
}

const Answer* last_good(
    const std::vector<Answer>& answers, std::string_view variant, milliseconds window, base::SystemTime now
) {
    const auto* const answer = find_variant(answers, variant);
    if (answer == nullptr) return nullptr;
    return answer->expires_at.value_or(answer->made_at + window) > now ? answer : nullptr;
}

}  // namespace stagedoor::session
