#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "telemetry/log_line.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>

namespace stagedoor::telemetry {

struct LogOptions {
    LogFormat format = LogFormat::text;
    base::LogLevel level = base::LogLevel::info;  // what is below is not written
    std::size_t queue_lines = 8192;               // lines that may wait to be written
    std::FILE* output = stderr;                   // not closed here
};

// A log that is written by a thread of its own, some milliseconds' worth of lines at a time. A full queue
// never makes a caller wait: the oldest line gives way, and the event "log.dropped" stands in its place with
// the number of lines that are missing there. What a line may hold is said at to_line().
class AsyncLog final : public base::Log {
 public:
    // `clock` outlives the log.
    AsyncLog(const LogOptions& options, const base::Clock& clock);
    // Returns when all lines that wait are written.
    ~AsyncLog() override;
    AsyncLog(const AsyncLog&) = delete;
    AsyncLog& operator=(const AsyncLog&) = delete;

    void write(base::LogLevel level, std::string_view event, std::span<const base::LogField> fields) override;

 private:
    class Writer;

    LogFormat format_;
    base::LogLevel level_;
    const base::Clock& clock_;
    std::unique_ptr<Writer> writer_;
};

}  // namespace stagedoor::telemetry
