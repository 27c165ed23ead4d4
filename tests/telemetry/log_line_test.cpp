#include "telemetry/log_line.h"

#include "base/encoding.h"
#include "telemetry/secret_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <limits>

namespace stagedoor::telemetry {
namespace {

using namespace std::string_literals;
using base::LogField;
using base::LogLevel;
using ::testing::HasSubstr;
using ::testing::Not;

const base::SystemTime kTime = base::from_unix_seconds(1'800'000'000) + std::chrono::milliseconds(7);

std::string line(
    LogFormat format, std::initializer_list<LogField> fields, std::string_view event = "thing.happened"
) {
    return to_line(format, kTime, LogLevel::warning, event, fields);
}
std::string json(std::string_view value) {
    return line(LogFormat::json, {{"v", value}});
}
std::string text(std::string_view value) {
    return line(LogFormat::text, {{"v", value}});
}

constexpr std::string_view kJsonStart =
    R"({"time":"2027-01-15T08:00:00.007Z","level":"warning","event":"thing.happened")";
constexpr std::string_view kTextStart = "2027-01-15T08:00:00.007Z warning thing.happened";

TEST(LogLine, AsJson) {
    EXPECT_EQ(line(LogFormat::json, {}), std::string(kJsonStart) + "}\n");
    EXPECT_EQ(
        line(LogFormat::json, {{"text", "a b"}, {"int", std::int64_t{-5}}, {"double", 1.5}, {"bool", true}}),
        std::string(kJsonStart) + R"(,"text":"a b","int":-5,"double":1.5,"bool":true})" + "\n"
    );
}

TEST(LogLine, AsText) {
    EXPECT_EQ(line(LogFormat::text, {}), std::string(kTextStart) + "\n");
    EXPECT_EQ(
        line(
            LogFormat::text,
            {{"plain", "a-b"}, {"quoted", "a b"}, {"empty", ""}, {"int", std::int64_t{5}}, {"bool", false}}
        ),
        std::string(kTextStart) + " plain=a-b quoted=\"a b\" empty=\"\" int=5 bool=false\n"
    );
}

TEST(LogLine, NumbersThatJsonDoesNotKnowAreNull) {
    EXPECT_THAT(
        line(LogFormat::json, {{"v", std::numeric_limits<double>::quiet_NaN()}}), HasSubstr("\"v\":null")
    );
    EXPECT_THAT(
        line(LogFormat::json, {{"v", std::numeric_limits<double>::infinity()}}), HasSubstr("\"v\":null")
    );
}

TEST(LogLine, AValueForgesNoLine) {
    const auto hostile = "x\n2027-01-15T08:00:00.008Z info    login.done user=admin\r\n{\"level\":\"info\"}"s;
    for (const std::string& each : {json(hostile), text(hostile)}) {
        EXPECT_EQ(each.find('\n'), each.size() - 1);
        EXPECT_EQ(each.find('\r'), std::string::npos);
    }
    EXPECT_THAT(
        text(hostile),
        HasSubstr(R"(v="x\n2027-01-15T08:00:00.008Z info    login.done user=admin\u000d\n{\"level\")")
    );
}

TEST(LogLine, AValueForgesNoField) {
    EXPECT_EQ(text("a user=admin"), std::string(kTextStart) + " v=\"a user=admin\"\n");
    EXPECT_EQ(text("a\" user=\"admin"), std::string(kTextStart) + " v=\"a\\\" user=\\\"admin\"\n");
    EXPECT_EQ(text("a\\"), std::string(kTextStart) + " v=\"a\\\\\"\n");
    EXPECT_EQ(
        json(R"(a","level":"info)"), std::string(kJsonStart) + R"(,"v":"a\",\"level\":\"info"})" + "\n"
    );
}

TEST(LogLine, AValueCommandsNoTerminal) {
    for (const std::string& value :
         {"\x1b[2J"s,
          "\x07"s,
          "\x7f"s,
          "\0"s,
          "\xc2\x9b"
          "2J"s,
          "\xe2\x80\xae"
          "txt.exe"s,
          "\xe2\x80\xa8"s,
          "\xe2\x81\xa6"s,
          "\xef\xbb\xbf"s}) {
        for (const std::string& each : {json(value), text(value)}) {
            EXPECT_THAT(each, HasSubstr("\\u")) << base::hex_encode(value);
            EXPECT_THAT(each, Not(HasSubstr(value))) << base::hex_encode(value);
        }
    }
}

TEST(LogLine, LettersOfAllAlphabetsAreKept) {
    EXPECT_THAT(
        json("J\xc3\xbcrgen \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80"),
        HasSubstr("J\xc3\xbcrgen \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80")
    );
}

TEST(LogLine, MalformedUtf8IsReplaced) {
    EXPECT_EQ(
        json("a\xff"
             "b"),
        std::string(kJsonStart) +
            ",\"v\":\"a\xef\xbf\xbd"
            "b\"}\n"
    );
    EXPECT_TRUE(
        base::is_utf8(text("a\xff"
                           "b"))
    );
}

TEST(LogLine, ALongValueIsCut) {
    const std::string cut = json(std::string(4095, 'a') + "\xc3\xa4" + std::string(100'000, 'b'));
    EXPECT_LT(cut.size(), 4300U);
    EXPECT_THAT(cut, HasSubstr("aaaa... (104097 bytes)\"}"));
    EXPECT_TRUE(base::is_utf8(cut));
    EXPECT_LT(text(std::string(100'000, 'a')).size(), 4300U);
    EXPECT_THAT(json(std::string(4096, 'a')), Not(HasSubstr("bytes")));
}

TEST(LogLine, AFieldDoesNotStandInForTheLinesOwn) {
    EXPECT_EQ(
        line(LogFormat::json, {{"level", "info"}, {"time", "now"}, {"event", "other"}}),
        std::string(kJsonStart) + R"(,"_level":"info","_time":"now","_event":"other"})" + "\n"
    );
}

TEST(LogLine, SecretsAreRedacted) {
    for (const auto format : {LogFormat::json, LogFormat::text}) {
        const std::string all = line(
            format,
            {{"access_token", "hunter2"},
             {"clientSecret", "hunter2"},
             {"code", "hunter2"},
             {"Set-Cookie", "hunter2"}}
        );
        EXPECT_THAT(all, Not(HasSubstr("hunter2")));
        EXPECT_THAT(all, HasSubstr("[redacted]"));
    }
    EXPECT_THAT(line(LogFormat::json, {{"tokens", std::int64_t{3}}}), HasSubstr("\"tokens\":3"));
}

// Takes a JSON string off the front of `text`, and returns what it stands for.
std::string take_string(std::string_view& text) {
    RC_ASSERT(text.starts_with('"'));
    text.remove_prefix(1);
    std::string value;
    while (!text.starts_with('"')) {
        RC_ASSERT(!text.empty() && static_cast<unsigned char>(text[0]) >= 0x20);
        if (text.starts_with("\\u00")) {
            value += static_cast<char>(std::stoi(std::string(text.substr(2, 4)), nullptr, 16));
            text.remove_prefix(6);
        } else {
            const bool escaped = text.starts_with('\\');
            if (escaped) text.remove_prefix(1);
            value += escaped && text[0] == 'n' ? '\n' : text[0];
            text.remove_prefix(1);
        }
    }
    text.remove_prefix(1);
    return value;
}

void take(std::string_view& text, std::string_view expected) {
    RC_ASSERT(text.starts_with(expected));
    text.remove_prefix(expected.size());
}

TEST(LogLine, AnyLineOfJsonReadsAsWhatWasSaid) {
    EXPECT_TRUE(rc::check([] {
        const auto any_text = rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
        const std::string event = *any_text;
        const std::string key = "k" + *any_text;
        const std::string value = *any_text;
        RC_PRE(!is_secret_name(key));
        const std::string line =
            to_line(LogFormat::json, kTime, LogLevel::info, event, std::array{LogField{key, value}});
        std::string_view rest = line;
        take(rest, R"({"time":"2027-01-15T08:00:00.007Z","level":"info","event":)");
        RC_ASSERT(take_string(rest) == event);
        take(rest, ",");
        RC_ASSERT(take_string(rest) == key);
        take(rest, ":");
        RC_ASSERT(take_string(rest) == value);
        RC_ASSERT(rest == "}\n");
    }));
}

TEST(LogLine, AnyLineOfTextIsOneLine) {
    EXPECT_TRUE(rc::check([](const std::string& event, const std::string& value) {
        const std::string line =
            to_line(LogFormat::text, kTime, LogLevel::info, event, std::array{LogField{"k", value}});
        RC_ASSERT(base::is_utf8(line));
        for (const char c : std::string_view(line).substr(0, line.size() - 1)) {
            RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != '\x7f');
        }
    }));
}

TEST(SecretNames, AreKnownByTheirWords) {
    for (const auto* name :
         {"token",         "access_token",  "refreshToken",     "id-token",    "RefreshToken",
          "client_secret", "clientSecret",  "secret_value",     "password",    "Authorization",
          "authorization", "cookie",        "Set-Cookie",       "code",        "authorization_code",
          "device_code",   "code_verifier", "client_assertion", "api_key",     "apiKey",
          "private_key",   "nonce",         "sealed_state",     "ACCESS_TOKEN"}) {
        EXPECT_TRUE(is_secret_name(name)) << name;
    }
}

TEST(SecretNames, WhatIsKnownAboutASecretIsNone) {
    for (const auto* name :
         {"token_endpoint",
          "token_type",
          "cookie_count",
          "cookie_name",
          "error_code",
          "status_code",
          "provider",
          "scope",
          "key",
          "key_id",
          "jwt_bytes",
          "authorization_endpoint",
          "message",
          "",
          "_",
          "state",
          "codec",
          "tokenizer",
          "public_key"}) {
        EXPECT_FALSE(is_secret_name(name)) << name;
    }
}

}  // namespace
}  // namespace stagedoor::telemetry
