#include "store/engines.h"
#include "support/manual_clock.h"
#include "support/memory_store.h"

namespace stagedoor::store {
namespace {

// The store that other modules' tests have in place of a real one: held to the same.
class MemoryEngine final : public Engine {
 public:
    session::Store& replica(int /*number*/) override { return store_; }
    [[nodiscard]] base::SystemTime now() const override { return clock_.now(); }
    void advance(std::chrono::milliseconds time) override { clock_.advance(time); }

 private:
    support::ManualClock clock_;
    support::MemoryStore store_{clock_};
};

}  // namespace

std::unique_ptr<Engine> make_memory_engine(boost::asio::io_context& /*loop*/) {
    return std::make_unique<MemoryEngine>();
}

}  // namespace stagedoor::store
