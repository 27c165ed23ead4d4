#pragma once

#include "base/task.h"
#include "base/waiter.h"
#include "session/store.h"

#include <chrono>
#include <cstddef>

namespace stagedoor::store {

// Removes what has expired, in steps of `step` rows, and comes again after `pause`. Never ends: it goes with
// its loop. A step that fails is tried again at the next time; the store itself has said so.
[[nodiscard]] base::Task<> sweep_again_and_again(
    session::Store& store, base::Waiter& waiter, std::chrono::milliseconds pause, std::size_t step
);

}  // namespace stagedoor::store
