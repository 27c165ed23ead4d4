#pragma once

#include "base/clock.h"

namespace stagedoor::support {

// Time that moves when a test says so.
class ManualClock final : public base::Clock {
 public:
    [[nodiscard]] base::SystemTime now() const override { return now_; }
    [[nodiscard]] base::SteadyTime steady() const override { return steady_; }
    void advance(std::chrono::milliseconds by) {
        now_ += by;
        steady_ += by;
    }

 private:
    base::SystemTime now_ = base::from_unix_seconds(1'800'000'000);
    base::SteadyTime steady_{std::chrono::hours(1)};
};

}  // namespace stagedoor::support
