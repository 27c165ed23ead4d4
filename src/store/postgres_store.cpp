#include "store/postgres_store.h"

#include "store/call.h"
#include "store/postgres_statements.h"
#include "store/row.h"

#include <fmt/core.h>

#include <utility>

namespace stagedoor::store {

using session::StoredSession;

namespace {

using Pool = std::shared_ptr<PostgresPool>;
template <class T>
using Answer = base::Task<base::Result<T>>;

// How often a statement is sent again whose answer leaves open what has happened.
constexpr int kAttempts = 10;

std::int64_t as_number(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}

StoredSession read_session(const PostgresRows& rows, int row) {
    StoredSession session;
    session.id = rows.bytes(row, 0);
    session.provider = rows.bytes(row, 1);
    session.environment = rows.bytes(row, 2);
    session.subject = rows.bytes(row, 3);
    session.user = rows.bytes(row, 4);
    session.created_at = to_time(rows.number(row, 5));
    session.used_at = to_time(rows.number(row, 6));
    session.expires_at = to_time(rows.number(row, 7));
    session.version = static_cast<std::uint64_t>(rows.number(row, 8));
    if (!rows.is_null(row, 9)) session.ended = static_cast<session::EndReason>(rows.number(row, 9));
    return session;
}

StoredSession read_whole_session(const PostgresRows& rows, int row) {
    auto session = read_session(rows, row);
    session.record = rows.bytes(row, 10);
    session.answers = rows.bytes(row, 11);
    return session;
}

void bind(PostgresQuery& query, const StoredSession& session) {
    query.bytes(session.id).bytes(session.provider).bytes(session.environment);
    query.bytes(session.subject).bytes(session.user);
    query.number(to_column(session.created_at)).number(to_column(session.used_at));
    query.number(to_column(session.expires_at)).number(as_number(session.version));
    query.number(to_column(session.ended)).bytes(session.record).bytes(session.answers);
    query.bytes(user_key(session.user));
}

void bind(PostgresQuery& query, const session::SessionFilter& filter) {
    if (!filter.user.empty()) query.bytes(user_key(filter.user)).bytes(filter.user);
    if (!filter.provider.empty()) query.bytes(filter.provider);
    if (filter.created_before) query.number(to_column(*filter.created_before));
    if (filter.used_before) query.number(to_column(*filter.used_before));
}

PostgresQuery statement(std::string sql) {
    PostgresQuery query;
    query.sql = std::move(sql);
    return query;
}

std::unexpected<base::Error> undecided() {
    return base::fail(unavailable("PostgreSQL: the row is changed by too many at once"));
}

Answer<std::optional<StoredSession>> find_row(Pool pool, std::string id) {
    auto query = statement(statements::kFind);
    query.bytes(std::move(id));
    STAGEDOOR_CO_TRY(const auto rows, co_await pool->run(std::move(query)));
    if (rows.size() == 0) co_return std::nullopt;
    co_return read_whole_session(rows, 0);
}

Answer<std::optional<StoredSession>> find_row_again(Pool pool, std::string id, std::string known) {
    auto query = statement(statements::kFindAgain);
    query.bytes(std::move(id)).bytes(std::move(known));
    STAGEDOOR_CO_TRY(const auto rows, co_await pool->run(std::move(query)));
    if (rows.size() == 0) co_return std::nullopt;
    co_return read_whole_session(rows, 0);
}

Answer<StoredSession> find_or_add_row(Pool pool, StoredSession session) {
    auto query = statement(statements::kFindOrAdd);
    bind(query, session);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        STAGEDOOR_CO_TRY(const auto rows, co_await pool->run(query));
        if (rows.size() > 0) co_return read_whole_session(rows, 0);
    }
    co_return undecided();
}

Answer<session::Claim> claim_row(Pool pool, std::string id, std::chrono::milliseconds lease) {
    using Outcome = session::Claim::Outcome;
    auto query = statement(statements::kClaim);
    query.bytes(std::move(id)).number(lease.count());
    query.repeatable = false;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        STAGEDOOR_CO_TRY(const auto rows, co_await pool->run(query));
        session::Claim claim;
        if (rows.size() == 0) co_return claim;
        claim.session = read_whole_session(rows, 0);
        if (rows.number(0, 12) != 0) {
            claim.outcome = Outcome::granted;
            claim.fence = static_cast<std::uint64_t>(rows.number(0, 13));
            claim.taken_over = rows.number(0, 14) != 0;
            co_return claim;
        }
        if (claim.session.ended) {
            claim.outcome = Outcome::ended;
            co_return claim;
        }
        claim.outcome = Outcome::busy;
        claim.busy_for = std::chrono::milliseconds(rows.is_null(0, 15) ? 0 : rows.number(0, 15));
        if (claim.busy_for > std::chrono::milliseconds(0)) co_return claim;
        // It could have been granted: somebody else was quicker, and is not seen here yet.
    }
    co_return undecided();
}

Answer<bool> renew_row(Pool pool, std::string id, std::uint64_t fence, std::chrono::milliseconds lease) {
    auto query = statement(statements::kRenew);
    query.bytes(std::move(id)).number(as_number(fence)).number(lease.count());
    STAGEDOOR_CO_TRY(const auto rows, co_await pool->run(std::move(query)));
    co_return rows.affected() > 0;
}

Answer<session::CommitOutcome> commit_row(Pool pool, session::Commit commit) {
    using session::CommitOutcome;
    auto query = statement(statements::kCommit);
    auto key = user_key(commit.user);
    query.bytes(std::move(commit.id)).number(as_number(commit.fence)).bytes(std::move(commit.subject));
    query.bytes(std::move(commit.user)).bytes(std::move(key)).number(to_column(commit.expires_at));
    query.bytes(std::move(commit.record)).bytes(std::move(commit.answers));
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        STAGEDOOR_CO_TRY(const auto rows, co_await pool->run(query));
        const auto flag = [&](int column) { return rows.number(0, column) != 0; };
        const bool written = flag(0);
        const bool is_there = flag(1);
        const bool has_ended = flag(2);
        const bool is_holder = flag(3);
        const bool was_committed = flag(4);
        if (written) co_return CommitOutcome::done;
        if (!is_there) co_return CommitOutcome::lost;
        if (has_ended) co_return CommitOutcome::ended;
        if (!is_holder) co_return CommitOutcome::lost;
        if (was_committed) co_return CommitOutcome::done;
    }
    co_return undecided();
}

Answer<void> run_alone(Pool pool, PostgresQuery query) {
    STAGEDOOR_CO_CHECK(co_await pool->run(std::move(query)));
    co_return base::Result<void>();
}

Answer<std::optional<StoredSession>> end_row(
    Pool pool, StoredSession session, session::EndReason reason, std::optional<std::uint64_t> fence
) {
    session.ended = reason;
    session.record.clear();
    session.answers.clear();
    auto query = statement(statements::kEnd);
    bind(query, session);
    query.number(static_cast<std::int64_t>(reason));
    query.number(fence ? std::optional(as_number(*fence)) : std::nullopt);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        STAGEDOOR_CO_TRY(const auto rows, co_await pool->run(query));
        if (rows.size() == 0 && fence) co_return std::nullopt;
        if (rows.size() == 0) continue;  // somebody has just added it
        if (rows.number(0, 12) == 0) co_return std::nullopt;
        co_return read_whole_session(rows, 0);
    }
    co_return undecided();
}

Answer<std::vector<StoredSession>> list_rows(
    Pool pool, session::SessionFilter filter, std::string after, std::size_t limit
) {
    auto query = statement(fmt::format(
        "SELECT " STORE_COLUMNS " FROM sessions WHERE id > $1 AND expires_at > " STORE_START
        " AND {} ORDER BY id LIMIT $2",
        conditions(filter, '$', 3)
    ));
    query.prepare = false;
    query.bytes(std::move(after)).number(static_cast<std::int64_t>(limit));
    bind(query, filter);
    STAGEDOOR_CO_TRY(const auto rows, co_await pool->run(std::move(query)));
    std::vector<StoredSession> sessions;
    sessions.reserve(static_cast<std::size_t>(rows.size()));
    for (int row = 0; row < rows.size(); ++row) sessions.push_back(read_session(rows, row));
    co_return sessions;
}

Answer<std::size_t> revoke_rows(Pool pool, session::SessionFilter filter, std::size_t limit) {
    auto query = statement(fmt::format(
        "WITH chosen AS MATERIALIZED (SELECT id FROM sessions WHERE expires_at > " STORE_START
        " AND {} LIMIT $2 FOR UPDATE) "
        "UPDATE sessions s SET ended = $1::bigint::smallint, record = '', answers = '', lease_until = NULL "
        "FROM chosen c WHERE s.id = c.id",
        conditions(filter, '$', 3)
    ));
    query.prepare = false;
    query.repeatable = false;
    query.number(static_cast<std::int64_t>(session::EndReason::revoked));
    query.number(static_cast<std::int64_t>(limit));
    bind(query, filter);
    STAGEDOOR_CO_TRY(const auto rows, co_await pool->run(std::move(query)));
    co_return static_cast<std::size_t>(rows.affected());
}

Answer<std::optional<std::string>> collect_row(Pool pool, std::string name) {
    auto query = statement(statements::kCollect);
    query.bytes(std::move(name));
    query.repeatable = false;
    STAGEDOOR_CO_TRY(const auto rows, co_await pool->run(std::move(query)));
    if (rows.size() == 0 || rows.number(0, 1) == 0) co_return std::nullopt;
    co_return rows.bytes(0, 0);
}

Answer<std::size_t> sweep_rows(Pool pool, std::size_t limit) {
    auto query = statement(statements::kSweep);
    query.number(static_cast<std::int64_t>(limit));
    STAGEDOOR_CO_TRY(const auto rows, co_await pool->run(std::move(query)));
    co_return static_cast<std::size_t>(rows.number(0, 0));
}

Answer<session::StoreStatus> read_status(Pool pool) {
    STAGEDOOR_CO_TRY(const auto rows, co_await pool->run(statement(statements::kStatus)));
    session::StoreStatus status;
    status.engine = "postgres";
    status.place = pool->place();
    status.schema_version = static_cast<int>(rows.number(0, 0));
    status.sessions = rows.number(0, 1);
    status.ended = rows.number(0, 2);
    status.handovers = rows.number(0, 3);
    co_return status;
}

Answer<void> reach_database(Pool pool) {
    co_return co_await pool->reach();
}

}  // namespace

template <class T>
Answer<T> PostgresStore::carried_out(base::Task<base::Result<T>> work) {
    return store::carried_out<T>(pool_->executor(), pool_->settings().limit, std::move(work));
}

PostgresStore::PostgresStore(
    base::Executor executor, PostgresSettings settings, PostgresTarget target, base::Log& log
)
    : pool_(std::make_shared<PostgresPool>(std::move(executor), std::move(settings), std::move(target), log)
      ) {}

Answer<void> PostgresStore::reach() {
    return carried_out(reach_database(pool_));
}
Answer<std::optional<StoredSession>> PostgresStore::find(std::string id) {
    return carried_out(find_row(pool_, std::move(id)));
}
Answer<std::optional<StoredSession>> PostgresStore::find_again(std::string id, std::string known) {
    return carried_out(find_row_again(pool_, std::move(id), std::move(known)));
}
Answer<StoredSession> PostgresStore::find_or_add(StoredSession session) {
    return carried_out(find_or_add_row(pool_, std::move(session)));
}
Answer<session::Claim> PostgresStore::claim(std::string id, std::chrono::milliseconds lease) {
    return carried_out(claim_row(pool_, std::move(id), lease));
}
Answer<bool> PostgresStore::renew(std::string id, std::uint64_t fence, std::chrono::milliseconds lease) {
    return carried_out(renew_row(pool_, std::move(id), fence, lease));
}
Answer<session::CommitOutcome> PostgresStore::commit(session::Commit commit) {
    return carried_out(commit_row(pool_, std::move(commit)));
}
Answer<void> PostgresStore::release(std::string id, std::uint64_t fence) {
    auto query = statement(statements::kRelease);
    query.bytes(std::move(id)).number(as_number(fence));
    return carried_out(run_alone(pool_, std::move(query)));
}
Answer<void> PostgresStore::extend(std::string id, base::SystemTime expires_at) {
    auto query = statement(statements::kExtend);
    query.bytes(std::move(id)).number(to_column(expires_at));
    return carried_out(run_alone(pool_, std::move(query)));
}
Answer<std::optional<StoredSession>> PostgresStore::end(
    StoredSession session, session::EndReason reason, std::optional<std::uint64_t> fence
) {
    return carried_out(end_row(pool_, std::move(session), reason, fence));
}
Answer<std::vector<StoredSession>> PostgresStore::list(
    session::SessionFilter filter, std::string after, std::size_t limit
) {
    return carried_out(list_rows(pool_, std::move(filter), std::move(after), limit));
}
Answer<std::size_t> PostgresStore::revoke(session::SessionFilter filter, std::size_t limit) {
    return carried_out(revoke_rows(pool_, std::move(filter), limit));
}
Answer<void> PostgresStore::deposit(
    std::string name, std::string sealed, std::chrono::milliseconds lifetime
) {
    auto query = statement(statements::kDeposit);
    query.bytes(std::move(name)).bytes(std::move(sealed)).number(lifetime.count());
    return carried_out(run_alone(pool_, std::move(query)));
}
Answer<std::optional<std::string>> PostgresStore::collect(std::string name) {
    return carried_out(collect_row(pool_, std::move(name)));
}
Answer<std::size_t> PostgresStore::sweep(std::size_t limit) {
    return carried_out(sweep_rows(pool_, limit));
}
Answer<session::StoreStatus> PostgresStore::status() {
    return carried_out(read_status(pool_));
}

}  // namespace stagedoor::store
