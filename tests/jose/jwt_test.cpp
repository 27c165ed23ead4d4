#include "jose/jwt.h"

#include "jose/errors.h"
#include "support/signed_token.h"

#include <gtest/gtest.h>

#include <array>

namespace stagedoor::jose {
namespace {

using base::from_unix_seconds;

// RFC 7519, section 3.1.
TEST(Claims, Rfc7519Section31) {
    const auto claims =
        parse_claims("{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}")
            .value();
    EXPECT_EQ(claims.iss, "joe");
    EXPECT_EQ(claims.exp, from_unix_seconds(1300819380));
    EXPECT_EQ(claims.all.boolean("http://example.com/is_root"), true);
    EXPECT_EQ(claims.sub, std::nullopt);
    EXPECT_EQ(claims.iat, std::nullopt);
    EXPECT_TRUE(claims.aud.empty());
}

TEST(Claims, AudienceIsAStringOrAList) {
    EXPECT_EQ(parse_claims(R"({"aud":"a"})").value().aud, std::vector<std::string>{"a"});
    EXPECT_EQ(parse_claims(R"({"aud":["a","b"]})").value().aud, (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(parse_claims(R"({"aud":[]})").value().aud.empty());
}

TEST(Claims, TimesCanBeFractional) {
    EXPECT_EQ(
        parse_claims(R"({"iat":1300819380.5})").value().iat,
        from_unix_seconds(1300819380) + std::chrono::milliseconds(500)
    );
}

TEST(Claims, TimesGoBeyond2038) {
    EXPECT_EQ(parse_claims(R"({"exp":2147483648})").value().exp, from_unix_seconds(2147483648));
    EXPECT_EQ(parse_claims(R"({"exp":4102444800})").value().exp, from_unix_seconds(4102444800));
    EXPECT_EQ(parse_claims(R"({"exp":253402300799})").value().exp, from_unix_seconds(253402300799));
}

class MalformedClaims : public testing::TestWithParam<std::string_view> {};

TEST_P(MalformedClaims, AreRefused) {
    const auto result = parse_claims(GetParam());
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().is(errors::kJwtMalformedClaims)) << result.error().describe();
}

INSTANTIATE_TEST_SUITE_P(
    Types,
    MalformedClaims,
    testing::Values(
        "",
        "[]",
        "\"text\"",
        R"({"sub":"alice","sub":"mallory"})",
        R"({"iss":7})",
        R"({"iss":null})",
        R"({"sub":["alice"]})",
        R"({"aud":7})",
        R"({"aud":[7]})",
        R"({"aud":{"a":"b"}})",
        R"({"jti":1})",
        R"({"exp":"1300819380"})",
        R"({"exp":1e300})",
        R"({"exp":-1})",
        R"({"exp":253402300800})",
        R"({"exp":18446744073709551615})",
        R"({"exp":true})",
        R"({"exp":null})",
        R"({"exp":[1300819380]})",
        R"({"iat":-1e300})",
        R"({"nbf":"now"})"
    )
);

TEST(VerifyJwt, GivesTheClaimsOfASignedToken) {
    const auto keys = KeySet::parse(support::key_set_json({support::ec_key().jwk()})).value();
    const std::array allowed{Algorithm::es256};
    const auto token = support::ec_key().sign(Algorithm::es256, R"({"sub":"alice"})");
    EXPECT_EQ(verify_jwt(token, {.keys = &keys}, allowed).value().sub, "alice");
}

TEST(VerifyJwt, LooksAtNoClaimBeforeTheSignature) {
    const auto keys = KeySet::parse(support::key_set_json({support::ec_key().jwk()})).value();
    const std::array allowed{Algorithm::es256};
    const auto input = support::signing_input(R"({"alg":"ES256","kid":"ec-1"})", "not even JSON");
    const auto result =
        verify_jwt(support::with_signature(input, std::string(64, 'x')), {.keys = &keys}, allowed);
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().is(errors::kJwsSignatureInvalid));
}

}  // namespace
}  // namespace stagedoor::jose
