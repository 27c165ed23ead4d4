#pragma once

#include "jose/errors.h"
#include "oauth/errors.h"
#include "oauth/id_token.h"
#include "support/signed_token.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

// The tests of id_token.h: one per check. A comment names the module of the OpenID Foundation's conformance
// suite that a test stands for.
namespace stagedoor::oauth {

inline constexpr std::int64_t kNow = 1'800'000'000;

class IdTokenTest : public testing::Test {
 protected:
    IdTokenTest() {
        claims["iss"] = "https://idp.example";
        claims["sub"] = "alice";
        claims["aud"] = "client";
        claims["exp"] = kNow + 300;
        claims["iat"] = kNow;
        claims["nonce"] = "the-nonce";
        expected.issuers = {"https://idp.example"};
        expected.client_id = "client";
        expected.nonce = "the-nonce";
        expected.now = base::from_unix_seconds(kNow);
    }

    // Makes it a refreshed token, of a session whose first token said this.
    void make_refreshed() {
        claims.erase("nonce");
        expected.nonce.reset();
        expected.previous = PreviousIdToken{
            .iss = "https://idp.example",
            .sub = "alice",
            .auth_time = base::from_unix_seconds(kNow - 5000),
            .nonce = "the-nonce",
        };
    }

    [[nodiscard]] std::string payload() const { return boost::json::serialize(claims); }
    [[nodiscard]] std::string token() const {
        return support::rsa_key().sign(crypto::Algorithm::rs256, payload());
    }
    base::Result<VerifiedIdToken> verify(std::string_view text) const {
        const auto keys = jose::KeySet::parse(key_set).value();
        return verify_id_token(text, {.keys = &keys}, expected);
    }
    base::Result<VerifiedIdToken> verify() const { return verify(token()); }

    void expect_accepted() const {
        const auto result = verify();
        EXPECT_TRUE(result) << result.error().describe();
    }
    static void expect_refused(const base::Result<VerifiedIdToken>& result, const base::ErrorKind& kind) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code(), kind.code) << result.error().describe();
        EXPECT_EQ(result.error().status(), 401);
    }
    void expect_refused(const base::ErrorKind& kind) const { expect_refused(verify(), kind); }

    boost::json::object claims;
    IdTokenExpectations expected;
    std::string key_set = support::key_set_json({support::rsa_key().jwk()});
};

}  // namespace stagedoor::oauth
