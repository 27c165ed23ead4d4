#pragma once

#include <filesystem>
#include <vector>

namespace stagedoor::app {

// Reads the configuration as serve() would, without serving, and prints for each provider and environment the
// redirect URI to register there. Returns the exit code: 0 if it is good, 1 if not; warnings go to standard
// error.
[[nodiscard]] int check(const std::vector<std::filesystem::path>& config_files);

}  // namespace stagedoor::app
