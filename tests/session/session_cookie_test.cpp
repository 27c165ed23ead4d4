#include "session/session_cookie.h"

#include "session/errors.h"
#include "session/session_id.h"
#include "support/browser.h"
#include "support/manual_clock.h"
#include "support/seeded_random.h"

#include <gtest/gtest.h>

namespace stagedoor::session {
namespace {

class SessionCookieTest : public testing::Test {
 protected:
    SessionCookieTest() {
        record.id = "session-1";
        record.credential = base::Secret("refresh-token");
        record.created_at = clock.now();
        record.expires_at = clock.now() + std::chrono::days(30);
    }
    void write(const SessionCookie& cookie) {
        std::vector<http::SetCookie> out;
        ASSERT_TRUE(cookie.write(out, cookies(), attributes, record, form, clock.now(), random));
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
    CookieForm form = CookieForm::record;
};

TEST_F(SessionCookieTest, ASessionIsReadAsItWasWritten) {
    write(session);
    const auto opened = session.read(cookies(), clock.now());
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->record, record);
    EXPECT_EQ(opened->id, "session-1");
    EXPECT_TRUE(opened->is_up_to_date);
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
    EXPECT_FALSE(opened->is_up_to_date);
    write(rotated);
    EXPECT_TRUE(rotated.read(cookies(), clock.now())->is_up_to_date);
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

TEST_F(SessionCookieTest, AHandleNamesTheSessionAndTellsNothingElse) {
    form = CookieForm::handle;
    record.credential = base::Secret(std::string(40'000, 'x'));
    write(session);
    EXPECT_EQ(browser.names(), std::vector<std::string>{"p-refresh-token"});
    const auto opened = session.read(cookies(), clock.now());
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->id, "session-1");
    EXPECT_FALSE(opened->record);
    EXPECT_EQ(opened->expires_at, record.expires_at);
    clock.advance(std::chrono::days(30));
    EXPECT_EQ(session.read(cookies(), clock.now()).error().code(), errors::kSessionExpired.code);
}

TEST_F(SessionCookieTest, ACookieOfAFormerVersionHasTheSameNameForEverybody) {
    record.id = derive_session_id("p", "production", record.credential);
    auto former = encode(record);
    // Version 1 had no id: its number, and everything behind the id.
    former = std::string(1, '\x01') + former.substr(2 + record.id.size());
    browser.receive(
        "p-refresh-token=" + keys.seal({"session", "p", "production"}, former, random) + "; Path=/api/auth/p"
    );
    const auto opened = session.read(cookies(), clock.now());
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->record, record);
    EXPECT_NE(record.id, derive_session_id("p", "development", record.credential));
    EXPECT_NE(record.id, derive_session_id("q", "production", record.credential));
}

class UnsealedCookieTest : public SessionCookieTest {
 protected:
    SessionCookie open{
        keys,
        "p",
        "production",
        SessionCookie::Unsealed{
            .session_duration = std::chrono::days(7), .access_token_prefix = "access-token-v2."
        }
    };
};

TEST_F(UnsealedCookieTest, IsNoSessionUnlessThatIsAllowed) {
    browser.receive("p-refresh-token=1%2F%2Fclear; Path=/api/auth/p");
    EXPECT_EQ(session.read(cookies(), clock.now()).error().code(), errors::kSessionInvalid.code);
}

TEST_F(UnsealedCookieTest, HoldsTheRefreshTokenAndTheScopesOfBackstage) {
    browser.receive("p-refresh-token=1%2F%2Fclear; Path=/api/auth/p");
    browser.receive("p-granted-scope=openid%20email; Path=/api/auth/p");
    const auto opened = open.read(cookies(), clock.now());
    ASSERT_TRUE(opened);
    ASSERT_TRUE(opened->record);
    EXPECT_EQ(opened->record->credential.reveal(), "1//clear");
    EXPECT_EQ(opened->record->granted_scope, "openid email");
    EXPECT_EQ(opened->record->kind, CredentialKind::refresh_token);
    EXPECT_EQ(opened->expires_at, clock.now() + std::chrono::days(7));
    EXPECT_FALSE(opened->is_up_to_date);
    // Every tab and replica has the same name for it.
    EXPECT_EQ(open.read(cookies(), clock.now())->id, opened->id);
}

TEST_F(UnsealedCookieTest, MayBeInBackstagesChunks) {
    const std::string token(9001, 't');
    for (int i = 0; i < 3; ++i) {
        browser.receive(
            "p-refresh-token-" + std::to_string(i) + "=" +
            token.substr(static_cast<std::size_t>(i) * 4000, 4000) + "; Path=/api/auth/p"
        );
    }
    const auto opened = open.read(cookies(), clock.now());
    ASSERT_TRUE(opened && opened->record);
    EXPECT_EQ(opened->record->credential.reveal(), token);
    record = *opened->record;
    record.credential = base::Secret("short");
    browser.receive("p-granted-scope=openid; Path=/api/auth/p");
    write(open);
    EXPECT_EQ(browser.names(), std::vector<std::string>{"p-refresh-token"});
}

TEST_F(UnsealedCookieTest, MayHoldAnAccessToken) {
    browser.receive("p-refresh-token=access-token-v2.gho_16C7; Path=/api/auth/p");
    const auto opened = open.read(cookies(), clock.now());
    ASSERT_TRUE(opened && opened->record);
    EXPECT_EQ(opened->record->credential.reveal(), "gho_16C7");
    EXPECT_EQ(opened->record->kind, CredentialKind::access_token);
    browser.receive("p-refresh-token=access-token-v2.; Path=/api/auth/p");
    EXPECT_FALSE(open.read(cookies(), clock.now()));
}

TEST_F(UnsealedCookieTest, WhatCanBeNoTokenIsRefused) {
    browser.receive("p-refresh-token=a%0D%0Ab; Path=/api/auth/p");
    EXPECT_EQ(open.read(cookies(), clock.now()).error().code(), errors::kSessionInvalid.code);
}

TEST_F(UnsealedCookieTest, ASealedOneIsReadAsBefore) {
    write(session);
    const auto opened = open.read(cookies(), clock.now());
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->record, record);
}

}  // namespace
}  // namespace stagedoor::session
