#include "flow/flow_fixture.h"
#include "oauth/errors.h"
#include "oauth/pkce.h"
#include "session/login_state.h"

namespace stagedoor::flow {
namespace {

class CallbackTest : public FlowTest {
 protected:
    // A page that nobody but the reader is told anything by.
    static void expect_addressed_to_nobody(const Answer& answer) {
        EXPECT_EQ(answer.status, 403) << answer.body;
        EXPECT_EQ(answer.field("Location"), "");
        EXPECT_FALSE(answer.posts()) << answer.body;
        EXPECT_EQ(answer.body.find("postMessage"), std::string::npos);
    }
};

TEST_F(CallbackTest, ALoginHandsTheTokensToThePageThatAsked) {
    const auto page = finish(state_of(start()));
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(page.field("Content-Type").starts_with("text/html"));
    EXPECT_EQ(page.field("Cache-Control"), "no-store");
    const auto posted = page.posted();
    EXPECT_EQ(
        boost::json::serialize(posted),
        R"({"type":"authorization_response","response":{"profile":{"email":"alice@example.com","displayName":"Alice"},)"
        R"("providerInfo":{"idToken":"id-1","accessToken":"at-1","scope":"openid email","expiresInSeconds":3600}}})"
    );
    EXPECT_EQ(page.body.find("rt-1"), std::string::npos);
    EXPECT_TRUE(browser.has("p-refresh-token"));
    EXPECT_TRUE(log.has("login.completed"));
    EXPECT_EQ(log.text().find("rt-1"), std::string::npos);
    EXPECT_EQ(log.text().find("at-1"), std::string::npos);
}

TEST_F(CallbackTest, TheProviderGetsWhatBelongsToThisFlow) {
    const auto state = state_of(start());
    finish(state);
    const auto& answer = provider().answers.at(0);
    EXPECT_EQ(answer.nonce, provider().logins.at(0).nonce);
    EXPECT_EQ(oauth::code_challenge_s256(answer.code_verifier), provider().logins.at(0).code_challenge);
    EXPECT_EQ(answer.issuer, "https://idp.example");
    EXPECT_EQ(answer.requested.to_string(), "openid");
}

TEST_F(CallbackTest, AStateServesOnce) {
    const auto state = state_of(start());
    finish(state);
    EXPECT_EQ(browser.names(), std::vector<std::string>{"p-refresh-token"});
    expect_addressed_to_nobody(finish(state));
    EXPECT_EQ(provider().answers.size(), 1U);
}

TEST_F(CallbackTest, AForgedStateIsNeverActedOn) {
    start();
    // As an attacker would like it to be read: hex of a form, as other backends encode their state.
    const auto forged = base::hex_encode(
        "nonce=x&env=production&origin=https://evil.example&flow=redirect&redirectUrl=https://evil.example/"
    );
    for (const auto& state : {std::string("abc"), forged, std::string(4000, 'A'), std::string("%00")}) {
        expect_addressed_to_nobody(finish(state));
    }
    expect_addressed_to_nobody(get("/api/auth/p/handler/frame?env=production&code=c"));
    EXPECT_TRUE(provider().answers.empty());
}

TEST_F(CallbackTest, TheStateOfAnotherBrowserIsWorthless) {
    // Somebody sends a victim the end of a login that they began themselves.
    support::Browser attacker;
    const auto begun = send(http::Method::get, "/api/auth/p/start?env=production", {}, &attacker);
    expect_addressed_to_nobody(finish(state_of(begun)));
    start();
    expect_addressed_to_nobody(finish(state_of(begun)));
    EXPECT_TRUE(provider().answers.empty());
    EXPECT_FALSE(browser.has("p-refresh-token"));
}

TEST_F(CallbackTest, TheStateOfAnotherProviderOrEnvironmentIsRefused) {
    const auto state = state_of(start());
    expect_addressed_to_nobody(get("/api/auth/q/handler/frame?code=c&state=" + state));
    expect_addressed_to_nobody(get("/api/auth/p/handler/frame?env=development&code=c&state=" + state));
    EXPECT_TRUE(finish(state).posts());
}

TEST_F(CallbackTest, AStateThatIsTooOldIsRefusedAndItsCookieGoes) {
    const auto state = state_of(start());
    clock.advance(std::chrono::minutes(11));
    expect_addressed_to_nobody(finish(state));
    EXPECT_TRUE(browser.names().empty());
}

TEST_F(CallbackTest, AStateThatIsThereTwiceIsRefused) {
    const auto state = state_of(start());
    const auto answer = finish(state, "&code=c&state=other");
    EXPECT_EQ(answer.status, 400);
    EXPECT_FALSE(answer.posts());
}

TEST_F(CallbackTest, AFailureOfTheProviderIsToldToThePageThatAsked) {
    provider().on_exchange = [](const provider::LoginAnswer&) -> base::Result<provider::Grant> {
        return base::fail(
            oauth::errors::kAuthorizationDenied, "Authentication rejected, <b>the user</b> said 'no'"
        );
    };
    const auto page = finish(state_of(start()), "&error=access_denied");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(
        boost::json::serialize(page.posted()),
        R"({"type":"authorization_response","error":{"name":"Error","message":"Authentication rejected, <b>the user</b> said 'no'","code":"authorization.denied"}})"
    );
    EXPECT_EQ(page.body.find("<b>"), std::string::npos);
    EXPECT_TRUE(browser.names().empty());
}

TEST_F(CallbackTest, AFormMayBringTheParameters) {
    const auto state = state_of(start());
    const auto page = send(
        http::Method::post,
        "/api/auth/p/handler/frame",
        {{"Content-Type", "application/x-www-form-urlencoded"}},
        nullptr,
        "code=c&state=" + state
    );
    EXPECT_TRUE(page.posts()) << page.body;
    EXPECT_EQ(provider().answers.at(0).issuer, "https://idp.example");
}

TEST_F(CallbackTest, TheStateMayBeInTheAddressOfAPost) {
    const auto state = state_of(start());
    const auto page = send(
        http::Method::post,
        "/api/auth/p/handler/frame?state=" + state,
        {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
        nullptr,
        "code=c"
    );
    EXPECT_TRUE(page.posts());
}

TEST_F(CallbackTest, ARedirectFlowEndsAtTheApp) {
    const auto page =
        finish(state_of(start("flow=redirect&redirectUrl=https%3A%2F%2Fapp.example.com%2Fcatalog%3Fa%3D1%23x")
        ));
    EXPECT_EQ(page.status, 302);
    EXPECT_EQ(page.field("Location"), "https://app.example.com/catalog?a=1#x");
    EXPECT_TRUE(browser.has("p-refresh-token"));
    EXPECT_EQ(page.body.find("at-1"), std::string::npos);
}

TEST_F(CallbackTest, ARedirectFlowTellsItsErrorInTheAddress) {
    provider().on_exchange = [](const provider::LoginAnswer&) -> base::Result<provider::Grant> {
        return base::fail(oauth::errors::kAuthorizationFailed, "Authentication failed, a&b=c");
    };
    const auto page = finish(state_of(
        start("flow=redirect&redirectUrl=https%3A%2F%2Fapp.example.com%2F%3Ferror%3Dold%26a%3D1%23x")
    ));
    EXPECT_EQ(page.status, 302);
    EXPECT_EQ(
        page.field("Location"), "https://app.example.com/?a=1&error=Authentication+failed%2C+a%26b%3Dc#x"
    );
}

TEST_F(CallbackTest, APopupIsAnnouncedUnlessTheOperatorForbidsIt) {
    EXPECT_NE(finish(state_of(start())).body.find("config_info"), std::string::npos);
    build(
        {.base_url = "https://auth.example.com/api/auth",
         .redirect_uri = {},
         .form_post = false,
         .announce_origin = false}
    );
    const auto page = finish(state_of(start()));
    EXPECT_TRUE(page.posts());
    EXPECT_EQ(page.body.find("config_info"), std::string::npos);
}

TEST_F(CallbackTest, ALoginWithoutARefreshTokenEndsTheFormerSession) {
    log_in();
    provider().on_exchange = [](const provider::LoginAnswer&) -> base::Result<provider::Grant> {
        return grant("");
    };
    log_in();
    EXPECT_FALSE(browser.has("p-refresh-token"));
    EXPECT_EQ(refresh().status, 401);
}

TEST_F(CallbackTest, ALateAnswerOfTheFormerSessionCannotTakeThePlaceOfTheNewLogin) {
    log_in();
    auto former = browser;
    ASSERT_EQ(refresh().status, 200);  // rt-1 becomes rt-2, and would be replayed to `former`
    provider().on_exchange = [](const provider::LoginAnswer&) -> base::Result<provider::Grant> {
        return grant("rt-bob");
    };
    log_in();
    const auto calls = provider().refreshes.size();
    const auto answer = refresh("env=production", &former);
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.json().at("error").at("cause").at("code").as_string(), "session.replaced");
    EXPECT_TRUE(answer.set_cookies().empty());
    EXPECT_EQ(provider().refreshes.size(), calls);
    // The answer to the login was lost: the browser goes on with what it has.
    clock.advance(std::chrono::seconds(61));
    EXPECT_EQ(refresh("env=production", &former).status, 200);
    EXPECT_EQ(provider().refreshes.back().credential.reveal(), "rt-2");
}

TEST_F(CallbackTest, TokensThatDoNotFitIntoCookiesAreAnErrorThatSaysSo) {
    provider().on_exchange = [](const provider::LoginAnswer&) -> base::Result<provider::Grant> {
        return grant(std::string(100'000, 'x'));
    };
    const auto page = finish(state_of(start()));
    EXPECT_NE(
        std::string(page.posted().at("error").at("message").as_string()).find("too large"), std::string::npos
    );
}

}  // namespace
}  // namespace stagedoor::flow
