#include "http/form.h"

#include "base/encoding.h"
#include "http/errors.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace stagedoor::http {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(Parameters, AreReadInOrder) {
    EXPECT_EQ(Parameters::parse("b=2&a=1&b=3")->pairs(), (Pairs{{"b", "2"}, {"a", "1"}, {"b", "3"}}));
}

TEST(Parameters, NamesAndValuesAreDecoded) {
    EXPECT_EQ(Parameters::parse("a%20b=c+d%2B%26%3D")->pairs(), (Pairs{{"a b", "c d+&="}}));
    EXPECT_EQ(Parameters::parse("x=%C3%A4")->value("x"), "\xc3\xa4");
}

TEST(Parameters, WithoutAValueAreEmpty) {
    const auto parameters = Parameters::parse("optional&scope=&x=a=b&=v&&");
    EXPECT_EQ(parameters->pairs(), (Pairs{{"optional", ""}, {"scope", ""}, {"x", "a=b"}, {"", "v"}}));
    EXPECT_EQ(parameters->get("scope"), "");
    EXPECT_EQ(parameters->get("missing"), std::nullopt);
    EXPECT_EQ(parameters->value("missing"), "");
}

TEST(Parameters, OfNothingAreNone) {
    EXPECT_TRUE(Parameters::parse("")->empty());
    EXPECT_TRUE(Parameters::parse("&&")->empty());
}

TEST(Parameters, TheFirstOfANameCounts) {
    const auto parameters = Parameters::parse("a=1&a=2");
    EXPECT_EQ(parameters->get("a"), "1");
    EXPECT_EQ(parameters->count("a"), 2U);
    EXPECT_EQ(parameters->count("b"), 0U);
}

TEST(Parameters, RefuseBrokenEscapesAndWhatIsNotUtf8) {
    for (const auto* text :
         {"a=%", "a=%4", "a=%zz", "%=a", "a=%FF", "a=\xff", "%C3=x", "a=%C0%80", "a=%ED%A0%80"}) {
        const auto parameters = Parameters::parse(text);
        ASSERT_FALSE(parameters) << text;
        EXPECT_TRUE(parameters.error().is(errors::kMalformedParameters));
        EXPECT_EQ(parameters.error().status(), 400);
    }
}

TEST(Parameters, AreAtMost128) {
    std::string text;
    for (int i = 0; i < 128; ++i) text += "a=1&";
    EXPECT_EQ(Parameters::parse(text)->count("a"), 128U);
    EXPECT_FALSE(Parameters::parse(text + "a"));
}

TEST(Parameters, SetReplacesTheFirstAndDropsTheOthers) {
    auto parameters = *Parameters::parse("a=1&b=2&a=3&c=4&a=5");
    parameters.set("a", "x");
    EXPECT_EQ(parameters.pairs(), (Pairs{{"a", "x"}, {"b", "2"}, {"c", "4"}}));
    parameters.set("d", "y");
    EXPECT_EQ(parameters.value("d"), "y");
    parameters.add("d", "z");
    EXPECT_EQ(parameters.count("d"), 2U);
}

TEST(Parameters, AreWrittenFormEncoded) {
    Parameters parameters;
    EXPECT_EQ(parameters.to_string(), "");
    parameters.add("a", "1");
    parameters.add("b", "x y&z=\r\n");
    EXPECT_EQ(parameters.to_string(), "a=1&b=x+y%26z%3D%0D%0A");
}

TEST(Parameters, ReadWhatTheyWrite) {
    EXPECT_TRUE(rc::check([](const Pairs& pairs) {
        Parameters parameters;
        for (const auto& [name, value] : pairs) parameters.add(base::to_utf8(name), base::to_utf8(value));
        const auto again = Parameters::parse(parameters.to_string());
        RC_PRE(pairs.size() <= 128U);
        RC_ASSERT(again.has_value());
        RC_ASSERT(again->pairs() == parameters.pairs());
    }));
}

}  // namespace
}  // namespace stagedoor::http
