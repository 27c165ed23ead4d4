#include "store/sqlite_operations.h"

#include "store/row.h"
#include "store/sqlite_schema.h"

#include <fmt/core.h>

namespace stagedoor::store::sqlite {

namespace {

// In the order of read_session(), and the first values of kAdd.
#define SESSION_COLUMNS \
    "id, provider, environment, subject, user_name, created_at, used_at, expires_at, version, ended"

constexpr const char* kFind =
    "SELECT " SESSION_COLUMNS ", record, answers FROM sessions WHERE id = ?1 AND expires_at > ?2";

// The texts are read only if they are asked for: they may be on pages of their own.
constexpr const char* kFindAgain =
    "SELECT " SESSION_COLUMNS
    ", CASE WHEN same THEN x'' ELSE record END, CASE WHEN same THEN x'' ELSE answers END "
    "FROM (SELECT *, substr(record, 1, length(?3)) = ?3 AS same FROM sessions "
    "WHERE id = ?1 AND expires_at > ?2)";

// A row whose time is over is taken for none. Its fence counts on, so that nobody's old one is good again.
constexpr const char* kAdd =
    "INSERT INTO sessions (" SESSION_COLUMNS
    ", record, answers, user_key) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) "
    "ON CONFLICT (id) DO UPDATE SET provider = excluded.provider, environment = excluded.environment, "
    "subject = excluded.subject, user_name = excluded.user_name, user_key = excluded.user_key, "
    "created_at = excluded.created_at, used_at = excluded.used_at, expires_at = excluded.expires_at, "
    "version = excluded.version, fence = fence + 1, committed = 0, taken_over = 0, lease_until = NULL, "
    "ended = excluded.ended, record = excluded.record, answers = excluded.answers";

constexpr const char* kClaim =
    "UPDATE sessions SET fence = fence + 1, taken_over = lease_until IS NOT NULL, lease_until = ?2 + ?3 "
    "WHERE id = ?1 AND ended IS NULL AND expires_at > ?2 AND (lease_until IS NULL OR lease_until <= ?2)";

constexpr const char* kLease = "SELECT fence, taken_over, lease_until FROM sessions WHERE id = ?1";

constexpr const char* kRenew =
    "UPDATE sessions SET lease_until = ?2 + ?4 "
    "WHERE id = ?1 AND fence = ?3 AND lease_until IS NOT NULL AND ended IS NULL AND expires_at > ?2";

constexpr const char* kCommit =
    "UPDATE sessions SET used_at = ?2, record = ?4, answers = ?5, version = version + 1, committed = fence, "
    "lease_until = NULL "
    "WHERE id = ?1 AND fence = ?3 AND committed <> fence AND ended IS NULL AND expires_at > ?2";
// A column that is set has its index written, whether its value is another or not: these are for those who
// have one.
constexpr const char* kMove = "UPDATE sessions SET expires_at = ?2 WHERE id = ?1 AND expires_at <> ?2";
constexpr const char* kDescribe =
    "UPDATE sessions SET subject = ?2, user_name = ?3, user_key = ?4 "
    "WHERE id = ?1 AND (subject <> ?2 OR user_name <> ?3)";

constexpr const char* kJudge =
    "SELECT ended IS NOT NULL, fence = ?3 FROM sessions WHERE id = ?1 AND expires_at > ?2";

constexpr const char* kRelease = "UPDATE sessions SET lease_until = NULL WHERE id = ?1 AND fence = ?2";

constexpr const char* kExtend =
    "UPDATE sessions SET expires_at = ?3, used_at = ?2 WHERE id = ?1 AND ended IS NULL AND expires_at > ?2";

#define END_SESSIONS "UPDATE sessions SET ended = ?2, record = x'', answers = x'', lease_until = NULL "
constexpr const char* kEnd = END_SESSIONS "WHERE id = ?1 AND ended IS NULL";

constexpr const char* kDeposit =
    "INSERT INTO handovers (name, sealed, expires_at) VALUES (?1, ?3, ?2 + ?4) ON CONFLICT (name) DO UPDATE "
    "SET sealed = excluded.sealed, expires_at = excluded.expires_at WHERE handovers.expires_at <= ?2";

constexpr const char* kCollect = "DELETE FROM handovers WHERE name = ?1 RETURNING sealed, expires_at > ?2";

constexpr const char* kSweepSessions =
    "DELETE FROM sessions WHERE id IN "
    "(SELECT id FROM sessions WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";
constexpr const char* kSweepHandovers =
    "DELETE FROM handovers WHERE name IN "
    "(SELECT name FROM handovers WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";

constexpr const char* kCount =
    "SELECT count(*) FILTER (WHERE ended IS NULL), count(*) FILTER (WHERE ended IS NOT NULL), "
    "(SELECT count(*) FROM handovers WHERE expires_at > ?1) FROM sessions WHERE expires_at > ?1";

StoredSession read_session(const SqliteStatement& row) {
    StoredSession session;
    session.id = row.bytes_at(0);
    session.provider = row.bytes_at(1);
    session.environment = row.bytes_at(2);
    session.subject = row.bytes_at(3);
    session.user = row.bytes_at(4);
    session.created_at = to_time(row.number_at(5));
    session.used_at = to_time(row.number_at(6));
    session.expires_at = to_time(row.number_at(7));
    session.version = static_cast<std::uint64_t>(row.number_at(8));
    if (!row.is_null(9)) session.ended = static_cast<session::EndReason>(row.number_at(9));
    return session;
}

std::int64_t as_number(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}

base::Result<void> add(SqliteConnection& connection, const StoredSession& session) {
    const auto key = user_key(session.user);
    STAGEDOOR_TRY(auto statement, connection.prepare(kAdd));
    statement.bytes(1, session.id).bytes(2, session.provider).bytes(3, session.environment);
    statement.bytes(4, session.subject).bytes(5, session.user);
    statement.number(6, to_column(session.created_at)).number(7, to_column(session.used_at));
    statement.number(8, to_column(session.expires_at)).number(9, as_number(session.version));
    statement.number(10, to_column(session.ended)).bytes(11, session.record).bytes(12, session.answers);
    statement.bytes(13, key);
    return statement.run();
}

// Binds what conditions() asks for, from the value `next` on. `key` is the user's.
void bind(
    SqliteStatement& statement, const session::SessionFilter& filter, const std::string& key, int next
) {
    if (!filter.user.empty()) {
        statement.bytes(next, key).bytes(next + 1, filter.user);
        next += 2;
    }
    if (!filter.provider.empty()) statement.bytes(next++, filter.provider);
    if (filter.created_before) statement.number(next++, to_column(*filter.created_before));
    if (filter.used_before) statement.number(next++, to_column(*filter.used_before));
}

// Of a statement with all columns, whose values are bound.
Result<std::optional<StoredSession>> read_whole_session(SqliteStatement statement) {
    STAGEDOOR_TRY(const bool is_there, statement.step());
    if (!is_there) return std::nullopt;
    auto session = read_session(statement);
    session.record = statement.bytes_at(10);
    session.answers = statement.bytes_at(11);
    return session;
}

base::Result<std::int64_t> sweep(
    SqliteConnection& connection, const char* sql, SystemTime now, std::int64_t limit
) {
    STAGEDOOR_TRY(auto statement, connection.prepare(sql));
    statement.number(1, to_column(now)).number(2, limit);
    STAGEDOOR_CHECK(statement.run());
    return connection.changes();
}

}  // namespace

Result<std::optional<StoredSession>> find(
    SqliteConnection& connection, SystemTime now, const std::string& id
) {
    STAGEDOOR_TRY(auto statement, connection.prepare(kFind));
    statement.bytes(1, id).number(2, to_column(now));
    return read_whole_session(std::move(statement));
}

Result<std::optional<StoredSession>> find_again(
    SqliteConnection& connection, SystemTime now, const std::string& id, const std::string& known
) {
    STAGEDOOR_TRY(auto statement, connection.prepare(kFindAgain));
    statement.bytes(1, id).number(2, to_column(now)).bytes(3, known);
    return read_whole_session(std::move(statement));
}

Result<StoredSession> find_or_add(
    SqliteConnection& connection, SystemTime now, const StoredSession& session
) {
    STAGEDOOR_TRY(auto present, find(connection, now, session.id));
    if (present) return std::move(*present);
    STAGEDOOR_CHECK(add(connection, session));
    return session;
}

Result<session::Claim> claim(
    SqliteConnection& connection, SystemTime now, const std::string& id, std::chrono::milliseconds lease
) {
    session::Claim claim;
    STAGEDOOR_TRY(auto update, connection.prepare(kClaim));
    update.bytes(1, id).number(2, to_column(now)).number(3, lease.count());
    STAGEDOOR_CHECK(update.run());
    const bool granted = connection.changes() > 0;
    STAGEDOOR_TRY(auto session, find(connection, now, id));
    if (!session) return claim;
    claim.session = std::move(*session);

    STAGEDOOR_TRY(auto state, connection.prepare(kLease));
    state.bytes(1, id);
    STAGEDOOR_CHECK(state.step());
    if (granted) {
        claim.outcome = session::Claim::Outcome::granted;
        claim.fence = static_cast<std::uint64_t>(state.number_at(0));
        claim.taken_over = state.number_at(1) != 0;
    } else if (claim.session.ended) {
        claim.outcome = session::Claim::Outcome::ended;
    } else {
        claim.outcome = session::Claim::Outcome::busy;
        claim.busy_for = to_time(state.number_at(2)) - now;
    }
    return claim;
}

Result<bool> renew(
    SqliteConnection& connection,
    SystemTime now,
    const std::string& id,
    std::uint64_t fence,
    std::chrono::milliseconds lease
) {
    STAGEDOOR_TRY(auto statement, connection.prepare(kRenew));
    statement.bytes(1, id).number(2, to_column(now)).number(3, as_number(fence)).number(4, lease.count());
    STAGEDOOR_CHECK(statement.run());
    return connection.changes() > 0;
}

Result<session::CommitOutcome> commit(
    SqliteConnection& connection, SystemTime now, const session::Commit& commit
) {
    STAGEDOOR_TRY(auto update, connection.prepare(kCommit));
    update.bytes(1, commit.id).number(2, to_column(now)).number(3, as_number(commit.fence));
    update.bytes(4, commit.record).bytes(5, commit.answers);
    STAGEDOOR_CHECK(update.run());
    if (connection.changes() > 0) {
        STAGEDOOR_TRY(auto move, connection.prepare(kMove));
        STAGEDOOR_CHECK(move.bytes(1, commit.id).number(2, to_column(commit.expires_at)).run());
        const auto key = user_key(commit.user);
        STAGEDOOR_TRY(auto describe, connection.prepare(kDescribe));
        describe.bytes(1, commit.id).bytes(2, commit.subject).bytes(3, commit.user).bytes(4, key);
        STAGEDOOR_CHECK(describe.run());
        return session::CommitOutcome::done;
    }

    STAGEDOOR_TRY(auto statement, connection.prepare(kJudge));
    statement.bytes(1, commit.id).number(2, to_column(now)).number(3, as_number(commit.fence));
    STAGEDOOR_TRY(const bool is_there, statement.step());
    if (!is_there) return session::CommitOutcome::lost;
    if (statement.number_at(0) != 0) return session::CommitOutcome::ended;
    // The fence is the caller's, and nothing was to be written: this commit was carried out before.
    return statement.number_at(1) != 0 ? session::CommitOutcome::done : session::CommitOutcome::lost;
}

Result<void> release(SqliteConnection& connection, const std::string& id, std::uint64_t fence) {
    STAGEDOOR_TRY(auto statement, connection.prepare(kRelease));
    statement.bytes(1, id).number(2, as_number(fence));
    return statement.run();
}

Result<void> extend(
    SqliteConnection& connection, SystemTime now, const std::string& id, SystemTime expires_at
) {
    STAGEDOOR_TRY(auto statement, connection.prepare(kExtend));
    statement.bytes(1, id).number(2, to_column(now)).number(3, to_column(expires_at));
    return statement.run();
}

Result<std::optional<StoredSession>> end(
    SqliteConnection& connection,
    SystemTime now,
    const StoredSession& session,
    session::EndReason reason,
    std::optional<std::uint64_t> fence
) {
    STAGEDOOR_TRY(auto before, find(connection, now, session.id));
    if (!before) {
        if (fence) return std::nullopt;
        auto ended = session;
        ended.ended = reason;
        ended.record.clear();
        ended.answers.clear();
        STAGEDOOR_CHECK(add(connection, ended));
        return std::nullopt;
    }
    if (fence) {
        STAGEDOOR_TRY(auto lease, connection.prepare(kLease));
        lease.bytes(1, session.id);
        STAGEDOOR_CHECK(lease.step());
        if (before->ended || lease.number_at(0) != as_number(*fence)) return std::nullopt;
    }
    STAGEDOOR_TRY(auto statement, connection.prepare(kEnd));
    statement.bytes(1, session.id).number(2, static_cast<std::int64_t>(reason));
    STAGEDOOR_CHECK(statement.run());
    return before;
}

Result<std::vector<StoredSession>> list(
    SqliteConnection& connection,
    SystemTime now,
    const session::SessionFilter& filter,
    const std::string& after,
    std::size_t limit
) {
    const auto key = user_key(filter.user);
    STAGEDOOR_TRY(
        auto statement,
        connection.prepare(fmt::format(
            "SELECT " SESSION_COLUMNS
            " FROM sessions WHERE id > ?1 AND expires_at > ?2 AND {} ORDER BY id LIMIT ?3",
            conditions(filter, '?', 4)
        ))
    );
    statement.bytes(1, after).number(2, to_column(now)).number(3, static_cast<std::int64_t>(limit));
    bind(statement, filter, key, 4);
    std::vector<StoredSession> sessions;
    for (;;) {
        STAGEDOOR_TRY(const bool has_row, statement.step());
        if (!has_row) return sessions;
        sessions.push_back(read_session(statement));
    }
}

Result<std::size_t> revoke(
    SqliteConnection& connection, SystemTime now, const session::SessionFilter& filter, std::size_t limit
) {
    const auto key = user_key(filter.user);
    STAGEDOOR_TRY(
        auto statement,
        connection.prepare(fmt::format(
            END_SESSIONS "WHERE id IN (SELECT id FROM sessions WHERE expires_at > ?1 AND {} LIMIT ?3)",
            conditions(filter, '?', 4)
        ))
    );
    statement.number(1, to_column(now)).number(2, static_cast<std::int64_t>(session::EndReason::revoked));
    statement.number(3, static_cast<std::int64_t>(limit));
    bind(statement, filter, key, 4);
    STAGEDOOR_CHECK(statement.run());
    return static_cast<std::size_t>(connection.changes());
}

Result<void> deposit(
    SqliteConnection& connection,
    SystemTime now,
    const std::string& name,
    const std::string& sealed,
    std::chrono::milliseconds lifetime
) {
    STAGEDOOR_TRY(auto statement, connection.prepare(kDeposit));
    statement.bytes(1, name).number(2, to_column(now)).bytes(3, sealed).number(4, lifetime.count());
    return statement.run();
}

Result<std::optional<std::string>> collect(
    SqliteConnection& connection, SystemTime now, const std::string& name
) {
    STAGEDOOR_TRY(auto statement, connection.prepare(kCollect));
    statement.bytes(1, name).number(2, to_column(now));
    STAGEDOOR_TRY(const bool is_there, statement.step());
    if (!is_there || statement.number_at(1) == 0) return std::nullopt;
    return statement.bytes_at(0);
}

Result<std::size_t> sweep(SqliteConnection& connection, SystemTime now, std::size_t limit) {
    const auto most = static_cast<std::int64_t>(limit);
    STAGEDOOR_TRY(const auto sessions, sweep(connection, kSweepSessions, now, most));
    STAGEDOOR_TRY(const auto handovers, sweep(connection, kSweepHandovers, now, most - sessions));
    return static_cast<std::size_t>(sessions + handovers);
}

Result<session::StoreStatus> status(SqliteConnection& connection, SystemTime now) {
    session::StoreStatus status;
    status.engine = "sqlite";
    STAGEDOOR_TRY(status.schema_version, schema_version(connection));
    STAGEDOOR_TRY(auto statement, connection.prepare(kCount));
    statement.number(1, to_column(now));
    STAGEDOOR_CHECK(statement.step());
    status.sessions = statement.number_at(0);
    status.ended = statement.number_at(1);
    status.handovers = statement.number_at(2);
    return status;
}

}  // namespace stagedoor::store::sqlite
