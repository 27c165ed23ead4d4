#pragma once

#include "base/task.h"

#include <chrono>
#include <utility>

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
    explicit TimerWaiter(Executor executor) : executor_(std::move(executor)) {}
    [[nodiscard]] Task<> wait_for(std::chrono::milliseconds time) override;

 private:
    Executor executor_;  // of the loop that it is for
};

}  // namespace stagedoor::base
