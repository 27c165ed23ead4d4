#include "store/postgres_pool.h"

#include "store/call.h"
#include "store/errors.h"
#include "store/postgres_schema.h"

#include <fmt/core.h>

#include <algorithm>

namespace stagedoor::store {

namespace {

using Kind = PostgresFailure::Kind;
using namespace std::chrono_literals;

// A restart or a failover takes so long at most, if all goes well: until then everybody waits. After that
// those who ask are told at once, and one of them looks whether the database is back.
constexpr auto kPatience = 5s;
constexpr auto kLookAgain = 1s;
constexpr auto kFirstPause = 25ms;
constexpr auto kLongestPause = 800ms;
constexpr auto kMigrationTime = 65s;
// The server's own time limit comes first: it says more.
constexpr auto kGrace = 500ms;

PostgresConnection::Time now() {
    return std::chrono::steady_clock::now();
}

base::Error as_unavailable(PostgresFailure failure) {
    if (failure.error.is(session::errors::kStoreUnavailable)) return std::move(failure.error);
    return unavailable("PostgreSQL").caused_by(std::move(failure.error));
}

std::string quoted(const std::string& name) {
    std::string out = "\"";
    for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + '"';
}

}  // namespace

// A place among the connections, until it goes.
class PostgresPool::Permit {
 public:
    explicit Permit(PostgresPool& pool) : pool_(pool) {}
    ~Permit() { pool_.leave(); }
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;

 private:
    PostgresPool& pool_;
};

PostgresPool::PostgresPool(
    base::Executor executor, PostgresSettings settings, PostgresTarget target, base::Log& log
)
    : executor_(std::move(executor)), settings_(std::move(settings)), target_(std::move(target)), log_(log) {}

base::Task<base::Result<PostgresRows>> PostgresPool::run(PostgresQuery query) {
    const auto self = shared_from_this();
    const auto deadline = now() + settings_.limit;
    const bool admitted = co_await wait_for_turn(deadline);
    if (!admitted) co_return base::fail(unavailable("PostgreSQL: all connections are busy"));
    const Permit permit(*this);
    for (auto step = kFirstPause;; step = std::min<std::chrono::milliseconds>(2 * step, kLongestPause)) {
        auto open = co_await connection(deadline);
        if (!open) co_return base::fail(as_unavailable(std::move(open.error())));
        const auto connection = std::move(*open);
        auto rows =
            co_await connection->run(query, std::min(deadline, now() + settings_.statement_timeout + kGrace));
        const bool good = rows || rows.error().kind != Kind::lost;
        if (good) idle_.push_back(connection);
        if (rows) co_return std::move(*rows);
        auto& failure = rows.error();
        // After a failover the same server may be there, and take no more writes.
        if (failure.state == "25006") idle_.clear();
        const bool again = failure.is_temporary() || (failure.kind == Kind::lost && query.repeatable);
        if (!again || now() + step >= deadline) co_return base::fail(as_unavailable(std::move(failure)));
        co_await pause(step, deadline);
    }
}

base::Task<base::Result<void>> PostgresPool::reach() {
    const auto self = shared_from_this();
    const auto deadline = now() + settings_.limit;
    const bool admitted = co_await wait_for_turn(deadline);
    if (!admitted) co_return base::fail(unavailable("PostgreSQL: all connections are busy"));
    const Permit permit(*this);
    auto open = co_await connection(deadline);
    if (!open) co_return base::fail(as_unavailable(std::move(open.error())));
    idle_.push_back(std::move(*open));
    co_return base::Result<void>();
}

// False if it did not come before the deadline.
base::Task<bool> PostgresPool::wait_for_turn(Time deadline) {
    if (busy_ < settings_.connections) {
        ++busy_;
        co_return true;
    }
    const auto turn = std::make_shared<base::Timer>(executor_, deadline);
    turns_.push_back(turn);
    const auto [cancelled] = co_await turn->async_wait(base::kAwait);
    // leave() takes a turn out of the queue and passes its place on.
    const auto found = std::ranges::find(turns_, turn);
    if (found == turns_.end()) co_return true;
    turns_.erase(found);
    static_cast<void>(cancelled);
    co_return false;
}

void PostgresPool::leave() {
    if (turns_.empty()) {
        --busy_;
        return;
    }
    const auto next = turns_.front();
    turns_.pop_front();
    next->cancel();
}

// An idle connection, or a new one; as often as it takes.
base::Task<PostgresResult<PostgresPool::Connection>> PostgresPool::connection(Time deadline) {
    while (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        if (connection->is_alive()) co_return connection;
    }
    for (auto step = kFirstPause;; step = std::min<std::chrono::milliseconds>(2 * step, kLongestPause)) {
        if (outage_ && now() - outage_->since > kPatience) {
            if (now() < outage_->next_attempt) co_return std::unexpected(outage_->failure);
            outage_->next_attempt = now() + kLookAgain;
        }
        auto opened = co_await open_or_create();
        if (opened) {
            note_success();
            co_return std::move(*opened);
        }
        note_failure(opened.error());
        const bool over = opened.error().kind == Kind::refused || now() - outage_->since > kPatience ||
                          now() + step >= deadline;
        if (over) co_return std::unexpected(std::move(opened.error()));
        co_await pause(step, deadline);
    }
}

base::Task<PostgresResult<PostgresPool::Connection>> PostgresPool::open_or_create() {
    auto opened = co_await open();
    if (opened || opened.error().kind != Kind::no_database) co_return opened;
    if (!settings_.create_database) {
        opened.error().kind = Kind::refused;
        opened.error().error = base::Error(errors::kRefused, "The database does not exist")
                                   .with_detail(opened.error().error.detail());
        co_return opened;
    }
    auto created = co_await create_database();
    if (!created) co_return std::unexpected(std::move(created.error()));
    co_return co_await open();
}

base::Task<PostgresResult<PostgresPool::Connection>> PostgresPool::open() {
    auto opened = co_await PostgresConnection::open(executor_, target_, {}, settings_.connect_timeout);
    if (!opened) co_return std::unexpected(std::move(opened.error()));
    const auto connection = std::move(*opened);
    const auto set_up = fmt::format(
        "SET search_path TO stagedoor, pg_catalog; SET statement_timeout TO {0}; SET lock_timeout TO {0}; "
        "SET idle_in_transaction_session_timeout TO {0}",
        settings_.statement_timeout.count()
    );
    auto done = co_await connection->run(set_up, now() + settings_.connect_timeout);
    if (!done) co_return std::unexpected(std::move(done.error()));
    auto migrated =
        co_await migrate(*connection, postgres_migrations(), settings_.older_tables, now() + kMigrationTime);
    if (!migrated) co_return std::unexpected(std::move(migrated.error()));
    co_return connection;
}

base::Task<PostgresResult<void>> PostgresPool::create_database() {
    auto opened =
        co_await PostgresConnection::open(executor_, target_, "postgres", settings_.connect_timeout);
    if (!opened) co_return std::unexpected(std::move(opened.error()));
    const auto connection = std::move(*opened);
    auto created =
        co_await connection->run("CREATE DATABASE " + quoted(target_.database()), now() + kMigrationTime);
    // 42P04, 23505: somebody else has just done it.
    const bool is_there = created || created.error().state == "42P04" || created.error().state == "23505";
    if (is_there) co_return PostgresResult<void>();
    auto& failure = created.error();
    if (failure.state == "42501") {
        failure.kind = Kind::refused;
        failure.error =
            base::Error(errors::kRefused, "The database does not exist, and the role may not create it")
                .with_detail(failure.error.detail());
    }
    co_return std::unexpected(std::move(failure));
}

base::Task<> PostgresPool::pause(std::chrono::milliseconds time, Time deadline) {
    base::Timer timer(executor_, std::min(now() + time, deadline));
    const auto [cancelled] = co_await timer.async_wait(base::kAwait);
    static_cast<void>(cancelled);
}

void PostgresPool::note_failure(const PostgresFailure& failure) {
    if (outage_) {
        outage_->failure = failure;
        return;
    }
    outage_ = Outage{.since = now(), .next_attempt = now(), .failure = failure};
    log_.error(
        "store.lost", {{"store", "postgres"}, {"place", place()}, {"reason", failure.error.describe()}}
    );
}

void PostgresPool::note_success() {
    if (!outage_) return;
    outage_.reset();
    log_.info("store.regained", {{"store", "postgres"}, {"place", place()}});
}

}  // namespace stagedoor::store
