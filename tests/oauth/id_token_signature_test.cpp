#include "jose/remote_key_set.h"
#include "oauth/id_token_fixture.h"

namespace stagedoor::oauth {
namespace {

using crypto::Algorithm;
using std::chrono::seconds;
using support::ec_key;
using support::key_set_json;
using support::other_rsa_key;
using support::rsa_key;

using IdTokenSignatureTest = IdTokenTest;

// oidcc-client-test-invalid-sig-rs256
TEST_F(IdTokenSignatureTest, InvalidSigRs256) {
    auto broken = token();
    broken[broken.size() - 10] = broken[broken.size() - 10] == 'A' ? 'B' : 'A';
    expect_refused(verify(broken), jose::errors::kJwsSignatureInvalid);
}

TEST_F(IdTokenSignatureTest, ForgedWithAnotherKeyUnderAKnownKid) {
    const auto forged = other_rsa_key().sign(Algorithm::rs256, payload(), R"({"alg":"RS256","kid":"rsa-1"})");
    expect_refused(verify(forged), jose::errors::kJwsSignatureInvalid);
}

TEST_F(IdTokenSignatureTest, ClaimsOfAnotherToken) {
    const auto good = token();
    claims["sub"] = "mallory";
    const auto other = support::signing_input(R"({"alg":"RS256","kid":"rsa-1"})", payload());
    expect_refused(verify(other + good.substr(good.rfind('.'))), jose::errors::kJwsSignatureInvalid);
}

// oidcc-client-test-idtoken-sig-none, fapi2-security-profile-final-client-test-invalid-null-alg
TEST_F(IdTokenSignatureTest, IdtokenSigNone) {
    for (const std::string header :
         {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"none","kid":"rsa-1"})"}) {
        expect_refused(
            verify(support::signing_input(header, payload()) + "."), jose::errors::kJwsAlgorithmRefused
        );
    }
}

// oidcc-client-test-invalid-sig-hs256
TEST_F(IdTokenSignatureTest, InvalidSigHs256) {
    expected.algorithms = {Algorithm::hs256};
    const base::Secret secret("client-secret");
    const auto forged = support::sign_with_secret(Algorithm::hs256, payload(), "another-secret");
    expect_refused(
        verify_id_token(forged, {.client_secret = &secret}, expected), jose::errors::kJwsSignatureInvalid
    );
    const auto good = support::sign_with_secret(Algorithm::hs256, payload(), "client-secret");
    EXPECT_TRUE(verify_id_token(good, {.client_secret = &secret}, expected));
}

// oidcc-client-test-invalid-sig-es256
TEST_F(IdTokenSignatureTest, InvalidSigEs256) {
    expected.algorithms = {Algorithm::es256};
    key_set = key_set_json({ec_key().jwk()});
    const auto good = ec_key().sign(Algorithm::es256, payload());
    EXPECT_TRUE(verify(good));
    auto broken = good;
    broken[broken.size() - 10] = broken[broken.size() - 10] == 'A' ? 'B' : 'A';
    expect_refused(verify(broken), jose::errors::kJwsSignatureInvalid);
}

TEST_F(IdTokenSignatureTest, AlgConfusionRs256PublicKeyAsHmacKey) {
    for (const auto& public_key : {rsa_key().jwk(), key_set}) {
        const auto forged = support::sign_with_secret(Algorithm::hs256, payload(), public_key);
        expect_refused(verify(forged), jose::errors::kJwsAlgorithmRefused);
        // Not even where HS256 is allowed: without a client secret there is no key for it.
        expected.algorithms = {Algorithm::rs256, Algorithm::hs256};
        expect_refused(verify(forged), jose::errors::kJwsAlgorithmRefused);
        const auto keys = jose::KeySet::parse(key_set).value();
        const base::Secret secret("client-secret");
        expect_refused(
            verify_id_token(forged, {.keys = &keys, .client_secret = &secret}, expected),
            jose::errors::kJwsSignatureInvalid
        );
        expected.algorithms = {Algorithm::rs256};
    }
}

// fapi2-security-profile-final-client-test-invalid-alternate-alg
TEST_F(IdTokenSignatureTest, InvalidAlternateAlg) {
    expect_refused(verify(rsa_key().sign(Algorithm::ps256, payload())), jose::errors::kJwsAlgorithmRefused);
    key_set = key_set_json({rsa_key().jwk(), ec_key().jwk()});
    expect_refused(verify(ec_key().sign(Algorithm::es256, payload())), jose::errors::kJwsAlgorithmRefused);
}

TEST_F(IdTokenSignatureTest, EncryptedTokensAreRefused) {
    expect_refused(verify("eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d"), jose::errors::kJwsMalformed);
}

// oidcc-client-test-kid-absent-single-jwks
TEST_F(IdTokenSignatureTest, KidAbsentSingleJwks) {
    EXPECT_TRUE(verify(rsa_key().sign_without_kid(Algorithm::rs256, payload())));
}

// oidcc-client-test-kid-absent-multiple-jwks
TEST_F(IdTokenSignatureTest, KidAbsentMultipleJwks) {
    key_set = key_set_json({other_rsa_key().jwk(), ec_key().jwk(), rsa_key().jwk()});
    EXPECT_TRUE(verify(rsa_key().sign_without_kid(Algorithm::rs256, payload())));
    key_set = key_set_json({other_rsa_key().jwk(), ec_key().jwk()});
    expect_refused(
        verify(rsa_key().sign_without_kid(Algorithm::rs256, payload())), jose::errors::kJwsSignatureInvalid
    );
}

TEST_F(IdTokenSignatureTest, DecoyKeysOfOtherTypesAreIgnored) {
    key_set =
        key_set_json({R"({"kty":"oct","kid":"rsa-1","k":"c2VjcmV0"})", R"({"kty":"x"})", rsa_key().jwk()});
    expect_accepted();
}

// oidcc-client-test-signing-key-rotation-just-before-signing
TEST_F(IdTokenSignatureTest, SigningKeyRotationJustBeforeSigning) {
    jose::RemoteKeySet remote;
    const base::SteadyTime now{seconds(1000)};
    remote.fetched(jose::KeySet::parse(key_set_json({other_rsa_key().jwk()})).value(), now);
    const auto fresh = token();
    expect_refused(
        verify_id_token(fresh, {.keys = remote.keys(now).get()}, expected), jose::errors::kJwsKeyNotFound
    );

    const auto kid = jose::Jws::parse(fresh).value().header().kid;
    ASSERT_EQ(remote.decide(kid, now), jose::KeySetAction::fetch);
    remote.fetched(jose::KeySet::parse(key_set).value(), now);
    ASSERT_EQ(remote.decide(kid, now), jose::KeySetAction::use);
    EXPECT_TRUE(verify_id_token(fresh, {.keys = remote.keys(now).get()}, expected));
}

// oidcc-client-test-signing-key-rotation, and the harder case of keys without names
TEST_F(IdTokenSignatureTest, SigningKeyRotationWithoutKid) {
    jose::RemoteKeySet remote;
    const base::SteadyTime now{seconds(1000)};
    remote.fetched(jose::KeySet::parse(key_set_json({other_rsa_key().jwk()})).value(), now);
    const auto fresh = rsa_key().sign_without_kid(Algorithm::rs256, payload());
    ASSERT_EQ(remote.decide(std::nullopt, now), jose::KeySetAction::use);
    expect_refused(
        verify_id_token(fresh, {.keys = remote.keys(now).get()}, expected), jose::errors::kJwsSignatureInvalid
    );
    ASSERT_EQ(remote.after_failed_verification(now), jose::KeySetAction::fetch);
    remote.fetched(jose::KeySet::parse(key_set).value(), now);
    EXPECT_TRUE(verify_id_token(fresh, {.keys = remote.keys(now).get()}, expected));
}

}  // namespace
}  // namespace stagedoor::oauth
