#include "base/waiter.h"

#include "base/timer.h"

namespace stagedoor::base {

Task<> TimerWaiter::wait_for(std::chrono::milliseconds time) {
    Timer timer(executor_, time);
    const auto [cancelled] = co_await timer.async_wait(kAwait);
    static_cast<void>(cancelled);
}

}  // namespace stagedoor::base
