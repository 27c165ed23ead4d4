#include "telemetry/log_line.h"

#include "base/encoding.h"
#include "telemetry/secret_names.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace stagedoor::telemetry {

namespace {

constexpr std::size_t kMaxTextBytes = 4096;

std::string to_timestamp(base::SystemTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        clock.hours().count(),
        clock.minutes().count(),
        clock.seconds().count(),
        clock.subseconds().count()
    );
}

std::string_view to_text(base::LogLevel level) {
    switch (level) {
        case base::LogLevel::debug:
            return "debug";
        case base::LogLevel::info:
            return "info";
        case base::LogLevel::warning:
            return "warning";
        case base::LogLevel::error:
            return "error";
    }
    return "error";
}

struct CodePoint {
    char32_t value;
    std::size_t length;
};

// The first code point of a text that is well-formed and not empty.
CodePoint first_code_point(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return static_cast<char32_t>(static_cast<unsigned char>(text[i]));
    };
    if (byte(0) < 0x80) return {byte(0), 1};
    if (byte(0) < 0xe0) return {(byte(0) & 0x1f) << 6 | (byte(1) & 0x3f), 2};
    if (byte(0) < 0xf0) return {(byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f), 3};
    return {(byte(0) & 0x07) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f), 4};
}

// Controls of both sets, line and paragraph separators, and the marks that hide text or change its direction.
bool is_invisible(char32_t c) {
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb);
}

void append_escaped(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const auto [c, length] = first_code_point(text);
        if (c == '"' || c == '\\') {
            out += {'\\', static_cast<char>(c)};
        } else if (c == '\n') {
            out += "\\n";
        } else if (is_invisible(c)) {
            out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c));
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length);
    }
}

std::string cut(std::string text) {
    if (text.size() <= kMaxTextBytes) return text;
    std::size_t end = kMaxTextBytes;
    while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return fmt::format("{}... ({} bytes)", std::string_view(text).substr(0, end), text.size());
}

// True for what can be written as it is: nearly every text that is logged.
bool is_plain(std::string_view text) {
    unsigned other = 0;
    for (const char c : text) {
        other |= static_cast<unsigned>(c < ' ') | static_cast<unsigned>(c > '~') |
                 static_cast<unsigned>(c == '"') | static_cast<unsigned>(c == '\\');
    }
    return other == 0 && text.size() <= kMaxTextBytes;
}

std::string quoted(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 2);
    out += '"';
    if (is_plain(text)) return out.append(text) += '"';
    append_escaped(out, cut(base::to_utf8(text)));
    return out += '"';
}

bool needs_quotes(std::string_view text) {
    return text.empty() || !std::ranges::all_of(text, [](char c) {
               return c > ' ' && c <= '~' && c != '"' && c != '\\' && c != '=';
           });
}

std::string plain_or_quoted(std::string_view text) {
    return text.size() > kMaxTextBytes || needs_quotes(text) ? quoted(text) : std::string(text);
}

std::string to_value(LogFormat format, const base::LogField& field) {
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
        const std::string_view shown = is_secret_name(field.key) ? std::string_view("[redacted]") : *text;
        return format == LogFormat::json ? quoted(shown) : plain_or_quoted(shown);
    }
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) return std::to_string(*number);
    if (const auto* number = std::get_if<double>(&field.value)) {
        return std::isfinite(*number) ? fmt::format("{}", *number) : "null";
    }
    return std::get<bool>(field.value) ? "true" : "false";
}

std::string to_key(std::string_view key) {
    constexpr std::array<std::string_view, 3> kOwn{"time", "level", "event"};
    const bool taken = std::ranges::find(kOwn, key) != kOwn.end();
    return taken ? "_" + std::string(key) : std::string(key);
}

}  // namespace

std::string to_line(
    LogFormat format,
    base::SystemTime time,
    base::LogLevel level,
    std::string_view event,
    std::span<const base::LogField> fields
) {
    std::string line;
    if (format == LogFormat::text) {
        line = fmt::format("{} {:<7} {}", to_timestamp(time), to_text(level), plain_or_quoted(event));
        for (const auto& field : fields) {
            line.append(" ")
                .append(plain_or_quoted(to_key(field.key)))
                .append("=")
                .append(to_value(format, field));
        }
        return line += '\n';
    }
    line = fmt::format(
        R"({{"time":"{}","level":"{}","event":{})", to_timestamp(time), to_text(level), quoted(event)
    );
    for (const auto& field : fields) {
        line.append(",").append(quoted(to_key(field.key))).append(":").append(to_value(format, field));
    }
    return line += "}\n";
}

}  // namespace stagedoor::telemetry
