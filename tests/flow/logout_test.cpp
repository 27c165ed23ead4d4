#include "flow/flow_fixture.h"
#include "oauth/errors.h"

namespace stagedoor::flow {
namespace {

class LogoutTest : public FlowTest {};

TEST_F(LogoutTest, TheSessionGoesAndTheProviderIsTold) {
    log_in();
    const auto answer = logout();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "");
    EXPECT_TRUE(browser.names().empty());
    EXPECT_EQ(provider().revoked, std::vector<std::string>{"rt-1"});
    EXPECT_EQ(refresh().status, 401);
}

TEST_F(LogoutTest, AProviderThatFailsChangesNothingForTheUser) {
    log_in();
    provider().revoke_result = base::fail(oauth::errors::kRevocationUnavailable, "down");
    const auto answer = logout();
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(browser.names().empty());
    EXPECT_TRUE(log.has("logout.not_revoked"));
    EXPECT_EQ(log.text().find("rt-1"), std::string::npos);
}

TEST_F(LogoutTest, WithoutASessionThereIsNothingToDo) {
    const auto answer = logout();
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.set_cookies().empty());
    EXPECT_TRUE(provider().revoked.empty());
}

TEST_F(LogoutTest, ACookieThatCannotBeReadGoesAllTheSame) {
    browser.receive("p-refresh-token=what; Path=/api/auth/p");
    browser.receive("p-refresh-token-0=what; Path=/api/auth/p");
    browser.receive("p-granted-scope=openid; Path=/api/auth/p");
    EXPECT_EQ(logout().status, 200);
    EXPECT_TRUE(browser.names().empty());
}

TEST_F(LogoutTest, AfterASignOutNothingIsReplayed) {
    log_in();
    auto other_tab = browser;
    ASSERT_EQ(refresh().status, 200);
    logout();
    const auto answer = refresh("env=production", &other_tab);
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.json().at("error").at("cause").at("code").as_string(), "session.signed_out");
    EXPECT_EQ(provider().refreshes.size(), 1U);
    // A new login may have set a new one meanwhile.
    EXPECT_TRUE(other_tab.has("p-refresh-token"));
}

}  // namespace
}  // namespace stagedoor::flow
