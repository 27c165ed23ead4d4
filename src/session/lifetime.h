#pragma once

#include "base/clock.h"

#include <algorithm>
#include <chrono>
#include <optional>

namespace stagedoor::session {

// How long a session lives.
struct Lifetime {
    std::chrono::seconds duration{std::chrono::days(1000)};  // from the last time it was renewed
    std::optional<std::chrono::seconds> idle;                // the same, and moved on whenever it is used
    std::optional<std::chrono::seconds> absolute;            // from the login, whatever happens

    // The end of a session of this age that is used now. In whole seconds, as records keep it.
    [[nodiscard]] base::SystemTime end(base::SystemTime created_at, base::SystemTime now) const {
        const auto used = std::chrono::floor<std::chrono::seconds>(now);
        base::SystemTime end = used + (idle ? std::min(*idle, duration) : duration);
        if (absolute) end = std::min(end, created_at + *absolute);
        return end;
    }
    // True if a session that ends at `expires_at` has to be moved on because it is used: not every time, so
    // that a cookie is not set anew with every answer.
    [[nodiscard]] bool is_due(base::SystemTime created_at, base::SystemTime expires_at, base::SystemTime now)
        const {
        if (!idle) return false;
        constexpr int kSteps = 10;
        return expires_at + std::min(*idle, duration) / kSteps < end(created_at, now);
    }
    [[nodiscard]] bool is_over(base::SystemTime created_at, base::SystemTime now) const {
        return absolute && created_at + *absolute <= now;
    }
};

}  // namespace stagedoor::session
