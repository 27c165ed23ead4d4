#pragma once

#include "config/config.h"

#include <cstddef>
#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace stagedoor::config {

// The environment variables that a configuration may refer to.
using Environment = std::map<std::string, std::string, std::less<>>;

// The variables of this process.
[[nodiscard]] Environment process_environment();

// Where something was written.
struct Position {
    std::string file;  // as it was named, or "environment variable NAME"
    int line = 0;      // from 1; 0 if there is no place to point at
    int column = 0;    // from 1, in bytes
};

// A finding about one key. It never contains a value that could be secret.
struct Problem {
    Position position;
    std::string path;     // "auth.providers.google.development.clientId"; empty if it concerns the whole file
    std::string message;  // what is wrong and what to do
    std::string suggestion;  // the nearest known key or value, or empty

    // "app-config.yaml:12:7: auth.sesion: unknown key; did you mean 'session'?"
    [[nodiscard]] std::string to_string() const;
};

// A key that is known and accepted, and has no effect in this version.
struct NotInEffect {
    std::string path;
    std::string reason;
};

struct Loaded {
    Config config;
    std::vector<Problem> warnings;
    std::vector<NotInEffect> not_in_effect;
    std::vector<std::filesystem::path> files;  // every file that was read, $file and $include among them
};

// Limits on what is read: a configuration is small, so whatever exceeds them is a mistake.
inline constexpr std::size_t kMaxFileBytes = 1U << 20U;
inline constexpr std::size_t kMaxNodes = 100'000;  // per file, aliases expanded
inline constexpr std::size_t kMaxIncludeDepth = 20;

// Reads the files in their order, the later ones over the earlier, and the APP_CONFIG_ variables over all of
// them. Never stops at the first problem: the error is the list of all that were found, in the order of files
// and lines.
[[nodiscard]] std::expected<Loaded, std::vector<Problem>> load(
    const std::vector<std::filesystem::path>& files, const Environment& environment
);

}  // namespace stagedoor::config
