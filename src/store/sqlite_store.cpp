#include "store/sqlite_store.h"

#include "store/call.h"
#include "store/sqlite_operations.h"

#include <boost/asio/post.hpp>

#include <mutex>
#include <utility>

namespace stagedoor::store {

using base::SystemTime;

// The way back from the engine's thread to a loop, as long as that is there.
class SqliteStore::Loop {
 public:
    explicit Loop(base::Executor executor) : executor_(std::move(executor)) {}
    [[nodiscard]] base::Executor executor() const { return executor_; }
    void close() {
        const std::scoped_lock lock(mutex_);
        open_ = false;
    }
    template <class Function>
    void post(Function function) {
        const std::scoped_lock lock(mutex_);
        if (open_) boost::asio::post(executor_, std::move(function));
    }

 private:
    base::Executor executor_;
    std::mutex mutex_;
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
        loop_->post([call = std::move(call_), result = std::move(result_)]() mutable {
            if (const auto waiting = call.lock()) waiting->finish(std::move(result));
        });
    }

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
    engine_->submit(std::make_unique<OperationJob<T, Operation, Loop>>(
        change, *engine_, std::move(operation), loop_, call
    ));
    co_return co_await Call<T>::wait(call);
}

SqliteStore::SqliteStore(base::Executor executor, std::shared_ptr<SqliteEngine> engine)
    : loop_(std::make_shared<Loop>(std::move(executor))), engine_(std::move(engine)) {}

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
