#include "flow/errors.h"
#include "flow/flow_fixture.h"
#include "oauth/errors.h"
#include "oauth/pkce.h"
#include "session/login_state.h"

#include <fstream>

namespace stagedoor::flow {
namespace {

class StartTest : public FlowTest {};

TEST_F(StartTest, TheBrowserIsSentToTheProviderWithACookieOfThisFlow) {
    const auto answer = start();
    EXPECT_EQ(answer.status, 302);
    EXPECT_TRUE(answer.field("Location").starts_with("https://idp.example/auth?state="));
    EXPECT_EQ(answer.field("Cache-Control"), "no-store");
    const auto cookies = answer.set_cookies();
    ASSERT_EQ(cookies.size(), 1U);
    EXPECT_TRUE(cookies[0].starts_with("p-nonce-"));
    EXPECT_NE(cookies[0].find("; Max-Age=600; Path=/api/auth/p; "), std::string::npos);
    EXPECT_NE(cookies[0].find("; HttpOnly; Secure; SameSite=None"), std::string::npos);
    const auto& login = provider().logins.at(0);
    EXPECT_EQ(login.scope.to_string(), "openid");
    EXPECT_EQ(login.code_challenge.size(), 43U);
}

TEST_F(StartTest, NothingThatMattersIsInTheOpen) {
    const auto answer = start("origin=https%3A%2F%2Fapp.example.com&scope=calendar");
    const auto& login = provider().logins.at(0);
    EXPECT_EQ(answer.field("Location").find("calendar"), std::string::npos);
    EXPECT_EQ(answer.field("Location").find("app.example.com"), std::string::npos);
    EXPECT_EQ(answer.set_cookies()[0].find(login.nonce), std::string::npos);
}

TEST_F(StartTest, TheAttributesFollowFromWhereTheRedirectUriIs) {
    struct Case {
        std::string base_url;
        std::string origin;
        std::string attributes;
    };
    const std::vector<Case> cases{
        {"https://auth.example.com/api/auth",
         "https%3A%2F%2Fapp.example.com",
         "Path=/api/auth/p; HttpOnly; Secure; SameSite=None"},
        {"https://app.example.com/api/auth",
         "https%3A%2F%2Fapp.example.com",
         "Path=/api/auth/p; HttpOnly; Secure; SameSite=Lax"},
        {"https://app.example.com:8443/x/api/auth",
         "https%3A%2F%2Fapp.example.com",
         "Path=/x/api/auth/p; HttpOnly; Secure; SameSite=Lax"},
        {"http://localhost:7007/api/auth",
         "https%3A%2F%2Fapp.example.com",
         "Path=/api/auth/p; HttpOnly; SameSite=Lax"},
    };
    for (const auto& [base_url, origin, attributes] : cases) {
        build({.base_url = base_url, .redirect_uri = {}});
        const auto path = base::Url::parse(base_url)->path();
        auto cookie = get(path + "/p/start?env=production&origin=" + origin).set_cookies().at(0);
        const auto expires = cookie.find("; Expires=");
        cookie.erase(expires, cookie.find(';', expires + 1) - expires);
        EXPECT_NE(cookie.find(attributes), std::string::npos) << cookie;
    }
}

TEST_F(StartTest, AFormPostNeedsACookieThatComesWithAPostOfAnotherSite) {
    build({.base_url = "https://app.example.com/api/auth", .redirect_uri = {}, .form_post = true});
    EXPECT_NE(start().set_cookies()[0].find("Secure; SameSite=None"), std::string::npos);
    build({.base_url = "http://localhost:7007/api/auth", .redirect_uri = {}, .form_post = true});
    EXPECT_NE(start().set_cookies()[0].find("Secure; SameSite=None"), std::string::npos);
}

TEST_F(StartTest, ACustomCallbackHasACookieThatReachesIt) {
    build(
        {.base_url = "https://auth.example.com/api/auth",
         .redirect_uri = "https://auth.example.com/some/callback"}
    );
    const auto answer = start();
    EXPECT_NE(answer.set_cookies()[0].find("Path=/;"), std::string::npos);
    const auto page = get("/some/callback?code=c&state=" + state_of(answer));
    ASSERT_TRUE(page.posts()) << page.body;
    EXPECT_EQ(page.posted().at("response").at("providerInfo").at("accessToken").as_string(), "at-1");
    // The session goes where /refresh is.
    EXPECT_EQ(refresh().status, 200);
}

TEST_F(StartTest, AnOriginThatIsNotAllowedGoesNoFurther) {
    const auto evil = start("origin=https%3A%2F%2Fevil.example");
    EXPECT_EQ(evil.status, 403);
    EXPECT_EQ(evil.name(), "NotAllowedError");
    EXPECT_EQ(evil.message(), "Origin 'https://evil.example' is not allowed");
    EXPECT_TRUE(evil.set_cookies().empty());
    const auto broken = start("origin=not%20a%20url");
    EXPECT_EQ(broken.status, 400);
    EXPECT_EQ(broken.message(), "App origin is invalid, failed to parse");
    EXPECT_TRUE(provider().logins.empty());
    EXPECT_EQ(start("origin=https%3A%2F%2Fpr-1.preview.example.com").status, 302);
    EXPECT_EQ(start("origin=https%3A%2F%2Fapp.example.com%2Fsome%2Fpath").status, 302);
    EXPECT_EQ(start("").status, 302);
}

TEST_F(StartTest, ARedirectGoesToAllowedPlacesOnly) {
    const auto evil = start("flow=redirect&redirectUrl=https%3A%2F%2Fevil.example%2F");
    EXPECT_EQ(evil.status, 403);
    EXPECT_EQ(evil.code(), errors::kRedirectUrlNotAllowed.code);
    // For a popup, too.
    EXPECT_EQ(start("flow=popup&redirectUrl=https%3A%2F%2Fevil.example%2F").status, 403);
    EXPECT_EQ(start("flow=redirect").code(), errors::kRedirectUrlMissing.code);
    EXPECT_EQ(
        start("flow=redirect&redirectUrl=https%3A%2F%2Fapp.example.com%2Fcatalog%3Fa%3D1%23x").status, 302
    );
}

// The corpus says of each string what a browser makes of it; none that is refused or of another origin may
// pass.
TEST_F(StartTest, NoneOfTheAttackStringsIsAnAllowedRedirect) {
    std::ifstream in(STAGEDOOR_SOURCE_DIR "/tests/data/origin_attacks.txt");
    ASSERT_TRUE(in);
    std::string line;
    int tried = 0;
    while (std::getline(in, line)) {
        if (line.empty() || line.starts_with('#')) continue;
        const auto text = line.substr(line.find('\t') + 1);
        const auto url = base::Url::parse(text);
        const auto answer = start("flow=redirect&redirectUrl=" + base::form_encode(text));
        if (answer.status == 302) {
            ASSERT_TRUE(url) << text;
            EXPECT_TRUE(origins.contains(url->origin())) << text;
        }
        ++tried;
        browser = {};
    }
    EXPECT_GE(tried, 300);
}

TEST_F(StartTest, ParametersOfACallbackMeanNothingHere) {
    const auto answer = start("code=abc&error=access_denied");
    EXPECT_EQ(answer.status, 302);
    EXPECT_TRUE(provider().answers.empty());
}

TEST_F(StartTest, ParametersThatWouldNotComeBackAreRefused) {
    EXPECT_EQ(start("scope=" + std::string(3000, 'x')).code(), errors::kParameterTooLong.code);
}

TEST_F(StartTest, EightLoginsRunSideBySideAndTheOldestGivesWay) {
    std::vector<std::string> states;
    for (int i = 0; i < 9; ++i) {
        states.push_back(state_of(start()));
        clock.advance(std::chrono::seconds(2));
    }
    EXPECT_EQ(browser.names().size(), 8U);
    EXPECT_FALSE(finish(states[0]).posts());
    for (int i = 1; i < 9; ++i) EXPECT_TRUE(finish(states[static_cast<std::size_t>(i)]).posts()) << i;
}

TEST_F(StartTest, TheUserIsAskedForAnAccountIfTheAppSaysSo) {
    start("selectAccount=true");
    start("selectAccount=false");
    start("");
    EXPECT_TRUE(provider().logins.at(0).select_account);
    EXPECT_FALSE(provider().logins.at(1).select_account);
    EXPECT_FALSE(provider().logins.at(2).select_account);
}

TEST_F(StartTest, LoginsThatHaveEndedAreNotUnderWay) {
    const std::string channel = "flow=popup&channel=Zm9vYmFyYmF6cXV4MTIzNA";
    const auto first = state_of(start(channel));
    for (int i = 0; i < 12; ++i) {
        clock.advance(std::chrono::seconds(2));
        EXPECT_TRUE(finish(state_of(start(channel))).posts());
    }
    EXPECT_LE(browser.names().size(), 11U);  // eight markers and the newest, the first flow, and the session
    EXPECT_TRUE(finish(first).posts());
}

TEST_F(StartTest, TheScopesOfTheSessionAreKnownToTheNextLogin) {
    log_in();
    start("scope=calendar");
    EXPECT_EQ(provider().logins.back().scope.to_string(), "calendar openid email");
}

TEST_F(StartTest, AnImageOfAnotherSiteCannotStartLogins) {
    const auto answer =
        get("/api/auth/p/start?env=production",
            {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "no-cors"}});
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(
        get("/api/auth/p/start?env=production",
            {{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}})
            .status,
        302
    );
}

TEST_F(StartTest, AProviderThatIsDownIsToldToThePageThatWaits) {
    provider().issuer_result =
        base::fail(base::Error(oauth::errors::kMetadataUnavailable, "down").retry_in(std::chrono::seconds(5))
        );
    const auto script = start();
    EXPECT_EQ(script.status, 503);
    EXPECT_EQ(script.field("Retry-After"), "5");
    const auto popup =
        get("/api/auth/p/start?env=production&origin=https%3A%2F%2Fpr-1.preview.example.com",
            {{"Sec-Fetch-Mode", "navigate"}});
    EXPECT_EQ(popup.posted().at("error").at("name").as_string(), "ServiceUnavailableError");
    EXPECT_NE(popup.body.find("pr-1.preview.example.com"), std::string::npos);
    EXPECT_EQ(start("").status, 503);
    EXPECT_EQ(get("/api/auth/q/start?env=production").status, 302);  // the other provider is none the worse
}

TEST_F(StartTest, ALoopOfRedirectsIsBrokenByAPage) {
    const std::string query = "flow=redirect&redirectUrl=https%3A%2F%2Fapp.example.com%2F";
    for (int i = 0; i < 3; ++i) {
        const auto answer = start(query);
        ASSERT_EQ(answer.status, 302);
        EXPECT_EQ(finish(state_of(answer)).status, 302);
        clock.advance(std::chrono::seconds(3));
    }
    const auto page = start(query);
    EXPECT_EQ(page.status, 429);
    EXPECT_NE(page.body.find("This login keeps repeating"), std::string::npos);
    EXPECT_FALSE(page.posts());
    EXPECT_EQ(start(query).status, 302);  // a person who tries again may
    browser = {};
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(start(query).status, 302);
        clock.advance(std::chrono::seconds(31));
    }
}

}  // namespace
}  // namespace stagedoor::flow
