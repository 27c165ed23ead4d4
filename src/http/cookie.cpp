#include "http/cookie.h"

#include "base/encoding.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace stagedoor::http {

namespace {

using std::chrono::seconds;

// RFC 6265bis, section 5.5: browsers keep no cookie longer than 400 days, and no attribute of more than 1024
// bytes.
constexpr seconds kMaxAge = std::chrono::days(400);
constexpr std::size_t kMaxAttributeBytes = 1024;

// A token of RFC 9110, section 5.6.2, which is what a cookie's name must be (RFC 6265, section 4.1.1).
bool is_token(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               kMarks.contains(c);
    });
}

bool is_cookie_path(std::string_view path) {
    return path.starts_with('/') && path.size() <= kMaxAttributeBytes &&
           std::ranges::all_of(path, [](char c) { return c > ' ' && c <= '~' && c != ';'; });
}

// RFC 9110, section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string to_http_date(base::SystemTime time) {
    constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array kMonths{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<seconds>(time - day));
    return fmt::format(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        kDays[std::chrono::weekday(day).c_encoding()],
        static_cast<unsigned>(date.day()),
        kMonths[static_cast<unsigned>(date.month()) - 1],
        static_cast<int>(date.year()),
        clock.hours().count(),
        clock.minutes().count(),
        clock.seconds().count()
    );
}

std::string_view to_text(SameSite same_site) {
    switch (same_site) {
        case SameSite::strict:
            return "Strict";
        case SameSite::none:
            return "None";
        case SameSite::lax:
            break;
    }
    return "Lax";
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view kSpace = " \t";
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string decode(const std::string& value) {
    return base::percent_decode(value).value_or(value);
}

}  // namespace

std::string SetCookie::to_string(base::SystemTime now) const {
    if (!is_token(name)) throw std::invalid_argument("the name of a cookie is not a token");
    if (!is_cookie_path(path))
        throw std::invalid_argument("the path of a cookie cannot be written in a field");
    const seconds age = std::clamp(max_age, seconds::zero(), kMaxAge);
    // Expires is for what knows no Max-Age; a date long past deletes even where the clock is wrong.
    const base::SystemTime expires = age == seconds::zero() ? base::SystemTime() : now + age;
    return fmt::format(
        "{}={}; Max-Age={}; Path={}; Expires={}; HttpOnly{}; SameSite={}",
        name,
        base::percent_encode(value),
        age.count(),
        path,
        to_http_date(expires),
        secure ? "; Secure" : "",
        to_text(same_site)
    );
}

Cookies::Cookies(const Request& request) {
    for (const FieldView& field : request.fields) {
        if (base::equal_ignoring_case(field.name, "cookie")) read(field.value);
    }
}

Cookies::Cookies(std::string_view field) {
    read(field);
}

// RFC 6265, section 5.4, from the other side: pairs with ";" between them, the first "=" ends a name. A
// browser also sends cookies without a name; nobody can ask for one.
void Cookies::read(std::string_view field) {
    while (!field.empty()) {
        const std::size_t end = std::min(field.find(';'), field.size());
        const std::string_view pair = field.substr(0, end);
        field.remove_prefix(std::min(end + 1, field.size()));
        const std::size_t equals = pair.find('=');
        if (equals == pair.npos) continue;
        const std::string_view name = trim(pair.substr(0, equals));
        if (!name.empty()) pairs_.emplace_back(name, trim(pair.substr(equals + 1)));
    }
}

std::optional<std::string> Cookies::get(std::string_view name) const {
    std::optional<std::string> found;
    for (const auto& [key, value] : pairs_) {
        if (key != name) continue;
        std::string decoded = decode(value);
        if (found && *found != decoded) return std::nullopt;
        found = std::move(decoded);
    }
    return found;
}

bool Cookies::has(std::string_view name) const {
    return std::ranges::any_of(pairs_, [&](const auto& pair) { return pair.first == name; });
}

std::vector<std::string> Cookies::names_with_prefix(std::string_view prefix) const {
    std::vector<std::string> names;
    for (const auto& [name, value] : pairs_) {
        if (name.starts_with(prefix) && std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    return names;
}

}  // namespace stagedoor::http
