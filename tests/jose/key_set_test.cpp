#include "jose/key_set.h"

#include "jose/errors.h"
#include "support/signed_token.h"

#include <gtest/gtest.h>

namespace stagedoor::jose {
namespace {

using support::ec_key;
using support::IssuerKey;
using support::key_set_json;
using support::other_rsa_key;
using support::rsa_key;

TEST(KeySet, SelectsByKid) {
    const auto set =
        KeySet::parse(key_set_json({rsa_key().jwk(), other_rsa_key().jwk(), ec_key().jwk()})).value();
    ASSERT_EQ(set.candidates("rsa-2", Algorithm::rs256).size(), 1U);
    EXPECT_EQ(set.candidates("rsa-2", Algorithm::rs256).front()->kid(), "rsa-2");
    EXPECT_TRUE(set.candidates("rsa-3", Algorithm::rs256).empty());
    EXPECT_TRUE(set.contains("ec-1"));
    EXPECT_FALSE(set.contains("EC-1"));
}

TEST(KeySet, SelectsByAlgorithm) {
    const auto set = KeySet::parse(key_set_json({rsa_key().jwk(), ec_key().jwk()})).value();
    EXPECT_TRUE(set.candidates("rsa-1", Algorithm::es256).empty());
    EXPECT_TRUE(set.candidates("ec-1", Algorithm::rs256).empty());
    EXPECT_TRUE(set.candidates(std::nullopt, Algorithm::eddsa).empty());
    EXPECT_TRUE(set.candidates(std::nullopt, Algorithm::hs256).empty());
}

TEST(KeySet, WithoutKidEveryFittingKeyIsACandidate) {
    const auto set =
        KeySet::parse(key_set_json({rsa_key().jwk(), other_rsa_key().jwk(), ec_key().jwk()})).value();
    EXPECT_EQ(set.candidates(std::nullopt, Algorithm::rs256).size(), 2U);
    EXPECT_EQ(set.candidates(std::nullopt, Algorithm::es256).size(), 1U);
}

// RFC 7517, section 4.5: keys of different types may share a kid.
TEST(KeySet, KeysOfTwoTypesCanShareAKid) {
    const IssuerKey rsa(crypto::KeyType::rsa, "same");
    const IssuerKey ec(crypto::KeyType::p256, "same");
    const auto set = KeySet::parse(key_set_json({rsa.jwk(), ec.jwk()})).value();
    EXPECT_EQ(set.candidates("same", Algorithm::rs256).size(), 1U);
    EXPECT_EQ(set.candidates("same", Algorithm::es256).size(), 1U);
}

TEST(KeySet, IgnoresDecoys) {
    const auto set =
        KeySet::parse(key_set_json({
                          R"({"kty":"oct","kid":"rsa-1","k":"c2VjcmV0"})",
                          R"({"kty":"OKP","crv":"X25519","kid":"rsa-1","x":"AA"})",
                          R"({"kty":"new","kid":"rsa-1"})",
                          R"({"kty":"RSA","kid":"rsa-1","n":"broken","e":"AQAB"})",
                          R"({})",
                          R"(7)",
                          R"(null)",
                          other_rsa_key().jwk(R"("use":"enc",)"),
                          rsa_key().jwk(R"("use":"sig","alg":"RS256","x5c":["AA=="],"unknown":{"a":[1]},)"),
                      }))
            .value();
    ASSERT_EQ(set.candidates("rsa-1", Algorithm::rs256).size(), 1U);
    EXPECT_EQ(set.candidates(std::nullopt, Algorithm::rs256).size(), 1U);
}

TEST(KeySet, MayBeEmpty) {
    EXPECT_TRUE(KeySet::parse(R"({"keys":[]})").value().keys().empty());
}

TEST(KeySet, RefusesWhatIsNoSet) {
    for (const std::string_view text :
         {"", "[]", "{}", R"({"keys":{}})", R"({"keys":null})", R"({"keys":[],"keys":[]})", "<html>"}) {
        const auto result = KeySet::parse(text);
        ASSERT_FALSE(result) << text;
        EXPECT_TRUE(result.error().is(errors::kKeySetInvalid)) << text;
    }
}

TEST(KeySet, LimitsTheNumberOfKeys) {
    const auto of = [](int count) {
        std::string keys = "{}";
        for (int i = 1; i < count; ++i) keys += ",{}";
        return R"({"keys":[)" + keys + "]}";
    };
    EXPECT_TRUE(KeySet::parse(of(100)));
    EXPECT_FALSE(KeySet::parse(of(101)));
}

}  // namespace
}  // namespace stagedoor::jose
