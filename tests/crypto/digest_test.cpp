#include "crypto/digest.h"

#include "base/encoding.h"
#include "crypto/algorithm.h"

#include <gtest/gtest.h>

#include <string>

namespace stagedoor::crypto {
namespace {

using base::hex_encode;

TEST(Digest, HasTheValuesOfFips180ForTheEmptyTextAndForAbc) {
    EXPECT_EQ(hex_encode(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex_encode(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(
        hex_encode(sha384("abc")),
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
    );
    EXPECT_EQ(
        hex_encode(sha512("abc")),
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    );
}

struct HmacCase {
    std::string key;
    std::string message;
    std::string sha256;
    std::string sha384;
    std::string sha512;
};

TEST(Hmac, Rfc4231TestCases1And2And6) {
    const HmacCase cases[] = {
        {std::string(20, '\x0b'),
         "Hi There",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
         "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
         "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
         "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
        {"Jefe",
         "what do ya want for nothing?",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
         "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
         "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
         "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
        {std::string(131, '\xaa'),
         "Test Using Larger Than Block-Size Key - Hash Key First",
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
         "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952",
         "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
         "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"},
    };
    for (const HmacCase& c : cases) {
        EXPECT_EQ(hex_encode(hmac(Hash::sha256, c.key, c.message)), c.sha256);
        EXPECT_EQ(hex_encode(hmac(Hash::sha384, c.key, c.message)), c.sha384);
        EXPECT_EQ(hex_encode(hmac(Hash::sha512, c.key, c.message)), c.sha512);
    }
}

TEST(Hmac, TakesAnEmptyKeyAndAnEmptyMessage) {
    EXPECT_EQ(
        hex_encode(hmac_sha256("", "")), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
    );
}

TEST(Algorithm, NamesAreReadAndWrittenAsRegistered) {
    for (const std::string_view name :
         {"RS256",
          "RS384",
          "RS512",
          "PS256",
          "PS384",
          "PS512",
          "ES256",
          "ES384",
          "ES512",
          "EdDSA",
          "HS256",
          "HS384",
          "HS512"}) {
        const auto algorithm = parse_algorithm(name);
        ASSERT_TRUE(algorithm) << name;
        EXPECT_EQ(to_string(*algorithm), name);
    }
}

TEST(Algorithm, KnowsNeitherNoneNorAnotherSpelling) {
    for (const std::string_view name :
         {"none", "None", "", "rs256", "RS256 ", "ES256K", "RS1", "EDDSA", "HS1"}) {
        EXPECT_FALSE(parse_algorithm(name)) << name;
    }
}

TEST(Algorithm, HashAndSymmetryFollowTheName) {
    using enum Algorithm;
    for (const Algorithm a : {rs256, ps256, es256, hs256}) EXPECT_EQ(hash_of(a), Hash::sha256);
    for (const Algorithm a : {rs384, ps384, es384, hs384}) EXPECT_EQ(hash_of(a), Hash::sha384);
    for (const Algorithm a : {rs512, ps512, es512, hs512, eddsa}) EXPECT_EQ(hash_of(a), Hash::sha512);
    for (const Algorithm a : {hs256, hs384, hs512}) EXPECT_TRUE(is_symmetric(a));
    for (const Algorithm a : {rs256, rs384, rs512, ps256, ps384, ps512, es256, es384, es512, eddsa}) {
        EXPECT_FALSE(is_symmetric(a)) << to_string(a);
    }
}

}  // namespace
}  // namespace stagedoor::crypto
