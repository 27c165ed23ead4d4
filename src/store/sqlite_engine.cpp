#include "store/sqlite_engine.h"

#include "store/call.h"
#include "store/sqlite_schema.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace stagedoor::store {

namespace {

base::Result<SqliteConnection> open_connection(const SqliteSettings& settings) {
    STAGEDOOR_TRY(auto connection, SqliteConnection::open(settings.file, settings.busy));
    STAGEDOOR_CHECK(migrate(connection, sqlite_migrations(), settings.older_tables));
    connection.leave_checkpoints();
    return connection;
}

}  // namespace

base::Result<std::shared_ptr<SqliteEngine>> SqliteEngine::open(
    SqliteSettings settings, const base::Clock& clock, base::Log& log
) {
    STAGEDOOR_TRY(auto connection, open_connection(settings));
    return std::shared_ptr<SqliteEngine>(
        new SqliteEngine(std::move(settings), std::move(connection), clock, log)
    );
}

SqliteEngine::SqliteEngine(
    SqliteSettings settings, SqliteConnection connection, const base::Clock& clock, base::Log& log
)
    : settings_(std::move(settings)),
      clock_(clock),
      log_(log),
      connection_(std::move(connection)),
      checkpointer_(settings_.file, settings_.busy, log) {
    thread_ = std::thread([this] { work(); });
}

SqliteEngine::~SqliteEngine() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    arrived_.notify_one();
    thread_.join();
}

void SqliteEngine::submit(Jobs jobs) {
    {
        const std::scoped_lock lock(mutex_);
        if (waiting_.empty()) {
            waiting_.swap(jobs);
        } else {
            std::ranges::move(jobs, std::back_inserter(waiting_));
        }
    }
    arrived_.notify_one();
}

void SqliteEngine::work() {
    for (;;) {
        Jobs jobs;
        {
            std::unique_lock lock(mutex_);
            arrived_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            jobs.swap(waiting_);
        }
        drop_overdue(jobs);
        // Those who only read need not wait until the others' changes have reached the disk, nor for another
        // process that writes.
        Jobs reading;
        Jobs writing;
        auto change = Change::transient;
        for (auto& job : jobs) {
            change = std::max(change, job->change());
            (job->change() == Change::none ? reading : writing).push_back(std::move(job));
        }
        carry_out(Change::none, std::move(reading));
        if (writing.empty()) continue;
        carry_out(change, std::move(writing));
        write_back();
    }
}

// While the file is locked, operations pile up whose callers have long been told.
void SqliteEngine::drop_overdue(Jobs& jobs) const {
    const auto now = clock_.steady();
    std::erase_if(jobs, [now](const auto& job) {
        if (job->deadline() > now) return false;
        job->finish(base::fail(unavailable("the operations before it took too long")));
        job->announce();
        return true;
    });
}

base::Result<void> SqliteEngine::begin(Change change) {
    STAGEDOOR_CHECK(ensure_open());
    if (change == Change::none) return connection_->execute("BEGIN");
    return connection_->execute(
        change == Change::lasting ? "PRAGMA synchronous = FULL; BEGIN IMMEDIATE"
                                  : "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE"
    );
}

void SqliteEngine::carry_out(Change change, Jobs jobs) {
    if (jobs.empty()) return;
    auto outcome = begin(change);
    const bool began = outcome.has_value();
    if (began) outcome = attempt(jobs);
    if (outcome || !began || jobs.size() == 1) {
        note(outcome);
        for (const auto& job : jobs) job->finish(outcome);
        for (const auto& job : jobs) job->announce();
        return;
    }
    // Which of them failed is not known, and nothing has been done: one after the other.
    for (auto& job : jobs) {
        Jobs one;
        one.push_back(std::move(job));
        carry_out(change, std::move(one));
    }
}

base::Result<void> SqliteEngine::attempt(const Jobs& jobs) {
    base::Result<void> outcome;
    for (auto job = jobs.begin(); outcome && job != jobs.end(); ++job) outcome = (*job)->run(*connection_);
    if (outcome) outcome = connection_->execute("COMMIT");
    if (outcome) return outcome;
    if (connection_->is_broken()) {
        connection_.reset();
    } else if (connection_->in_transaction()) {
        static_cast<void>(connection_->execute("ROLLBACK"));
    }
    return outcome;
}

void SqliteEngine::write_back() {
    if (!connection_ || !checkpointer_.note_commit(connection_->pages_in_log())) return;
    // What fails here is tried again by the next checkpoint.
    const auto written = connection_->checkpoint();
    static_cast<void>(written);
}

base::Result<void> SqliteEngine::ensure_open() {
    if (connection_) return {};
    STAGEDOOR_TRY(connection_, open_connection(settings_));
    return {};
}

void SqliteEngine::note(const base::Result<void>& outcome) {
    if (outcome.has_value() != lost_) return;
    lost_ = !lost_;
    if (lost_) {
        log_.error("store.lost", {{"store", "sqlite"}, {"reason", outcome.error().describe()}});
    } else {
        log_.info("store.regained", {{"store", "sqlite"}});
    }
}

}  // namespace stagedoor::store
