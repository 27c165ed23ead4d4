#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stagedoor::session {

// Why a session is over.
enum class EndReason : std::uint8_t {
    sign_out = 1,  // the user
    verdict = 2,   // the provider no longer accepts its credential
    revoked = 3,   // an administrator
};

// What is remembered of a session outside of the browser. The two texts are sealed by whoever stores them;
// the rest is what a store has to find and order rows by.
struct StoredSession {
    std::string id;
    std::string provider;
    std::string environment;
    std::string subject;  // at the provider; empty if it has no such thing
    std::string user;     // what an administrator knows the user by (an e-mail address); may be empty
    base::SystemTime created_at;
    base::SystemTime used_at;  // of the last login, commit or extension
    base::SystemTime expires_at;
    std::uint64_t version = 0;  // counts the commits
    std::string record;         // sealed SessionRecord, the newest; empty once the session has ended
    std::string answers;        // sealed answers of the provider; may be empty
    std::optional<EndReason> ended;
};

// An attempt to get the right to renew a session.
struct Claim {
    enum class Outcome : std::uint8_t {
        granted,  // it is the caller's for the time asked for, under `fence`
        busy,     // another one's, for `busy_for` at most
        ended,
        missing,  // there is no such row
    };
    Outcome outcome = Outcome::missing;
    std::uint64_t fence = 0;  // greater than that of every claim granted before
    // The holder before neither committed nor released: it died, stalled, or lost its way to the store.
    bool taken_over = false;
    std::chrono::milliseconds busy_for{};
    StoredSession session;  // as it is now; empty if missing
};

// What a holder writes when it has the provider's answer.
struct Commit {
    std::string id;
    std::uint64_t fence = 0;
    std::string subject;
    std::string user;
    base::SystemTime expires_at;
    std::string record;
    std::string answers;
};

enum class CommitOutcome : std::uint8_t {
    done,
    lost,   // the lease went to another holder meanwhile, or the row is gone
    ended,  // the session is over
};

struct SessionFilter {
    std::string user;      // equal to `user` (without regard to case) or to `subject`; empty: any
    std::string provider;  // empty: any
    std::optional<base::SystemTime> created_before;
    std::optional<base::SystemTime> used_before;
};

struct StoreStatus {
    std::string engine;  // "sqlite", "postgres"
    std::string place;   // file or host and database; no password
    int schema_version = 0;
    std::int64_t sessions = 0;  // not ended
    std::int64_t ended = 0;     // remembered so that their cookies get nothing
    std::int64_t handovers = 0;
};

// Where sessions are remembered so that every tab, every loop and every replica sees the same: what was
// renewed, who is renewing, what has ended. Rows are opaque here; who may read them is the seal's affair.
//
// Each operation is atomic. All of them may be called from any loop that the store was made for, and resume
// on it. An operation that began is carried out even if its caller has gone. Errors: store.unavailable (503)
// if the store can't be reached, is full, locked or too slow; the operation may have been carried out or not.
// Leases and expiries are measured by one clock for all replicas (the database's, where there is one).
class Store {
 public:
    virtual ~Store() = default;

    // The row of this id, ended ones included; nothing if there is none or it has expired.
    [[nodiscard]] virtual base::Task<base::Result<std::optional<StoredSession>>> find(std::string id) = 0;

    // The same, but without its two texts if the record still begins with `known`: who has them already need
    // not be sent them again.
    [[nodiscard]] virtual base::Task<base::Result<std::optional<StoredSession>>> find_again(
        std::string id, std::string known
    ) = 0;

    // The row of session.id as it is, ended or not, or this one, added. May be repeated.
    [[nodiscard]] virtual base::Task<base::Result<StoredSession>> find_or_add(StoredSession session) = 0;

    // The right to renew a session, for `lease` from now on; it is granted if nobody has it, or its time is
    // over. Repeated by the same caller it is a further claim, and busy.
    [[nodiscard]] virtual base::Task<base::Result<Claim>> claim(
        std::string id, std::chrono::milliseconds lease
    ) = 0;
    // Prolongs a lease to `lease` from now on. False if it is no longer the caller's. May be repeated.
    [[nodiscard]] virtual base::Task<base::Result<bool>> renew(
        std::string id, std::uint64_t fence, std::chrono::milliseconds lease
    ) = 0;
    // Writes what the holder of `fence` got, whether its time is over or not, as long as nobody else has
    // claimed the session since; increments the version, sets used_at, and gives the lease back. May be
    // repeated: a commit that was carried out already is done again without effect (`done`, the version
    // stays).
    [[nodiscard]] virtual base::Task<base::Result<CommitOutcome>> commit(Commit commit) = 0;
    // Gives the lease back without a change. No effect if it is no longer the caller's. May be repeated.
    [[nodiscard]] virtual base::Task<base::Result<void>> release(std::string id, std::uint64_t fence) = 0;
    // Moves the end of a session that goes on, and sets used_at. No effect on one that has ended. May be
    // repeated.
    [[nodiscard]] virtual base::Task<base::Result<void>> extend(
        std::string id, base::SystemTime expires_at
    ) = 0;

    // Ends a session for good: record and answers go, the row stays until its expires_at, so that a cookie
    // that comes again gets nothing. A row that is not there is added, already ended, from the argument,
    // whose record and answers are not looked at. `fence`: only if the lease is the caller's (no row is added
    // then). Yields the row as it was before; nothing if there was none, or the fence is not the caller's.
    // The first reason stays. May be repeated.
    [[nodiscard]] virtual base::Task<base::Result<std::optional<StoredSession>>> end(
        StoredSession session, EndReason reason, std::optional<std::uint64_t> fence
    ) = 0;

    // Sessions that go on, by id, after the id `after` ("" for the first page), without record and answers.
    [[nodiscard]] virtual base::Task<base::Result<std::vector<StoredSession>>> list(
        SessionFilter filter, std::string after, std::size_t limit
    ) = 0;
    // Ends, with the reason `revoked`, at most `limit` sessions of the filter that go on; the number of them.
    [[nodiscard]] virtual base::Task<base::Result<std::size_t>> revoke(
        SessionFilter filter, std::size_t limit
    ) = 0;

    // Keeps a text for `lifetime` under a name that is used once. A name that is there already keeps its
    // text.
    [[nodiscard]] virtual base::Task<base::Result<void>> deposit(
        std::string name, std::string sealed, std::chrono::milliseconds lifetime
    ) = 0;
    // The text of this name, which is gone afterwards: of any number of callers one gets it.
    [[nodiscard]] virtual base::Task<base::Result<std::optional<std::string>>> collect(std::string name) = 0;

    // Removes at most `limit` rows whose time is over; the number of them. Called again and again, so that no
    // step takes long.
    [[nodiscard]] virtual base::Task<base::Result<std::size_t>> sweep(std::size_t limit) = 0;

    [[nodiscard]] virtual base::Task<base::Result<StoreStatus>> status() = 0;
};

}  // namespace stagedoor::session
