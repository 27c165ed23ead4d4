#pragma once

#include "config/findings.h"
#include "config/key_tree.h"
#include "config/load.h"
#include "config/value.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::config {

// Reads files and resolves what Backstage's configuration language has beyond YAML: ${VAR}, $env, $file and
// $include.
class Transformer {
 public:
    // Only the keys that concern us are resolved (concern_of in key_tree.h), so that a certificate that only
    // another program can read is no problem here.
    Transformer(const Environment& environment, Use use, Findings& findings)
        : environment_(&environment), use_(use), findings_(&findings) {}

    // The content of a configuration file, an object. Problems go to the findings; then what could be read is
    // returned.
    [[nodiscard]] Value read(const std::filesystem::path& file);

    // False if a problem kept something from being read, so that it can't be said that a key is missing.
    [[nodiscard]] bool complete() const { return complete_; }
    // Every file that was read, as named in problems.
    [[nodiscard]] const std::vector<std::filesystem::path>& files() const { return files_; }

 private:
    struct Scope {
        std::filesystem::path directory;  // what relative names refer to
        std::vector<std::string> includes;
        std::size_t depth = 0;
    };
    using Transformed = std::optional<Value>;

    [[nodiscard]] std::optional<std::string> read_text(
        const std::filesystem::path& file, const Place& place, std::string_view path
    );
    [[nodiscard]] std::optional<Value> read_document(
        const std::filesystem::path& file, const Place& place, std::string_view path
    );
    [[nodiscard]] Transformed transform(Value value, const std::string& path, const Scope& scope);
    [[nodiscard]] Transformed transform_text(Value value, const std::string& path);
    [[nodiscard]] Transformed transform_list(Value value, const std::string& path, const Scope& scope);
    [[nodiscard]] Transformed transform_map(Value value, const std::string& path, const Scope& scope);
    [[nodiscard]] Transformed resolve(
        const std::string& key, const Value& argument, const std::string& path, const Scope& scope
    );
    [[nodiscard]] Transformed include_env(
        const std::string& name, const Place& place, const std::string& path
    );
    [[nodiscard]] Transformed include_file(
        const std::string& name, const Place& place, const std::string& path, const Scope& scope
    );
    [[nodiscard]] Transformed include_document(
        const std::string& reference, const Place& place, const std::string& path, const Scope& scope
    );
    Transformed fail(const Place& place, std::string_view path, std::string message);

    const Environment* environment_;
    Use use_;
    Findings* findings_;
    bool complete_ = true;
    std::size_t nodes_ = 0;
    std::size_t includes_ = 0;
    std::vector<std::filesystem::path> files_;
};

}  // namespace stagedoor::config
