#pragma once

#include "base/errors.h"
#include "base/result.h"
#include "base/task.h"
#include "base/timer.h"
#include "session/errors.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace stagedoor::store {

// The failure of every operation: what happened is for the log.
[[nodiscard]] inline base::Error unavailable(std::string detail) {
    return base::Error(session::errors::kStoreUnavailable, "The session store is not available")
        .with_detail(std::move(detail));
}

// An operation that is carried out elsewhere, and the caller that waits for it. The caller owns it, on its
// own loop; the operation has a weak pointer, and goes on when the caller has gone.
template <class T>
class Call {
 public:
    Call(base::Executor executor, std::chrono::milliseconds limit) : timer_(executor, limit) {}

    // On the caller's loop.
    void finish(base::Result<T> result) {
        result_.emplace(std::move(result));
        timer_.cancel();
    }

    // Errors: those of the operation; store.unavailable after the time limit; cancelled.
    static base::Task<base::Result<T>> wait(std::shared_ptr<Call> call) {
        if (!call->result_) {
            const auto [cancelled] = co_await call->timer_.async_wait(base::kAwait);
            if (!call->result_ && !cancelled) co_return base::fail(unavailable("it did not answer in time"));
        }
        if (!call->result_) co_return base::fail(base::errors::kCancelled, "The request was cancelled");
        co_return std::move(*call->result_);
    }

 private:
    base::Timer timer_;
    std::optional<base::Result<T>> result_;
};

// Runs `work` as a task of its own, and reports to `call`.
template <class T>
base::Task<> carry_out(base::Task<base::Result<T>> work, std::weak_ptr<Call<T>> call) {
    std::optional<base::Result<T>> result;
    try {
        result.emplace(co_await std::move(work));
    } catch (const std::exception& exception) {
        result.emplace(base::fail(
            base::Error(base::errors::kInternal, "An internal error occurred").with_detail(exception.what())
        ));
    }
    if (const auto waiting = call.lock()) waiting->finish(std::move(*result));
}

// The result of `work`, which is carried out even if the caller goes away meanwhile.
template <class T>
base::Task<base::Result<T>> carried_out(
    base::Executor executor, std::chrono::milliseconds limit, base::Task<base::Result<T>> work
) {
    const auto call = std::make_shared<Call<T>>(executor, limit);
    boost::asio::co_spawn(executor, carry_out<T>(std::move(work), call), boost::asio::detached);
    co_return co_await Call<T>::wait(call);
}

}  // namespace stagedoor::store
