#include "provider/circuit_breaker.h"

#include "support/manual_clock.h"
#include "support/seeded_random.h"

#include <gtest/gtest.h>

namespace stagedoor::provider {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class CircuitBreakerTest : public testing::Test {
 protected:
    void fail(int times) {
        for (int i = 0; i < times; ++i) {
            EXPECT_FALSE(breaker.admit());
            breaker.failure(std::nullopt, random);
        }
    }
    support::ManualClock clock;
    support::SeededRandom random;
    CircuitBreaker breaker{clock};
};

TEST_F(CircuitBreakerTest, AFewFailuresChangeNothing) {
    fail(4);
    breaker.success();
    fail(4);
    EXPECT_FALSE(breaker.admit());
}

TEST_F(CircuitBreakerTest, AfterFiveInARowNobodyCallsForAWhile) {
    fail(5);
    EXPECT_TRUE(breaker.is_open());
    const auto wait = breaker.admit();
    ASSERT_TRUE(wait);
    EXPECT_GE(*wait, milliseconds(500));
    EXPECT_LE(*wait, milliseconds(1000));
}

TEST_F(CircuitBreakerTest, ThenOneCallDecidesForAll) {
    fail(5);
    clock.advance(seconds(1));
    EXPECT_FALSE(breaker.admit());
    EXPECT_TRUE(breaker.admit()) << "one is on its way";
    breaker.success();
    EXPECT_FALSE(breaker.admit());
    EXPECT_FALSE(breaker.admit());
}

TEST_F(CircuitBreakerTest, ThePauseGrowsUpToHalfAMinute) {
    fail(5);
    auto before = *breaker.admit();
    for (int i = 0; i < 10; ++i) {
        clock.advance(seconds(31));
        ASSERT_FALSE(breaker.admit());
        breaker.failure(std::nullopt, random);
        const auto wait = *breaker.admit();
        EXPECT_LE(wait, seconds(30));
        if (i < 3) EXPECT_GT(wait, before);
        before = wait;
    }
    EXPECT_GE(before, seconds(15));
}

TEST_F(CircuitBreakerTest, AProviderThatAsksForAPauseGetsItAtOnce) {
    breaker.failure(seconds(17), random);
    EXPECT_EQ(breaker.admit(), seconds(17));
    clock.advance(seconds(17));
    EXPECT_FALSE(breaker.admit());
    breaker.failure(seconds(100'000), random);
    EXPECT_EQ(breaker.admit(), seconds(300));
}

TEST_F(CircuitBreakerTest, AProbeThatNeverReportsHoldsNobodyUpForEver) {
    fail(5);
    clock.advance(seconds(1));
    ASSERT_FALSE(breaker.admit());
    clock.advance(seconds(31));
    EXPECT_FALSE(breaker.admit());
}

TEST_F(CircuitBreakerTest, EachProviderAndEnvironmentHasItsOwn) {
    CircuitBreakers breakers(clock);
    breakers.of("p", "production").failure(seconds(10), random);
    EXPECT_TRUE(breakers.of("p", "production").is_open());
    EXPECT_FALSE(breakers.of("p", "development").is_open());
    EXPECT_FALSE(breakers.of("q", "production").is_open());
}

}  // namespace
}  // namespace stagedoor::provider
