#include "config/yaml_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stagedoor::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

YamlDocument read(const std::string& text) {
    return read_yaml(text, std::make_shared<const std::string>("f"));
}

std::string problem_in(const std::string& text) {
    const auto document = read(text);
    if (document.problems.empty()) return "none";
    const auto& [place, message] = document.problems.front();
    return std::to_string(place.line) + ":" + std::to_string(place.column) + " " + message;
}

TEST(YamlReader, GivesScalarsTheTypesOfTheCoreSchema) {
    const auto document = read(
        "t: true\nf: FALSE\ny: yes\nn: no\ntilde: ~\nempty:\ni: 12\nneg: -3\noctal: 0o17\nhex: 0xFF\nold: "
        "017\n"
        "float: 1.5e3\nquoted: '12'\ntagged: !!str 12\ntext: 1.2.3\ndate: 2024-01-01\n"
    );
    ASSERT_THAT(document.problems, IsEmpty());
    const auto at = [&document](std::string_view name) { return *find_path(document.value, name); };
    EXPECT_TRUE(*at("t").flag());
    EXPECT_FALSE(*at("f").flag());
    EXPECT_EQ(*at("y").text(), "yes");
    EXPECT_EQ(*at("n").text(), "no");
    EXPECT_TRUE(at("tilde").is_null());
    EXPECT_TRUE(at("empty").is_null());
    EXPECT_EQ(at("i").number()->value, 12);
    EXPECT_EQ(at("neg").number()->value, -3);
    EXPECT_EQ(at("octal").number()->value, 15);
    EXPECT_EQ(at("hex").number()->value, 255);
    EXPECT_EQ(at("old").number()->value, 17);
    EXPECT_EQ(at("float").number()->value, 1500);
    EXPECT_EQ(*at("quoted").text(), "12");
    EXPECT_EQ(*at("tagged").text(), "12");
    EXPECT_EQ(*at("text").text(), "1.2.3");
    EXPECT_EQ(*at("date").text(), "2024-01-01");
}

TEST(YamlReader, KnowsWhereEverythingIs) {
    const auto document = read("a:\n  b: [x, y]\n  ü: 'z'\n");
    EXPECT_EQ(find_path(document.value, "a.b")->place.line, 2);
    EXPECT_EQ(find_path(document.value, "a.b")->list()->at(1).place.column, 10);
    EXPECT_EQ(find_path(document.value, "a.ü")->place.line, 3);
    EXPECT_EQ(find_path(document.value, "a.ü")->place.column, 7);  // in bytes
}

TEST(YamlReader, ReadsJson) {
    const auto document = read("{\n\t\"a\": {\"b\": [1, true, null, \"x\\u00e4\\/\"]}\n}\n");
    ASSERT_THAT(document.problems, IsEmpty()) << document.problems[0].message;
    const List& list = *find_path(document.value, "a.b")->list();
    ASSERT_THAT(list, SizeIs(4));
    EXPECT_TRUE(list[2].is_null());
    EXPECT_EQ(*list[3].text(), "xä/");
}

TEST(YamlReader, ExpandsAliases) {
    const auto document = read("a: &a {x: 1}\nb: *a\nc: [*a, *a]\n");
    ASSERT_THAT(document.problems, IsEmpty());
    EXPECT_EQ(find_path(document.value, "b.x")->number()->value, 1);
    EXPECT_THAT(*find_path(document.value, "c")->list(), SizeIs(2));
}

TEST(YamlReader, ReportsWhatIsMalformedWithItsPlace) {
    EXPECT_THAT(problem_in("a: [1, 2\nb: 3\n"), HasSubstr("malformed YAML"));
    EXPECT_THAT(problem_in("a: b: c\n"), HasSubstr("1:5 malformed YAML"));
    EXPECT_THAT(problem_in("a:\n\t- b\n"), HasSubstr("malformed YAML"));
    EXPECT_THAT(problem_in("a: *nowhere\n"), HasSubstr("1:4 malformed YAML"));
    EXPECT_THAT(problem_in("a: &a [*a]\n"), HasSubstr("1:8 an alias inside of the value that it names"));
    EXPECT_THAT(problem_in("[a]: b\n"), HasSubstr("a name must be text, not a list or an object"));
    EXPECT_THAT(problem_in("a: 1\n---\nb: 2\n"), HasSubstr("more than one YAML document"));
    EXPECT_THAT(problem_in("a: 1\nb: 2\na: 3\n"), HasSubstr("3:1 'a' is given twice"));
}

TEST(YamlReader, ReportsEveryRepeatedNameAndKeepsTheFirstValue) {
    const auto document = read("a: 1\na: 2\nb: {c: 1, c: 2, d: 3}\n");
    EXPECT_THAT(document.problems, SizeIs(2));
    EXPECT_TRUE(document.complete);
    EXPECT_EQ(find_path(document.value, "a")->number()->value, 1);
    EXPECT_EQ(find_path(document.value, "b.c")->number()->value, 1);
    EXPECT_EQ(find_path(document.value, "b.d")->number()->value, 3);
}

TEST(YamlReader, FindsAQuoteThatIsNeverClosed) {
    EXPECT_EQ(problem_in("a: 'x\n"), "1:4 a quote is never closed");
    EXPECT_EQ(problem_in("ü: \"x\\\"\n"), "1:5 a quote is never closed");
    EXPECT_EQ(problem_in("a: 'it''s\nb: 1\n"), "1:4 a quote is never closed");
    EXPECT_EQ(problem_in("a: 'it''s'\nb: \"\\\\\"\n"), "none");
    EXPECT_EQ(problem_in("a: 'x'\n# it's\n"), "none");
    EXPECT_EQ(problem_in("? 'x'\n: ''"), "none");
}

TEST(YamlReader, StopsAnAliasBomb) {
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        for (int j = 1; j < 10; ++j) text += ", " + before;
        text += "]\n";
    }
    EXPECT_THAT(problem_in(text), HasSubstr("too many values"));
}

TEST(YamlReader, StopsAnAliasBombOfOneLongText) {
    std::string text = "a: &a '" + std::string(500'000, 'x') + "'\nb:\n";
    for (int i = 0; i < 1000; ++i) text += "  - *a\n";
    EXPECT_THAT(problem_in(text), HasSubstr("too many values"));
}

TEST(YamlReader, StopsDeepNesting) {
    EXPECT_THAT(problem_in(std::string(200, '[') + std::string(200, ']')), HasSubstr("nested too deeply"));
    EXPECT_THAT(problem_in(std::string(900'000, '[')), testing::Ne("none"));
    EXPECT_THAT(problem_in(std::string(900'000, '{')), testing::Ne("none"));
    std::string blocks;
    for (int i = 0; i < 200; ++i) blocks += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    EXPECT_THAT(problem_in(blocks), HasSubstr("nested too deeply"));
    EXPECT_THAT(
        problem_in(
            "a: &a " + std::string(60, '[') + std::string(60, ']') + "\nb: " + std::string(60, '[') + "*a" +
            std::string(60, ']') + "\n"
        ),
        HasSubstr("nested too deeply")
    );
}

}  // namespace
}  // namespace stagedoor::config
