#pragma once

#include "base/clock.h"
#include "session/row.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace stagedoor::session {

// A session as this process saw it last.
struct Snapshot {
    Snapshot(std::shared_ptr<const RowContent> newest, std::string beginning, base::SteadyTime seen_at)
        : content(std::move(newest)), known(std::move(beginning)), seen_at_(seen_at) {}

    const std::shared_ptr<const RowContent> content;
    // The beginning of the sealed record of the row that has this content; empty if no row has it.
    const std::string known;

    // When the store said so last. From any loop; of two that are told at once, either may stay.
    [[nodiscard]] base::SteadyTime seen_at() const { return seen_at_.load(std::memory_order_relaxed); }
    void see_again(base::SteadyTime at) const { seen_at_.store(at, std::memory_order_relaxed); }

 private:
    mutable std::atomic<base::SteadyTime> seen_at_;
};

// What a process remembers of the sessions that it served: enough to answer at once what was asked a moment
// ago, to have the store say no more than that it still holds, and to go on for a while when the store is
// gone. Bounded; the one that was used the longest ago goes first, and after an hour without use in any case.
// Shared by all loops, and safe to use from any of them.
class Memory {
 public:
    explicit Memory(std::size_t max_bytes = std::size_t{96} << 20) : max_bytes_(max_bytes) {}

    [[nodiscard]] std::shared_ptr<const Snapshot> find(const std::string& id);
    // Takes the place of an older one: that of a newer credential stays.
    void keep(std::shared_ptr<const Snapshot> snapshot);
    void forget(const std::string& id);

    // Sign-outs that the store could not be told of yet.
    void note_end(const std::string& id);
    void end_is_stored(const std::string& id);
    [[nodiscard]] bool has_ended(const std::string& id) const;
    [[nodiscard]] std::size_t unstored_ends() const;

 private:
    struct Entry {
        std::shared_ptr<const Snapshot> snapshot;
        std::size_t bytes;
    };
    void drop(std::list<Entry>::iterator entry);

    const std::size_t max_bytes_;
    mutable std::mutex mutex_;  // never held across an await
    std::list<Entry> entries_;  // the one used last is in front
    std::unordered_map<std::string, std::list<Entry>::iterator> index_;
    std::size_t bytes_ = 0;
    std::unordered_set<std::string> ended_;
};

}  // namespace stagedoor::session
