#include "flow/result_fixture.h"
#include "oauth/errors.h"
#include "session/errors.h"

#include <set>

namespace stagedoor::flow {
namespace {

TEST_F(ResultTest, APageIsToldOncePendingThenDoneThenGone) {
    const auto state = begin();
    EXPECT_EQ(status_of(ask()), "pending");
    const auto page = finish(state);
    const auto answer = ask();
    EXPECT_EQ(status_of(answer), "done");
    EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "https://app.example.com");
    EXPECT_EQ(answer.json().at("message"), page.posted());
    EXPECT_EQ(
        answer.json().at("message").at("response").at("providerInfo").at("accessToken").as_string(), "at-1"
    );
    EXPECT_EQ(browser.names(), std::vector<std::string>{"p-refresh-token"});
    EXPECT_EQ(status_of(ask()), "gone");
    EXPECT_EQ(log.text().find("at-1"), std::string::npos);
    EXPECT_EQ(log.text().find(kChannel), std::string::npos);
}

TEST_F(ResultTest, TheMarkerTakesThePlaceOfTheFlowCookie) {
    const auto started = get(start_target());
    const auto before = started.set_cookies().at(0);
    std::string after;
    for (const auto& each : finish(state_of(started)).set_cookies()) {
        if (each.starts_with("p-nonce-")) after = each;
    }
    EXPECT_EQ(after.substr(0, after.find('=')), before.substr(0, before.find('=')));
    EXPECT_NE(after.find("; Max-Age=120; Path=/api/auth/p; "), std::string::npos) << after;
    EXPECT_TRUE(after.ends_with("; HttpOnly; Secure; SameSite=None")) << after;
    EXPECT_EQ(after.find(kChannel), std::string::npos);
}

TEST_F(ResultTest, AFailureIsToldWithItsCode) {
    provider().on_exchange = [](const provider::LoginAnswer&) -> base::Result<provider::Grant> {
        return base::fail(base::Error(oauth::errors::kAuthorizationFailed, "outer")
                              .caused_by(base::Error(oauth::errors::kAuthorizationDenied, "inner")));
    };
    finish(begin());
    const auto answer = ask();
    EXPECT_EQ(status_of(answer), "done");
    EXPECT_EQ(
        boost::json::serialize(answer.json().at("message")),
        R"({"type":"authorization_response","error":{"name":"Error","message":"outer","code":"authorization.denied"}})"
    );
}

TEST_F(ResultTest, AFailureAtTheStartIsToldAsWell) {
    provider().issuer_result = base::fail(base::Error(oauth::errors::kMetadataUnavailable, "down"));
    EXPECT_TRUE(get(start_target(), {{"Sec-Fetch-Mode", "navigate"}}).posts());
    const auto answer = ask();
    EXPECT_EQ(status_of(answer), "done");
    EXPECT_EQ(
        answer.json().at("message").at("error").at("code").as_string(),
        oauth::errors::kMetadataUnavailable.code
    );
    EXPECT_TRUE(browser.names().empty());
}

TEST_F(ResultTest, WithoutAChannelALoginIsAsItEverWas) {
    const auto state = state_of(start());
    EXPECT_EQ(status_of(ask()), "gone");
    EXPECT_TRUE(finish(state).posts());
    EXPECT_EQ(browser.names(), std::vector<std::string>{"p-refresh-token"});
    EXPECT_EQ(support::run_task(loop, store.status())->handovers, 0);
}

TEST_F(ResultTest, ARedirectHasNoUseForAChannel) {
    const auto state = state_of(
        get("/api/auth/p/"
            "start?env=production&flow=redirect&redirectUrl=https%3A%2F%2Fapp.example.com%2F&channel=" +
            kChannel)
    );
    EXPECT_EQ(status_of(ask()), "gone");
    EXPECT_EQ(finish(state).status, 302);
    EXPECT_EQ(browser.names(), (std::vector<std::string>{"p-redirects", "p-refresh-token"}));
}

TEST_F(ResultTest, AResultIsKeptForTwoMinutes) {
    const auto state = begin();
    auto with_flow_cookie = browser;
    finish(state);
    clock.advance(std::chrono::seconds(121));
    EXPECT_EQ(status_of(ask()), "gone");
    EXPECT_EQ(status_of(ask(&with_flow_cookie)), "pending");
}

TEST_F(ResultTest, AResultOutOfAllProportionIsNotKept) {
    provider().on_exchange = [](const provider::LoginAnswer&) -> base::Result<provider::Grant> {
        auto big = grant();
        big.access_token = base::Secret(std::string(300'000, 'x'));
        return big;
    };
    EXPECT_TRUE(finish(begin()).posts());
    EXPECT_TRUE(log.has("login.result_not_kept"));
    EXPECT_EQ(status_of(ask()), "gone");
    EXPECT_EQ(browser.names(), std::vector<std::string>{"p-refresh-token"});
}

TEST_F(ResultTest, AStoreThatIsDownKeepsNoPopupFromItsResult) {
    const auto state = begin();
    store.fail(support::MemoryStore::Fault::before);
    const auto down = ask();
    EXPECT_EQ(down.status, 503);
    EXPECT_EQ(down.code(), session::errors::kStoreUnavailable.code);
    EXPECT_TRUE(finish(state).posts());
    EXPECT_TRUE(log.has("login.result_not_kept"));
    store.fail(support::MemoryStore::Fault::none);
    EXPECT_EQ(status_of(ask()), "gone");
}

TEST_F(ResultTest, AnAnswerIsHeldBackUntilTheResultComes) {
    const auto state = begin();
    auto page = browser;
    const auto waiting = ask_and_wait(page);
    for (int i = 0; i < 3; ++i) pass(kLookAgain);
    EXPECT_FALSE(waiting->has_value());
    EXPECT_TRUE(finish(state).posts());
    pass(kLookAgain);
    ASSERT_TRUE(waiting->has_value());
    EXPECT_EQ(status_of(**waiting), "done");
}

TEST_F(ResultTest, AnAnswerIsHeldBackNoLongerThanAskedFor) {
    begin();
    const auto time_of = [this](const std::string& more, support::Browser* sender = nullptr) {
        const auto before = clock.steady();
        EXPECT_EQ(status_of(ask(sender, more)), sender == nullptr ? "pending" : "gone");
        return clock.steady() - before;
    };
    EXPECT_EQ(time_of("&wait=2"), std::chrono::seconds(2));
    EXPECT_EQ(time_of("&wait=20"), std::chrono::seconds(20));
    EXPECT_EQ(time_of("&wait=0"), std::chrono::seconds(0));
    EXPECT_EQ(time_of(""), std::chrono::seconds(0));
    support::Browser other;
    EXPECT_EQ(time_of("&wait=20", &other), std::chrono::seconds(0));
    phase = Phase::draining;
    EXPECT_EQ(time_of("&wait=20"), std::chrono::seconds(0));
}

TEST_F(ResultTest, OfSeveralThatWaitOneIsHandedTheResult) {
    const auto state = begin();
    auto one = browser;
    auto other = browser;
    const auto first = ask_and_wait(one);
    const auto second = ask_and_wait(other);
    EXPECT_TRUE(finish(state).posts());
    pass(kLookAgain);
    EXPECT_NE(first->has_value(), second->has_value());
    pass(std::chrono::seconds(20));
    ASSERT_TRUE(first->has_value() && second->has_value());
    const std::set<std::string> outcomes{status_of(**first), status_of(**second)};
    EXPECT_EQ(outcomes, (std::set<std::string>{"done", "pending"}));
    EXPECT_EQ(status_of(ask()), "gone");
}

TEST_F(ResultTest, AClientThatLeavesEndsTheWaitAndTakesNothing) {
    const auto state = begin();
    auto page = browser;
    boost::asio::cancellation_signal leave;
    const auto waiting = ask_and_wait(page, leave.slot());
    EXPECT_TRUE(finish(state).posts());
    EXPECT_EQ(waiter.waiting(), 1U);
    leave.emit(boost::asio::cancellation_type::all);
    pass({});
    EXPECT_EQ(waiter.waiting(), 0U);
    EXPECT_TRUE(waiting->has_value());
    EXPECT_EQ(status_of(ask()), "done");
}

}  // namespace
}  // namespace stagedoor::flow
