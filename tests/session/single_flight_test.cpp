#include "session/single_flight.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <gtest/gtest.h>

#include <thread>

namespace stagedoor::session {
namespace {

struct Value {
    std::string token;
};
using Flights = SingleFlight<Value>;

const base::ErrorKind kDown{"test.down", 503, "ServiceUnavailableError"};

// Calls of run() on one loop, with work that ends when the test says so.
class SingleFlightTest : public testing::Test {
 protected:
    struct Call {
        boost::asio::cancellation_signal cancel;  // of this call alone: a signal has one slot
        std::optional<Flights::Answer> answer;
    };

    std::shared_ptr<Call> call(std::string key) {
        auto result = std::make_shared<Call>();
        boost::asio::co_spawn(
            loop,
            flights.run(std::move(key), [this] { return work(); }),
            boost::asio::bind_cancellation_slot(
                result->cancel.slot(),
                [result](const std::exception_ptr&, Flights::Answer answer) {
                    result->answer.emplace(std::move(answer));
                }
            )
        );
        drive();
        return result;
    }
    base::Task<base::Result<Value>> work() {
        ++started;
        const auto [released] = co_await gate.async_wait(base::kAwait);
        static_cast<void>(released);
        if (next) co_return *next;
        co_return base::fail(kDown, "down");
    }
    void finish(std::optional<Value> value) {
        next = std::move(value);
        gate.cancel();
        drive();
    }
    void drive() {
        loop.restart();
        loop.poll();
    }

    boost::asio::io_context loop;
    boost::asio::steady_timer::rebind_executor<base::Executor>::other gate{
        loop, std::chrono::steady_clock::time_point::max()
    };
    Flights flights;
    std::optional<Value> next;
    int started = 0;
};

TEST_F(SingleFlightTest, WhoComesMeanwhileGetsTheSameAnswer) {
    const auto first = call("rt1");
    const auto second = call("rt1");
    EXPECT_EQ(flights.running(), 1U);
    finish(Value{"at"});
    EXPECT_EQ(started, 1);
    ASSERT_TRUE(first->answer && second->answer);
    EXPECT_EQ(first->answer->value()->token, "at");
    EXPECT_EQ(second->answer->value(), first->answer->value());
    EXPECT_EQ(flights.running(), 0U);
    call("rt1");
    EXPECT_EQ(started, 2);  // nothing is kept
}

TEST_F(SingleFlightTest, AnotherKeyIsAnotherWork) {
    call("rt1");
    call("rt2");
    EXPECT_EQ(started, 2);
    finish(Value{"at"});
}

TEST_F(SingleFlightTest, AFailureIsSharedButNeverKept) {
    const auto first = call("rt1");
    const auto second = call("rt1");
    finish(std::nullopt);
    ASSERT_TRUE(first->answer && second->answer);
    EXPECT_FALSE(*first->answer);
    EXPECT_FALSE(*second->answer);
    call("rt1");
    EXPECT_EQ(started, 2);
}

TEST_F(SingleFlightTest, TheWorkGoesOnWhenItsCallerIsGone) {
    const auto gone = call("rt1");
    const auto other = call("rt1");
    gone->cancel.emit(boost::asio::cancellation_type::all);
    drive();
    EXPECT_EQ(flights.running(), 1U);
    finish(Value{"at"});
    ASSERT_TRUE(other->answer && *other->answer);
    EXPECT_EQ(other->answer->value()->token, "at");
    EXPECT_EQ(started, 1);
}

TEST(SingleFlight, LoopsOnSeveralThreadsShareOneCall) {
    Flights flights;
    std::atomic<int> calls = 0;
    std::atomic<int> answers = 0;
    std::atomic<int> waiting = 0;
    constexpr int kThreads = 4;
    constexpr int kCallers = 50;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([&] {
                boost::asio::io_context loop;
                const auto work = [&]() -> base::Task<base::Result<Value>> {
                    ++calls;
                    // Ends once everybody waits for it.
                    Flights* const self = &flights;
                    boost::asio::steady_timer::rebind_executor<base::Executor>::other pause(loop);
                    while (waiting.load() < kThreads && self->running() > 0) {
                        pause.expires_after(std::chrono::milliseconds(1));
                        const auto [error] = co_await pause.async_wait(base::kAwait);
                        static_cast<void>(error);
                    }
                    co_return Value{"at"};
                };
                for (int caller = 0; caller < kCallers; ++caller) {
                    boost::asio::co_spawn(
                        loop,
                        flights.run("rt1", work),
                        [&](const std::exception_ptr&, const Flights::Answer& answer) {
                            if (answer && (*answer)->token == "at") ++answers;
                        }
                    );
                }
                loop.poll();  // all callers of this thread wait now
                ++waiting;
                loop.run();
            });
        }
    }
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(answers, kThreads * kCallers);
}

using Gate = boost::asio::steady_timer::rebind_executor<base::Executor>::other;

base::Task<base::Result<Value>> wait_for(Gate& gate) {
    const auto [opened] = co_await gate.async_wait(base::kAwait);
    static_cast<void>(opened);
    co_return Value{"at"};
}

TEST(SingleFlight, ALoopMayEndWhileItsCallersWait) {
    Flights flights;
    boost::asio::io_context leading;
    auto waiting = std::make_unique<boost::asio::io_context>();
    Gate gate(leading, std::chrono::steady_clock::time_point::max());
    int answers = 0;
    for (auto* loop : {&leading, waiting.get()}) {
        boost::asio::co_spawn(
            *loop,
            flights.run("rt1", [&gate] { return wait_for(gate); }),
            [&](const std::exception_ptr&, const Flights::Answer&) { ++answers; }
        );
        loop->poll();
    }
    waiting.reset();
    gate.cancel();
    leading.restart();
    leading.poll();
    EXPECT_EQ(answers, 1);
}

TEST(SingleFlight, OutlivesALoopWhoseWorkNeverEnded) {
    Flights flights;
    boost::asio::io_context loop;
    Gate gate(loop, std::chrono::steady_clock::time_point::max());
    boost::asio::co_spawn(
        loop, flights.run("rt1", [&gate] { return wait_for(gate); }), boost::asio::detached
    );
    loop.poll();
    EXPECT_EQ(flights.running(), 1U);
}

}  // namespace
}  // namespace stagedoor::session
