#include "oauth/pkce.h"

#include "support/seeded_random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace stagedoor::oauth {
namespace {

// The octets of RFC 7636, appendix B.
class AppendixB final : public base::Random {
 public:
    void fill(std::span<std::uint8_t> out) override {
        constexpr std::array<std::uint8_t, 32> kOctets{116, 24,  223, 180, 151, 153, 224, 37,  79,  250, 96,
                                                       125, 216, 173, 187, 186, 22,  212, 37,  77,  105, 214,
                                                       191, 240, 91,  88,  5,   88,  83,  132, 141, 121};
        ASSERT_EQ(out.size(), kOctets.size());
        std::ranges::copy(kOctets, out.begin());
    }
};

TEST(Pkce, Rfc7636AppendixB) {
    AppendixB random;
    const auto verifier = make_code_verifier(random);
    EXPECT_EQ(verifier.reveal(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    EXPECT_EQ(code_challenge_s256(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(Pkce, AVerifierIs43UnreservedCharacters) {
    support::SeededRandom random;
    for (int i = 0; i < 100; ++i) {
        const auto verifier = make_code_verifier(random);
        EXPECT_EQ(verifier.size(), 43U);
        EXPECT_EQ(
            verifier.reveal().find_first_not_of(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            ),
            std::string::npos
        );
    }
}

TEST(Pkce, EveryVerifierIsAnother) {
    support::SeededRandom random;
    EXPECT_FALSE(make_code_verifier(random) == make_code_verifier(random));
}

}  // namespace
}  // namespace stagedoor::oauth
