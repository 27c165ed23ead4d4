#include "store/janitor.h"

namespace stagedoor::store {

base::Task<> sweep_again_and_again(
    session::Store& store, base::Waiter& waiter, std::chrono::milliseconds pause, std::size_t step
) {
    for (;;) {
        auto removed = co_await store.sweep(step);
        if (removed && *removed == step) continue;
        co_await waiter.wait_for(pause);
    }
}

}  // namespace stagedoor::store
