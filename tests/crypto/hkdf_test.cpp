#include "crypto/hkdf.h"

#include "base/encoding.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace stagedoor::crypto {
namespace {

// The octets first, first + 1, ... , last.
std::string octets(int first, int last) {
    std::string out;
    for (int i = first; i <= last; ++i) out.push_back(static_cast<char>(i));
    return out;
}

TEST(Hkdf, Rfc5869AppendixA1) {
    const auto key = hkdf_extract(octets(0x00, 0x0c), std::string(22, '\x0b'));
    EXPECT_EQ(
        base::hex_encode(key.reveal()), "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"
    );
    EXPECT_EQ(
        base::hex_encode(hkdf_expand(key, octets(0xf0, 0xf9), 42).reveal()),
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    );
}

TEST(Hkdf, Rfc5869AppendixA2LongInputsAndSeveralBlocks) {
    const auto key = hkdf_extract(octets(0x60, 0xaf), octets(0x00, 0x4f));
    EXPECT_EQ(
        base::hex_encode(key.reveal()), "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244"
    );
    EXPECT_EQ(
        base::hex_encode(hkdf_expand(key, octets(0xb0, 0xff), 82).reveal()),
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
        "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
    );
}

TEST(Hkdf, Rfc5869AppendixA3NoSaltAndNoInfo) {
    const auto key = hkdf_extract("", std::string(22, '\x0b'));
    EXPECT_EQ(
        base::hex_encode(key.reveal()), "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04"
    );
    EXPECT_EQ(
        base::hex_encode(hkdf_expand(key, "", 42).reveal()),
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    );
}

TEST(Hkdf, AShorterOutputIsTheBeginningOfALongerOne) {
    const auto key = hkdf_extract("salt", "key");
    const std::string longest = hkdf_expand(key, "info", 255 * 32).reveal();
    EXPECT_EQ(longest.size(), 255U * 32U);
    for (const std::size_t length : {0U, 1U, 31U, 32U, 33U, 64U}) {
        EXPECT_EQ(hkdf_expand(key, "info", length).reveal(), longest.substr(0, length));
    }
}

TEST(Hkdf, RefusesMoreThan255Blocks) {
    const auto key = hkdf_extract("salt", "key");
    EXPECT_THROW((void)hkdf_expand(key, "info", 255 * 32 + 1), std::invalid_argument);
}

}  // namespace
}  // namespace stagedoor::crypto
