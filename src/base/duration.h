#pragma once

#include "base/result.h"

#include <chrono>
#include <string_view>

namespace stagedoor::base {

// A duration in text: ISO 8601 ("P30D", "PT1H30M"), or a number with a unit ("30m", "2 days", "1.5h", "500
// ms") with the units ms, s, m, h, d, w, y and their English names. A year has 365 days, a month (ISO 8601
// only) 30. A bare number has no unit and is refused. Error: duration.malformed. The result is never
// negative, and at most 100 years.
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// "90s", "1h 30m": for messages.
[[nodiscard]] std::string to_string(std::chrono::milliseconds duration);

}  // namespace stagedoor::base
