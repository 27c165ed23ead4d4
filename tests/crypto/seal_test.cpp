#include "crypto/seal.h"

#include "base/encoding.h"
#include "crypto/errors.h"
#include "crypto/system_random.h"
#include "support/seeded_random.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace stagedoor::crypto {
namespace {

constexpr SealContext kContext{"state", "google", "development"};
constexpr std::size_t kOwnOctets = 49;

KeyRing ring(std::initializer_list<const char*> secrets) {
    std::vector<base::Secret> list;
    for (const char* secret : secrets) list.emplace_back(std::string(secret));
    return KeyRing(list);
}

// 0, 1, 2, ...: so that salt and nonce of a sealed value are known.
class CountingRandom final : public base::Random {
 public:
    void fill(std::span<std::uint8_t> out) override {
        for (auto& byte : out) byte = next_++;
    }

 private:
    std::uint8_t next_ = 0;
};

void expect_refused(const KeyRing& keys, const SealContext& context, std::string_view sealed) {
    const auto opened = keys.open(context, sealed);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), errors::kSealInvalid.code);
    // One message for every reason.
    EXPECT_EQ(opened.error().message(), "a sealed value is not valid here");
    EXPECT_EQ(opened.error().detail(), "");
}

// The expected text was computed by another implementation of HKDF and AES-GCM (Python's `cryptography`). It
// fails when the format changes, which would sign out every user at an update.
TEST(Seal, FormatIsStable) {
    const KeyRing keys = ring({"correct horse battery staple"});
    CountingRandom random;
    const std::string expected =
        "Aea5sQsAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobeadpA3DyPkZ2iYcmBiPQiMSzMiG0VXRzjlrKDEAL";
    EXPECT_EQ(keys.seal(kContext, "attack at dawn", random), expected);
    const auto opened = keys.open(kContext, expected);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->plaintext.reveal(), "attack at dawn");
}

TEST(Seal, OpensWhatItSealedOfAnyContentAndLength) {
    const KeyRing keys = ring({"secret"});
    SystemRandom random;
    const auto round_trip =
        [&](const std::string& plaintext, const std::string& purpose, const std::string& provider) {
            const SealContext context{purpose, provider, "production"};
            const std::string sealed = keys.seal(context, plaintext, random);
            const std::size_t octets = plaintext.size() + kOwnOctets;
            RC_ASSERT(sealed.size() == (octets * 4 + 2) / 3);
            const auto opened = keys.open(context, sealed);
            RC_ASSERT(opened.has_value());
            RC_ASSERT(opened->plaintext.reveal() == plaintext);
            RC_ASSERT(opened->newest_key);
        };
    EXPECT_TRUE(rc::check(round_trip));
}

TEST(Seal, SealsTheEmptyTextAndALongOne) {
    const KeyRing keys = ring({"secret"});
    SystemRandom random;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1} << 20}) {
        const std::string plaintext(size, 'x');
        const auto opened = keys.open(kContext, keys.seal(kContext, plaintext, random));
        ASSERT_TRUE(opened);
        EXPECT_EQ(opened->plaintext.reveal(), plaintext);
    }
}

TEST(Seal, EveryFlippedBitIsRefused) {
    const KeyRing keys = ring({"secret", "older"});
    support::SeededRandom random;
    const std::string sealed = keys.seal(kContext, "attack at dawn", random);
    const std::string octets = base::base64url_decode(sealed).value();
    for (std::size_t bit = 0; bit < octets.size() * 8; ++bit) {
        std::string changed = octets;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        expect_refused(keys, kContext, base::base64url_encode(changed));
    }
}

TEST(Seal, EveryOtherCharacterInTheTextIsRefused) {
    const KeyRing keys = ring({"secret"});
    support::SeededRandom random;
    const std::string sealed = keys.seal(kContext, "attack at dawn", random);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        for (const char c : {'A', 'B', '-', '=', ' ', '\0'}) {
            if (sealed[i] == c) continue;
            std::string changed = sealed;
            changed[i] = c;
            expect_refused(keys, kContext, changed);
        }
    }
}

TEST(Seal, EveryShorterAndLongerTextIsRefused) {
    const KeyRing keys = ring({"secret"});
    support::SeededRandom random;
    const std::string octets = base::base64url_decode(keys.seal(kContext, "attack at dawn", random)).value();
    for (std::size_t length = 0; length < octets.size(); ++length) {
        expect_refused(keys, kContext, base::base64url_encode(octets.substr(0, length)));
    }
    expect_refused(keys, kContext, base::base64url_encode(octets + '\0'));
    expect_refused(keys, kContext, base::base64url_encode('\0' + octets));
}

TEST(Seal, AnyOtherTextIsRefused) {
    const KeyRing keys = ring({"secret"});
    const auto refuses = [&](const std::string& text) {
        RC_ASSERT(!keys.open(kContext, text));
        RC_ASSERT(!keys.open(kContext, base::base64url_encode(text)));
    };
    EXPECT_TRUE(rc::check(refuses));
}

TEST(Seal, OpensInItsOwnPlaceOnly) {
    const KeyRing keys = ring({"secret"});
    support::SeededRandom random;
    const std::string sealed = keys.seal(kContext, "value", random);
    expect_refused(keys, {"session", "google", "development"}, sealed);
    expect_refused(keys, {"state", "github", "development"}, sealed);
    expect_refused(keys, {"state", "google", "production"}, sealed);
    expect_refused(keys, {"", "", ""}, sealed);
    expect_refused(keys, {"google", "state", "development"}, sealed);
}

TEST(Seal, PartsOfAPlaceAreNotRunTogether) {
    const KeyRing keys = ring({"secret"});
    support::SeededRandom random;
    const std::string sealed = keys.seal({"a", "bc", "d"}, "value", random);
    expect_refused(keys, {"ab", "c", "d"}, sealed);
    expect_refused(keys, {"a", "b", "cd"}, sealed);
    expect_refused(keys, {"abcd", "", ""}, sealed);
    const std::string with_length = keys.seal({"a", std::string_view("\0\0\0\1b", 5), ""}, "value", random);
    expect_refused(keys, {"a", "", std::string_view("\0\0\0\1b", 5)}, with_length);
}

TEST(KeyRing, TheFirstKeySealsAndTheOthersStillOpen) {
    SystemRandom random;
    const KeyRing before = ring({"old"});
    const KeyRing after = ring({"new", "old"});
    const auto old_value = after.open(kContext, before.seal(kContext, "value", random));
    ASSERT_TRUE(old_value);
    EXPECT_EQ(old_value->plaintext.reveal(), "value");
    EXPECT_FALSE(old_value->newest_key);

    const std::string sealed = after.seal(kContext, "value", random);
    const auto new_value = after.open(kContext, sealed);
    ASSERT_TRUE(new_value);
    EXPECT_TRUE(new_value->newest_key);
    expect_refused(before, kContext, sealed);
}

TEST(KeyRing, AKeyThatWasTakenOutOpensNothing) {
    SystemRandom random;
    const std::string sealed = ring({"old"}).seal(kContext, "value", random);
    expect_refused(ring({"new"}), kContext, sealed);
    expect_refused(ring({"new", "newer", "OLD"}), kContext, sealed);
}

TEST(KeyRing, TwoRingsOfOneSecretUnderstandEachOther) {
    SystemRandom random;
    const std::string sealed = ring({"secret"}).seal(kContext, "value", random);
    EXPECT_TRUE(ring({"secret"}).open(kContext, sealed));
}

TEST(KeyRing, NeedsAtLeastOneSecretAndNoneThatIsEmpty) {
    EXPECT_THROW(ring({}), std::invalid_argument);
    EXPECT_THROW(ring({""}), std::invalid_argument);
    EXPECT_THROW(ring({"secret", ""}), std::invalid_argument);
}

TEST(KeyRing, NoTwoSealedValuesAreAlike) {
    const KeyRing keys = ring({"secret"});
    SystemRandom random;
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(keys.seal(kContext, "value", random)).second);
}

TEST(KeyRing, IsSharedByThreads) {
    const KeyRing keys = ring({"new", "old"});
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&keys] {
            SystemRandom random;
            for (int i = 0; i < 200; ++i) {
                const auto opened = keys.open(kContext, keys.seal(kContext, "value", random));
                ASSERT_TRUE(opened);
                ASSERT_EQ(opened->plaintext.reveal(), "value");
            }
        });
    }
}

}  // namespace
}  // namespace stagedoor::crypto
