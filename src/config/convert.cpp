#include "config/convert.h"

#include "base/duration.h"
#include "config/substitution.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace stagedoor::config {
namespace {

std::unexpected<std::string> wrong(std::string message) {
    return std::unexpected(std::move(message));
}

std::unexpected<std::string> wrong_type(std::string_view wanted, const Value& value) {
    const bool scalar = value.number() != nullptr || value.flag() != nullptr;
    const bool quotable = wanted == "text" && scalar;
    return wrong(
        fmt::format("must be {}, not {}{}", wanted, value.type_name(), quotable ? "; put it in quotes" : "")
    );
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::optional<double> number_in(std::string_view text) {
    text = trim(text);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

Converted<double> to_number(const Value& value) {
    if (const auto* number = value.number()) {
        if (!std::isfinite(number->value)) return wrong("must be a finite number");
        return number->value;
    }
    if (value.text() == nullptr) return wrong_type("a number", value);
    const auto number = number_in(*value.text());
    if (!number) return wrong("must be a number");
    return *number;
}

struct Unit {
    std::string_view name;
    double milliseconds;
};
constexpr double kDay = 24.0 * 3600 * 1000;
constexpr std::array kUnits{
    Unit{"years", 365 * kDay},
    Unit{"months", 30 * kDay},
    Unit{"weeks", 7 * kDay},
    Unit{"days", kDay},
    Unit{"hours", 3'600'000.0},
    Unit{"minutes", 60'000.0},
    Unit{"seconds", 1000.0},
    Unit{"milliseconds", 1.0},
};
constexpr std::string_view kUnitNames = "years, months, weeks, days, hours, minutes, seconds, milliseconds";

Converted<Duration> sum_of(const Map& units) {
    if (units.empty()) return wrong(fmt::format("needs one or more of {}", kUnitNames));
    double sum = 0;
    for (const auto& member : units) {
        const auto unit = std::ranges::find(kUnits, member.name, &Unit::name);
        if (unit == kUnits.end()) {
            return wrong(fmt::format("'{}' is no unit of time; the units are {}", member.name, kUnitNames));
        }
        const auto count = to_number(member.value);
        if (!count) return wrong(fmt::format("'{}' {}", member.name, count.error()));
        if (*count < 0) return wrong(fmt::format("'{}' must not be negative", member.name));
        sum += *count * unit->milliseconds;
    }
    if (sum > 100 * 365 * kDay) return wrong("must be at most 100 years");
    return Duration(static_cast<Duration::rep>(sum));
}

Converted<std::uint16_t> to_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size())
        return wrong("needs a port from 0 to 65535");
    return port;
}

}  // namespace

std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> out;
    for (auto rest = trim(text); !rest.empty();) {
        const auto end = rest.find_first_of(" \t\r\n");
        out.push_back(rest.substr(0, end));
        rest = end == std::string_view::npos ? std::string_view{} : trim(rest.substr(end));
    }
    return out;
}

Converted<std::string> to_text(const Value& value) {
    if (value.text() == nullptr) return wrong_type("text", value);
    if (value.text()->empty()) return wrong("is empty; set it, or remove the key");
    return *value.text();
}

Converted<bool> to_flag(const Value& value) {
    static constexpr std::array<std::string_view, 5> kYes{"y", "yes", "true", "1", "on"};
    static constexpr std::array<std::string_view, 5> kNo{"n", "no", "false", "0", "off"};
    if (const auto* flag = value.flag()) return *flag;
    if (value.text() == nullptr && value.number() == nullptr) return wrong_type("true or false", value);
    const std::string text = lower(trim(value.text() != nullptr ? *value.text() : value.number()->text));
    if (std::ranges::find(kYes, text) != kYes.end()) return true;
    if (std::ranges::find(kNo, text) != kNo.end()) return false;
    return wrong("must be true or false");
}

Converted<std::int64_t> to_whole_number(const Value& value) {
    const auto number = to_number(value);
    if (!number) return std::unexpected(number.error());
    constexpr double kExact = 9'007'199'254'740'992.0;  // whole numbers below this are exact in a double
    if (std::floor(*number) != *number || std::abs(*number) > kExact) return wrong("must be a whole number");
    return static_cast<std::int64_t>(*number);
}

Converted<Duration> to_duration(const Value& value) {
    if (const auto* map = value.map()) return sum_of(*map);
    if (value.number() != nullptr) return wrong("needs a unit, as in '30s' or '5 minutes'");
    if (value.text() == nullptr) return wrong_type("a duration", value);
    const auto duration = base::parse_duration(trim(*value.text()));
    if (!duration)
        return wrong("must be a duration, as '30s', '5 minutes', 'PT30M' or an object: minutes: 5");
    return *duration;
}

Converted<base::Url> to_url(const Value& value) {
    const auto text = to_text(value);
    if (!text) return std::unexpected(text.error());
    auto url = base::Url::parse(*text);
    if (!url) return wrong(fmt::format("must be an absolute http or https URL: {}", url.error().message()));
    return std::move(*url);
}

Converted<base::Url> to_provider_url(const Value& value) {
    auto url = to_url(value);
    if (url && url->scheme() != "https" && !url->origin().is_loopback()) {
        return wrong(
            "must be https, since tokens and secrets go there; http is accepted for loopback addresses only"
        );
    }
    return url;
}

Converted<std::filesystem::path> to_file(const Value& value) {
    const auto text = to_text(value);
    if (!text) return std::unexpected(text.error());
    const std::filesystem::path from = value.place.file ? std::filesystem::path(*value.place.file) : "";
    std::error_code error;
    auto path = std::filesystem::absolute(from.parent_path() / *text, error);
    if (error) return wrong("is no path of a file");
    return path.lexically_normal();
}

Converted<std::vector<std::string>> to_texts(const Value& value, bool single) {
    if (single && value.text() != nullptr) {
        auto text = to_text(value);
        if (!text) return std::unexpected(std::move(text.error()));
        return std::vector{std::move(*text)};
    }
    if (value.list() == nullptr)
        return wrong_type(single ? "text or a list of text" : "a list of text", value);
    std::vector<std::string> out;
    for (const auto& item : *value.list()) {
        auto text = to_text(item);
        if (!text) return wrong(fmt::format("an item of the list {}", text.error()));
        out.push_back(std::move(*text));
    }
    return out;
}

Converted<std::vector<base::OriginPattern>> to_globs(const Value& value, bool single) {
    const auto texts = to_texts(value, single);
    if (!texts) return std::unexpected(texts.error());
    std::vector<base::OriginPattern> out;
    for (const auto& text : *texts) {
        auto pattern = base::OriginPattern::parse(text);
        if (!pattern)
            return wrong(fmt::format("'{}' is no pattern of origins: {}", text, pattern.error().message()));
        out.push_back(std::move(*pattern));
    }
    return out;
}

Converted<std::map<std::string, std::string>> to_text_map(const Value& value) {
    if (value.map() == nullptr) return wrong_type("an object of text", value);
    std::map<std::string, std::string> out;
    for (const auto& member : *value.map()) {
        const auto text = to_text(member.value);
        if (!text) return wrong(fmt::format("'{}' {}", member.name, text.error()));
        out.emplace(member.name, *text);
    }
    return out;
}

Converted<std::optional<std::vector<std::string>>> to_sources(const Value& value) {
    if (value.flag() != nullptr && !*value.flag()) return std::nullopt;
    auto sources = to_texts(value, false);
    if (!sources) return wrong("must be a list of sources, or false to remove the directive");
    // A list of sources ends at `;` or `,` (CSP level 3, section 2.2): either would begin something that
    // nobody wrote.
    for (const auto& source : *sources) {
        const bool plain = std::ranges::all_of(source, [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
        if (!plain || source.find_first_of(";,") != std::string::npos) {
            return wrong("a source must be printable ASCII without ';' and ','");
        }
    }
    return std::optional(std::move(*sources));
}

Converted<Listen> to_listen(const Value& value) {
    const auto text = to_text(value);
    if (!text) return std::unexpected(text.error());
    const auto colon = text->rfind(':');
    const auto port = to_port(std::string_view(*text).substr(colon == std::string::npos ? 0 : colon + 1));
    if (!port) return wrong(port.error() + ", as in '7007', ':7007' or '127.0.0.1:7007'");
    std::string host = colon == std::string::npos ? std::string() : text->substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (!bracketed && host.find(':') != std::string::npos) {
        return wrong("needs an IPv6 address in brackets, as in '[::1]:7007'");
    }
    return Listen{.host = std::move(host), .port = *port};
}

}  // namespace stagedoor::config
