#include "flow/errors.h"
#include "flow/flow_fixture.h"
#include "http/errors.h"
#include "oauth/errors.h"

namespace stagedoor::flow {
namespace {

// What becomes of a session when the provider or the store fails.
class RefreshFailuresTest : public FlowTest {
 protected:
    void answer_with(const base::ErrorKind& kind, std::optional<std::chrono::seconds> retry_after = {}) {
        provider().on_refresh = [&kind, retry_after](provider::RefreshRequest) {
            auto error = base::Error(kind, "no");
            return failing(retry_after ? std::move(error).retry_in(*retry_after) : std::move(error));
        };
    }
    [[nodiscard]] std::size_t calls() { return provider().refreshes.size(); }
    // The access token of the last answer lives for a few more minutes, too few to be given again without a
    // call.
    void let_the_token_get_old() { clock.advance(std::chrono::minutes(57)); }
};

TEST_F(RefreshFailuresTest, TheLastGoodAnswerIsGivenWhileItsTokenLives) {
    log_in();
    ASSERT_EQ(refresh().status, 200);
    let_the_token_get_old();
    answer_with(oauth::errors::kTokenUnavailable);
    const auto stale = refresh();
    EXPECT_EQ(stale.status, 200);
    EXPECT_EQ(stale.field("Stagedoor-Stale"), "1");
    EXPECT_EQ(stale.json().at("providerInfo").at("accessToken").as_string(), "at-rt-2");
    EXPECT_LT(stale.json().at("providerInfo").at("expiresInSeconds").as_int64(), 180);
    clock.advance(std::chrono::minutes(4));
    const auto answer = refresh();
    EXPECT_EQ(answer.status, 503);
    EXPECT_NE(answer.field("Retry-After"), "");
    EXPECT_TRUE(browser.has("p-refresh-token"));
    provider().on_refresh = [this](provider::RefreshRequest) { return renewed("rt-3"); };
    clock.advance(std::chrono::minutes(1));
    const auto good = refresh();
    EXPECT_EQ(good.status, 200);
    EXPECT_EQ(good.field("Stagedoor-Stale"), "");
}

TEST_F(RefreshFailuresTest, AnAnswerForOtherScopesIsNotTakenForThisOne) {
    log_in();
    ASSERT_EQ(refresh("env=production&scope=a").status, 200);
    let_the_token_get_old();
    answer_with(oauth::errors::kTokenUnavailable);
    EXPECT_EQ(refresh("env=production&scope=b").status, 503);
    EXPECT_EQ(refresh("env=production&scope=a").status, 200);
}

TEST_F(RefreshFailuresTest, AFailureThatMayBeOverSoonIsTriedAgainAtOnce) {
    log_in();
    int failures = 2;
    provider().on_refresh = [&, this](provider::RefreshRequest) {
        if (failures-- > 0) return failing(base::Error(http::errors::kClientTruncated, "cut"));
        return renewed("rt-2");
    };
    EXPECT_EQ(refresh().status, 200);
    EXPECT_EQ(calls(), 3U);
}

TEST_F(RefreshFailuresTest, ATimeoutIsNotTriedAgainAtOnce) {
    log_in();
    answer_with(http::errors::kClientTimeout);
    EXPECT_EQ(refresh().status, 503);
    EXPECT_EQ(calls(), 1U);
}

TEST_F(RefreshFailuresTest, AProviderThatAsksForAPauseGetsIt) {
    log_in();
    answer_with(oauth::errors::kTokenPaused, std::chrono::seconds(17));
    EXPECT_EQ(refresh().field("Retry-After"), "17");
    EXPECT_EQ(calls(), 1U);
    clock.advance(std::chrono::seconds(10));
    const auto answer = refresh();
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.field("Retry-After"), "7");
    EXPECT_EQ(calls(), 1U);
    clock.advance(std::chrono::seconds(8));
    provider().on_refresh = [this](provider::RefreshRequest) { return renewed("rt-2"); };
    EXPECT_EQ(refresh().status, 200);
}

TEST_F(RefreshFailuresTest, AProviderThatKeepsFailingIsLeftAlone) {
    log_in();
    answer_with(oauth::errors::kTokenUnavailable);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(refresh().status, 503);
    EXPECT_EQ(calls(), 5U);
    // One call looks whether it is back, and decides for all.
    clock.advance(std::chrono::minutes(1));
    provider().on_refresh = [this](provider::RefreshRequest) { return renewed("rt-2"); };
    EXPECT_EQ(refresh().status, 200);
    EXPECT_EQ(calls(), 6U);
}

TEST_F(RefreshFailuresTest, AFailureIsNeverTakenForTheVerdict) {
    log_in();
    answer_with(oauth::errors::kTokenMalformedResponse);
    EXPECT_EQ(refresh().status, 503);
    clock.advance(std::chrono::minutes(1));
    provider().on_refresh = [this](provider::RefreshRequest) { return renewed("rt-2"); };
    EXPECT_EQ(refresh().status, 200);
}

TEST_F(RefreshFailuresTest, AfterTheVerdictNobodyAsksAgain) {
    log_in();
    auto other_tab = browser;
    answer_with(oauth::errors::kTokenInvalidGrant);
    EXPECT_EQ(refresh().status, 401);
    EXPECT_FALSE(browser.has("p-refresh-token"));
    const auto answer = refresh("env=production", &other_tab);
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.json().at("error").at("cause").at("code").as_string(), "session.ended");
    EXPECT_FALSE(other_tab.has("p-refresh-token"));
    EXPECT_EQ(calls(), 1U);
}

TEST_F(RefreshFailuresTest, ACredentialIsKeptEvenIfTheRestOfTheAnswerIsWrong) {
    log_in();
    provider().on_refresh = [](provider::RefreshRequest) { return with_defect(); };
    const auto answer = refresh();
    EXPECT_EQ(answer.status, 401);
    EXPECT_TRUE(browser.has("p-refresh-token"));
    provider().on_refresh = [this](provider::RefreshRequest) { return renewed("rt-3"); };
    EXPECT_EQ(refresh().status, 200);
    EXPECT_EQ(provider().refreshes.back().credential.reveal(), "rt-defect");
}

TEST_F(RefreshFailuresTest, WithoutTheStoreWhatIsKnownIsAnswered) {
    log_in();
    ASSERT_EQ(refresh().status, 200);
    clock.advance(std::chrono::minutes(5));
    store.fail(support::MemoryStore::Fault::before);
    const auto stale = refresh();
    EXPECT_EQ(stale.status, 200);
    EXPECT_EQ(stale.field("Stagedoor-Stale"), "1");
    EXPECT_EQ(stale.json().at("providerInfo").at("accessToken").as_string(), "at-rt-2");
    EXPECT_EQ(calls(), 1U);
    // Nobody goes to the provider who can't hold the others off.
    const auto answer = refresh("env=production&scope=other");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.json().at("error").at("cause").at("code").as_string(), "store.unavailable");
    EXPECT_NE(answer.field("Retry-After"), "");
    EXPECT_EQ(calls(), 1U);
    store.fail(support::MemoryStore::Fault::none);
    EXPECT_EQ(refresh_later().status, 200);
}

TEST_F(RefreshFailuresTest, AnAnswerThatCannotBeStoredIsNotLost) {
    log_in();
    provider().on_refresh = [this](provider::RefreshRequest) {
        store.fail(support::MemoryStore::Fault::before);
        return renewed("rt-2");
    };
    auto other_tab = browser;
    EXPECT_EQ(refresh().status, 200);  // and the cookie has it
    EXPECT_TRUE(log.has("rotation.not_stored"));
    // Also for a tab that has the old cookie, as long as this process lives.
    EXPECT_EQ(refresh("env=production", &other_tab).status, 200);
    EXPECT_EQ(calls(), 1U);
    store.fail(support::MemoryStore::Fault::none);
    provider().on_refresh = [this](provider::RefreshRequest) { return renewed("rt-3"); };
    EXPECT_EQ(refresh_later().status, 200);
    EXPECT_EQ(provider().refreshes.back().credential.reveal(), "rt-2");
}

TEST_F(RefreshFailuresTest, AStoreThatWasLostLosesNoSessionThatIsInItsCookie) {
    log_in();
    ASSERT_EQ(refresh().status, 200);
    store.clear();
    provider().on_refresh = [this](provider::RefreshRequest) { return renewed("rt-3"); };
    EXPECT_EQ(refresh_later().status, 200);
    EXPECT_EQ(provider().refreshes.back().credential.reveal(), "rt-2");
}

TEST_F(RefreshFailuresTest, ASignOutHoldsHereAtOnceAndInTheStoreWhenThatIsBack) {
    log_in();
    auto copy = browser;
    ASSERT_EQ(refresh().status, 200);
    store.fail(support::MemoryStore::Fault::before);
    // Others are told as soon as the store is back.
    EXPECT_EQ(
        support::run_task(
            loop, exchange(http::Method::post, "/api/auth/p/logout?env=production", script(), browser, {})
        )
            .status,
        200
    );
    EXPECT_TRUE(log.has("logout.not_stored"));
    EXPECT_EQ(provider().revoked, std::vector<std::string>{"rt-2"});
    EXPECT_EQ(refresh("env=production", &copy).status, 401);
    store.fail(support::MemoryStore::Fault::none);
    while (shared.memory.unstored_ends() > 0 && waiter.advance_to_next()) {
        loop.restart();
        loop.poll();
    }
    const auto* const row = store.row(store.only_id());
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(row->ended, session::EndReason::sign_out);
}

}  // namespace
}  // namespace stagedoor::flow
