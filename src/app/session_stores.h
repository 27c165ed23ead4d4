#pragma once

#include "app/memory_file.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/task.h"
#include "config/config.h"
#include "session/store.h"
#include "store/postgres_store.h"
#include "store/sqlite_engine.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace stagedoor::app {

// Where sessions are remembered, as the configuration has it: one store for each loop, over what they share.
class SessionStores {
 public:
    // `data` as in data_folder(). Brings the tables up to date, unless `older` says to refuse older ones.
    // Throws std::runtime_error, saying what to do, if the store can't be used. That a database can't be
    // reached just now is no reason: it may come.
    SessionStores(
        const config::Config& config,
        const std::optional<std::filesystem::path>& data,
        store::OlderTables older,
        const base::Clock& clock,
        base::Log& log
    );

    // For the thread of this loop, which must outlive it.
    [[nodiscard]] std::unique_ptr<session::Store> make(base::Executor executor) const;

 private:
    struct Postgres {
        std::vector<std::unique_ptr<MemoryFile>> files;  // certificates: libpq wants paths
        store::PostgresSettings settings;
        store::PostgresTarget target;
    };
    static Postgres postgres(const config::Database& database, store::OlderTables older);

    base::Log& log_;
    std::shared_ptr<store::SqliteEngine> sqlite_;
    std::optional<Postgres> postgres_;
};

}  // namespace stagedoor::app
