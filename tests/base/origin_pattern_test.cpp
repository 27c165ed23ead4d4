#include "base/origin_pattern.h"

#include "base/errors.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <stdexcept>

namespace stagedoor::base {
namespace {

bool matches(std::string_view glob, std::string_view text) {
    const auto pattern = OriginPattern::parse(glob);
    if (!pattern) throw std::runtime_error(pattern.error().describe());
    return pattern->matches(Origin::parse(text).value());
}

TEST(OriginPattern, WithoutWildcardsIsThisOriginAlone) {
    EXPECT_TRUE(matches("https://app.example.com", "https://app.example.com"));
    EXPECT_FALSE(matches("https://app.example.com", "https://app.example.com:8443"));
    EXPECT_FALSE(matches("https://app.example.com", "https://appxexample.com"));
    EXPECT_FALSE(matches("https://app.example.com", "https://app.example.com.evil.example"));
    EXPECT_FALSE(matches("https://app.example.com", "https://evilapp.example.com"));
}

TEST(OriginPattern, CaseDoesNotMatter) {
    EXPECT_TRUE(matches("HTTPS://*.Example.com", "https://a.example.com"));
    EXPECT_TRUE(matches("https://[A-C].example.com", "https://b.example.com"));
}

TEST(OriginPattern, AStarCrossesDotsButNoSlash) {
    EXPECT_TRUE(matches("https://*.prev.example.com", "https://a.b.prev.example.com"));
    EXPECT_TRUE(matches("https://**.prev.example.com", "https://a.b.prev.example.com"));
    EXPECT_FALSE(matches("https://*.prev.example.com", "https://prev.example.com"));
    EXPECT_FALSE(matches("https://*.prev.example.com", "http://a.prev.example.com"));
    EXPECT_FALSE(matches("https://*.prev.example.com", "https://a.prev.example.com.evil.example"));
    EXPECT_FALSE(matches("*example.com", "https://app.example.com"));
    EXPECT_FALSE(matches("https:*", "https://app.example.com"));
}

TEST(OriginPattern, AStarAloneAdmitsNothing) {
    for (const auto* text : {"https://app.example.com", "http://localhost:3000", "http://[::1]"}) {
        EXPECT_FALSE(matches("*", text)) << text;
        EXPECT_FALSE(matches("**", text)) << text;
    }
}

TEST(OriginPattern, AStarForEverythingOfAScheme) {
    EXPECT_TRUE(matches("https://*", "https://anything.example:8443"));
    EXPECT_FALSE(matches("https://*", "http://anything.example"));
}

TEST(OriginPattern, AnyPortIsNotNoPort) {
    EXPECT_TRUE(matches("http://localhost:*", "http://localhost:3000"));
    EXPECT_FALSE(matches("http://localhost:*", "http://localhost"));
    EXPECT_FALSE(matches("http://localhost:*", "http://localhost.evil.example:3000"));
}

TEST(OriginPattern, AQuestionMarkIsOneCharacterButNoSlash) {
    EXPECT_TRUE(matches("https://app?.example.com", "https://app1.example.com"));
    EXPECT_FALSE(matches("https://app?.example.com", "https://app.example.com"));
    EXPECT_FALSE(matches("https:?/app.example.com", "https://app.example.com"));
}

TEST(OriginPattern, AClassIsOneOfItsMembers) {
    EXPECT_TRUE(matches("https://app[1-3].example.com", "https://app2.example.com"));
    EXPECT_FALSE(matches("https://app[1-3].example.com", "https://app4.example.com"));
    EXPECT_TRUE(matches("https://app[!1-3].example.com", "https://app4.example.com"));
    EXPECT_FALSE(matches("https://app[^1-3].example.com", "https://app2.example.com"));
    EXPECT_TRUE(matches("https://app[a-].example.com", "https://app-.example.com"));
    EXPECT_FALSE(matches("https:[/]/app.example.com", "https://app.example.com"));
    EXPECT_FALSE(matches("https:[!x]/app.example.com", "https://app.example.com"));
}

TEST(OriginPattern, BracesAreAlternatives) {
    const auto* const glob = "http{,s}://{app,www}.example.{com,org}";
    EXPECT_TRUE(matches(glob, "http://app.example.org"));
    EXPECT_TRUE(matches(glob, "https://www.example.com"));
    EXPECT_FALSE(matches(glob, "https://api.example.com"));
    EXPECT_TRUE(matches("https://{a,b{1,2}}.example", "https://b2.example"));
    EXPECT_FALSE(matches("https://{a,b{1,2}}.example", "https://b.example"));
}

TEST(OriginPattern, BracketsAfterTheSchemeAreAnAddressIfTheyHoldAColon) {
    EXPECT_TRUE(matches("http://[::1]:*", "http://[::1]:3000"));
    EXPECT_TRUE(matches("http://[::1]", "http://[::1]"));
    EXPECT_FALSE(matches("http://[::1]", "http://1.example"));
    EXPECT_TRUE(matches("http://[ab].example", "http://b.example"));
}

TEST(OriginPattern, RefusesWhatItCannotRead) {
    for (const auto* glob :
         {"",
          "https://[a.example",
          "https://{a,b.example",
          "https://a}.example",
          "https://{a}.example",
          "!https://a.example",
          "https://+(a|b).example",
          "https://a\\*.example",
          "https://{}.example",
          "https://{a,{b}.example"}) {
        const auto pattern = OriginPattern::parse(glob);
        ASSERT_FALSE(pattern) << glob;
        EXPECT_TRUE(pattern.error().is(errors::kUrlMalformed));
    }
}

TEST(OriginPattern, BoundsTheAlternatives) {
    EXPECT_TRUE(OriginPattern::parse("https://{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}.example"));
    EXPECT_FALSE(OriginPattern::parse("https://{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}.example"));
    std::string many;
    for (int i = 0; i < 150; ++i) many += "{a,b}";
    EXPECT_FALSE(OriginPattern::parse(many));
}

TEST(OriginPattern, ManyStarsTakeNoLongTime) {
    std::string glob = "https://";
    for (int i = 0; i < 300; ++i) glob += "*a";
    const std::string label(60, 'a');
    EXPECT_FALSE(matches(glob + "b", "https://" + label + "." + label + "." + label));
}

// What a star may stand for, tried out: every way to share the text between the parts of the glob.
bool matches_slowly(std::string_view glob, std::string_view text) {
    if (glob.empty()) return text.empty();
    if (glob[0] == '*') {
        for (std::size_t taken = 0;; ++taken) {
            if (matches_slowly(glob.substr(1), text.substr(taken))) return true;
            if (taken == text.size() || text[taken] == '/') return false;
        }
    }
    return !text.empty() && (glob[0] == text[0] || (glob[0] == '?' && text[0] != '/')) &&
           matches_slowly(glob.substr(1), text.substr(1));
}

TEST(OriginPattern, AgreesWithTryingEverything) {
    EXPECT_TRUE(rc::check([] {
        const auto host = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("aab.")));
        const auto glob = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab.*?/")));
        const auto origin = Origin::parse("http://" + host);
        if (!origin || glob.size() > 24) return;
        for (const std::string& full : {"http://" + glob, "*" + glob}) {
            RC_ASSERT(
                OriginPattern::parse(full)->matches(*origin) == matches_slowly(full, origin->to_string())
            );
        }
    }));
}

}  // namespace
}  // namespace stagedoor::base
