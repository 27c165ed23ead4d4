#pragma once

#include "base/timer.h"
#include "base/waiter.h"
#include "support/manual_clock.h"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <list>
#include <memory>

namespace stagedoor::support {

// Waits by a clock that the test moves.
class ManualWaiter final : public base::Waiter {
 public:
    explicit ManualWaiter(ManualClock& clock) : clock_(clock) {}

    [[nodiscard]] base::Task<> wait_for(std::chrono::milliseconds time) override {
        const auto executor = co_await boost::asio::this_coro::executor;
        auto timer = std::make_shared<base::Timer>(executor, base::SteadyTime::max());
        waits_.push_back({clock_.steady() + time, timer});
        const auto [woken] = co_await timer->async_wait(base::kAwait);
        static_cast<void>(woken);
        std::erase_if(waits_, [&](const Wait& wait) { return wait.timer.lock() == timer; });
    }

    // Moves the clock to the end of the wait that ends first, and ends it. False if nobody waits.
    bool advance_to_next() {
        const auto next = std::ranges::min_element(waits_, {}, &Wait::until);
        if (next == waits_.end()) return false;
        if (next->until > clock_.steady()) {
            clock_.advance(std::chrono::ceil<std::chrono::milliseconds>(next->until - clock_.steady()));
        }
        const auto timer = next->timer.lock();
        waits_.erase(next);
        if (timer) timer->cancel();
        return true;
    }
    // Moves the clock, and ends the waits whose time is over.
    void advance(std::chrono::milliseconds by) {
        clock_.advance(by);
        for (auto& wait : waits_) {
            const auto timer = wait.timer.lock();
            if (timer && wait.until <= clock_.steady()) timer->cancel();
        }
    }
    [[nodiscard]] std::size_t waiting() const { return waits_.size(); }

 private:
    struct Wait {
        base::SteadyTime until;
        std::weak_ptr<base::Timer> timer;
    };
    ManualClock& clock_;
    std::list<Wait> waits_;
};

}  // namespace stagedoor::support
