#include "flow/flow_fixture.h"
#include "oauth/errors.h"

namespace stagedoor::flow {
namespace {

// Sessions in the cookie and in the store, and what both have in common.
class SessionModesTest : public FlowTest, public testing::WithParamInterface<session::CookieForm> {
 protected:
    SessionModesTest() { use(GetParam()); }
    void use(session::CookieForm form, Options options = {}) {
        options.cookie_form = form;
        build(options);
    }
    using Limit = std::optional<std::chrono::seconds>;
    static Options limits(Limit replay_window, Limit idle, Limit absolute) {
        Options options;
        if (replay_window) options.replay_window = *replay_window;
        options.idle_limit = idle;
        options.absolute_limit = absolute;
        return options;
    }
    static session::CookieForm other() {
        return GetParam() == session::CookieForm::record ? session::CookieForm::handle
                                                         : session::CookieForm::record;
    }
    [[nodiscard]] std::size_t cookie_bytes() const {
        return browser.cookies_for("/api/auth/p/refresh").size();
    }
};

TEST_P(SessionModesTest, ASessionGoesOnFromLoginToSignOut) {
    log_in();
    auto copy = browser;
    EXPECT_EQ(refresh().status, 200);
    EXPECT_EQ(provider().refreshes.back().credential.reveal(), "rt-1");
    EXPECT_EQ(refresh_later().status, 200);
    EXPECT_EQ(provider().refreshes.back().credential.reveal(), "rt-2");
    EXPECT_EQ(logout().status, 200);
    EXPECT_EQ(provider().revoked, std::vector<std::string>{"rt-2"});
    const auto calls = provider().refreshes.size();
    const auto answer = refresh("env=production", &copy);
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.json().at("error").at("cause").at("code").as_string(), "session.signed_out");
    EXPECT_EQ(provider().refreshes.size(), calls);
}

TEST_P(SessionModesTest, AChangeOfModeLosesNobody) {
    log_in();
    ASSERT_EQ(refresh().status, 200);
    use(other());
    provider().on_refresh = [this](provider::RefreshRequest) { return renewed("rt-3"); };
    EXPECT_EQ(refresh_later().status, 200);
    EXPECT_EQ(provider().refreshes.back().credential.reveal(), "rt-2");
    use(GetParam());
    EXPECT_EQ(refresh_later().status, 200);
    EXPECT_EQ(provider().refreshes.back().credential.reveal(), "rt-3");
}

TEST_P(SessionModesTest, ABigSessionIsNoDifferent) {
    const std::string big(40 * 1024, 'x');
    provider().on_exchange = [&](const provider::LoginAnswer&) -> base::Result<provider::Grant> {
        return grant(big);
    };
    provider().on_refresh = [&](provider::RefreshRequest) { return renewed(big + "2"); };
    log_in();
    if (GetParam() == session::CookieForm::handle) EXPECT_LT(cookie_bytes(), 300U);
    EXPECT_EQ(refresh().status, 200);
    EXPECT_EQ(refresh_later().status, 200);
    EXPECT_EQ(provider().refreshes.back().credential.reveal(), big + "2");
}

TEST_P(SessionModesTest, ALoginWithoutTheStoreIsKeptInTheCookie) {
    store.fail(support::MemoryStore::Fault::before);
    log_in();
    store.fail(support::MemoryStore::Fault::none);
    EXPECT_EQ(refresh().status, 200);
    EXPECT_EQ(provider().refreshes.back().credential.reveal(), "rt-1");
    EXPECT_TRUE(log.has("session.not_stored"));
}

TEST_P(SessionModesTest, ASessionThatIsNotUsedEnds) {
    use(GetParam(), limits({}, std::chrono::hours(1), {}));
    log_in();
    for (int i = 0; i < 5; ++i) {
        clock.advance(std::chrono::minutes(50));
        ASSERT_EQ(refresh().status, 200) << i;
    }
    clock.advance(std::chrono::minutes(61));
    EXPECT_EQ(refresh().status, 401);
}

TEST_P(SessionModesTest, AnAnswerThatIsGivenAgainCountsAsUse) {
    use(GetParam(), limits(std::chrono::hours(24), std::chrono::minutes(30), {}));
    provider().on_refresh = [this](provider::RefreshRequest) { return long_lived(); };
    log_in();
    for (int i = 0; i < 5; ++i) {
        clock.advance(std::chrono::minutes(20));
        ASSERT_EQ(refresh().status, 200) << i;
    }
    EXPECT_EQ(provider().refreshes.size(), 1U);
}

TEST_P(SessionModesTest, NoSessionOutlivesTheAbsoluteLimit) {
    use(GetParam(), limits({}, {}, std::chrono::hours(2)));
    log_in();
    clock.advance(std::chrono::minutes(100));
    EXPECT_EQ(refresh().status, 200);
    clock.advance(std::chrono::minutes(21));
    EXPECT_EQ(refresh().status, 401);
}

TEST_P(SessionModesTest, WhatTheBrowserHasIsGoodHoweverLateItComes) {
    log_in();
    auto late = browser;
    for (int i = 2; i < 6; ++i) {
        const auto next = "rt-" + std::to_string(i);
        provider().on_refresh = [this, next](provider::RefreshRequest) { return renewed(next); };
        ASSERT_EQ(refresh_later().status, 200);
    }
    clock.advance(std::chrono::days(30));
    provider().on_refresh = [this](provider::RefreshRequest) { return renewed("rt-6"); };
    EXPECT_EQ(refresh("env=production", &late).status, 200);
    EXPECT_EQ(provider().refreshes.back().credential.reveal(), "rt-5");
}

TEST_P(SessionModesTest, AnAdministratorsWordEndsTheSession) {
    log_in();
    ASSERT_EQ(refresh().status, 200);
    session::SessionFilter filter;
    filter.user = "alice@example.com";
    const auto ended = support::run_task(loop, store.revoke(filter, 10));
    ASSERT_EQ(ended, 1U);
    clock.advance(std::chrono::seconds(1));
    const auto answer = refresh();
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.json().at("error").at("cause").at("code").as_string(), "session.ended");
    EXPECT_FALSE(browser.has("p-refresh-token"));
}

INSTANTIATE_TEST_SUITE_P(
    Modes,
    SessionModesTest,
    testing::Values(session::CookieForm::record, session::CookieForm::handle),
    [](const auto& info) { return info.param == session::CookieForm::record ? "Cookie" : "Store"; }
);

class TakeOverTest : public FlowTest {
 protected:
    TakeOverTest() {
        Options options;
        options.accept_unsealed_cookies = true;
        build(options);
    }
};

TEST_F(TakeOverTest, ACookieOfBackstageIsAcceptedAndSealedAtItsFirstUse) {
    browser.receive("p-refresh-token=1%2F%2Fclear; Path=/api/auth/p");
    browser.receive("p-granted-scope=openid%20calendar; Path=/api/auth/p");
    provider().on_refresh = [this](provider::RefreshRequest request) {
        return renewed(request.credential.reveal());
    };
    const auto answer = refresh();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(provider().refreshes.at(0).credential.reveal(), "1//clear");
    EXPECT_EQ(provider().refreshes.at(0).granted.to_string(), "openid calendar");
    EXPECT_EQ(browser.names(), std::vector<std::string>{"p-refresh-token"});
    EXPECT_EQ(browser.cookies_for("/api/auth/p/refresh").find("clear"), std::string::npos);
    EXPECT_EQ(refresh_later().status, 200);
    EXPECT_EQ(provider().refreshes.at(1).credential.reveal(), "1//clear");
}

TEST_F(TakeOverTest, TabsThatComeTogetherWithAClearCookieAreOneSession) {
    browser.receive("p-refresh-token=clear; Path=/api/auth/p");
    auto other = browser;
    EXPECT_EQ(refresh().status, 200);
    EXPECT_EQ(refresh("env=production", &other).status, 200);
    EXPECT_EQ(provider().refreshes.size(), 1U);
}

TEST_F(TakeOverTest, AClearCookieThatWasSignedOutGetsNothing) {
    browser.receive("p-refresh-token=clear; Path=/api/auth/p");
    auto copy = browser;
    EXPECT_EQ(logout().status, 200);
    EXPECT_EQ(provider().revoked, std::vector<std::string>{"clear"});
    EXPECT_EQ(refresh("env=production", &copy).status, 401);
    EXPECT_TRUE(provider().refreshes.empty());
}

}  // namespace
}  // namespace stagedoor::flow
