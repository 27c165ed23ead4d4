#pragma once

#include "base/clock.h"
#include "session/store.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <ostream>
#include <string>

namespace stagedoor::store {

// A kind of store as the shared tests see it: empty at first, with several replicas that have the same rows.
class Engine {
 public:
    virtual ~Engine() = default;
    // Number 0 or 1: stores that know nothing of each other but the place where the rows are.
    virtual session::Store& replica(int number) = 0;
    // The time by which the store measures.
    [[nodiscard]] virtual base::SystemTime now() const = 0;
    // Lets this time pass for all that is stored.
    virtual void advance(std::chrono::milliseconds time) = 0;
};

// By name, for the names of the tests.
struct EngineKind {
    std::string name;
    std::unique_ptr<Engine> (*make)(boost::asio::io_context& loop);
};
inline std::ostream& operator<<(std::ostream& out, const EngineKind& kind) {
    return out << kind.name;
}

[[nodiscard]] std::unique_ptr<Engine> make_memory_engine(boost::asio::io_context& loop);
[[nodiscard]] std::unique_ptr<Engine> make_sqlite_engine(boost::asio::io_context& loop);
[[nodiscard]] std::unique_ptr<Engine> make_postgres_engine(boost::asio::io_context& loop);

}  // namespace stagedoor::store
