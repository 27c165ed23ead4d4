#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "session/store.h"
#include "store/sqlite_connection.h"

// The operations of session::Store on one connection, inside of a transaction; `now` is the time by which
// they measure.
namespace stagedoor::store::sqlite {

using base::Result;
using base::SystemTime;
using session::StoredSession;

[[nodiscard]] Result<std::optional<StoredSession>> find(
    SqliteConnection& connection, SystemTime now, const std::string& id
);
[[nodiscard]] Result<std::optional<StoredSession>> find_again(
    SqliteConnection& connection, SystemTime now, const std::string& id, const std::string& known
);
[[nodiscard]] Result<StoredSession> find_or_add(
    SqliteConnection& connection, SystemTime now, const StoredSession& session
);
[[nodiscard]] Result<session::Claim> claim(
    SqliteConnection& connection, SystemTime now, const std::string& id, std::chrono::milliseconds lease
);
[[nodiscard]] Result<bool> renew(
    SqliteConnection& connection,
    SystemTime now,
    const std::string& id,
    std::uint64_t fence,
    std::chrono::milliseconds lease
);
[[nodiscard]] Result<session::CommitOutcome> commit(
    SqliteConnection& connection, SystemTime now, const session::Commit& commit
);
[[nodiscard]] Result<void> release(SqliteConnection& connection, const std::string& id, std::uint64_t fence);
[[nodiscard]] Result<void> extend(
    SqliteConnection& connection, SystemTime now, const std::string& id, SystemTime expires_at
);
[[nodiscard]] Result<std::optional<StoredSession>> end(
    SqliteConnection& connection,
    SystemTime now,
    const StoredSession& session,
    session::EndReason reason,
    std::optional<std::uint64_t> fence
);
[[nodiscard]] Result<std::vector<StoredSession>> list(
    SqliteConnection& connection,
    SystemTime now,
    const session::SessionFilter& filter,
    const std::string& after,
    std::size_t limit
);
[[nodiscard]] Result<std::size_t> revoke(
    SqliteConnection& connection, SystemTime now, const session::SessionFilter& filter, std::size_t limit
);
[[nodiscard]] Result<void> deposit(
    SqliteConnection& connection,
    SystemTime now,
    const std::string& name,
    const std::string& sealed,
    std::chrono::milliseconds lifetime
);
[[nodiscard]] Result<std::optional<std::string>> collect(
    SqliteConnection& connection, SystemTime now, const std::string& name
);
[[nodiscard]] Result<std::size_t> sweep(SqliteConnection& connection, SystemTime now, std::size_t limit);
[[nodiscard]] Result<session::StoreStatus> status(SqliteConnection& connection, SystemTime now);

}  // namespace stagedoor::store::sqlite
