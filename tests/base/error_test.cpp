#include "base/error.h"

#include "base/result.h"

#include <gtest/gtest.h>

namespace stagedoor::base {
namespace {

constexpr ErrorKind kOuter{"outer.failed", 503, error_name::kUnavailable};
constexpr ErrorKind kInner{"inner.failed", 400, error_name::kInput};
constexpr ErrorKind kOther{"other.failed", 500, error_name::kOther};

TEST(Error, KnowsItsKindAndThoseOfItsCauses) {
    const Error error = Error(kOuter, "outer").caused_by(Error(kInner, "inner"));
    EXPECT_TRUE(error.is(kOuter));
    EXPECT_TRUE(error.is(kInner));
    EXPECT_FALSE(error.is(kOther));
    EXPECT_EQ(error.status(), 503);
    EXPECT_EQ(error.name(), "ServiceUnavailableError");
    EXPECT_EQ(error.cause()->code(), "inner.failed");
}

TEST(Error, IsDescribedWithItsDetailsAndCauses) {
    const Error error =
        Error(kOuter, "outer").with_detail("where").caused_by(Error(kInner, "inner").with_detail("what"));
    EXPECT_EQ(error.describe(), "outer.failed: outer (where) <- inner.failed: inner (what)");
    EXPECT_EQ(error.message(), "outer");
}

TEST(Error, TellsWhenToTryAgain) {
    EXPECT_EQ(Error(kOuter, "").retry_after(), std::nullopt);
    EXPECT_EQ(Error(kOuter, "").retry_in(std::chrono::seconds(5)).retry_after(), std::chrono::seconds(5));
}

Result<int> half(int number) {
    if (number % 2 != 0) return fail(kInner, "odd");
    return number / 2;
}

Result<int> quarter(int number) {
    STAGEDOOR_TRY(const int first, half(number));
    STAGEDOOR_CHECK(half(first));
    STAGEDOOR_TRY(const int second, half(first));
    return second;
}

TEST(Result, TryReturnsTheFirstError) {
    EXPECT_EQ(quarter(8), 2);
    EXPECT_EQ(quarter(3).error().code(), "inner.failed");
    EXPECT_EQ(quarter(6).error().message(), "odd");
}

}  // namespace
}  // namespace stagedoor::base
