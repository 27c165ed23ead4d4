#pragma once

#include "base/waiter.h"
#include "support/manual_clock.h"

#include <functional>
#include <vector>

namespace stagedoor::support {

// Waits by moving the clock of the test: no time passes.
class ClockWaiter final : public base::Waiter {
 public:
    explicit ClockWaiter(ManualClock& clock) : clock_(clock) {}

    [[nodiscard]] base::Task<> wait_for(std::chrono::milliseconds time) override {
        clock_.advance(time);
        waits.push_back(time);
        if (meanwhile) co_await meanwhile();
    }

    std::function<base::Task<>()> meanwhile;  // what happens while somebody waits
    std::vector<std::chrono::milliseconds> waits;

 private:
    ManualClock& clock_;
};

}  // namespace stagedoor::support
