#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace stagedoor::app {

// Prints a new secret for auth.session.secret. Returns the exit code.
[[nodiscard]] int print_secret();

// Prints a new secret and the steps in which it takes the place of the present one without ending a session,
// for the configuration if one is given (`data` as for serve()). Changes nothing. Returns the exit code: 1 if
// the configuration is not good.
[[nodiscard]] int explain_rotation(
    const std::vector<std::filesystem::path>& config_files, const std::optional<std::filesystem::path>& data
);

}  // namespace stagedoor::app
