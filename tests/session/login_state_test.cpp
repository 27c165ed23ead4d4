#include "session/login_state.h"

#include "session/errors.h"
#include "support/manual_clock.h"
#include "support/seeded_random.h"

#include <gtest/gtest.h>

namespace stagedoor::session {
namespace {

class LoginStateTest : public testing::Test {
 protected:
    LoginStateTest() {
        secrets.flow_id = make_flow_id(clock.now(), random);
        secrets.nonce = make_nonce(random);
        secrets.code_verifier = base::Secret("verifier");
        secrets.oidc_nonce = "oidc";
        secrets.issuer = "https://idp.example";
        secrets.channel = "a-channel-of-22-chars_";
        secrets.origin = "https://app.example.com";
        secrets.started_at = clock.now();
        state = {
            .flow_id = secrets.flow_id,
            .nonce = secrets.nonce,
            .environment = "production",
            .origin = "https://app.example.com",
            .flow = "popup",
            .redirect_url = "",
            .scope = "openid email",
        };
    }
    [[nodiscard]] std::string cookie(
        std::string_view provider = "p", std::string_view environment = "production"
    ) {
        return flow_cookie_name("p", secrets.flow_id) + "=" +
               seal_flow(keys, provider, environment, secrets, random);
    }
    base::Result<FlowSecrets> match(const std::string& field) {
        return match_flow(keys, "p", state, http::Cookies(field), clock.now());
    }
    static void expect(const base::Result<FlowSecrets>& result, const base::ErrorKind& kind) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code(), kind.code);
    }

    support::ManualClock clock;
    support::SeededRandom random;
    std::vector<base::Secret> ring{base::Secret("a secret that is long enough for this")};
    crypto::KeyRing keys{ring};
    LoginState state;
    FlowSecrets secrets;
};

TEST_F(LoginStateTest, AStateOpensAsItWasSealed) {
    const auto opened = open_state(keys, "p", seal_state(keys, "p", state, random));
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->flow_id, state.flow_id);
    EXPECT_EQ(opened->environment, "production");
    EXPECT_EQ(opened->origin, "https://app.example.com");
    EXPECT_EQ(opened->scope, "openid email");
}

TEST_F(LoginStateTest, AStateOfAnotherProviderOrKeyOrPurposeIsRefused) {
    const auto sealed = seal_state(keys, "p", state, random);
    EXPECT_FALSE(open_state(keys, "q", sealed));
    const std::vector<base::Secret> other_secret{base::Secret("another secret that is long enough")};
    EXPECT_FALSE(open_state(crypto::KeyRing(other_secret), "p", sealed));
    EXPECT_FALSE(open_state(keys, "p", seal_flow(keys, "p", "", secrets, random)));
    EXPECT_FALSE(open_state(keys, "p", sealed.substr(0, sealed.size() - 1)));
    EXPECT_FALSE(open_state(keys, "p", ""));
}

TEST_F(LoginStateTest, TheCookieOfTheFlowMatches) {
    const auto matched = match(cookie());
    ASSERT_TRUE(matched);
    EXPECT_EQ(matched->code_verifier.reveal(), "verifier");
    EXPECT_EQ(matched->oidc_nonce, "oidc");
    EXPECT_EQ(matched->issuer, "https://idp.example");
    EXPECT_EQ(matched->channel, "a-channel-of-22-chars_");
    EXPECT_EQ(matched->origin, "https://app.example.com");
}

TEST_F(LoginStateTest, WithoutItsCookieAStateIsWorthless) {
    expect(match(""), errors::kFlowCookieMissing);
}

TEST_F(LoginStateTest, ACookieThatIsThereTwiceIsNoCookie) {
    const auto first = cookie();
    expect(match(first + "; " + cookie()), errors::kFlowCookieMissing);
}

TEST_F(LoginStateTest, TheCookieOfAnotherEnvironmentOrProviderIsRefused) {
    expect(match(cookie("p", "development")), errors::kNonceMismatch);
    expect(match(cookie("q")), errors::kNonceMismatch);
}

TEST_F(LoginStateTest, TheCookieOfAnotherFlowIsRefused) {
    const auto name = flow_cookie_name("p", secrets.flow_id);
    secrets.nonce = make_nonce(random);
    expect(match(name + "=" + seal_flow(keys, "p", "production", secrets, random)), errors::kNonceMismatch);
    secrets.nonce = state.nonce;
    secrets.flow_id = make_flow_id(clock.now(), random);
    expect(match(name + "=" + seal_flow(keys, "p", "production", secrets, random)), errors::kNonceMismatch);
}

TEST_F(LoginStateTest, ALoginHasTenMinutes) {
    const auto field = cookie();
    clock.advance(kLoginLifetime);
    EXPECT_TRUE(match(field));
    clock.advance(std::chrono::seconds(1));
    expect(match(field), errors::kStateExpired);
}

TEST_F(LoginStateTest, FlowIdsSortByAge) {
    std::string last;
    for (int i = 0; i < 100; ++i) {
        const auto id = make_flow_id(clock.now(), random);
        EXPECT_LT(last, id);
        last = id;
        clock.advance(std::chrono::seconds(i * 40'000));
    }
}

TEST_F(LoginStateTest, TheOldestFlowsGiveWay) {
    std::string field;
    std::vector<std::string> names;
    for (int i = 0; i < 10; ++i) {
        names.push_back(flow_cookie_name("p", make_flow_id(clock.now(), random)));
        clock.advance(std::chrono::seconds(1));
    }
    for (auto name = names.rbegin(); name != names.rend(); ++name) field += *name + "=x; ";
    const auto surplus = surplus_flow_cookies(http::Cookies(field), "p");
    EXPECT_EQ(surplus, (std::vector{names[0], names[1], names[2]}));  // 7 stay, and the new one is the 8th
    EXPECT_TRUE(surplus_flow_cookies(http::Cookies("p-nonce-1=x; q-nonce-1=x"), "p").empty());
}

TEST_F(LoginStateTest, MarkersAreNoFlowsUnderWay) {
    const std::string done = "p-nonce-1=done.x; p-nonce-2=done.x; p-nonce-3=done.x; p-nonce-4=done.x; ";
    const std::string more = "p-nonce-5=done.x; p-nonce-6=done.x; p-nonce-7=done.x; p-nonce-8=done.x; ";
    const auto surplus = [](const std::string& field) {
        return surplus_flow_cookies(http::Cookies(field), "p");
    };
    EXPECT_TRUE(surplus(done + more + "p-nonce-a=x").empty());
    EXPECT_EQ(surplus(done + more + "p-nonce-a=x; p-nonce-9=done.x"), std::vector<std::string>{"p-nonce-1"});
}

}  // namespace
}  // namespace stagedoor::session
