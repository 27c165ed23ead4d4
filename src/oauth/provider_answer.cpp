#include "oauth/provider_answer.h"

#include "base/encoding.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace stagedoor::oauth {
namespace {

using std::chrono::seconds;

// Digits and nothing else; nothing for more than fit.
std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text.front() == '-' || error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

// IMF-fixdate, "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7).
std::optional<base::SystemTime> http_date(std::string_view text) {
    constexpr std::array<std::string_view, 12> kMonths{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };
    if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return std::nullopt;
    const auto* month = std::ranges::find(kMonths, text.substr(8, 3));
    const auto day = whole_number(text.substr(5, 2));
    const auto year = whole_number(text.substr(12, 4));
    const auto hour = whole_number(text.substr(17, 2));
    const auto minute = whole_number(text.substr(20, 2));
    const auto second = whole_number(text.substr(23, 2));
    if (month == kMonths.end() || !day || !year || !hour || !minute || !second) return std::nullopt;

    const std::chrono::year_month_day date{
        std::chrono::year(static_cast<int>(*year)),
        std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
        std::chrono::day(static_cast<unsigned>(*day))
    };
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           seconds(*second);
}

}  // namespace

bool is_transient(int status) {
    return status == 408 || status == 429 || status >= 500;
}

seconds retry_after(const http::ClientResponse& response, base::SystemTime now) {
    const auto text = response.field("Retry-After");
    auto wait = kDefaultRetryAfter;
    if (const auto number = whole_number(text)) {
        wait = seconds(*number);
    } else if (const auto date = http_date(text)) {
        wait = std::chrono::ceil<seconds>(*date - now);
    }
    return std::clamp(wait, seconds(1), kMaxRetryAfter);
}

std::string media_type(const http::ClientResponse& response) {
    auto text = response.field("Content-Type");
    text = text.substr(0, text.find(';'));
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return base::to_lower(text);
}

base::Error unavailable(
    const base::ErrorKind& kind, const http::ClientResponse& response, base::SystemTime now
) {
    return base::Error(kind, "The identity provider answered with status " + std::to_string(response.status))
        .retry_in(retry_after(response, now));
}

}  // namespace stagedoor::oauth
