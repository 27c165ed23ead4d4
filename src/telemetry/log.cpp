#include "telemetry/log.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/sink.h>

#include <array>

namespace stagedoor::telemetry {

namespace {

// Writes lines as they are: all formatting is done before they are queued. Used by the writer's thread alone.
class LineSink final : public spdlog::sinks::sink {
 public:
    LineSink(const LogOptions& options, const base::Clock& clock) : options_(options), clock_(clock) {}

    // `pool` runs this sink, and ends its thread before it goes: whenever log() is called, it is there.
    void count_dropped_in(spdlog::details::thread_pool& pool) { pool_ = &pool; }

    void log(const spdlog::details::log_msg& message) override {
        report_dropped();
        std::fwrite(message.payload.data(), 1, message.payload.size(), options_.output);
        std::fflush(options_.output);
    }
    void flush() override { std::fflush(options_.output); }
    void set_pattern(const std::string& /*pattern*/) override {}
    void set_formatter(std::unique_ptr<spdlog::formatter> /*formatter*/) override {}

 private:
    // A line that is dropped makes room for a later one, so there is always a line before which it is
    // reported.
    void report_dropped() {
        const std::size_t dropped = pool_->overrun_counter();
        if (dropped == reported_) return;
        const std::array fields{base::LogField{"count", static_cast<std::int64_t>(dropped - reported_)}};
        reported_ = dropped;
        const std::string line =
            to_line(options_.format, clock_.now(), base::LogLevel::warning, "log.dropped", fields);
        std::fwrite(line.data(), 1, line.size(), options_.output);
    }

    LogOptions options_;
    const base::Clock& clock_;
    spdlog::details::thread_pool* pool_ = nullptr;
    std::size_t reported_ = 0;
};

}  // namespace

struct AsyncLog::Writer {
    Writer(const LogOptions& options, const base::Clock& clock)
        : sink(std::make_shared<LineSink>(options, clock)),
          pool(std::make_shared<spdlog::details::thread_pool>(options.queue_lines, 1)),
          logger(std::make_shared<spdlog::async_logger>(
              "stagedoor", sink, pool, spdlog::async_overflow_policy::overrun_oldest
          )) {
        sink->count_dropped_in(*pool);
    }

    std::shared_ptr<LineSink> sink;
    std::shared_ptr<spdlog::details::thread_pool> pool;
    std::shared_ptr<spdlog::async_logger> logger;
};

AsyncLog::AsyncLog(const LogOptions& options, const base::Clock& clock)
    : format_(options.format),
      level_(options.level),
      clock_(clock),
      writer_(std::make_unique<Writer>(options, clock)) {}

AsyncLog::~AsyncLog() = default;

void AsyncLog::write(base::LogLevel level, std::string_view event, std::span<const base::LogField> fields) {
    if (level < level_) return;
    const std::string line = to_line(format_, clock_.now(), level, event, fields);
    writer_->logger->log(spdlog::level::critical, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace stagedoor::telemetry
