#include "config/reference.h"

#include "config/findings.h"
#include "config/fixture.h"
#include "config/key_tree.h"
#include "config/schema_check.h"
#include "config/validate.h"
#include "config/yaml_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace stagedoor::config {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::IsEmpty;

const std::filesystem::path kDocs = std::filesystem::path(STAGEDOOR_SOURCE_DIR) / "docs";
constexpr std::string_view kHowToUpdate =
    "the table of keys and the documentation differ; run the tests with STAGEDOOR_UPDATE_DOCS=1 to write it "
    "anew";

std::string read_file(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator(stream), {}};
}

bool update() {
    return std::getenv("STAGEDOOR_UPDATE_DOCS") != nullptr;
}

TEST(Reference, TheSchemaInTheDocumentationIsTheOneOfTheProgram) {
    const auto path = kDocs / "app-config.schema.json";
    if (update()) std::ofstream(path, std::ios::binary) << json_schema();
    EXPECT_TRUE(read_file(path) == json_schema()) << kHowToUpdate;
}

TEST(Reference, TheTablesInTheDocumentationAreThoseOfTheProgram) {
    constexpr std::string_view kBegin = "<!-- begin keys -->\n";
    constexpr std::string_view kEnd = "<!-- end keys -->\n";
    const auto path = kDocs / "configuration.md";
    std::string page = read_file(path);
    const auto begin = page.find(kBegin);
    const auto end = page.find(kEnd);
    ASSERT_NE(begin, std::string::npos);
    ASSERT_NE(end, std::string::npos);
    const auto from = begin + kBegin.size();
    const std::string expected = "\n" + reference_markdown() + "\n";
    if (update()) {
        page.replace(from, end - from, expected);
        std::ofstream(path, std::ios::binary) << page;
    } else {
        EXPECT_TRUE(page.substr(from, end - from) == expected) << kHowToUpdate;
    }
}

class Documentation : public ConfigTest {
 protected:
    // The blocks of YAML that begin with this line.
    static std::vector<std::string> blocks(std::string_view fence) {
        const std::string page = read_file(kDocs / "configuration.md");
        std::vector<std::string> found;
        for (auto at = page.find(fence); at != std::string::npos; at = page.find(fence, at)) {
            const auto from = page.find('\n', at) + 1;
            at = page.find("```", from);
            found.push_back(page.substr(from, at - from));
        }
        return found;
    }
};

TEST_F(Documentation, TheExampleWithEverythingLoads) {
    const auto examples = blocks("```yaml example\n");
    ASSERT_EQ(examples.size(), 1U);
    environment_ = {
        {"SESSION_SECRET", "Kq2v8Zr5Nw1Xc7Bm4Jt9Lp3Hs6Fd0GyEa"},
        {"GOOGLE_CLIENT_ID", "id"},
        {"GOOGLE_CLIENT_SECRET", "s"},
        {"GITHUB_CLIENT_ID", "id"},
        {"GITHUB_CLIENT_SECRET", "s"},
        {"OAUTH_CLIENT_ID", "id"},
        {"OAUTH_CLIENT_SECRET", "s"},
    };
    const auto loaded = load_text(examples[0]);
    ASSERT_TRUE(loaded) << errors_of(loaded);
    EXPECT_THAT(loaded->warnings, IsEmpty()) << to_string(loaded->warnings);
    EXPECT_THAT(loaded->not_in_effect, IsEmpty());
    EXPECT_EQ(loaded->config.auth.providers.size(), 4U);
    EXPECT_EQ(loaded->config.auth.session_secrets.size(), 1U);
}

TEST_F(Documentation, TheLeastThatWorksWorks) {
    const auto examples = blocks("```yaml\n");
    ASSERT_FALSE(examples.empty());
    environment_ = {{"GITHUB_CLIENT_ID", "id"}, {"GITHUB_CLIENT_SECRET", "s"}};
    const auto loaded = load_text(examples[0]);
    ASSERT_TRUE(loaded) << errors_of(loaded);
    EXPECT_THAT(loaded->warnings, IsEmpty()) << to_string(loaded->warnings);
}

// A document with `value` at the path of a key, and the path as problems name it.
struct Sample {
    json::value document;
    std::string path;
};

Sample sample(std::string_view key_path, const json::value& value) {
    if (key_path.empty()) return {.document = value, .path = {}};
    const auto dot = key_path.find('.');
    std::string name(key_path.substr(0, dot));
    Sample inner =
        sample(dot == std::string_view::npos ? std::string_view{} : key_path.substr(dot + 1), value);
    if (name == "[]") return {.document = json::array{inner.document}, .path = "[0]" + inner.path};
    if (name == "*") name = "some-name";
    if (name == "{oauth}") name = "google";
    if (name == "{proxy}") name = "guest";
    return {.document = json::object{{name, inner.document}}, .path = "." + name + inner.path};
}

bool program_accepts(const json::value& document) {
    auto read = read_yaml(json::serialize(document), nullptr);
    Findings findings;
    drop_nulls(read.value);
    validate(read.value, false, Use::with_database, findings);
    return read.problems.empty() && !findings.has_errors();
}

// Every form that a value can have. Those without text mean the same to the schema and to the program.
const std::vector<json::value>& plain_values() {
    static const std::vector<json::value> values{
        nullptr,
        true,
        false,
        0,
        1,
        2,
        250,
        7007,
        -1,
        1.5,
        1e12,
        json::object{},
        json::array{},
        json::array{1},
        json::array{nullptr},
        json::array{json::object{}},
        json::object{{"hours", 1}},
        json::object{{"hours", -1}},
    };
    return values;
}

const std::vector<json::value>& values_with_text() {
    static const std::vector<json::value> values{
        "",
        "text",
        "1",
        " 8 ",
        "yes",
        "OFF",
        "30s",
        "PT5M",
        ":7007",
        "https://example.com",
        "http://localhost:1",
        "http://example.com",
        "https://*.example.com",
        "database",
        "static",
        "cookie",
        "sqlite",
        "query",
        "after",
        "no-referrer",
        "RS256",
        "client_secret_post",
        json::array{"text"},
        json::array{""},
        json::array{"https://example.com"},
        json::array{"no-referrer", "origin"},
        json::object{{"name", "text"}},
        json::object{{"hours", "1"}},
        json::object{{"zzzzzz", 1}},
    };
    return values;
}

TEST(Schema, AcceptsAndRefusesWhatTheProgramDoes) {
    const SchemaCheck schema(json_schema());
    std::size_t accepted = 0;
    std::size_t refused = 0;
    for (const auto& group : key_groups()) {
        for (const auto& key : group.keys) {
            const auto judge = [&](const json::value& value, bool exact) {
                const auto document = sample(key.path, value).document;
                const bool program = program_accepts(document);
                ++(program ? accepted : refused);
                if (program) {
                    EXPECT_TRUE(schema.accepts(document)) << document;
                } else if (exact) {
                    EXPECT_FALSE(schema.accepts(document)) << document;
                }
            };
            // The keys of foreign objects are not looked into where they are not in the table.
            for (const auto& value : plain_values()) judge(value, true);
            for (const auto& value : values_with_text()) judge(value, false);
        }
    }
    EXPECT_GT(accepted, 1000U);
    EXPECT_GT(refused, 3000U);
}

TEST(Schema, EveryKeyAcceptsSomething) {
    for (const auto& group : key_groups()) {
        for (const auto& key : group.keys) {
            if (key.kind == Kind::refused) continue;
            const auto accepts = [&key](const json::value& value) {
                return !value.is_null() && program_accepts(sample(key.path, value).document);
            };
            EXPECT_TRUE(
                std::ranges::any_of(plain_values(), accepts) ||
                std::ranges::any_of(values_with_text(), accepts)
            ) << key.path;
        }
    }
}

TEST(Schema, RefusesUnknownKeysWhereTheProgramDoes) {
    const SchemaCheck schema(json_schema());
    for (const auto& group : key_groups()) {
        for (const auto& key : group.keys) {
            const auto dot = key.path.rfind('.');
            if (dot == std::string_view::npos) continue;
            const std::string path = std::string(key.path.substr(0, dot)) + ".zzzzzz";
            const auto document = sample(path, json::object{{"x", 1}}).document;
            EXPECT_EQ(schema.accepts(document), program_accepts(document)) << document;
        }
    }
}

TEST(Schema, AcceptsReferencesAndRemovalEverywhere) {
    const SchemaCheck schema(json_schema());
    for (const auto& group : key_groups()) {
        for (const auto& key : group.keys) {
            if (key.kind == Kind::refused) continue;
            for (const char* reference : {"$env", "$file", "$include"}) {
                EXPECT_TRUE(schema.accepts(sample(key.path, json::object{{reference, "X"}}).document))
                    << key.path;
            }
            EXPECT_TRUE(schema.accepts(sample(key.path, nullptr).document) || key.path.ends_with("[]"))
                << key.path;
        }
    }
    EXPECT_FALSE(schema.accepts(json::parse(R"({"auth": {"$env": "X", "environment": "y"}})")));
    EXPECT_TRUE(schema.accepts(
        json::parse(R"({"backend": {"listen": {"port": "${PORT}"}, "cors": {"credentials": "${X}"}}})")
    ));
}

TEST(KeyTable, EveryKeyIsThereOnceAndExplained) {
    std::set<std::string_view> seen;
    for (const auto& group : key_groups()) {
        for (const auto& key : group.keys) {
            EXPECT_TRUE(seen.insert(key.path).second) << key.path;
            EXPECT_FALSE(key.text.empty()) << key.path;
            EXPECT_EQ(key.text.find('|'), std::string_view::npos) << key.path;
            const bool choice = key.kind == Kind::choice || key.kind == Kind::choices;
            EXPECT_EQ(choice, !key.choices.empty()) << key.path;
        }
    }
    EXPECT_GT(seen.size(), 150U);
}

TEST(KeyTable, EveryProviderHasItsRow) {
    const KeyNode* providers = key_tree().find("auth")->find("providers");
    for (const auto ids : {oauth_providers(), proxy_providers()}) {
        for (const auto id : ids) {
            ASSERT_NE(providers->find(id), nullptr) << id;
            EXPECT_NE(providers->find(id)->key, nullptr) << id;
        }
    }
    EXPECT_EQ(providers->names.size(), oauth_providers().size() + proxy_providers().size());
}

}  // namespace
}  // namespace stagedoor::config
