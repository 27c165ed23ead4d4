#include "app/session_stores.h"

#include "app/data_folder.h"

#include <fmt/core.h>

#include "store/sqlite_store.h"
#include <stdexcept>

namespace stagedoor::app {

namespace {

std::shared_ptr<store::SqliteEngine> open_file(
    const std::optional<std::filesystem::path>& data, const base::Clock& clock, base::Log& log
) {
    const auto folder = data_folder(data);
    make_data_folder(folder);
    const auto file = folder / "sessions.sqlite";
    auto engine = store::SqliteEngine::open({.file = file}, clock, log);
    if (!engine) {
        throw std::runtime_error(
            fmt::format("Can't use the session store {}: {}", file.string(), engine.error().describe())
        );
    }
    return std::move(*engine);
}

}  // namespace

SessionStores::SessionStores(
    const config::Config& config,
    const std::optional<std::filesystem::path>& data,
    const base::Clock& clock,
    base::Log& log
) {
    if (config.auth.store == config::StoreKind::sqlite) sqlite_ = open_file(data, clock, log);
}

std::unique_ptr<session::Store> SessionStores::make(base::Executor executor) const {
    return std::make_unique<store::SqliteStore>(std::move(executor), sqlite_);
}

}  // namespace stagedoor::app
