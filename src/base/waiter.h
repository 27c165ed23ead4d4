#pragma once

#include "base/task.h"

#include <chrono>

namespace stagedoor::base {

// Lets a call wait for a time: the timer of its loop, or a clock that a test moves.
class Waiter {
 public:
    virtual ~Waiter() = default;
    // Returns after `time`, or earlier if the caller was cancelled.
    [[nodiscard]] virtual Task<> wait_for(std::chrono::milliseconds time) = 0;
};

class TimerWaiter final : public Waiter {
 public:
    [[nodiscard]] Task<> wait_for(std::chrono::milliseconds time) override;
};

}  // namespace stagedoor::base
