#include "store/janitor.h"

#include "support/manual_clock.h"
#include "support/memory_store.h"
#include "support/run_task.h"

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

namespace stagedoor::store {
namespace {

using namespace std::chrono_literals;

// Lets a day pass at each wait, and ends the test's loop after the third.
class DaysWaiter final : public base::Waiter {
 public:
    DaysWaiter(support::ManualClock& clock, support::MemoryStore& store) : clock_(clock), store_(store) {}
    base::Task<> wait_for(std::chrono::milliseconds /*time*/) override {
        left.push_back(store_.size());
        if (left.size() == 3) throw std::runtime_error("the end");
        clock_.advance(24h);
        co_return;
    }
    std::vector<std::size_t> left;

 private:
    support::ManualClock& clock_;
    support::MemoryStore& store_;
};

TEST(Janitor, RemovesAllThatHasExpiredAndComesAgain) {
    boost::asio::io_context loop;
    support::ManualClock clock;
    support::MemoryStore store(clock);
    for (int i = 0; i < 25; ++i) {
        session::StoredSession session;
        session.id = std::to_string(i);
        session.expires_at = clock.now() + (i < 20 ? 1h : 30h);
        ASSERT_TRUE(support::run_task(loop, store.find_or_add(session)));
    }
    DaysWaiter waiter(clock, store);
    boost::asio::co_spawn(loop, sweep_again_and_again(store, waiter, 1min, 7), [](std::exception_ptr) {});
    loop.restart();
    loop.run();
    EXPECT_EQ(waiter.left, (std::vector<std::size_t>{25, 5, 0}));
}

}  // namespace
}  // namespace stagedoor::store
