#include "session/memory.h"

#include <utility>

namespace stagedoor::session {

namespace {

std::size_t size_of(const Snapshot& snapshot) {
    constexpr std::size_t kFixed = 512;
    const auto& record = snapshot.content->record;
    std::size_t bytes = kFixed + record.credential.size() + record.granted_scope.size();
    if (record.profile.picture) bytes += record.profile.picture->size();
    for (const auto& answer : snapshot.content->answers) {
        bytes += kFixed + answer.access_token.size() + answer.scope.size() + answer.variant.size();
        if (answer.id_token) bytes += answer.id_token->size();
    }
    return bytes;
}

}  // namespace

std::shared_ptr<const Snapshot> Memory::find(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    const auto found = index_.find(id);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->snapshot;
}

void Memory::keep(std::shared_ptr<const Snapshot> snapshot) {
    // As long as most access tokens live: what is older is of no use.
    constexpr std::chrono::hours kUnused{1};
    const std::scoped_lock lock(mutex_);
    const auto unused_since = snapshot->seen_at() - kUnused;
    const auto& id = snapshot->content->record.id;
    if (const auto found = index_.find(id); found != index_.end()) {
        const auto& known = found->second->snapshot->content->record;
        if (known.generation > snapshot->content->record.generation) return;
        drop(found->second);
    }
    const auto bytes = size_of(*snapshot);
    entries_.push_front({std::move(snapshot), bytes});
    index_.emplace(entries_.front().snapshot->content->record.id, entries_.begin());
    bytes_ += bytes;
    while (!entries_.empty() && (bytes_ > max_bytes_ || entries_.back().snapshot->seen_at() < unused_since)) {
        drop(std::prev(entries_.end()));
    }
}

void Memory::forget(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = index_.find(id); found != index_.end()) drop(found->second);
}

void Memory::drop(std::list<Entry>::iterator entry) {
    bytes_ -= entry->bytes;
    index_.erase(entry->snapshot->content->record.id);
    entries_.erase(entry);
}

void Memory::note_end(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    ended_.insert(id);
}

void Memory::end_is_stored(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    ended_.erase(id);
}

bool Memory::has_ended(const std::string& id) const {
    const std::scoped_lock lock(mutex_);
    return !ended_.empty() && ended_.contains(id);
}

std::size_t Memory::unstored_ends() const {
    const std::scoped_lock lock(mutex_);
    return ended_.size();
}

}  // namespace stagedoor::session
