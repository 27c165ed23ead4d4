#include "base/waiter.h"

#include "base/timer.h"

#include <boost/asio/this_coro.hpp>

namespace stagedoor::base {

Task<> TimerWaiter::wait_for(std::chrono::milliseconds time) {
    const auto executor = co_await boost::asio::this_coro::executor;
    Timer timer(executor, time);
    const auto [cancelled] = co_await timer.async_wait(kAwait);
    static_cast<void>(cancelled);
}

}  // namespace stagedoor::base
