#pragma once

#include "base/task.h"
#include "session/store.h"
#include "store/sqlite_engine.h"

#include <memory>

namespace stagedoor::store {

// session::Store in a file, for one loop; all loops of a process share the engine. Belongs to the thread of
// its loop, and must be destroyed before it; what is under way then is carried out, and nobody is told.
class SqliteStore final : public session::Store {
 public:
    SqliteStore(base::Executor executor, std::shared_ptr<SqliteEngine> engine);
    ~SqliteStore() override;
    SqliteStore(const SqliteStore&) = delete;
    SqliteStore& operator=(const SqliteStore&) = delete;

    using StoredSession = session::StoredSession;
    template <class T>
    using Answer = base::Task<base::Result<T>>;

    [[nodiscard]] Answer<std::optional<StoredSession>> find(std::string id) override;
    [[nodiscard]] Answer<std::optional<StoredSession>> find_again(std::string id, std::string known) override;
    [[nodiscard]] Answer<StoredSession> find_or_add(StoredSession session) override;
    [[nodiscard]] Answer<session::Claim> claim(std::string id, std::chrono::milliseconds lease) override;
    [[nodiscard]] Answer<bool> renew(std::string id, std::uint64_t fence, std::chrono::milliseconds lease)
        override;
    [[nodiscard]] Answer<session::CommitOutcome> commit(session::Commit commit) override;
    [[nodiscard]] Answer<void> release(std::string id, std::uint64_t fence) override;
    [[nodiscard]] Answer<void> extend(std::string id, base::SystemTime expires_at) override;
    [[nodiscard]] Answer<std::optional<StoredSession>> end(
        StoredSession session, session::EndReason reason, std::optional<std::uint64_t> fence
    ) override;
    [[nodiscard]] Answer<std::vector<StoredSession>> list(
        session::SessionFilter filter, std::string after, std::size_t limit
    ) override;
    [[nodiscard]] Answer<std::size_t> revoke(session::SessionFilter filter, std::size_t limit) override;
    [[nodiscard]] Answer<void> deposit(
        std::string name, std::string sealed, std::chrono::milliseconds lifetime
    ) override;
    [[nodiscard]] Answer<std::optional<std::string>> collect(std::string name) override;
    [[nodiscard]] Answer<std::size_t> sweep(std::size_t limit) override;
    [[nodiscard]] Answer<session::StoreStatus> status() override;

 private:
    class Loop;
    template <class T, class Operation>
    Answer<T> run(SqliteEngine::Change change, Operation operation);

    std::shared_ptr<SqliteEngine> engine_;
    std::shared_ptr<Loop> loop_;
};

}  // namespace stagedoor::store
