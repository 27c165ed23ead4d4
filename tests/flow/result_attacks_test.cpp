#include "flow/errors.h"
#include "flow/result_fixture.h"
#include "oauth/errors.h"
#include "session/login_channel.h"

// What somebody tries who wants the result of another's login, and what a result must not be mistaken for.
namespace stagedoor::flow {
namespace {

constexpr auto kPreview = "https://pr-1.preview.example.com";

class ResultAttackTest : public ResultTest {};

TEST_F(ResultAttackTest, TheStoreCannotReadWhatItKeeps) {
    finish(begin());
    const auto flow =
        session::find_channel_flow(keys, "p", "production", kChannel, http::Cookies(cookie()), clock.now());
    ASSERT_TRUE(flow);
    const auto kept = support::run_task(loop, store.collect(session::result_name("p", "production", *flow)));
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ((*kept)->find("at-1"), std::string::npos);
    EXPECT_EQ((*kept)->find("alice"), std::string::npos);
    // What somebody else has put into its place is no result.
    static_cast<void>(support::run_task(
        loop, store.deposit(session::result_name("p", "production", *flow), "{}", std::chrono::minutes(1))
    ));
    EXPECT_EQ(status_of(ask()), "gone");
}

// Somebody sends a victim a link with a channel that they know, and waits for the victim's tokens.
TEST_F(ResultAttackTest, APreparedLinkBringsItsMakerNothing) {
    support::Browser attacker;
    const auto state = begin();
    EXPECT_EQ(status_of(ask(&attacker)), "gone");
    finish(state);
    EXPECT_EQ(status_of(ask(&attacker)), "gone");
    EXPECT_EQ(status_of(ask()), "done");
}

// The same with a flow of their own under way, so that they have a cookie for this channel.
TEST_F(ResultAttackTest, AFlowOfOnesOwnWithTheSameChannelBringsNothingOfAnothers) {
    support::Browser attacker;
    const auto own = begin(&attacker);
    finish(begin());
    EXPECT_EQ(status_of(ask(&attacker)), "pending");
    provider().on_exchange = [](const provider::LoginAnswer&) -> base::Result<provider::Grant> {
        return base::fail(oauth::errors::kAuthorizationDenied, "no");
    };
    send(http::Method::get, callback(own), {}, &attacker);
    const auto answer = ask(&attacker);
    EXPECT_EQ(status_of(answer), "done");
    EXPECT_EQ(answer.json().at("message").at("error").at("code").as_string(), "authorization.denied");
    EXPECT_EQ(
        ask().json().at("message").at("response").at("providerInfo").at("accessToken").as_string(), "at-1"
    );
}

TEST_F(ResultAttackTest, ThePageOfAnotherOriginIsRefused) {
    finish(begin());
    const auto from = [](std::string_view origin) {
        return Fields{{"X-Requested-With", "XMLHttpRequest"}, {"Origin", origin}};
    };
    for (const auto* origin : {kPreview, "https://evil.example", "null"}) {
        const auto answer = send(http::Method::get, flow_target(), from(origin));
        EXPECT_EQ(answer.status, 403) << origin;
        EXPECT_EQ(answer.code(), errors::kOriginNotAllowed.code);
        EXPECT_EQ(answer.field("Cache-Control"), "no-store");
        EXPECT_EQ(answer.body.find("at-1"), std::string::npos);
        EXPECT_EQ(answer.body.find(kChannel), std::string::npos);
    }
    EXPECT_EQ(status_of(ask()), "done");
}

TEST_F(ResultAttackTest, ThePageOfTheOriginThatAskedIsTold) {
    const auto state = state_of(get(start_target("&origin=https%3A%2F%2Fpr-1.preview.example.com")));
    EXPECT_EQ(ask().status, 403);
    finish(state);
    EXPECT_EQ(ask().status, 403);
    EXPECT_EQ(
        status_of(send(
            http::Method::get, flow_target(), {{"X-Requested-With", "XMLHttpRequest"}, {"Origin", kPreview}}
        )),
        "done"
    );
}

TEST_F(ResultAttackTest, APageOfThisServicesOwnOriginSendsNoOrigin) {
    finish(state_of(get(start_target("&origin=https%3A%2F%2Fpr-1.preview.example.com"))));
    const auto from_site = [](std::string_view site) {
        return Fields{{"X-Requested-With", "XMLHttpRequest"}, {"Sec-Fetch-Site", site}};
    };
    EXPECT_EQ(send(http::Method::get, flow_target(), from_site("cross-site")).status, 403);
    EXPECT_EQ(status_of(send(http::Method::get, flow_target(), from_site("same-origin"))), "done");
}

TEST_F(ResultAttackTest, IsForScriptsAlone) {
    finish(begin());
    const auto plain = get(flow_target());
    EXPECT_EQ(plain.status, 401);
    EXPECT_EQ(plain.code(), errors::kRequestedWithMissing.code);
    auto fields = script();
    fields.push_back({"Sec-Fetch-Mode", "navigate"});
    EXPECT_EQ(get(flow_target(), fields).code(), errors::kCrossSite.code);
    EXPECT_EQ(send(http::Method::post, flow_target(), script()).status, 404);
    EXPECT_EQ(status_of(ask()), "done");
}

TEST_F(ResultAttackTest, AnotherProviderOrEnvironmentKnowsNothingOfIt) {
    finish(begin());
    const auto elsewhere = [&](const std::string& path) {
        return status_of(send(http::Method::get, path + "&channel=" + kChannel, script()));
    };
    EXPECT_EQ(elsewhere("/api/auth/q/flow?env=production"), "gone");
    EXPECT_EQ(elsewhere("/api/auth/p/flow?env=development"), "gone");
    // The provider "q" is not even sent the cookie; here it is, under a name of its own.
    const auto field = cookie();
    const auto at = field.find("p-nonce-");
    browser.receive("q" + field.substr(at + 1, field.find(';', at) - at - 1) + "; Path=/; Max-Age=60");
    EXPECT_EQ(elsewhere("/api/auth/q/flow?env=production"), "gone");
    EXPECT_EQ(status_of(ask()), "done");
}

TEST_F(ResultAttackTest, AnotherChannelIsGone) {
    finish(begin());
    EXPECT_EQ(
        status_of(send(http::Method::get, flow_target("", "Zm9vYmFyYmF6cXV4MTIzNB"), script())), "gone"
    );
}

TEST_F(ResultAttackTest, TheMarkerCannotContinueALogin) {
    const auto state = begin();
    finish(state);
    // As when the popup is loaded again: the login is not repeated, and the result can still be fetched.
    const auto again = finish(state);
    EXPECT_EQ(again.status, 403);
    EXPECT_FALSE(again.posts());
    EXPECT_TRUE(again.set_cookies().empty());
    const auto marker = cookie();
    const auto value = marker.substr(marker.find("done."), marker.find(';') - marker.find("done."));
    ASSERT_TRUE(value.starts_with("done."));
    auto forger = browser;
    std::swap(browser, forger);
    replace_cookie(value.substr(5));
    EXPECT_EQ(finish(state).status, 403);
    std::swap(browser, forger);
    EXPECT_EQ(provider().answers.size(), 1U);
    EXPECT_EQ(status_of(ask()), "done");
}

TEST_F(ResultAttackTest, AFlowCookieCannotPassForAMarker) {
    const auto state = begin();
    const auto field = cookie();
    replace_cookie("done." + field.substr(field.find('=') + 1));
    EXPECT_EQ(status_of(ask()), "gone");
}

TEST_F(ResultAttackTest, AResultThatWasTakenIsNotHandedOutAgain) {
    const auto state = begin();
    auto with_flow_cookie = browser;
    finish(state);
    auto with_marker = browser;
    EXPECT_EQ(status_of(ask()), "done");
    EXPECT_EQ(status_of(ask(&with_marker)), "gone");
    EXPECT_EQ(status_of(ask(&with_flow_cookie)), "pending");  // until its own cookie is over
    EXPECT_TRUE(with_marker.has("p-refresh-token"));
    EXPECT_EQ(with_marker.names().size(), 1U);
    clock.advance(std::chrono::minutes(11));
    EXPECT_EQ(status_of(ask(&with_flow_cookie)), "gone");
}

TEST_F(ResultAttackTest, AStateOfAnotherBrowserLeavesNoResult) {
    support::Browser attacker;
    const auto theirs = begin(&attacker);
    begin();
    EXPECT_EQ(finish(theirs).status, 403);
    EXPECT_EQ(status_of(ask()), "pending");
    EXPECT_EQ(support::run_task(loop, store.status())->handovers, 0);
}

TEST_F(ResultAttackTest, ParametersAreHeldToTheirForm) {
    for (const auto& bad : std::vector<std::string>{
             "short",
             std::string(65, 'A'),
             std::string(22, '.'),
             std::string(22, 'A') + "%00",
             std::string(22, 'A') + "%0d%0a",
             "%C3%A4" + std::string(22, 'A')
         }) {
        EXPECT_EQ(get(start_target("", bad)).code(), errors::kChannelInvalid.code) << bad;
        EXPECT_EQ(
            send(http::Method::get, flow_target("", bad), script()).code(), errors::kChannelInvalid.code
        ) << bad;
    }
    EXPECT_EQ(
        send(http::Method::get, "/api/auth/p/flow?env=production", script()).code(),
        errors::kChannelInvalid.code
    );
    const auto repeated = errors::kParameterRepeated.code;
    EXPECT_EQ(get(start_target("&channel=" + kChannel)).code(), repeated);
    EXPECT_EQ(get(start_target("&selectAccount=true&selectAccount=false")).code(), repeated);
    EXPECT_EQ(ask(nullptr, "&channel=" + kChannel).code(), repeated);
    EXPECT_EQ(ask(nullptr, "&wait=1&wait=1").code(), repeated);
    for (const auto* wait : {"-1", "21", "1.5", "x", "1x", "99999999999999999999", "+1", "%201"}) {
        EXPECT_EQ(ask(nullptr, std::string("&wait=") + wait).code(), errors::kWaitInvalid.code) << wait;
    }
    EXPECT_EQ(status_of(ask(nullptr, "&wait=")), "gone");
    EXPECT_TRUE(browser.names().empty());
    EXPECT_TRUE(provider().logins.empty());
}

}  // namespace
}  // namespace stagedoor::flow
