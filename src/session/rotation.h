#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/result.h"
#include "base/task.h"
#include "base/waiter.h"
#include "crypto/seal.h"
#include "session/lifetime.h"
#include "session/memory.h"
#include "session/row.h"
#include "session/session_cookie.h"
#include "session/single_flight.h"
#include "session/store.h"

#include <atomic>
#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace stagedoor::session {

class Backoff;
struct LeaseKeeper;

// What the provider's answer to a refresh made of a session.
struct Renewal {
    SessionRecord record;  // the session from now on; a new credential is kept whatever else is wrong
    // What may be handed out, or why nothing may.
    base::Result<Answer> answer;
};
struct RenewalFailure {
    base::Error error;
    bool is_verdict;  // the credential is worthless, by the provider's own word
};
using RenewalResult = std::expected<Renewal, RenewalFailure>;
// Whether the session is still the caller's to renew; prolongs its lease if so.
using HoldsLease = std::function<base::Task<bool>()>;
// Goes to the provider with the credential of this record; more than once only as long as the lease is held.
using Renew = std::function<base::Task<RenewalResult>(SessionRecord, HoldsLease)>;

struct RefreshCall {
    std::string provider;
    std::string environment;
    Presented presented;
    std::string variant;  // tells apart what may be asked for with one credential: its scopes, in order
    Lifetime lifetime;
    Renew renew;
    // Tells the provider that a credential is not used any more: of a session that was ended while it was
    // renewed.
    std::function<base::Task<base::Result<void>>(const SessionRecord&)> discard;
};

struct Refreshed {
    SessionRecord record;  // the newest
    Answer answer;
    bool stale = false;    // the provider or the store failed, and the last good answer still holds
    bool stored = true;    // false: the record is not in the store, and has to travel in the cookie
    bool replayed = true;  // no call to the provider was made for it
};

struct RotationSettings {
    // How long an answer may be given again after it was made.
    std::chrono::milliseconds replay_window{std::chrono::minutes(10)};
    // For how long a session is its renewer's; prolonged while it waits for the provider.
    std::chrono::milliseconds lease{std::chrono::seconds(10)};
    // How long a caller waits for another one's renewal.
    std::chrono::milliseconds patience{std::chrono::seconds(15)};
    // How long a caller waits for an answer to be stored before it gets it all the same.
    std::chrono::milliseconds commit_patience{std::chrono::seconds(3)};
};

// What all loops of a process have in common.
struct RotationShared {
    SingleFlight<Refreshed> flights;
    Memory memory;
    std::atomic<std::size_t> unwritten = 0;  // answers that the store could not be told yet
};

// Renews sessions so that no number of tabs, replicas, crashes or failures of a provider ends one: at most
// one caller goes to the provider for a session at a time, what it gets is stored before anybody is answered,
// and whoever comes with an older cookie of the session gets the newest one. docs/rotation.md has the
// protocol.
//
// One per loop. Errors of refresh(): session.missing, session.invalid; session.signed_out, session.ended, if
// the session is over; store.unavailable, session.busy; and what the provider said.
class Rotation {
 public:
    Rotation(
        RotationSettings settings,
        Store& store,
        RotationShared& shared,
        const crypto::KeyRing& keys,
        const base::Clock& clock,
        base::Waiter& waiter,
        base::Random& random,
        base::Log& log
    );

    [[nodiscard]] base::Task<base::Result<std::shared_ptr<const Refreshed>>> refresh(RefreshCall call);

 private:
    using Outcome = base::Result<Refreshed>;
    // The newest that is known of a session, by its row, the cookie, and this process.
    struct Known {
        StoredSession row;
        std::shared_ptr<const RowContent> content;
        std::string known;  // as in Snapshot
    };
    using Here = std::shared_ptr<const Snapshot>;  // nullptr: nothing
    struct Lease {
        std::uint64_t fence;
        base::SteadyTime asked_at;
    };

    [[nodiscard]] base::Task<Outcome> attempt(RefreshCall call);
    // Claims the session and renews it. Nothing if that is not to be: the row has to be looked at (again).
    [[nodiscard]] base::Task<std::optional<Outcome>> take(const RefreshCall& call, Backoff& backoff);
    // Without the texts that are here already.
    [[nodiscard]] base::Task<base::Result<std::optional<StoredSession>>> load(
        const RefreshCall& call, const Here& here
    );
    // `here` is what was known before the row was read.
    [[nodiscard]] base::Result<Known> newest(const RefreshCall& call, StoredSession row, const Here& here)
        const;
    [[nodiscard]] base::Result<void> open(Known& known, const Here& here) const;
    [[nodiscard]] base::Task<std::optional<Outcome>> hold(const RefreshCall& call, Known known, Lease lease);
    [[nodiscard]] base::Task<std::optional<Outcome>> finish(
        const RefreshCall& call, Known known, Lease lease, Renewal renewal
    );
    [[nodiscard]] base::Task<std::optional<Outcome>> fail(
        const RefreshCall& call, const Known& known, Lease lease, RenewalFailure failure
    );
    // Nothing if the store was asked too long ago.
    [[nodiscard]] base::Task<std::optional<Outcome>> give(
        const RefreshCall& call, Known known, Answer answer, base::SteadyTime seen_at
    );
    [[nodiscard]] base::Task<base::Result<CommitOutcome>> write(Commit commit);
    [[nodiscard]] base::Task<> write_later(Commit commit, std::string id);
    [[nodiscard]] base::Task<bool> holds_lease(std::string id, std::uint64_t fence);
    [[nodiscard]] base::Task<> keep_lease(
        std::string id, std::uint64_t fence, std::shared_ptr<LeaseKeeper> keeper
    );

    [[nodiscard]] bool is_due(const RefreshCall& call) const;
    [[nodiscard]] bool is_replaced(const RowContent& content) const;
    // What this process saw last, if it may be given again once the store has said that it still holds.
    [[nodiscard]] std::shared_ptr<const Refreshed> from_here(const RefreshCall& call, const Here& here) const;
    // The same, with the store's word for it; nullptr if it does not hold. Error: the store's.
    [[nodiscard]] base::Task<base::Result<std::shared_ptr<const Refreshed>>> confirmed(
        const RefreshCall& call, Here here
    );
    [[nodiscard]] Outcome without_store(const RefreshCall& call, base::Error error) const;
    [[nodiscard]] const Answer* reusable(const RefreshCall& call, const RowContent& content) const;
    [[nodiscard]] const Answer* reusable(
        const RefreshCall& call, const SessionRecord& newest, const std::vector<Answer>& answers
    ) const;
    void remember(std::shared_ptr<const RowContent> content, std::string known, base::SteadyTime seen_at);

    const RotationSettings settings_;
    Store& store_;
    RotationShared& shared_;
    const crypto::KeyRing& keys_;
    const base::Clock& clock_;
    base::Waiter& waiter_;
    base::Random& random_;
    base::Log& log_;
};

}  // namespace stagedoor::session
