#pragma once

#include "base/log.h"
#include "base/task.h"
#include "session/store.h"
#include "store/postgres_pool.h"

#include <memory>

namespace stagedoor::store {

// session::Store in a PostgreSQL database, for one loop. Belongs to the thread of its loop, which must
// outlive it. Leases and expiries are measured by the clock of the database.
class PostgresStore final : public session::Store {
 public:
    // `target` is that of `settings`.
    PostgresStore(base::Executor executor, PostgresSettings settings, PostgresTarget target, base::Log& log);

    using StoredSession = session::StoredSession;
    template <class T>
    using Answer = base::Task<base::Result<T>>;

    // Connects, makes what is missing, and says whether that went well. Errors: store.unavailable, which
    // store.refused or store.schema_newer may have caused.
    [[nodiscard]] Answer<void> reach();

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
    template <class T>
    Answer<T> carried_out(base::Task<base::Result<T>> work);

    std::shared_ptr<PostgresPool> pool_;
};

}  // namespace stagedoor::store
