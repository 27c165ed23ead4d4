#include "config/fixture.h"
#include "config/substitution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stagedoor::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Example {
    std::string_view text;
    std::optional<std::string> result;
};

TEST(Substitution, FollowsTheRulesOfBackstage) {
    const Environment environment{{"A", "  a\n"}, {"B", "b"}, {"EMPTY", ""}};
    const Example examples[] = {
        {"plain", "plain"},
        {"${A}", "a"},
        {"${ A }-${B}", "a-b"},
        {"x${A}y", "xay"},
        {"${EMPTY}", ""},
        {"${NOT}", std::nullopt},
        {"${A} ${NOT}", std::nullopt},
        {"${NOT:-fallback}", "fallback"},
        {"${NOT:- spaced out }", "spaced out"},
        {"${EMPTY:-fallback}", "fallback"},
        {"${A:-fallback}", "a"},
        {"${NOT:-}", std::nullopt},
        {"${NOT:-a:-b}", "a:-b"},
        {"$${A}", "${A}"},
        {"$${A}${A}", "${A}a"},
        {"$$${A}", "$${A}"},
        {"${A}$${B}", "a${B}"},
        {"$A", "$A"},
        {"${A", "${A"},
        {"${A{B}", "${A{B}"},
        {"${${A}}", "${a}"},
        {"100$", "100$"},
        {"", ""},
    };
    for (const auto& [text, result] : examples) EXPECT_EQ(substitute(text, environment).text, result) << text;
}

TEST(Substitution, NamesTheMissingVariableOnlyWithoutAFallback) {
    EXPECT_EQ(substitute("${NOT}", {}).missing, "NOT");
    EXPECT_EQ(substitute("${NOT:-}", {}).missing, "");
}

using Language = ConfigTest;

TEST_F(Language, MergesObjectsAndReplacesTheRest) {
    const auto first = write(
        "a.yaml",
        std::string(kBase) +
            "auth:\n"
            "  environment: development\n"
            "  experimentalExtraAllowedOrigins: ['https://a.example.com', 'https://b.example.com']\n"
            "  providers:\n"
            "    google: {one: {clientId: a, clientSecret: b}, two: {clientId: c, clientSecret: d}}\n"
            "    github: {one: {clientId: e, clientSecret: f}}\n"
    );
    const auto second = write(
        "b.yaml",
        "auth:\n"
        "  experimentalExtraAllowedOrigins: ['https://c.example.com']\n"
        "  providers:\n"
        "    google: {one: {clientSecret: B, timeout: 3s}, two: null}\n"
        "    github: null\n"
    );
    const auto loaded = load({first, second}, environment_);
    ASSERT_TRUE(loaded) << errors_of(loaded);
    const Auth& auth = loaded->config.auth;
    ASSERT_THAT(auth.extra_allowed_origins, SizeIs(1));
    EXPECT_EQ(auth.extra_allowed_origins[0].text(), "https://c.example.com");
    ASSERT_THAT(auth.providers, SizeIs(1));
    ASSERT_THAT(auth.providers[0].environments, SizeIs(1));
    EXPECT_EQ(auth.providers[0].environments[0].client_id, "a");
    EXPECT_EQ(auth.providers[0].environments[0].client_secret.reveal(), "B");
    EXPECT_EQ(auth.providers[0].environments[0].timeout, std::chrono::seconds(3));
}

TEST_F(Language, AThirdFileStartsAnewAfterANull) {
    const auto loaded = load(
        {write(
             "a.yaml",
             std::string(kBase) + "auth: {providers: {google: {old: {clientId: a, clientSecret: b}}}}\n"
         ),
         write("b.yaml", "auth: {providers: {google: null}}\n"),
         write("c.yaml", "auth: {providers: {google: {new: {clientId: c, clientSecret: d}}}}\n")},
        environment_
    );
    ASSERT_TRUE(loaded) << errors_of(loaded);
    ASSERT_THAT(loaded->config.auth.providers.at(0).environments, SizeIs(1));
    EXPECT_EQ(loaded->config.auth.providers[0].environments[0].name, "new");
}

TEST_F(Language, AnEmptyFileChangesNothing) {
    const auto loaded =
        load({write("a.yaml", kBase), write("b.yaml", ""), write("c.yaml", "# only this\n")}, {});
    EXPECT_TRUE(loaded) << errors_of(loaded);
}

TEST_F(Language, ResolvesReferencesInNamesAndTexts) {
    write("shared/origins.json", R"({"list": ["https://a.example.com", "https://${NAME}.example.com"]})");
    write("shared/words.yml", "word: ${NAME}\n");
    environment_ = {{"NAME", "b"}, {"FOLDER", "shared"}};
    const auto loaded = load_with_base(
        "auth:\n"
        "  experimentalExtraAllowedOrigins: {$include: '${FOLDER}/origins.json#list'}\n"
        "  providers:\n"
        "    google:\n"
        "      d: {clientId: {$include: 'shared/words.yml#word'}, clientSecret: {$env: NAME}}\n"
        "      e: {$include: 'shared/words.yml#absent'}\n"
    );
    ASSERT_TRUE(loaded) << errors_of(loaded);
    EXPECT_EQ(loaded->config.auth.extra_allowed_origins.at(1).text(), "https://b.example.com");
    const auto& environments = loaded->config.auth.providers.at(0).environments;
    ASSERT_THAT(environments, SizeIs(1));
    EXPECT_EQ(environments[0].client_id, "b");
    EXPECT_EQ(environments[0].client_secret.reveal(), "b");
}

TEST_F(Language, IncludesBringTheirOwnFolderAndPlaces) {
    write("secrets/google.txt", "from-a-file \n\n");
    write(
        "shared/providers.yaml",
        "here:\n  google:\n    d:\n      clientId: ${ID}\n      clientSecret: {$file: "
        "../secrets/google.txt}\n"
    );
    environment_ = {{"ID", "id"}};
    const auto loaded = load_with_base("auth:\n  providers: {$include: 'shared/providers.yaml#here'}\n");
    ASSERT_TRUE(loaded) << errors_of(loaded);
    const auto& environment = loaded->config.auth.providers.at(0).environments.at(0);
    EXPECT_EQ(environment.client_id, "id");
    EXPECT_EQ(environment.client_secret.reveal(), "from-a-file");
    EXPECT_THAT(loaded->files, SizeIs(3));

    write("shared/providers.yaml", "here:\n  google:\n    d:\n      clientID: x\n");
    EXPECT_THAT(
        errors_of(load_with_base("auth:\n  providers: {$include: 'shared/providers.yaml#here'}\n")),
        HasSubstr(
            "providers.yaml:4:7: auth.providers.google.d.clientID: unknown key; did you mean 'clientId'?"
        )
    );
}

TEST_F(Language, RefusesMalformedReferences) {
    const Example examples[] = {
        {"{$env: A, x: 1}", "$env must be the only key here"},
        {"{$env: [A]}", "$env needs text, not a list"},
        {"{$file: nowhere.txt}", "nowhere.txt' can't be read: No such file"},
        {"{$file: '${NOT}'}", "$file names nothing: the environment variable NOT is not set"},
        {"{$include: app-config.toml}", "$include needs a file that ends in .yaml, .yml or .json"},
        {"{$include: 'app-config.yaml#not.there'}", "goes through something that is no object"},
        {"{$include: 'app-config.yaml#app.baseUrl.x'}", "goes through something that is no object"},
    };
    for (const auto& [text, message] : examples) {
        const auto result = load_with_base("auth: {environment: " + std::string(text) + "}\n");
        EXPECT_THAT(errors_of(result), HasSubstr(*message)) << text;
        EXPECT_THAT(errors_of(result), HasSubstr("auth.environment")) << text;
    }
}

TEST_F(Language, RefusesIncludesInACircle) {
    write("a.yaml", "providers: {$include: b.yaml}\n");
    write("b.yaml", "google: {$include: a.yaml}\n");
    EXPECT_THAT(
        errors_of(load_with_base("auth: {$include: a.yaml}\n")), HasSubstr("'a.yaml' includes itself")
    );
}

TEST_F(Language, RefusesIncludesThatMultiply) {
    // Each file includes the next one ten times: 10^12 values if nobody stopped it.
    for (int i = 0; i < 12; ++i) {
        std::string text;
        for (int j = 0; j < 10; ++j) {
            text += "k" + std::to_string(j) + ": {$include: f" + std::to_string(i + 1) + ".yaml}\n";
        }
        write("f" + std::to_string(i) + ".yaml", text);
    }
    write("f12.yaml", "x: 1\n");
    EXPECT_THAT(errors_of(load_with_base("auth: {$include: f0.yaml}\n")), HasSubstr("too often"));
}

TEST_F(Language, VariablesOverrideFiles) {
    environment_ = {
        {"APP_CONFIG_auth_environment", "production"},
        {"APP_CONFIG_backend_listen_port", "8080"},
        {"APP_CONFIG_backend_cors", R"({"origin": ["https://a.example.com"], "credentials": true})"},
        {"APP_CONFIG_auth_providers_google_d", R"({"clientId": "a", "clientSecret": "b"})"},
        {"APP_CONFIG_auth_providers_google_d_timeout", "4s"},
        {"APP_CONFIG_backend_trustProxy", ""},
        {"APP_CONFIGURE", "something else"},
    };
    const auto loaded = load_with_base("auth: {environment: development}\n");
    ASSERT_TRUE(loaded) << errors_of(loaded);
    EXPECT_EQ(loaded->config.backend.listen.port, 8080);
    EXPECT_EQ(loaded->config.backend.cors->origins.at(0).text(), "https://a.example.com");
    EXPECT_EQ(loaded->config.auth.providers.at(0).environments.at(0).timeout, std::chrono::seconds(4));
    EXPECT_THAT(loaded->not_in_effect, IsEmpty());
}

TEST_F(Language, RefusesVariablesThatAreNoPathOrContradict) {
    environment_ = {
        {"APP_CONFIG_auth__session", "x"},
        {"APP_CONFIG_auth_environment", "null"},
        {"APP_CONFIG_auth_popup", "text"},
        {"APP_CONFIG_auth_popup_announceOrigin", "true"},
        {"APP_CONFIG_auth_sesion_secret", "x"},
    };
    const auto result = load_with_base("");
    const std::string errors = errors_of(result);
    EXPECT_THAT(
        errors, HasSubstr("environment variable APP_CONFIG_auth__session: the name is not a path of keys")
    );
    EXPECT_THAT(errors, HasSubstr("APP_CONFIG_auth_environment: a variable can't remove a key"));
    EXPECT_THAT(
        errors,
        HasSubstr("APP_CONFIG_auth_popup_announceOrigin: another variable gives a value to a key above")
    );
    EXPECT_THAT(errors, HasSubstr("auth.sesion: unknown key; did you mean 'session'?"));
}

TEST_F(Language, TakesNumbersAndBooleansAsText) {
    environment_ = {{"PORT", "8080"}, {"YES", "Yes"}};
    const auto loaded = load_text(
        "app: {baseUrl: 'https://example.com'}\n"
        "backend:\n"
        "  baseUrl: https://example.com\n"
        "  listen: {port: '${PORT}'}\n"
        "  cors: {origin: 'https://example.com', credentials: '${YES}', preflightContinue: off, maxAge: "
        "'0'}\n"
    );
    ASSERT_TRUE(loaded) << errors_of(loaded);
    EXPECT_EQ(loaded->config.backend.listen.port, 8080);
    EXPECT_TRUE(loaded->config.backend.cors->credentials);
    EXPECT_FALSE(loaded->config.backend.cors->preflight_continue);
}

}  // namespace
}  // namespace stagedoor::config
