#pragma once

#include "base/clock.h"
#include "session/answer.h"

#include <chrono>
#include <string_view>
#include <vector>

// When an answer of the provider is given again instead of asking for another one.
namespace stagedoor::session {

// Who asks, compared with the session as it is now.
enum class Holder : std::uint8_t {
    newest,  // the newest cookie: a token that is about to end is no use, since that may be why it asks
    late,    // an older cookie: the answer that it missed is its, as long as the token lives
};

// The answer of this variant, if it is younger than `window` and has enough life left; else nullptr.
[[nodiscard]] const Answer* reusable(
    const std::vector<Answer>& answers,
    std::string_view variant,
    Holder holder,
    std::chrono::milliseconds window,
    base::SystemTime now
);

// The answer of this variant, if its access token lives: better than none while the provider or the store
// fails.
[[nodiscard]] const Answer* last_good(
    const std::vector<Answer>& answers,
    std::string_view variant,
    std::chrono::milliseconds window,
    base::SystemTime now
);

}  // namespace stagedoor::session
