#include "crypto/system_random.h"

#include "base/encoding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace stagedoor::crypto {
namespace {

// More values than one buffer holds, so that its refilling is part of the test.
TEST(SystemRandom, DoesNotRepeatItself) {
    SystemRandom random;
    std::set<std::string> seen;
    for (int i = 0; i < 20'000; ++i) {
        const auto bytes = random.bytes<16>();
        EXPECT_TRUE(seen.emplace(base::as_text(bytes)).second);
    }
}

TEST(SystemRandom, TwoObjectsGiveDifferentBytes) {
    SystemRandom one;
    SystemRandom two;
    EXPECT_NE(one.bytes<32>(), two.bytes<32>());
}

TEST(SystemRandom, FillsEveryByteOfAnySize) {
    SystemRandom random;
    for (const std::size_t size : {0U, 1U, 7U, 4095U, 4096U, 4097U, 10'000U}) {
        // A byte that was left out stays zero in all of 16 rounds; one that was filled does so once in 2^128
        // times.
        std::vector<std::uint8_t> all(size, 0);
        for (int round = 0; round < 16; ++round) {
            std::vector<std::uint8_t> bytes(size, 0);
            random.fill(bytes);
            std::ranges::transform(all, bytes, all.begin(), [](std::uint8_t a, std::uint8_t b) {
                return static_cast<std::uint8_t>(a | b);
            });
        }
        EXPECT_EQ(std::ranges::count(all, 0), 0) << size;
    }
}

TEST(SystemRandom, BytesAreEvenlySpread) {
    SystemRandom random;
    std::array<int, 256> counts{};
    std::vector<std::uint8_t> bytes(256 * 1024);
    random.fill(bytes);
    for (const std::uint8_t byte : bytes) ++counts[byte];
    // 1024 expected, standard deviation 32: ten of them away is no chance.
    EXPECT_GT(*std::ranges::min_element(counts), 1024 - 320);
    EXPECT_LT(*std::ranges::max_element(counts), 1024 + 320);
}

}  // namespace
}  // namespace stagedoor::crypto
