#pragma once

#include "base/task.h"
#include "base/timer.h"

#include <functional>
#include <memory>

namespace stagedoor::provider {

// Work that several tasks of one loop need, done by one of them at a time: who comes while it runs waits for
// its end. It is nobody's own: it goes on when whoever started it is cancelled.
class SharedRun {
 public:
    using Work = std::function<base::Task<>()>;

    explicit SharedRun(base::Executor executor) : executor_(std::move(executor)) {}

    // Starts the work, unless it is under way. What it captures must live as long as the loop runs; it
    // reports its failures by itself.
    void start(Work work);
    [[nodiscard]] bool running() const { return finished_ != nullptr; }
    // Returns when the run under way has ended; at once if there is none.
    [[nodiscard]] base::Task<> wait();

 private:
    base::Task<> lead(Work work);

    base::Executor executor_;
    std::shared_ptr<base::Timer> finished_;  // never expires by itself; cancelled at the end of the run
};

}  // namespace stagedoor::provider
