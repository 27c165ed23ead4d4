#include "base/secret.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <sstream>

namespace stagedoor::base {
namespace {

TEST(Secret, IsPrintedAsRedactedByEveryFormatter) {
    const Secret secret("hunter2");
    std::ostringstream out;
    out << secret;
    EXPECT_EQ(out.str(), "[redacted]");
    EXPECT_EQ(fmt::format("{}", secret), "[redacted]");
    EXPECT_EQ(fmt::format("{:.3}", secret), "[redacted]");
    EXPECT_EQ(::testing::PrintToString(secret), "[redacted]");
}

TEST(Secret, ComparesByContent) {
    EXPECT_EQ(Secret("a"), Secret("a"));
    EXPECT_NE(Secret("a"), Secret("b"));
    EXPECT_NE(Secret("a"), Secret("ab"));
    EXPECT_EQ(Secret(), Secret(""));
}

TEST(Secret, LeavesNothingBehindWhenMoved) {
    for (const auto& text : {std::string("short"), std::string(500, 'x')}) {
        Secret source(text);
        const Secret target = std::move(source);
        EXPECT_EQ(target.reveal(), text);
        EXPECT_TRUE(source.empty());  // NOLINT(bugprone-use-after-move): this is what is tested
        Secret assigned("former");
        Secret again(text);
        assigned = std::move(again);
        EXPECT_EQ(assigned.reveal(), text);
        EXPECT_TRUE(again.empty());  // NOLINT(bugprone-use-after-move)
    }
}

TEST(Secret, SurvivesAssignmentToItself) {
    Secret secret("kept");
    Secret& same = secret;
    secret = same;
    EXPECT_EQ(secret.reveal(), "kept");
    secret = std::move(same);
    EXPECT_EQ(secret.reveal(), "kept");
}

TEST(Wipe, OverwritesTheWholeCapacity) {
    std::string text = "a secret that is long enough to live on the heap";
    text.reserve(200);
    const char* const memory = text.data();
    const std::size_t capacity = text.capacity();
    text.resize(5);
    wipe(text);
    EXPECT_TRUE(text.empty());
    text.resize(capacity);  // the same memory again, and now it may be looked at
    ASSERT_EQ(text.data(), memory);
    EXPECT_EQ(text.find_first_not_of('\0'), std::string::npos);
}

TEST(EqualInConstantTime, IsEquality) {
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time("same", "same"));
    EXPECT_FALSE(equal_in_constant_time("same", "sama"));
    EXPECT_FALSE(equal_in_constant_time("same", "tame"));
    EXPECT_FALSE(equal_in_constant_time("same", "same "));
    EXPECT_FALSE(equal_in_constant_time(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}

}  // namespace
}  // namespace stagedoor::base
