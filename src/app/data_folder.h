#pragma once

#include "base/random.h"
#include "base/secret.h"

#include <filesystem>
#include <optional>

namespace stagedoor::app {

// Where the program keeps what it makes itself. `chosen` (--data), else $XDG_STATE_HOME/stagedoor, else
// ~/.local/state/stagedoor. Throws std::runtime_error if none of these is known.
[[nodiscard]] std::filesystem::path data_folder(const std::optional<std::filesystem::path>& chosen);

// Makes the folder, for its owner alone, if it is not there. Throws std::runtime_error, saying what to do.
void make_data_folder(const std::filesystem::path& folder);

// Where keep_secret() keeps it.
[[nodiscard]] std::filesystem::path secret_file(const std::filesystem::path& folder);

struct KeptSecret {
    base::Secret secret;
    std::filesystem::path file;
    bool is_new;
};

// The sealing secret in `folder`, made at the first call; the file and the folder are for their owner alone.
// Processes that call this at the same time get the same secret. Throws std::runtime_error, saying what to
// do, if the file can't be read or written, is open to others, or is empty.
[[nodiscard]] KeptSecret keep_secret(const std::filesystem::path& folder, base::Random& random);

// A sealing secret: 256 random bits in base64url.
[[nodiscard]] base::Secret make_secret(base::Random& random);

}  // namespace stagedoor::app
