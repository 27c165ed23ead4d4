#pragma once

#include "base/errors.h"
#include "base/result.h"
#include "base/task.h"
#include "base/timer.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stagedoor::session {

// One piece of work at a time for a key, whoever asks and however many do.
//
// The first caller with a key starts the work; those who come while it runs wait for the same answer. The
// work is nobody's own: it goes on when the caller that started it is gone, because the provider may have
// spent a credential already. Nothing is kept once it is done.
//
// Shared by all loops of the process, and safe to use from any of them.
template <class Value>
class SingleFlight {
 public:
    using Shared = std::shared_ptr<const Value>;
    using Answer = base::Result<Shared>;
    using Work = std::function<base::Task<base::Result<Value>>()>;

    // Runs `work` for `key`, or waits for the one under way. What `work` captures must live as long as this
    // object.
    base::Task<Answer> run(std::string key, Work work) {
        const auto executor = co_await boost::asio::this_coro::executor;
        const auto timer =
            std::make_shared<base::Timer>(executor, std::chrono::steady_clock::time_point::max());
        std::shared_ptr<Flight> flight;
        bool started = false;
        {
            const std::scoped_lock lock(mutex_);
            auto& entry = flights_[key];
            if (!entry) {
                entry = std::make_shared<Flight>();
                started = true;
            }
            flight = entry;
            flight->waiters.push_back({executor, timer});
        }
        if (started) {
            boost::asio::co_spawn(
                executor, lead(std::move(key), flight, std::move(work)), boost::asio::detached
            );
        }
        // Woken by lead(), on this loop. Cancelled from outside (the client left), it ends early and nobody
        // reads.
        const auto [cancelled] = co_await timer->async_wait(base::kAwait);
        static_cast<void>(cancelled);
        const std::scoped_lock lock(mutex_);
        if (!flight->done) co_return base::fail(base::errors::kCancelled, "The request was cancelled");
        co_return flight->result;
    }

    // Work that is under way.
    [[nodiscard]] std::size_t running() const {
        const std::scoped_lock lock(mutex_);
        return flights_.size();
    }

 private:
    struct Waiter {
        base::Executor executor;
        // Its owner is the waiting call: it must not outlive its loop, nor be destroyed by another one.
        std::weak_ptr<base::Timer> timer;
    };
    struct Flight {
        bool done = false;
        Answer result{nullptr};
        std::vector<Waiter> waiters;
    };

    base::Task<> lead(std::string key, std::shared_ptr<Flight> flight, Work work) {
        Answer result{nullptr};
        try {
            auto value = co_await work();
            if (value) {
                result = std::make_shared<const Value>(std::move(*value));
            } else {
                result = std::unexpected(std::move(value.error()));
            }
        } catch (const std::exception& exception) {
            result = base::fail(base::Error(base::errors::kInternal, "An internal error occurred")
                                    .with_detail(exception.what()));
        }
        finish(key, *flight, std::move(result));
    }

    void finish(const std::string& key, Flight& flight, Answer result) {
        std::vector<Waiter> waiters;
        {
            const std::scoped_lock lock(mutex_);
            flight.result = std::move(result);
            flight.done = true;
            waiters.swap(flight.waiters);
            flights_.erase(key);
        }
        // The loop of a call that is gone may be gone as well.
        std::erase_if(waiters, [](const Waiter& waiter) { return waiter.timer.expired(); });
        while (!waiters.empty()) {
            const auto executor = waiters.front().executor;
            const auto rest = std::ranges::partition(waiters, [&](const Waiter& other) {
                return other.executor != executor;
            });
            std::vector<Waiter> here(rest.begin(), rest.end());
            waiters.erase(rest.begin(), waiters.end());
            boost::asio::post(executor, [here = std::move(here)] {
                for (const auto& waiter : here) {
                    if (const auto waiting = waiter.timer.lock()) waiting->cancel();
                }
            });
        }
    }

    mutable std::mutex mutex_;  // never held across an await
    std::unordered_map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace stagedoor::session
