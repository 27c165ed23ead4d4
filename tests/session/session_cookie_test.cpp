#include "session/session_cookie.h"

#include "session/errors.h"
#include "support/browser.h"
#include "support/manual_clock.h"
#include "support/seeded_random.h"

#include <gtest/gtest.h>

namespace stagedoor::session {
namespace {

class SessionCookieTest : public testing::Test {
 protected:
    SessionCookieTest() {
        record.credential = base::Secret("refresh-token");
        record.created_at = clock.now();
        record.expires_at = clock.now() + std::chrono::days(30);
    }
    void write(const SessionCookie& cookie) {
        std::vector<http::SetCookie> out;
        ASSERT_TRUE(cookie.write(out, cookies(), attributes, record, clock.now(), random));
        receive(out);
    }
    void receive(const std::vector<http::SetCookie>& out) {
        for (const auto& each : out) browser.receive(each.to_string(clock.now()));
    }
    [[nodiscard]] http::Cookies cookies() const {
        return http::Cookies(browser.cookies_for("/api/auth/p/refresh"));
    }

    support::ManualClock clock;
    support::SeededRandom random;
    support::Browser browser;
    std::vector<base::Secret> old_ring{base::Secret("the old secret, long enough for this")};
    std::vector<base::Secret> new_ring{base::Secret("the new secret, long enough for this"), old_ring[0]};
    crypto::KeyRing keys{old_ring};
    CookieAttributes attributes{
        .path = "/api/auth/p", .secure = true, .same_site = http::SameSite::lax, .max_age = {}
    };
    SessionCookie session{keys, "p", "production"};
    SessionRecord record;
};

TEST_F(SessionCookieTest, ASessionIsReadAsItWasWritten) {
    write(session);
    const auto opened = session.read(cookies(), clock.now());
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->record, record);
    EXPECT_TRUE(opened->sealed_with_newest_key);
}

TEST_F(SessionCookieTest, TheCredentialIsNowhereInTheCookie) {
    write(session);
    EXPECT_EQ(
        browser.cookies_for("/api/auth/p/refresh").find("refresh-token=refresh-token"), std::string::npos
    );
}

TEST_F(SessionCookieTest, WithoutACookieThereIsNoSession) {
    EXPECT_EQ(session.read(cookies(), clock.now()).error().code(), errors::kSessionMissing.code);
}

TEST_F(SessionCookieTest, AnotherEnvironmentOrProviderCantReadIt) {
    write(session);
    const SessionCookie environment(keys, "p", "development");
    EXPECT_EQ(environment.read(cookies(), clock.now()).error().code(), errors::kSessionInvalid.code);
    const SessionCookie provider(keys, "q", "production");
    EXPECT_EQ(provider.read(cookies(), clock.now()).error().code(), errors::kSessionMissing.code);
}

TEST_F(SessionCookieTest, ItEndsWhenItHasToWhateverTheBrowserKeeps) {
    write(session);
    clock.advance(std::chrono::days(30));
    EXPECT_EQ(session.read(cookies(), clock.now()).error().code(), errors::kSessionExpired.code);
}

TEST_F(SessionCookieTest, ANewSecretInFrontReadsWhatAnOlderOneSealed) {
    write(session);
    const crypto::KeyRing newer(new_ring);
    const SessionCookie rotated(newer, "p", "production");
    const auto opened = rotated.read(cookies(), clock.now());
    ASSERT_TRUE(opened);
    EXPECT_FALSE(opened->sealed_with_newest_key);
    write(rotated);
    EXPECT_TRUE(rotated.read(cookies(), clock.now())->sealed_with_newest_key);
    EXPECT_FALSE(session.read(cookies(), clock.now()));  // whoever has the old secret alone
}

TEST_F(SessionCookieTest, ABigSessionIsSpreadAndErasedAsAWhole) {
    record.credential = base::Secret(std::string(20'000, 'x'));
    write(session);
    EXPECT_GT(browser.names().size(), 5U);
    ASSERT_TRUE(session.read(cookies(), clock.now()));
    browser.receive("p-granted-scope=openid; Max-Age=600; Path=/api/auth/p; HttpOnly");
    std::vector<http::SetCookie> out;
    session.erase(out, cookies(), attributes);
    receive(out);
    EXPECT_TRUE(browser.names().empty());
}

}  // namespace
}  // namespace stagedoor::session
