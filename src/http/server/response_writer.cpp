#include "http/server/response_writer.h"

#include "base/encoding.h"
#include "http/server/errors.h"

#include <boost/beast/http/status.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <iterator>

namespace stagedoor::http {

namespace {

using base::Result;

// Two of them in one answer, or one that is not true, split answers as well as a line break does.
constexpr std::array<std::string_view, 6> kOwnFields{
    "connection", "content-length", "date", "keep-alive", "transfer-encoding", "x-request-id"
};

// RFC 9110, section 5.6.2.
constexpr std::array<bool, 256> kTokenCharacters = [] {
    std::array<bool, 256> table{};
    for (const char c :
         std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
        table[static_cast<unsigned char>(c)] = true;
    }
    return table;
}();

bool is_name(std::string_view name) {
    const auto in_token = [](char c) { return kTokenCharacters[static_cast<unsigned char>(c)]; };
    return !name.empty() && std::ranges::all_of(name, in_token);
}

bool is_value(std::string_view value) {
    // Without a branch for each character, so that it takes many at a time: this reads every byte of every
    // answer.
    unsigned bad = 0;
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        bad |= static_cast<unsigned>(byte < 0x20) & static_cast<unsigned>(byte != '\t');
        bad |= static_cast<unsigned>(byte == 0x7f);
    }
    return bad == 0;
}

bool is_own(std::string_view name) {
    return std::ranges::any_of(kOwnFields, [&](std::string_view own) {
        return base::equal_ignoring_case(own, name);
    });
}

Result<void> refuse(std::string_view what, std::string_view name) {
    return base::fail(base::Error(errors::kResponseInvalid, "An internal error occurred")
                          .with_detail(fmt::format("{}: {}", what, name)));
}

Result<void> check(const Response& response) {
    if (response.status < 200 || response.status > 599)
        return refuse("status", std::to_string(response.status));
    for (const auto& field : response.fields) {
        if (!is_name(field.name)) return refuse("field name", field.name);
        // Never the value: it may be a cookie.
        if (!is_value(field.value)) return refuse("value of field", field.name);
        if (is_own(field.name)) return refuse("field of the server", field.name);
    }
    return {};
}

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out.append(digits.data(), end.ptr);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

Result<void> write_response(const Response& response, const ResponseContext& context, std::string& out) {
    STAGEDOOR_CHECK(check(response));
    const auto status = static_cast<unsigned>(response.status);
    out.append("HTTP/1.1 ");
    append_number(out, status);
    const auto known = boost::beast::http::int_to_status(status);
    out.append(" ").append(boost::beast::http::obsolete_reason(known)).append("\r\n");
    append_field(out, "Date", context.date);
    append_field(out, "X-Request-Id", context.request_id);
    for (const auto& field : response.fields) append_field(out, field.name, field.value);
    if (context.close) {
        append_field(out, "Connection", "close");
    } else if (context.announce_keep_alive) {
        append_field(out, "Connection", "keep-alive");
    }
    const bool bodiless = response.status == 204 || response.status == 304;
    if (!bodiless) {
        out.append("Content-Length: ");
        append_number(out, response.body.size());
        out.append("\r\n");
    }
    out.append("\r\n");
    if (!bodiless && !context.without_body) out.append(response.body);
    return {};
}

Response error_response(const base::Error& error) {
    const boost::json::object body{
        {"error", {{"name", error.name()}, {"message", error.message()}}},
        {"response", {{"statusCode", error.status()}}},
    };
    Response response;
    response.status = error.status();
    response.add("Content-Type", "application/json; charset=utf-8");
    response.add("Cache-Control", "no-store");
    response.add("X-Content-Type-Options", "nosniff");
    if (error.kind().code == errors::kMethodNotAllowed.code) {
        response.add("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    }
    response.body = boost::json::serialize(body);
    response.error_code = error.code();
    return response;
}

std::string_view DateCache::at(base::SystemTime now) {
    const auto second = base::to_unix_seconds(now);
    if (second == second_) return text_;
    static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> kMonths{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };
    const auto day = std::chrono::floor<std::chrono::days>(now);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(now - day));
    text_.clear();
    fmt::format_to(
        std::back_inserter(text_),
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        kDays[std::chrono::weekday(day).c_encoding()],
        static_cast<unsigned>(date.day()),
        kMonths[static_cast<unsigned>(date.month()) - 1],
        static_cast<int>(date.year()),
        time.hours().count(),
        time.minutes().count(),
        time.seconds().count()
    );
    second_ = second;
    return text_;
}

}  // namespace stagedoor::http
