#include "store/sqlite_store.h"

#include "store/call.h"
#include "store/sqlite_operations.h"

#include <boost/asio/post.hpp>

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace stagedoor::store {

using base::SystemTime;

// Between a loop and the engine's thread, both ways in batches: waking a thread for each operation would cost
// more than most operations do.
class SqliteStore::Loop : public std::enable_shared_from_this<Loop> {
 public:
    Loop(base::Executor executor, SqliteEngine& engine) : executor_(std::move(executor)), engine_(engine) {}
    [[nodiscard]] base::Executor executor() const { return executor_; }

    // On the loop. What else the loop has to do at this moment goes along.
    void submit(std::unique_ptr<SqliteEngine::Job> job) {
        waiting_.push_back(std::move(job));
        if (waiting_.size() > 1) return;
        boost::asio::post(executor_, [loop = shared_from_this()] { loop->flush(); });
    }
    // On the loop, when it is about to end: nobody is told any more.
    void close() {
        flush();
        const std::scoped_lock lock(mutex_);
        open_ = false;
    }
    // On the engine's thread: `tell` is for the loop, at the next announce().
    void finish(std::move_only_function<void()> tell) {
        const std::scoped_lock lock(mutex_);
        finished_.push_back(std::move(tell));
    }
    void announce() {
        const std::scoped_lock lock(mutex_);
        if (!open_ || announced_ || finished_.empty()) return;
        announced_ = true;
        boost::asio::post(executor_, [loop = shared_from_this()] { loop->tell(); });
    }

 private:
    void flush() {
        if (!waiting_.empty()) engine_.submit(std::exchange(waiting_, {}));
    }
    void tell() {
        std::vector<std::move_only_function<void()>> finished;
        {
            const std::scoped_lock lock(mutex_);
            announced_ = false;
            finished.swap(finished_);
        }
        for (auto& tell : finished) tell();
    }

    const base::Executor executor_;
    SqliteEngine& engine_;        // until close(): the engine does not belong to its own jobs
    SqliteEngine::Jobs waiting_;  // of the loop alone
    std::mutex mutex_;
    std::vector<std::move_only_function<void()>> finished_;
    bool announced_ = false;
    bool open_ = true;
};

namespace {

using Change = SqliteEngine::Change;

// An operation, and where its result goes. `Operation` takes a connection and the time.
template <class T, class Operation, class Loop>
class OperationJob final : public SqliteEngine::Job {
 public:
    OperationJob(
        Change change,
        const SqliteEngine& engine,
        Operation operation,
        std::shared_ptr<Loop> loop,
        std::weak_ptr<Call<T>> call
    )
        : Job(change, engine.clock().steady() + engine.settings().limit),
          clock_(engine.clock()),
          operation_(std::move(operation)),
          loop_(std::move(loop)),
          call_(std::move(call)) {}

    base::Result<void> run(SqliteConnection& connection) override {
        result_ = operation_(connection, clock_.now());
        if (!result_) return base::fail(result_.error());
        return {};
    }
    void finish(base::Result<void> outcome) override {
        if (!outcome) result_ = base::fail(std::move(outcome.error()));
        loop_->finish([call = std::move(call_), result = std::move(result_)]() mutable {
            if (const auto waiting = call.lock()) waiting->finish(std::move(result));
        });
    }
    void announce() override { loop_->announce(); }

 private:
    const base::Clock& clock_;
    Operation operation_;
    std::shared_ptr<Loop> loop_;
    std::weak_ptr<Call<T>> call_;
    base::Result<T> result_ = base::fail(unavailable("it was not carried out"));
};

}  // namespace

template <class T, class Operation>
base::Task<base::Result<T>> SqliteStore::run(SqliteEngine::Change change, Operation operation) {
    const auto call = std::make_shared<Call<T>>(loop_->executor(), engine_->settings().limit);
    loop_->submit(std::make_unique<OperationJob<T, Operation, Loop>>(
        change, *engine_, std::move(operation), loop_, call
    ));
    co_return co_await Call<T>::wait(call);
}

SqliteStore::SqliteStore(base::Executor executor, std::shared_ptr<SqliteEngine> engine)
    : engine_(std::move(engine)), loop_(std::make_shared<Loop>(std::move(executor), *engine_)) {}

SqliteStore::~SqliteStore() {
    loop_->close();
}

base::Task<base::Result<std::optional<session::StoredSession>>> SqliteStore::find(std::string id) {
    return run<std::optional<StoredSession>>(
        Change::none,
        [id = std::move(id)](SqliteConnection& connection, SystemTime now) {
            return sqlite::find(connection, now, id);
        }
    );
}

base::Task<base::Result<std::optional<session::StoredSession>>> SqliteStore::find_again(
    std::string id, std::string known
) {
    return run<std::optional<StoredSession>>(
        Change::none,
        [id = std::move(id), known = std::move(known)](SqliteConnection& connection, SystemTime now) {
            return sqlite::find_again(connection, now, id, known);
        }
    );
}

base::Task<base::Result<session::StoredSession>> SqliteStore::find_or_add(StoredSession session) {
    return run<StoredSession>(
        Change::lasting,
        [session = std::move(session)](SqliteConnection& connection, SystemTime now) {
            return sqlite::find_or_add(connection, now, session);
        }
    );
}

base::Task<base::Result<session::Claim>> SqliteStore::claim(std::string id, std::chrono::milliseconds lease) {
    return run<session::Claim>(
        Change::transient,
        [id = std::move(id), lease](SqliteConnection& connection, SystemTime now) {
            return sqlite::claim(connection, now, id, lease);
        }
    );
}

base::Task<base::Result<bool>> SqliteStore::renew(
    std::string id, std::uint64_t fence, std::chrono::milliseconds lease
) {
    return run<bool>(
        Change::transient,
        [id = std::move(id), fence, lease](SqliteConnection& connection, SystemTime now) {
            return sqlite::renew(connection, now, id, fence, lease);
        }
    );
}

base::Task<base::Result<session::CommitOutcome>> SqliteStore::commit(session::Commit commit) {
    return run<session::CommitOutcome>(
        Change::lasting,
        [commit = std::move(commit)](SqliteConnection& connection, SystemTime now) {
            return sqlite::commit(connection, now, commit);
        }
    );
}

base::Task<base::Result<void>> SqliteStore::release(std::string id, std::uint64_t fence) {
    return run<void>(
        Change::transient,
        [id = std::move(id), fence](SqliteConnection& connection, SystemTime /*now*/) {
            return sqlite::release(connection, id, fence);
        }
    );
}

base::Task<base::Result<void>> SqliteStore::extend(std::string id, base::SystemTime expires_at) {
    return run<void>(
        Change::transient,
        [id = std::move(id), expires_at](SqliteConnection& connection, SystemTime now) {
            return sqlite::extend(connection, now, id, expires_at);
        }
    );
}

base::Task<base::Result<std::optional<session::StoredSession>>> SqliteStore::end(
    StoredSession session, session::EndReason reason, std::optional<std::uint64_t> fence
) {
    return run<std::optional<StoredSession>>(
        Change::lasting,
        [session = std::move(session), reason, fence](SqliteConnection& connection, SystemTime now) {
            return sqlite::end(connection, now, session, reason, fence);
        }
    );
}

base::Task<base::Result<std::vector<session::StoredSession>>> SqliteStore::list(
    session::SessionFilter filter, std::string after, std::size_t limit
) {
    return run<std::vector<StoredSession>>(
        Change::none,
        [filter = std::move(filter), after = std::move(after), limit](
            SqliteConnection& connection, SystemTime now
        ) { return sqlite::list(connection, now, filter, after, limit); }
    );
}

base::Task<base::Result<std::size_t>> SqliteStore::revoke(session::SessionFilter filter, std::size_t limit) {
    return run<std::size_t>(
        Change::lasting,
        [filter = std::move(filter), limit](SqliteConnection& connection, SystemTime now) {
            return sqlite::revoke(connection, now, filter, limit);
        }
    );
}

base::Task<base::Result<void>> SqliteStore::deposit(
    std::string name, std::string sealed, std::chrono::milliseconds lifetime
) {
    return run<void>(
        Change::transient,
        [name = std::move(name), sealed = std::move(sealed), lifetime](
            SqliteConnection& connection, SystemTime now
        ) { return sqlite::deposit(connection, now, name, sealed, lifetime); }
    );
}

base::Task<base::Result<std::optional<std::string>>> SqliteStore::collect(std::string name) {
    return run<std::optional<std::string>>(
        Change::transient,
        [name = std::move(name)](SqliteConnection& connection, SystemTime now) {
            return sqlite::collect(connection, now, name);
        }
    );
}

base::Task<base::Result<std::size_t>> SqliteStore::sweep(std::size_t limit) {
    return run<std::size_t>(Change::transient, [limit](SqliteConnection& connection, SystemTime now) {
        return sqlite::sweep(connection, now, limit);
    });
}

base::Task<base::Result<session::StoreStatus>> SqliteStore::status() {
    return run<session::StoreStatus>(
        Change::none,
        [place = engine_->settings().file.string()](SqliteConnection& connection, SystemTime now) {
            auto status = sqlite::status(connection, now);
            if (status) status->place = place;
            return status;
        }
    );
}

}  // namespace stagedoor::store
