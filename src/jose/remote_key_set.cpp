#include "jose/remote_key_set.h"

#include <algorithm>
#include <utility>

namespace stagedoor::jose {
namespace {

// A fetch that has told nothing of its end for so long was cancelled.
constexpr std::chrono::seconds kFetchForgottenAfter{60};

}  // namespace

RemoteKeySet::RemoteKeySet(RemoteKeySetPolicy policy) : policy_(policy) {}

std::shared_ptr<const KeySet> RemoteKeySet::keys(base::SteadyTime now) const {
    return keys_ && now - fetched_at_ < policy_.use_until ? keys_ : nullptr;
}

KeySetAction RemoteKeySet::decide(std::optional<std::string_view> kid, base::SteadyTime now) {
    const auto usable = keys(now);
    if (!usable) return KeySetAction::fetch;
    if (kid && !usable->contains(*kid)) return fetch_if_admitted(now);

    const bool old = now - fetched_at_ >= policy_.refresh_after;
    const bool paused = failed_at_ && now - *failed_at_ < policy_.retry_after_failure;
    return old && !paused && !is_under_way(now) ? KeySetAction::use_and_refresh : KeySetAction::use;
}

KeySetAction RemoteKeySet::after_failed_verification(base::SteadyTime now) {
    return fetch_if_admitted(now);
}

// A leaky bucket as a single time (the "generic cell rate algorithm"): each admitted fetch moves
// admitted_until_ one interval on from the present, or from where it is if that is later. It may be ahead of
// the present by burst - 1 intervals. A fetch that is under way anyway can be waited for by anyone.
KeySetAction RemoteKeySet::fetch_if_admitted(base::SteadyTime now) {
    if (is_under_way(now)) return KeySetAction::fetch;
    const auto ahead = policy_.fetch_interval * (std::max(policy_.burst, 1U) - 1);
    if (admitted_until_ > now + ahead) return KeySetAction::refuse;
    admitted_until_ = std::max(admitted_until_, now) + policy_.fetch_interval;
    return KeySetAction::fetch;
}

bool RemoteKeySet::is_under_way(base::SteadyTime now) const {
    return started_at_ && now - *started_at_ < kFetchForgottenAfter;
}

void RemoteKeySet::started(base::SteadyTime now) {
    started_at_ = now;
}

void RemoteKeySet::fetched(KeySet keys, base::SteadyTime now) {
    keys_ = std::make_shared<const KeySet>(std::move(keys));
    fetched_at_ = now;
    started_at_.reset();
    failed_at_.reset();
}

void RemoteKeySet::failed(base::SteadyTime now) {
    failed_at_ = now;
    started_at_.reset();
}

}  // namespace stagedoor::jose
