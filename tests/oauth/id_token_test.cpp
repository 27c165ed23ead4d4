#include "oauth/id_token_fixture.h"

namespace stagedoor::oauth {
namespace {

namespace json = boost::json;
using crypto::Algorithm;
using std::chrono::seconds;
using support::rsa_key;

// oidcc-client-test, oidcc-client-test-idtoken-sig-rs256
TEST_F(IdTokenTest, AGoodTokenIsAccepted) {
    claims["sid"] = "session";
    claims["email"] = "alice@example.com";
    claims["auth_time"] = kNow - 10;
    const auto verified = verify().value();
    EXPECT_EQ(verified.issuer(), "https://idp.example");
    EXPECT_EQ(verified.subject(), "alice");
    EXPECT_EQ(verified.expires_at(), base::from_unix_seconds(kNow + 300));
    EXPECT_EQ(verified.issued_at(), base::from_unix_seconds(kNow));
    EXPECT_EQ(verified.auth_time(), base::from_unix_seconds(kNow - 10));
    EXPECT_EQ(verified.sid(), "session");
    EXPECT_EQ(verified.nonce(), "the-nonce");
    EXPECT_EQ(verified.claims().string("email"), "alice@example.com");
}

// oidcc-client-test-invalid-iss
TEST_F(IdTokenTest, InvalidIss) {
    for (const auto* iss :
         {"https://evil.example", "https://idp.example/", "https://IDP.example", "idp.example", ""}) {
        claims["iss"] = iss;
        expect_refused(errors::kIdTokenIssuerMismatch);
    }
}

// fapi2-security-profile-final-client-test-invalid-missing-iss
TEST_F(IdTokenTest, MissingIss) {
    claims.erase("iss");
    expect_refused(errors::kIdTokenIssuerMismatch);
}

TEST_F(IdTokenTest, AProviderMayHaveSeveralIssuers) {
    expected.issuers = {"https://accounts.google.com", "accounts.google.com"};
    claims["iss"] = "accounts.google.com";
    expect_accepted();
    claims["iss"] = "https://accounts.google.com";
    expect_accepted();
    expected.issuers.clear();
    expect_refused(errors::kIdTokenIssuerMismatch);
}

// oidcc-client-test-missing-sub
TEST_F(IdTokenTest, MissingSub) {
    claims.erase("sub");
    expect_refused(errors::kIdTokenSubjectMissing);
    claims["sub"] = "";
    expect_refused(errors::kIdTokenSubjectMissing);
}

// oidcc-client-test-invalid-aud
TEST_F(IdTokenTest, InvalidAud) {
    for (const auto* aud : {"another", "CLIENT", "client ", "clien", ""}) {
        claims["aud"] = aud;
        expect_refused(errors::kIdTokenAudienceMismatch);
    }
    claims["aud"] = json::array{"another"};
    expect_refused(errors::kIdTokenAudienceMismatch);
    claims["aud"] = json::array{};
    expect_refused(errors::kIdTokenAudienceMismatch);
}

// oidcc-client-test-missing-aud
TEST_F(IdTokenTest, MissingAud) {
    claims.erase("aud");
    expect_refused(errors::kIdTokenAudienceMismatch);
}

// fapi2-security-profile-final-client-test-valid-aud-as-array
TEST_F(IdTokenTest, ValidAudAsArray) {
    claims["aud"] = json::array{"client"};
    expect_accepted();
    claims["aud"] = json::array{"client", "client"};
    expect_accepted();
}

// fapi2-security-profile-final-client-test-invalid-secondary-aud
TEST_F(IdTokenTest, InvalidSecondaryAud) {
    claims["aud"] = json::array{"client", "https://other.example"};
    expect_refused(errors::kIdTokenAudienceUntrusted);
    claims["azp"] = "client";
    expect_refused(errors::kIdTokenAudienceUntrusted);
}

TEST_F(IdTokenTest, InvalidAzp) {
    claims["azp"] = "client";
    expect_accepted();
    claims["azp"] = "another";
    expect_refused(errors::kIdTokenAuthorizedPartyMismatch);
    claims["azp"] = nullptr;
    expect_refused(errors::kIdTokenAuthorizedPartyMismatch);
    claims["azp"] = json::array{"client"};
    expect_refused(errors::kIdTokenAuthorizedPartyMismatch);
}

// fapi2-security-profile-final-client-test-invalid-expired-exp
TEST_F(IdTokenTest, ExpiredExp) {
    claims["exp"] = kNow - 59;
    expect_accepted();
    claims["exp"] = kNow - 60;
    expect_refused(errors::kIdTokenExpired);
    claims["exp"] = 0;
    expect_refused(errors::kIdTokenExpired);
}

TEST_F(IdTokenTest, TheLeewayIsAParameter) {
    expected.leeway = seconds(0);
    claims["exp"] = kNow + 1;
    expect_accepted();
    claims["exp"] = kNow;
    expect_refused(errors::kIdTokenExpired);
}

// fapi2-security-profile-final-client-test-invalid-missing-exp
TEST_F(IdTokenTest, MissingExp) {
    claims.erase("exp");
    expect_refused(errors::kIdTokenExpiryMissing);
}

TEST_F(IdTokenTest, AbsurdExp) {
    for (const json::value& exp :
         {json::value(1e300), json::value(-1), json::value("1900000000"), json::value(nullptr)}) {
        claims["exp"] = exp;
        expect_refused(jose::errors::kJwtMalformedClaims);
    }
}

TEST_F(IdTokenTest, ExpBeyond2038) {
    claims["exp"] = 2'147'483'648;
    expect_accepted();
    expected.now = base::from_unix_seconds(2'147'483'647);
    expect_accepted();
    expected.now = base::from_unix_seconds(2'147'483'648 + 60);
    expect_refused(errors::kIdTokenExpired);
}

TEST_F(IdTokenTest, NotYetValidNbf) {
    claims["nbf"] = kNow + 60;
    expect_accepted();
    claims["nbf"] = kNow + 61;
    expect_refused(errors::kIdTokenNotYetValid);
}

// oidcc-client-test-missing-iat
TEST_F(IdTokenTest, MissingIat) {
    claims.erase("iat");
    expect_refused(errors::kIdTokenIssueTimeMissing);
}

TEST_F(IdTokenTest, IatInTheFuture) {
    claims["iat"] = kNow + 60;
    expect_accepted();
    claims["iat"] = kNow + 61;
    expect_refused(errors::kIdTokenIssuedInFuture);
}

// oidcc-client-test-nonce-invalid, fapi2-security-profile-final-client-test-invalid-nonce
TEST_F(IdTokenTest, NonceInvalid) {
    for (const json::value& nonce :
         {json::value("another"), json::value(""), json::value("THE-NONCE"), json::value(7)}) {
        claims["nonce"] = nonce;
        expect_refused(errors::kIdTokenNonceMismatch);
    }
}

// fapi2-security-profile-final-client-test-invalid-missing-nonce
TEST_F(IdTokenTest, MissingNonce) {
    claims.erase("nonce");
    expect_refused(errors::kIdTokenNonceMismatch);
}

TEST_F(IdTokenTest, MaxAgeNeedsAFreshAuthTime) {
    expected.max_age = seconds(600);
    expect_refused(errors::kIdTokenAuthTimeMissing);
    claims["auth_time"] = kNow - 660;
    expect_accepted();
    claims["auth_time"] = kNow - 661;
    expect_refused(errors::kIdTokenAuthTimeTooOld);
    claims["auth_time"] = "yesterday";
    expect_refused(jose::errors::kJwtMalformedClaims);
}

// The access token and at_hash of OpenID Connect Core 1.0, appendix A.3.
TEST_F(IdTokenTest, AtHashOfAppendixA3) {
    claims["at_hash"] = "77QmUPtjPfzWtF2AnpK9RQ";
    expected.access_token = base::Secret("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
    expect_accepted();
}

// oidcc-client-test-invalid-athash
TEST_F(IdTokenTest, InvalidAtHash) {
    expected.access_token = base::Secret("another access token");
    for (const json::value& hash :
         {json::value("77QmUPtjPfzWtF2AnpK9RQ"), json::value(""), json::value(7), json::value(nullptr)}) {
        claims["at_hash"] = hash;
        expect_refused(errors::kIdTokenAccessTokenHashMismatch);
    }
}

// oidcc-client-test-missing-athash is about front-channel flows; from the token endpoint it is optional
// (3.1.3.6).
TEST_F(IdTokenTest, MissingAtHash) {
    expected.access_token = base::Secret("access");
    expect_accepted();
}

TEST_F(IdTokenTest, AtHashHasTheHashOfTheAlgorithm) {
    expected.access_token = base::Secret("access");
    expected.algorithms = {Algorithm::rs512};
    const auto half_of = [](std::string hash) {
        return base::base64url_encode(hash.substr(0, hash.size() / 2));
    };
    claims["at_hash"] = half_of(crypto::sha512("access"));
    EXPECT_TRUE(verify(rsa_key().sign(Algorithm::rs512, payload())));
    claims["at_hash"] = half_of(crypto::sha256("access"));
    expect_refused(
        verify(rsa_key().sign(Algorithm::rs512, payload())), errors::kIdTokenAccessTokenHashMismatch
    );
}

// oidcc-client-test-refresh-token
TEST_F(IdTokenTest, RefreshToken) {
    make_refreshed();
    expect_accepted();
    claims["auth_time"] = kNow - 5000;
    claims["nonce"] = "the-nonce";
    expect_accepted();
}

// oidcc-client-test-refresh-token-invalid-issuer
TEST_F(IdTokenTest, RefreshTokenInvalidIssuer) {
    make_refreshed();
    claims["iss"] = "https://evil.example";
    expect_refused(errors::kIdTokenIssuerMismatch);
    expected.issuers.emplace_back("https://evil.example");
    expect_refused(errors::kIdTokenIssuerMismatch);
}

// oidcc-client-test-refresh-token-invalid-sub
TEST_F(IdTokenTest, RefreshTokenInvalidSub) {
    make_refreshed();
    claims["sub"] = "mallory";
    expect_refused(errors::kIdTokenSubjectChanged);
}

TEST_F(IdTokenTest, RefreshTokenInvalidAud) {
    make_refreshed();
    claims["aud"] = "another";
    expect_refused(errors::kIdTokenAudienceMismatch);
}

TEST_F(IdTokenTest, RefreshTokenOtherAuthTime) {
    make_refreshed();
    claims["auth_time"] = kNow;
    expect_refused(errors::kIdTokenAuthTimeChanged);
    expected.previous->auth_time.reset();
    expect_accepted();
}

TEST_F(IdTokenTest, RefreshTokenOtherNonce) {
    make_refreshed();
    claims["nonce"] = "another";
    expect_refused(errors::kIdTokenNonceMismatch);
    expected.previous->nonce.reset();
    expect_accepted();
}

TEST_F(IdTokenTest, RemembersWhatTheNextOneIsComparedWith) {
    claims["auth_time"] = kNow - 10;
    const auto previous = verify().value().as_previous();
    EXPECT_EQ(previous.iss, "https://idp.example");
    EXPECT_EQ(previous.sub, "alice");
    EXPECT_EQ(previous.auth_time, base::from_unix_seconds(kNow - 10));
    EXPECT_EQ(previous.nonce, "the-nonce");
    claims.erase("nonce");
    expected.nonce.reset();
    expected.previous = previous;
    expect_accepted();
}

// oidcc-client-test-aggregated-claims, oidcc-client-test-distributed-claims: section 5.6.2, not verified, not
// used.
TEST_F(IdTokenTest, ClaimsOfOthersAreNotMixedIn) {
    claims["_claim_names"] = json::object{{"email", "src1"}};
    claims["_claim_sources"] = json::object{{"src1", json::object{{"JWT", "a.b.c"}}}};
    EXPECT_EQ(verify().value().claims().string("email"), std::nullopt);
}

// No claim of the token may be found in the messages of a refusal: they are shown to whoever asks.
TEST_F(IdTokenTest, RefusalsDoNotRepeatTheToken) {
    claims["sub"] = "a-private-subject";
    claims["iss"] = "https://a-private-issuer.example";
    const auto result = verify();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().describe().find("private"), std::string::npos);
}

}  // namespace
}  // namespace stagedoor::oauth
