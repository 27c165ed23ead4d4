#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/task.h"
#include "config/config.h"
#include "session/store.h"

#include "store/sqlite_engine.h"
#include <filesystem>
#include <memory>
#include <optional>

namespace stagedoor::app {

// Where sessions are remembered, as the configuration has it: one store for each loop, over what they share.
class SessionStores {
 public:
    // `data` as in data_folder(). Throws std::runtime_error, saying what to do, if the store can't be used. A
    // database that is merely down is no reason.
    SessionStores(
        const config::Config& config,
        const std::optional<std::filesystem::path>& data,
        const base::Clock& clock,
        base::Log& log
    );

    // For the thread of this loop, which must outlive it.
    [[nodiscard]] std::unique_ptr<session::Store> make(base::Executor executor) const;

 private:
    std::shared_ptr<store::SqliteEngine> sqlite_;
};

}  // namespace stagedoor::app
