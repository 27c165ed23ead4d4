#pragma once

#include "base/log.h"
#include "telemetry/log_line.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace stagedoor::app {

struct ServeOptions {
    std::vector<std::filesystem::path> config_files;
    std::optional<std::filesystem::path> data;
    telemetry::LogFormat log_format = telemetry::LogFormat::text;
    base::LogLevel log_level = base::LogLevel::info;
    unsigned threads = 1;
};

// Serves until SIGTERM or SIGINT. Returns the exit code of the process: 0 after an orderly end, 1 if the
// service could not be started; the reason is in the log or, for the configuration, on standard error.
[[nodiscard]] int serve(const ServeOptions& options);

}  // namespace stagedoor::app
