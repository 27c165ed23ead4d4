#include "oauth/scope.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace stagedoor::oauth {
namespace {

TEST(ScopeSet, SplitsOnWhiteSpace) {
    EXPECT_EQ(ScopeSet::parse("a b").to_string(), "a b");
    EXPECT_EQ(ScopeSet::parse(" \ta\n\r b\f\vc  ").to_string(), "a b c");
    EXPECT_EQ(ScopeSet::parse("a,b|c").to_string(), "a,b|c");
    EXPECT_TRUE(ScopeSet::parse("").empty());
    EXPECT_TRUE(ScopeSet::parse("  ").empty());
}

TEST(ScopeSet, LenientlySplitsOnBarsAndCommasToo) {
    EXPECT_EQ(ScopeSet::parse_lenient("a,b|c d, e ||,f").to_string(), "a b c d e f");
    EXPECT_TRUE(ScopeSet::parse_lenient(" ,|").empty());
}

TEST(ScopeSet, KeepsTheFirstPlaceOfAValue) {
    EXPECT_EQ(ScopeSet::parse("b a b c a").to_string(), "b a c");
    EXPECT_EQ(ScopeSet::parse("b a b c a").size(), 3U);
}

TEST(ScopeSet, ComparesValuesByteByByte) {
    const ScopeSet scope{"openid", "https://www.googleapis.com/auth/userinfo.email"};
    EXPECT_TRUE(scope.contains("openid"));
    EXPECT_FALSE(scope.contains("OpenID"));
    EXPECT_FALSE(scope.contains("open"));
    EXPECT_TRUE(scope.contains("https://www.googleapis.com/auth/userinfo.email"));
}

TEST(ScopeSet, ContainsAll) {
    const ScopeSet scope{"a", "b"};
    EXPECT_TRUE(scope.contains_all({}));
    EXPECT_TRUE(scope.contains_all({"b", "a"}));
    EXPECT_FALSE(scope.contains_all({"a", "c"}));
}

TEST(ScopeSet, MergesInOrder) {
    EXPECT_EQ((ScopeSet{"b", "a"}).merge({"c", "a", "d"}).to_string(), "b a c d");
    EXPECT_EQ(ScopeSet{}.merge({"a"}).to_string(), "a");
}

TEST(ScopeSet, Minus) {
    EXPECT_EQ((ScopeSet{"a", "b", "c"}).minus({"b", "x"}).to_string(), "a c");
    EXPECT_TRUE((ScopeSet{"a"}).minus({"a"}).empty());
}

TEST(ScopeSet, IsEqualInWhateverOrder) {
    EXPECT_EQ((ScopeSet{"a", "b"}), (ScopeSet{"b", "a"}));
    EXPECT_NE((ScopeSet{"a", "b"}), (ScopeSet{"a"}));
    EXPECT_NE((ScopeSet{"a"}), (ScopeSet{"a", "b"}));
}

TEST(ScopeSet, LawsOfSets) {
    EXPECT_TRUE(rc::check("merge holds both, minus takes away, text comes back", [] {
        const auto scope = [] {
            ScopeSet set;
            for (const auto& value : *rc::gen::container<std::vector<std::string>>(
                     rc::gen::container<std::string>(rc::gen::inRange('a', 'd'))
                 )) {
                set.add(value);
            }
            return set;
        };
        const auto a = scope();
        const auto b = scope();
        RC_ASSERT(a.merge(b).contains_all(a) && a.merge(b).contains_all(b));
        RC_ASSERT(a.merge(b) == b.merge(a));
        RC_ASSERT(a.minus(b).merge(b) == a.merge(b));
        RC_ASSERT(ScopeSet::parse(a.to_string()).to_string() == a.to_string());
    }));
}

}  // namespace
}  // namespace stagedoor::oauth
