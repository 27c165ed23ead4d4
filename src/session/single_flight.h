#pragma once

#include "base/clock.h"
#include "base/errors.h"
#include "base/result.h"
#include "base/task.h"
#include "base/timer.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stagedoor::session {

// One call at a time for a credential that may be spent by being used, whoever asks and however many do.
//
// The first caller with a key starts the work; those who come while it runs wait for the same answer. The
// work is nobody's own: it goes on when the caller that started it is gone, because the provider may have
// spent the old credential already. An answer that brought another credential (its `successor_key` differs
// from the key) is kept for `replay` and given to callers that still hold the old one; where that credential
// was replaced again meanwhile, they get the newest answer, so that no browser goes back to an older one.
// Failures are never kept.
//
// Shared by all loops of the process, and safe to use from any of them. Value has a member `successor_key`.
template <class Value>
class SingleFlight {
 public:
    using Shared = std::shared_ptr<const Value>;
    using Work = std::function<base::Task<base::Result<Value>>()>;

    struct Limits {
        std::chrono::milliseconds replay{60'000};
        std::size_t max_kept = 10'000;
    };
    struct Answer {
        base::Result<Shared> result;
        bool own_variant;  // the work was started for the same variant as the caller's
        bool own_work;     // this caller started it
    };

    SingleFlight(const base::Clock& clock, Limits limits) : clock_(clock), limits_(limits) {}

    // Runs `work` for `key`, or waits for the one under way, or replays. `variant` tells apart what is asked
    // for with one credential (its scopes): who finds another variant under way gets that one's answer,
    // marked, when it is done, and calls again. What `work` captures must live as long as this object.
    base::Task<Answer> run(std::string key, std::string variant, Work work) {
        const auto executor = co_await boost::asio::this_coro::executor;
        std::shared_ptr<Flight> flight;
        std::shared_ptr<base::Timer> timer;
        bool started = false;
        {
            const std::scoped_lock lock(mutex_);
            drop_expired();
            if (auto found = flights_.find(key); found != flights_.end()) {
                flight = newest(found->second);
            } else {
                flight = std::make_shared<Flight>(variant);
                flights_.emplace(key, flight);
                ++running_;
                started = true;
            }
            if (!flight->done) {
                timer = std::make_shared<base::Timer>(executor, std::chrono::steady_clock::time_point::max());
                flight->waiters.push_back({executor, timer});
            }
        }
        if (started) {
            boost::asio::co_spawn(
                executor, lead(std::move(key), flight, std::move(work)), boost::asio::detached
            );
        }
        if (timer) {
            // Woken by lead(), on this loop. Cancelled from outside (the client left), it ends early and
            // nobody reads.
            const auto [cancelled] = co_await timer->async_wait(base::kAwait);
            static_cast<void>(cancelled);
        }
        const std::scoped_lock lock(mutex_);
        if (!flight->done) {
            co_return Answer{
                base::fail(base::errors::kCancelled, "The request was cancelled"), true, started
            };
        }
        co_return Answer{flight->result, flight->variant == variant, started};
    }

    // Drops what is kept for this key and for the credentials that it replaced: after a sign-out nobody may
    // get an answer by replay.
    void forget(const std::string& key) {
        const std::scoped_lock lock(mutex_);
        for (auto current = key;;) {
            flights_.erase(current);
            const auto predecessor = predecessors_.find(current);
            if (predecessor == predecessors_.end()) break;
            current = predecessor->second;
            predecessors_.erase(predecessor);
        }
    }

    // Work that is under way.
    [[nodiscard]] std::size_t running() const {
        const std::scoped_lock lock(mutex_);
        return running_;
    }
    // Answers that are kept for replay.
    [[nodiscard]] std::size_t kept() const {
        const std::scoped_lock lock(mutex_);
        return expiries_.size();
    }

 private:
    struct Waiter {
        base::Executor executor;
        // Its owner is the waiting call: it must not outlive its loop, nor be destroyed by another one.
        std::weak_ptr<base::Timer> timer;
    };
    struct Flight {
        explicit Flight(std::string the_variant) : variant(std::move(the_variant)) {}
        std::string variant;
        bool done = false;
        base::Result<Shared> result{nullptr};
        std::vector<Waiter> waiters;
    };
    struct Expiry {
        base::SteadyTime at;
        std::string key;
        std::weak_ptr<Flight> flight;
    };

    base::Task<> lead(std::string key, std::shared_ptr<Flight> flight, Work work) {
        base::Result<Shared> result{nullptr};
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
        finish(key, flight, std::move(result));
    }

    void finish(const std::string& key, const std::shared_ptr<Flight>& flight, base::Result<Shared> result) {
        std::vector<Waiter> waiters;
        {
            const std::scoped_lock lock(mutex_);
            flight->result = std::move(result);
            flight->done = true;
            --running_;
            waiters.swap(flight->waiters);
            const auto found = flights_.find(key);
            const bool forgotten = found == flights_.end() || found->second != flight;
            const bool spent = flight->result && (*flight->result)->successor_key != key;
            if (!forgotten && spent) {
                predecessors_[(*flight->result)->successor_key] = key;
                expiries_.push_back({clock_.steady() + limits_.replay, key, flight});
                if (expiries_.size() > limits_.max_kept) drop_first();
            } else if (!forgotten) {
                flights_.erase(found);
            }
        }
        for (const auto& waiter : waiters) {
            // The loop of a call that is gone may be gone as well.
            if (waiter.timer.expired()) continue;
            boost::asio::post(waiter.executor, [timer = waiter.timer] {
                if (const auto waiting = timer.lock()) waiting->cancel();
            });
        }
    }

    // The last answer of the chain of credentials that begins with this flight.
    std::shared_ptr<Flight> newest(std::shared_ptr<Flight> flight) const {
        while (flight->done && flight->result) {
            const auto next = flights_.find((*flight->result)->successor_key);
            if (next == flights_.end() || next->second == flight || !next->second->done) break;
            flight = next->second;
        }
        return flight;
    }

    void drop_expired() {
        const auto now = clock_.steady();
        while (!expiries_.empty() && expiries_.front().at <= now) drop_first();
    }
    void drop_first() {
        const auto expiry = std::move(expiries_.front());
        expiries_.pop_front();
        const auto flight = expiry.flight.lock();
        const auto found = flights_.find(expiry.key);
        if (!flight || found == flights_.end() || found->second != flight) return;
        predecessors_.erase((*flight->result)->successor_key);
        flights_.erase(found);
    }

    const base::Clock& clock_;
    const Limits limits_;
    mutable std::mutex mutex_;  // never held across an await
    std::size_t running_ = 0;
    std::unordered_map<std::string, std::shared_ptr<Flight>> flights_;
    std::unordered_map<std::string, std::string> predecessors_;  // successor key -> key
    std::deque<Expiry> expiries_;  // in order of time: replay is the same for all
};

}  // namespace stagedoor::session
