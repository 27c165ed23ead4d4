#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <variant>

namespace stagedoor::base {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

// A named value of a log line. The value is copied before write() returns.
struct LogField {
    std::string_view key;
    std::variant<std::string_view, std::int64_t, double, bool> value;
};

// Where a part says what happened. `event` is a stable name ("refresh.failed"); what varies goes into fields.
// Implementations are safe to call from any thread, and never block on their output.
class Log {
 public:
    virtual ~Log() = default;
    virtual void write(LogLevel level, std::string_view event, std::span<const LogField> fields) = 0;

    void debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::debug, event, fields);
    }
    void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::info, event, fields);
    }
    void warning(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::warning, event, fields);
    }
    void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
        write(LogLevel::error, event, fields);
    }
};

}  // namespace stagedoor::base
