#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stagedoor::app {

struct StoreOptions {
    std::vector<std::filesystem::path> config_files;
    std::optional<std::filesystem::path> data;
    bool as_json = false;
};

// Which sessions a command is about; what is empty does not restrict it.
struct SessionSelection {
    std::string user;
    std::string provider;
    std::optional<std::chrono::milliseconds> older_than;  // since the login
    std::optional<std::chrono::milliseconds> idle_for;    // since the last use
};

// Each prints its result on standard output, and returns the exit code: 0, or 1 if the configuration or the
// store can't be used; the reason goes to standard error.

// Brings the tables up to date.
[[nodiscard]] int migrate_store(const StoreOptions& options);
// What the store is, and how much it holds. Changes nothing.
[[nodiscard]] int show_store(const StoreOptions& options);
[[nodiscard]] int list_sessions(const StoreOptions& options, const SessionSelection& selection);
[[nodiscard]] int revoke_sessions(const StoreOptions& options, const SessionSelection& selection);

}  // namespace stagedoor::app
