#pragma once

#include "base/clock.h"
#include "base/log.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace stagedoor::telemetry {

enum class LogFormat : std::uint8_t {
    json,  // {"time":"2026-01-02T03:04:05.678Z","level":"info","event":"server.started","port":7007}
    text,  // 2026-01-02T03:04:05.678Z info    server.started port=7007
};

// A line of the log, with its line end. Times are UTC with milliseconds (RFC 3339).
//
// No value can forge a line or a field, nor command a terminal: in both formats a text is a JSON string (RFC
// 8259) with every invisible character escaped and malformed UTF-8 replaced by U+FFFD; the text format leaves
// the quotes away where they are not needed. A text above 4096 bytes is cut. A field that is named like a
// field of the line itself ("time", "level", "event") is written with "_" before its name.
//
// A text whose field is named like a secret ("access_token", "clientSecret", "code", "cookie") is written as
// "[redacted]": callers pass no secrets, and this catches the one who does.
[[nodiscard]] std::string to_line(
    LogFormat format,
    base::SystemTime time,
    base::LogLevel level,
    std::string_view event,
    std::span<const base::LogField> fields
);

}  // namespace stagedoor::telemetry
