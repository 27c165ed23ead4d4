#pragma once

#include "config/load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>

namespace stagedoor::config {

using Result = std::expected<Loaded, std::vector<Problem>>;

// A folder of configuration files that goes with the test.
class ConfigTest : public testing::Test {
 protected:
    ConfigTest() {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        folder_ = std::filesystem::temp_directory_path() /
                  ("stagedoor-config-" + std::to_string(getpid()) + "-" + test->name());
        std::filesystem::create_directories(folder_);
    }
    ~ConfigTest() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path write(std::string_view name, std::string_view text) {
        const auto path = folder_ / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }

    // The configuration of one file: `text`, after the two keys that are required.
    Result load_with_base(std::string_view text) { return load_text(std::string(kBase) + std::string(text)); }
    Result load_text(std::string_view text) { return load({write("app-config.yaml", text)}, environment_); }

    static constexpr std::string_view kBase =
        "app: {baseUrl: 'https://example.com'}\n"
        "backend: {baseUrl: 'https://example.com'}\n";

    std::filesystem::path folder_;
    Environment environment_;
};

// "file:line:column: path: message", with the file's name alone, one problem a line.
inline std::string to_string(const std::vector<Problem>& problems) {
    std::string out;
    for (Problem problem : problems) {
        problem.position.file = std::filesystem::path(problem.position.file).filename().string();
        out += problem.to_string() + "\n";
    }
    return out;
}

inline std::string errors_of(const Result& result) {
    return result ? "no error" : to_string(result.error());
}

inline std::vector<std::string> paths_of(const std::vector<NotInEffect>& keys) {
    std::vector<std::string> paths;
    for (const auto& key : keys) paths.push_back(key.path);
    return paths;
}

}  // namespace stagedoor::config
