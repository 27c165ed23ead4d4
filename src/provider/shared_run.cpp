#include "provider/shared_run.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace stagedoor::provider {

void SharedRun::start(Work work) {
    if (finished_) return;
    finished_ = std::make_shared<base::Timer>(executor_, std::chrono::steady_clock::time_point::max());
    boost::asio::co_spawn(executor_, lead(std::move(work)), boost::asio::detached);
}

base::Task<> SharedRun::lead(Work work) {
    co_await work();
    const auto finished = std::move(finished_);
    finished_ = nullptr;
    finished->cancel();
}

base::Task<> SharedRun::wait() {
    const auto finished = finished_;
    if (!finished) co_return;
    const auto [ended] = co_await finished->async_wait(base::kAwait);
    static_cast<void>(ended);  // always "cancelled": by the end of the run, or with the task that waits
}

}  // namespace stagedoor::provider
