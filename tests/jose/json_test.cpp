#include "jose/json.h"

#include "jose/errors.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace stagedoor::jose {
namespace {

JsonObject parsed(std::string_view text) {
    return JsonObject::parse(text).value();
}

TEST(JsonObject, ReadsMembersByType) {
    const auto object = parsed(R"({"s":"x","n":7,"f":1.5,"b":true,"l":["a","b"],"o":{"k":"v"},"z":null})");
    EXPECT_EQ(object.string("s"), "x");
    EXPECT_EQ(object.integer("n"), 7);
    EXPECT_EQ(object.number("f"), 1.5);
    EXPECT_EQ(object.boolean("b"), true);
    EXPECT_EQ(object.strings("l"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(object.object("o").value().string("k"), "v");
    EXPECT_TRUE(object.is_null("z"));
    EXPECT_TRUE(object.has("z"));
}

TEST(JsonObject, AnswersNothingForAnotherType) {
    const auto object = parsed(R"({"s":"1","n":7,"l":["a",1],"z":null})");
    EXPECT_EQ(object.string("n"), std::nullopt);
    EXPECT_EQ(object.integer("s"), std::nullopt);
    EXPECT_EQ(object.number("s"), std::nullopt);
    EXPECT_EQ(object.boolean("n"), std::nullopt);
    EXPECT_EQ(object.strings("l"), std::nullopt);
    EXPECT_EQ(object.strings("s"), std::nullopt);
    EXPECT_FALSE(object.object("z").has_value());
    EXPECT_EQ(object.string("missing"), std::nullopt);
    EXPECT_FALSE(object.has("missing"));
}

TEST(JsonObject, AnEmptyOneHasNothing) {
    EXPECT_TRUE(JsonObject().empty());
    EXPECT_FALSE(JsonObject().has("a"));
    EXPECT_EQ(JsonObject().to_string(), "{}");
}

TEST(JsonObject, ACopySharesItsContent) {
    const auto original = parsed(R"({"a":"b"})");
    const JsonObject copy = original;  // NOLINT(performance-unnecessary-copy-initialization)
    EXPECT_EQ(&copy.raw(), &original.raw());
}

TEST(JsonObject, ReadsWholeNumbersInEveryNotation) {
    EXPECT_EQ(parsed(R"({"n":3600.0})").integer("n"), 3600);
    EXPECT_EQ(parsed(R"({"n":3.6e3})").integer("n"), 3600);
    EXPECT_EQ(parsed(R"({"n":-1})").integer("n"), -1);
    EXPECT_EQ(parsed(R"({"n":2147483648})").integer("n"), 2147483648);
    EXPECT_EQ(parsed(R"({"n":9223372036854775807})").integer("n"), 9223372036854775807);
}

TEST(JsonObject, ReadsNoWholeNumberFromWhatIsNone) {
    EXPECT_EQ(parsed(R"({"n":1.5})").integer("n"), std::nullopt);
    EXPECT_EQ(parsed(R"({"n":1e300})").integer("n"), std::nullopt);
    EXPECT_EQ(parsed(R"({"n":-1e300})").integer("n"), std::nullopt);
    EXPECT_EQ(parsed(R"({"n":9223372036854775808})").integer("n"), std::nullopt);
    EXPECT_EQ(parsed(R"({"n":18446744073709551615})").integer("n"), std::nullopt);
}

class NotAJsonObject : public testing::TestWithParam<std::string> {};

TEST_P(NotAJsonObject, IsRefused) {
    const auto result = JsonObject::parse(GetParam());
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().is(errors::kJsonMalformed)) << result.error().describe();
}

INSTANTIATE_TEST_SUITE_P(
    Hostile,
    NotAJsonObject,
    testing::Values(
        "",
        " ",
        "null",
        "true",
        "1",
        "\"text\"",
        "[]",
        "[{}]",
        "{",
        "{}}",
        "{} {}",
        "{\"a\":1,}",
        "{'a':1}",
        "{a:1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":1e}",
        "{\"a\":\"\x01\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\xff\"}",
        "{\"a\":\"\xc0\xaf\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":1} // comment",
        "/* comment */ {}",
        "\xef\xbb\xbf{}",
        std::string("{}\0", 3)
    )
);

TEST(JsonObject, RefusesANumberTooLargeForADouble) {
    const auto result = JsonObject::parse(R"({"n":1e400})");
    // Whether the parser refuses it or reads infinity, it is no number to us.
    EXPECT_FALSE(result && result->number("n"));
}

class DuplicateMember : public testing::TestWithParam<std::string_view> {};

TEST_P(DuplicateMember, IsRefused) {
    const auto result = JsonObject::parse(GetParam());
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().is(errors::kJsonDuplicateMember)) << result.error().describe();
}

INSTANTIATE_TEST_SUITE_P(
    AtAnyDepth,
    DuplicateMember,
    testing::Values(
        R"({"a":1,"a":1})",
        R"({"sub":"alice","sub":"mallory"})",
        R"({"sub":"alice","s\u0075b":"mallory"})",
        R"({"o":{"a":1,"b":2,"a":3}})",
        R"({"l":[1,{"a":1,"a":2}]})"
    )
);

TEST(JsonObject, TakesTheSameNameInDifferentObjects) {
    EXPECT_TRUE(JsonObject::parse(R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})"));
}

TEST(JsonObject, LimitsTheDepth) {
    const auto nested = [](std::size_t depth) {
        return R"({"a":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
    };
    EXPECT_TRUE(JsonObject::parse(nested(16)));
    EXPECT_FALSE(JsonObject::parse(nested(17)));
    const auto bomb = JsonObject::parse(R"({"a":)" + std::string(200'000, '['));
    ASSERT_FALSE(bomb);
    EXPECT_TRUE(bomb.error().is(errors::kJsonMalformed));
}

TEST(JsonObject, LimitsTheSize) {
    const auto sized = [](std::size_t bytes) { return R"({"a":")" + std::string(bytes - 8, 'x') + R"("})"; };
    EXPECT_TRUE(JsonObject::parse(sized(100), {.bytes = 100}));
    EXPECT_FALSE(JsonObject::parse(sized(101), {.bytes = 100}));
}

TEST(JsonObject, NoBytesMakeItFail) {
    EXPECT_TRUE(rc::check("any text is an object or an error", [](const std::string& text) {
        const auto result = JsonObject::parse(text);
        RC_ASSERT(result.has_value() || result.error().status() == 400);
    }));
}

TEST(JsonObject, ReadsBackWhatItWrites) {
    EXPECT_TRUE(rc::check("strings survive", [] {
        const auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
        boost::json::object object;
        object["k"] = text;
        const auto written = JsonObject(object).to_string();
        RC_ASSERT(JsonObject::parse(written).value().string("k") == text);
    }));
}

}  // namespace
}  // namespace stagedoor::jose
