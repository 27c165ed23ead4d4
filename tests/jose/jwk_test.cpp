#include "jose/jwk.h"

#include "base/encoding.h"
#include "jose/errors.h"
#include "support/signed_token.h"

#include <gtest/gtest.h>

namespace stagedoor::jose {
namespace {

base::Result<Jwk> parse(std::string_view json) {
    return Jwk::parse(JsonObject::parse(json).value());
}

// RFC 7517, appendix A.1, the second key.
constexpr std::string_view kRsa =
    R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP)"
    R"(ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8)"
    R"(KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw)"
    R"(0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})";

// RFC 7517, appendix A.1, the first key.
constexpr std::string_view kEcForEncryption =
    R"({"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",)"
    R"("y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"enc","kid":"1"})";

// RFC 7515, appendix A.3.1.
std::string ec(std::string_view extra = "") {
    return R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
           R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")" +
           std::string(extra) + "}";
}

TEST(Jwk, Rfc7517AppendixA1Rsa) {
    const auto key = parse(kRsa).value();
    EXPECT_EQ(key.kid(), "2011-04-29");
    EXPECT_EQ(key.key().type(), crypto::KeyType::rsa);
    EXPECT_TRUE(key.fits(Algorithm::rs256));
    EXPECT_FALSE(key.fits(Algorithm::rs512)) << "its alg is RS256";
    EXPECT_FALSE(key.fits(Algorithm::ps256));
    EXPECT_FALSE(key.fits(Algorithm::es256));
    EXPECT_FALSE(key.fits(Algorithm::hs256));
}

TEST(Jwk, Rfc7517AppendixA1EcIsForEncryption) {
    const auto key = parse(kEcForEncryption).value();
    EXPECT_EQ(key.kid(), "1");
    EXPECT_EQ(key.key().type(), crypto::KeyType::p256);
    EXPECT_FALSE(key.fits(Algorithm::es256));
}

TEST(Jwk, Rfc8037AppendixA2) {
    const auto key =
        parse(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})").value();
    EXPECT_TRUE(key.fits(Algorithm::eddsa));
    EXPECT_FALSE(key.fits(Algorithm::es256));
    EXPECT_EQ(key.kid(), std::nullopt);
}

TEST(Jwk, RespectsUse) {
    EXPECT_TRUE(parse(ec()).value().fits(Algorithm::es256));
    EXPECT_TRUE(parse(ec(R"(,"use":"sig")")).value().fits(Algorithm::es256));
    EXPECT_FALSE(parse(ec(R"(,"use":"enc")")).value().fits(Algorithm::es256));
    EXPECT_FALSE(parse(ec(R"(,"use":7)")).value().fits(Algorithm::es256));
}

TEST(Jwk, RespectsKeyOps) {
    EXPECT_TRUE(parse(ec(R"(,"key_ops":["verify"])")).value().fits(Algorithm::es256));
    EXPECT_TRUE(parse(ec(R"(,"key_ops":["sign","verify"])")).value().fits(Algorithm::es256));
    EXPECT_FALSE(parse(ec(R"(,"key_ops":["sign"])")).value().fits(Algorithm::es256));
    EXPECT_FALSE(parse(ec(R"(,"key_ops":[])")).value().fits(Algorithm::es256));
    EXPECT_FALSE(parse(ec(R"(,"key_ops":"verify")")).value().fits(Algorithm::es256));
}

TEST(Jwk, RespectsAlg) {
    EXPECT_TRUE(parse(ec(R"(,"alg":"ES256")")).value().fits(Algorithm::es256));
    EXPECT_FALSE(parse(ec(R"(,"alg":"ECDH-ES")")).value().fits(Algorithm::es256));
    EXPECT_FALSE(parse(ec(R"(,"alg":"es256")")).value().fits(Algorithm::es256));
    EXPECT_FALSE(parse(ec(R"(,"alg":null)")).value().fits(Algorithm::es256));
}

TEST(Jwk, APrivateKeyIsReadAsItsPublicHalf) {
    EXPECT_TRUE(
        parse(ec(R"(,"d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI")")).value().fits(Algorithm::es256)
    );
}

TEST(Jwk, AnAlgorithmFitsOneCurveAlone) {
    const auto key = parse(support::IssuerKey(crypto::KeyType::p384, "k").jwk()).value();
    EXPECT_TRUE(key.fits(Algorithm::es384));
    EXPECT_FALSE(key.fits(Algorithm::es256));
    EXPECT_FALSE(key.fits(Algorithm::es512));
}

class UnsupportedKey : public testing::TestWithParam<std::string_view> {};

TEST_P(UnsupportedKey, IsTold) {
    const auto result = parse(GetParam());
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().is(errors::kJwkUnsupported)) << result.error().describe();
}

INSTANTIATE_TEST_SUITE_P(
    Types,
    UnsupportedKey,
    testing::Values(
        R"({})",
        R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})",
        R"({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"})",
        R"({"kty":"EC","x":"AA","y":"AA"})",
        R"({"kty":"OKP","crv":"X25519","x":"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"})",
        R"({"kty":"OKP","crv":"Ed448","x":"AA"})",
        R"({"kty":"rsa","n":"AA","e":"AQAB"})",
        R"({"kty":7})",
        R"({"kty":"AKP","alg":"ML-DSA-44","pub":"AA"})"
    )
);

class InvalidKey : public testing::TestWithParam<std::string_view> {};

TEST_P(InvalidKey, IsRefused) {
    const auto result = parse(GetParam());
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().is(errors::kJwkInvalid)) << result.error().describe();
}

INSTANTIATE_TEST_SUITE_P(
    Members,
    InvalidKey,
    testing::Values(
        R"({"kty":"RSA","e":"AQAB"})",
        R"({"kty":"RSA","n":"","e":"AQAB"})",
        R"({"kty":"RSA","n":"not base64url!","e":"AQAB"})",
        R"({"kty":"RSA","n":"AQAB","e":"AQAB"})",
        R"({"kty":"RSA","n":7,"e":"AQAB"})",
        // x of appendix A.3.1 with another y: no point of the curve.
        R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"})",
        R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"})",
        R"({"kty":"EC","crv":"P-384","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
        R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})"
    )
);

TEST(Jwk, RefusesAnRsaKeyUnder2048Bits) {
    const auto modulus = base::base64url_encode("\xc1" + std::string(127, '\x11'));
    const auto result = parse(R"({"kty":"RSA","e":"AQAB","n":")" + modulus + R"("})");
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().is(errors::kJwkInvalid));
}

}  // namespace
}  // namespace stagedoor::jose
