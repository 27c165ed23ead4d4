#include "base/duration.h"

#include "base/encoding.h"
#include "base/errors.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace stagedoor::base {

namespace {

using std::chrono::milliseconds;

constexpr double kSecond = 1000;
constexpr double kMinute = 60 * kSecond;
constexpr double kHour = 60 * kMinute;
constexpr double kDay = 24 * kHour;
constexpr double kWeek = 7 * kDay;
constexpr double kMonth = 30 * kDay;
constexpr double kYear = 365 * kDay;
constexpr double kLongest = 100 * kYear;

struct Unit {
    std::string_view name;
    double length;  // in milliseconds
};

constexpr std::array kUnits{
    Unit{"ms", 1},           Unit{"msec", 1},          Unit{"msecs", 1},         Unit{"millisecond", 1},
    Unit{"milliseconds", 1}, Unit{"s", kSecond},       Unit{"sec", kSecond},     Unit{"secs", kSecond},
    Unit{"second", kSecond}, Unit{"seconds", kSecond}, Unit{"m", kMinute},       Unit{"min", kMinute},
    Unit{"mins", kMinute},   Unit{"minute", kMinute},  Unit{"minutes", kMinute}, Unit{"h", kHour},
    Unit{"hr", kHour},       Unit{"hrs", kHour},       Unit{"hour", kHour},      Unit{"hours", kHour},
    Unit{"d", kDay},         Unit{"day", kDay},        Unit{"days", kDay},       Unit{"w", kWeek},
    Unit{"week", kWeek},     Unit{"weeks", kWeek},     Unit{"y", kYear},         Unit{"yr", kYear},
    Unit{"yrs", kYear},      Unit{"year", kYear},      Unit{"years", kYear},
};

// The designators of ISO 8601 in the order that they must have. `M` is a month before the `T` and a minute
// after it.
constexpr std::array kDateUnits{Unit{"Y", kYear}, Unit{"M", kMonth}, Unit{"W", kWeek}, Unit{"D", kDay}};
constexpr std::array kTimeUnits{Unit{"H", kHour}, Unit{"M", kMinute}, Unit{"S", kSecond}};

// Takes a decimal number without sign or exponent off the front of `text`.
std::optional<double> take_number(std::string_view& text) {
    const std::size_t length = std::min(text.find_first_not_of("0123456789."), text.size());
    double number = 0;
    const char* const end = text.data() + length;
    const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    if (length == 0 || error != std::errc{} || stop != end) return std::nullopt;
    text.remove_prefix(length);
    return number;
}

// Sums up "1Y2M" or "1H30M"; nothing if a part is malformed, unknown or out of order.
std::optional<double> sum_parts(std::string_view text, std::span<const Unit> units) {
    double sum = 0;
    while (!text.empty()) {
        const auto number = take_number(text);
        if (!number || text.empty()) return std::nullopt;
        const auto unit = std::ranges::find(units, text.substr(0, 1), &Unit::name);
        if (unit == units.end()) return std::nullopt;
        sum += *number * unit->length;
        units = units.subspan(static_cast<std::size_t>(unit - units.begin()) + 1);
        text.remove_prefix(1);
    }
    return sum;
}

std::optional<double> parse_iso8601(std::string_view text) {
    text.remove_prefix(1);
    const std::size_t separator = text.find('T');
    const std::string_view date = text.substr(0, separator);
    const std::string_view time = separator == text.npos ? std::string_view() : text.substr(separator + 1);
    if (separator == text.npos ? date.empty() : time.empty()) return std::nullopt;
    const auto days = sum_parts(date, kDateUnits);
    const auto seconds = sum_parts(time, kTimeUnits);
    if (!days || !seconds) return std::nullopt;
    return *days + *seconds;
}

std::optional<double> parse_number_with_unit(std::string_view text) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const auto unit = std::ranges::find(kUnits, to_lower(text), &Unit::name);
    if (unit == kUnits.end()) return std::nullopt;
    return *number * unit->length;
}

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
    const auto length = text.starts_with('P') ? parse_iso8601(text) : parse_number_with_unit(text);
    if (!length) {
        return fail(
            errors::kDurationMalformed,
            "This is not a duration: write a number with a unit (30m, 12 hours, 30 days) or ISO 8601 (P30D)."
        );
    }
    if (*length > kLongest)
        return fail(errors::kDurationMalformed, "This duration is longer than 100 years.");
    return milliseconds(std::llround(*length));
}

std::string to_string(milliseconds duration) {
    if (duration < milliseconds::zero()) return "-" + to_string(-duration);
    // Short times read better in one unit: 90s, 1500ms.
    if (duration < std::chrono::minutes(2)) {
        if (duration % std::chrono::seconds(1) != milliseconds::zero())
            return std::to_string(duration.count()) + "ms";
        return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) + "s";
    }
    struct Part {
        std::string_view unit;
        milliseconds length;
    };
    constexpr std::array kParts{
        Part{"d", std::chrono::days(1)},
        Part{"h", std::chrono::hours(1)},
        Part{"m", std::chrono::minutes(1)},
        Part{"s", std::chrono::seconds(1)},
        Part{"ms", milliseconds(1)},
    };
    std::string text;
    for (const auto& [unit, length] : kParts) {
        if (duration < length) continue;
        if (!text.empty()) text += ' ';
        text.append(std::to_string(duration / length)).append(unit);
        duration %= length;
    }
    return text;
}

}  // namespace stagedoor::base
