#include "base/duration.h"

#include "base/errors.h"

#include <gtest/gtest.h>

namespace stagedoor::base {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

TEST(Duration, ANumberWithAUnit) {
    EXPECT_EQ(parse_duration("500 ms"), 500ms);
    EXPECT_EQ(parse_duration("90s"), 90s);
    EXPECT_EQ(parse_duration("30m"), 30min);
    EXPECT_EQ(parse_duration("1.5h"), 90min);
    EXPECT_EQ(parse_duration(".5 hours"), 30min);
    EXPECT_EQ(parse_duration("2 days"), 48h);
    EXPECT_EQ(parse_duration("1 Week"), 168h);
    EXPECT_EQ(parse_duration("1y"), days(365));
    EXPECT_EQ(parse_duration("0s"), 0ms);
    EXPECT_EQ(parse_duration("0.0004s"), 0ms);
    EXPECT_EQ(parse_duration("1.0006s"), 1001ms);
}

TEST(Duration, Iso8601) {
    EXPECT_EQ(parse_duration("P30D"), days(30));
    EXPECT_EQ(parse_duration("PT1H30M"), 90min);
    EXPECT_EQ(parse_duration("P1M"), days(30));
    EXPECT_EQ(parse_duration("PT1M"), 1min);
    EXPECT_EQ(parse_duration("P1Y2M3W4DT5H6M7.5S"), days(365 + 60 + 21 + 4) + 5h + 6min + 7500ms);
    EXPECT_EQ(parse_duration("P0D"), 0ms);
}

TEST(Duration, RefusesWhatIsNone) {
    for (const auto* text :
         {"",      " ",      "30",    "m",      "30 parsecs", "-5m",  "+5m",  "5m ",  " 5m", "1h 30m", "1e3s",
          "0x10s", "1.2.3s", "nan s", "inf s",  ".s",         "5\tm", "1,5h", "P",    "PT",  "P1",     "P1H",
          "PT1D",  "P1D2Y",  "P1DT",  "PT1H1H", "P-1D",       "p1d",  "P1d",  "P 1D", "P1D "}) {
        const auto result = parse_duration(text);
        ASSERT_FALSE(result) << text;
        EXPECT_TRUE(result.error().is(errors::kDurationMalformed));
    }
}

TEST(Duration, IsAtMost100Years) {
    EXPECT_EQ(parse_duration("100y"), days(36500));
    EXPECT_FALSE(parse_duration("101y"));
    EXPECT_FALSE(parse_duration("99999999999999999999999999y"));
    EXPECT_FALSE(parse_duration(std::string(400, '9') + "s"));
    EXPECT_FALSE(parse_duration("P100Y1D"));
}

TEST(Duration, IsWrittenForPeople) {
    EXPECT_EQ(to_string(0ms), "0s");
    EXPECT_EQ(to_string(500ms), "500ms");
    EXPECT_EQ(to_string(90s), "90s");
    EXPECT_EQ(to_string(90min), "1h 30m");
    EXPECT_EQ(to_string(days(30)), "30d");
    EXPECT_EQ(to_string(25h + 1s), "1d 1h 1s");
    EXPECT_EQ(to_string(-90min), "-1h 30m");
}

}  // namespace
}  // namespace stagedoor::base
