#include "config/fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stagedoor::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::filesystem::path data(std::string_view name) {
    return std::filesystem::path(STAGEDOOR_SOURCE_DIR) / "tests/config/data" / name;
}

using Load = ConfigTest;

TEST_F(Load, ReadsTheConfigurationOfANewBackstageApp) {
    const auto loaded = load({data("app-config.yaml")}, environment_);
    ASSERT_TRUE(loaded) << errors_of(loaded);
    EXPECT_THAT(loaded->warnings, IsEmpty()) << to_string(loaded->warnings);
    EXPECT_THAT(
        paths_of(loaded->not_in_effect),
        ElementsAre("backend.database", "auth.providers.guest", "auth.clientIdMetadataDocuments")
    );
    const Config& config = loaded->config;
    EXPECT_EQ(config.app_base_url.to_string(), "http://localhost:3000/");
    EXPECT_EQ(config.backend.listen.port, 7007);
    EXPECT_EQ(config.backend.listen.host, "");
    EXPECT_FALSE(config.backend.https);
    ASSERT_TRUE(config.backend.cors);
    EXPECT_TRUE(config.backend.cors->credentials);
    EXPECT_THAT(*config.backend.cors->methods, ElementsAre("GET", "HEAD", "PATCH", "POST", "PUT", "DELETE"));
    EXPECT_THAT(*config.backend.csp.at("connect-src"), ElementsAre("'self'", "http:", "https:"));
    EXPECT_EQ(auth_base_url(config), "http://localhost:7007/api/auth");
}

TEST_F(Load, ReadsTheProductionConfigurationOverTheDefaultOne) {
    const auto loaded = load({data("app-config.yaml"), data("app-config.production.yaml")}, environment_);
    ASSERT_TRUE(loaded) << errors_of(loaded);
    EXPECT_THAT(loaded->warnings, IsEmpty()) << to_string(loaded->warnings);
    EXPECT_EQ(loaded->config.app_base_url.to_string(), "http://localhost:7007/");
    EXPECT_EQ(loaded->config.backend.listen.port, 7007);
    EXPECT_THAT(loaded->files, SizeIs(2));
}

TEST_F(Load, ReadsTheConfigurationOfALargerInstallation) {
    environment_ = {
        {"AUTH_SESSION_SECRET", "Kq2v8Zr5Nw1Xc7Bm4Jt9Lp3Hs6Fd0GyEa"},
        {"GOOGLE_SECRET", "  google-secret\n"},
        {"GITHUB_SECRET", "github-secret"},
    };
    const auto loaded = load({data("app-config.organization.yaml")}, environment_);
    ASSERT_TRUE(loaded) << errors_of(loaded);
    const Config& config = loaded->config;
    EXPECT_EQ(auth_base_url(config), "https://auth.example.com/api/auth");
    EXPECT_EQ(config.backend.listen.host, "0.0.0.0");
    EXPECT_EQ(config.backend.startup_pause, std::chrono::seconds(10));
    EXPECT_EQ(config.backend.referrer_policy, "no-referrer, strict-origin");
    EXPECT_EQ(config.backend.csp.at("upgrade-insecure-requests"), std::nullopt);
    EXPECT_THAT(*config.backend.cors->methods, ElementsAre("GET", "HEAD", "POST"));
    EXPECT_EQ(config.backend.cors->max_age, std::chrono::seconds(600));
    ASSERT_THAT(config.auth.providers, SizeIs(4));

    const Provider& google = config.auth.providers[1];
    EXPECT_EQ(google.id, "google");
    ASSERT_THAT(google.environments, SizeIs(2));
    EXPECT_EQ(google.environments[0].name, "development");
    EXPECT_EQ(google.environments[1].client_secret.reveal(), "google-secret");
    EXPECT_EQ(google.environments[1].session_duration, std::chrono::hours(7 * 24));
    EXPECT_EQ(
        callback_url(config, "google", google.environments[0]),
        "https://auth.example.com/api/auth/google/handler/frame"
    );

    const auto& oauth2 = config.auth.providers[2].environments.at(0);
    EXPECT_EQ(oauth2.authorization_url->query(), "tenant=example");
    EXPECT_THAT(oauth2.additional_scopes, ElementsAre("read", "write", "offline"));
    EXPECT_TRUE(oauth2.include_basic_auth);
    EXPECT_FALSE(oauth2.disable_refresh);

    const auto& oidc = config.auth.providers[3].environments.at(0);
    EXPECT_EQ(oidc.token_endpoint_auth_method, ClientAuthentication::client_secret_post);
    EXPECT_EQ(oidc.prompt, std::nullopt);
    EXPECT_EQ(oidc.timeout, std::chrono::seconds(30));
    EXPECT_EQ(oidc.start_url_search_params.at("organization"), "example");
}

TEST_F(Load, NamesEveryKeyWithoutEffectOnce) {
    environment_ = {
        {"AUTH_SESSION_SECRET", "Kq2v8Zr5Nw1Xc7Bm4Jt9Lp3Hs6Fd0GyEa"},
        {"GOOGLE_SECRET", "s"},
        {"GITHUB_SECRET", "s"}
    };
    const auto loaded = load({data("app-config.organization.yaml")}, environment_);
    ASSERT_TRUE(loaded) << errors_of(loaded);
    const auto paths = paths_of(loaded->not_in_effect);
    EXPECT_EQ(std::set(paths.begin(), paths.end()).size(), paths.size());
    EXPECT_THAT(
        paths,
        testing::IsSupersetOf(
            {"backend.trustProxy",
             "backend.rateLimit",
             "backend.database",
             "backend.auth",
             "backend.lifecycle.serverShutdownDelay",
             "auth.keyStore",
             "auth.backstageTokenExpiration",
             "auth.providers.google.production.signIn",
             "auth.providers.microsoft",
             "auth.providers.awsalb"}
        )
    );
    for (const auto& key : loaded->not_in_effect) EXPECT_FALSE(key.reason.empty()) << key.path;
}

TEST_F(Load, ReportsAllProblemsAtOnceWithTheirPlaces) {
    const auto result = load_text(
        "app:\n"                              // 1
        "  baseURL: http://localhost:3000\n"  // 2
        "backend:\n"                          // 3
        "  baseUrl: 7007\n"                   // 4
        "  listen: 'seven'\n"                 // 5
        "  cors:\n"                           // 6
        "    credential: true\n"              // 7
        "  title: fine\n"                     // 8
        "auth:\n"                             // 9
        "  sesion: {}\n"                      // 10
        "  providers:\n"                      // 11
        "    gogle: {}\n"                     // 12
        "    google:\n"                       // 13
        "      development:\n"                // 14
        "        clientId: 12345\n"           // 15
        "        sessionDuration: 30\n"       // 16
    );
    EXPECT_EQ(
        errors_of(result),
        "app-config.yaml:2:3: app.baseURL: unknown key; did you mean 'baseUrl'?\n"
        "app-config.yaml:2:3: app.baseUrl: is required and missing\n"
        "app-config.yaml:4:12: backend.baseUrl: must be text, not a number; put it in quotes\n"
        "app-config.yaml:5:11: backend.listen: needs a port from 0 to 65535, as in '7007', ':7007' or "
        "'127.0.0.1:7007'\n"
        "app-config.yaml:7:5: backend.cors.credential: unknown key; did you mean 'credentials'?\n"
        "app-config.yaml:10:3: auth.sesion: unknown key; did you mean 'session'?\n"
        "app-config.yaml:12:5: auth.providers.gogle: unknown provider; did you mean 'google'?\n"
        "app-config.yaml:15:9: auth.providers.google.development.clientSecret: is required and missing; a "
        "public client "
        "says tokenEndpointAuthMethod: none\n"
        "app-config.yaml:15:19: auth.providers.google.development.clientId: must be text, not a number; put "
        "it in "
        "quotes\n"
        "app-config.yaml:16:26: auth.providers.google.development.sessionDuration: needs a unit, as in '30s' "
        "or '5 "
        "minutes'\n"
    );
}

TEST_F(Load, IgnoresWhatIsNotOurs) {
    const auto loaded = load_text(
        "app: {baseUrl: 'https://example.com', title: x, myTheme: {$file: nowhere}}\n"
        "backend: {baseUrl: 'https://example.com', myPlugin: {secret: {$file: nowhere}}, cache: {store: "
        "memory}}\n"
        "catalog: {$include: nowhere.yaml}\n"
        "techdocs: '${NOT_SET}'\n"
    );
    ASSERT_TRUE(loaded) << errors_of(loaded);
    EXPECT_THAT(loaded->warnings, IsEmpty());
    EXPECT_THAT(loaded->not_in_effect, IsEmpty());
}

TEST_F(Load, WarnsOfASectionThatIsNearlyCalledLikeOurs) {
    const auto loaded = load_with_base("atuh: {providers: {}}\n");
    ASSERT_TRUE(loaded) << errors_of(loaded);
    EXPECT_EQ(
        to_string(loaded->warnings),
        "app-config.yaml:3:1: atuh: this section is ignored; if 'auth' is meant, rename it\n"
    );
}

TEST_F(Load, NamesTheVariableThatARequiredKeyWaitsFor) {
    const auto result = load_with_base(
        "auth:\n  providers:\n    github:\n      development:\n        clientId: ${GITHUB_ID}\n"
        "        clientSecret: {$env: GITHUB_SECRET}\n"
    );
    EXPECT_EQ(
        errors_of(result),
        "app-config.yaml:7:19: auth.providers.github.development.clientId: is required, and the environment "
        "variable "
        "GITHUB_ID is not set\n"
        "app-config.yaml:8:30: auth.providers.github.development.clientSecret: is required, and the "
        "environment "
        "variable GITHUB_SECRET is not set\n"
    );
}

TEST_F(Load, WarnsOfAnOptionalKeyThatAVariableLeavesOut) {
    const auto loaded =
        load_with_base("auth: {session: {secret: '${NOT_SET}'}, environment: '${ALSO_NOT:-}'}\n");
    ASSERT_TRUE(loaded) << errors_of(loaded);
    EXPECT_EQ(
        to_string(loaded->warnings),
        "app-config.yaml:3:26: auth.session.secret: is left out, since the environment variable NOT_SET is "
        "not set; "
        "${NOT_SET:-} says that this is meant\n"
    );
}

TEST_F(Load, DoesNotWarnOfWhatALaterFileReplaces) {
    const auto first = write(
        "a.yaml",
        std::string(kBase) +
            "auth:\n"
            "  environment: ${NOT_SET}\n"
            "  session: {secret: ['${NOT_SET}']}\n"
            "  providers: {github: {d: {clientId: a, clientSecret: b, callbackUrl: '${NOT_SET}'}}}\n"
    );
    const auto only = load({first}, environment_);
    ASSERT_TRUE(only) << errors_of(only);
    EXPECT_THAT(only->warnings, SizeIs(3)) << to_string(only->warnings);
    const auto second = write(
        "b.yaml",
        "auth:\n"
        "  environment: production\n"
        "  session: {secret: [Kq2v8Zr5Nw1Xc7Bm4Jt9Lp3Hs6Fd0GyEa]}\n"
        "  providers: {github: null}\n"
    );
    const auto both = load({first, second}, environment_);
    ASSERT_TRUE(both) << errors_of(both);
    EXPECT_THAT(both->warnings, IsEmpty()) << to_string(both->warnings);
}

TEST_F(Load, HintsAtAMissingEnvironment) {
    const auto result = load_with_base("auth: {providers: {google: {clientId: a, clientSecret: b}}}\n");
    EXPECT_THAT(
        errors_of(result), HasSubstr("auth.providers.google.clientId: must be an object, not text; is the ")
    );
}

TEST_F(Load, GivesTheRemedyForAKeyThatIsNoLongerRead) {
    const auto result = load_with_base(
        "auth: {providers: {oidc: {d: {clientId: a, clientSecret: b, metadataUrl: 'https://i.example', "
        "scope: x}}}}\n"
    );
    EXPECT_THAT(
        errors_of(result), HasSubstr("auth.providers.oidc.d.scope: is no longer read, as in Backstage: name")
    );
}

TEST_F(Load, SaysThatBothSectionsAreMissing) {
    EXPECT_EQ(
        errors_of(load_text("organization: {name: x}\n")),
        "app-config.yaml: app.baseUrl: is required and missing\n"
        "app-config.yaml: backend.baseUrl: is required and missing\n"
    );
}

TEST_F(Load, DoesNotCallMissingWhatAMalformedFileMayHave) {
    const auto result = load_text("app:\n  baseUrl: 'https://example.com\n");
    EXPECT_THAT(errors_of(result), HasSubstr("app-config.yaml:2:12: a quote is never closed"));
    EXPECT_THAT(errors_of(result), Not(HasSubstr("missing")));
}

TEST_F(Load, NeverShowsASecret) {
    environment_ = {{"APP_CONFIG_auth_providers_google_e_clientSecret", R"(["hunter2-list"])"}};
    const auto result = load_with_base(
        "auth:\n"
        "  session: {secret: {x: hunter2-session}}\n"
        "  providers:\n"
        "    google: {d: {clientId: {a: hunter2}, clientSecret: [hunter2-a, 5]}, e: {clientId: a}}\n"
        "    oidc: {d: {clientId: a, clientSecret: hunter2, metadataUrl: 'hunter2', tokenEndpointAuthMethod: "
        "hunter2}}\n"
    );
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error(), SizeIs(testing::Ge(5)));
    EXPECT_THAT(errors_of(result), Not(HasSubstr("hunter2")));
}

TEST_F(Load, ReportsAMissingFileAndGoesOn) {
    const auto result = load({folder_ / "nowhere.yaml", write("b.yaml", "auth: {x: 1}\n")}, environment_);
    EXPECT_THAT(errors_of(result), HasSubstr("can't be read: No such file"));
    EXPECT_THAT(errors_of(result), HasSubstr("b.yaml:1:8: auth.x: unknown key"));
    EXPECT_THAT(errors_of(load({folder_}, environment_)), HasSubstr("it is a folder"));
}

TEST_F(Load, RefusesAFileOfTenMegabytes) {
    const auto result = load_text(std::string(kBase) + "x: '" + std::string(10'000'000, 'a') + "'\n");
    EXPECT_THAT(errors_of(result), HasSubstr("it is larger than 1048576 bytes"));
}

}  // namespace
}  // namespace stagedoor::config
