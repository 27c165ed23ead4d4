#include "base/url.h"

#include "base/errors.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace stagedoor::base {
namespace {

Url url(std::string_view text) {
    auto result = Url::parse(text);
    if (!result) throw std::runtime_error(result.error().describe());
    return *result;
}

Origin origin(std::string_view text) {
    auto result = Origin::parse(text);
    if (!result) throw std::runtime_error(result.error().describe());
    return *result;
}

TEST(Url, HasTheFivePartsOfRfc3986Section3) {
    const Url parsed = url("https://app.example.com:8443/a/b;c?x=1&y=/?#frag?ment");
    EXPECT_EQ(parsed.scheme(), "https");
    EXPECT_EQ(parsed.host(), "app.example.com");
    EXPECT_EQ(parsed.origin().port(), 8443);
    EXPECT_EQ(parsed.path(), "/a/b;c");
    EXPECT_EQ(parsed.query(), "x=1&y=/?");
    EXPECT_EQ(parsed.fragment(), "frag?ment");
    EXPECT_TRUE(parsed.has_query());
    EXPECT_EQ(parsed.to_string(), "https://app.example.com:8443/a/b;c?x=1&y=/?#frag?ment");
}

TEST(Url, AuthorityEndsAtTheFirstSlashQuestionMarkOrHash) {
    EXPECT_EQ(url("https://a.example?x=/").path(), "/");
    EXPECT_EQ(url("https://a.example?x=/").query(), "x=/");
    EXPECT_EQ(url("https://a.example#/x?").fragment(), "/x?");
    EXPECT_EQ(url("https://a.example").path(), "/");
    EXPECT_EQ(url("https://a.example//b.example").host(), "a.example");
}

TEST(Url, BringsSchemeHostAndPortToTheNormalForm) {
    EXPECT_EQ(url("HTTPS://APP.Example.COM:443/Path?Q#F").to_string(), "https://app.example.com/Path?Q#F");
    EXPECT_EQ(url("http://a.example:80").to_string(), "http://a.example/");
    EXPECT_EQ(url("http://a.example:443").to_string(), "http://a.example:443/");
    EXPECT_EQ(url("https://a.example:80").to_string(), "https://a.example:80/");
}

TEST(Url, KeepsAnEmptyQueryAndFragment) {
    EXPECT_EQ(url("https://a.example/?").to_string(), "https://a.example/?");
    EXPECT_EQ(url("https://a.example/#").to_string(), "https://a.example/#");
    EXPECT_TRUE(url("https://a.example/?").has_query());
    EXPECT_FALSE(url("https://a.example/#?").has_query());
}

TEST(Url, WritesIpv6AsBrowsersDo) {
    EXPECT_EQ(url("http://[::1]:3000").to_string(), "http://[::1]:3000/");
    EXPECT_EQ(url("http://[0:0:0:0:0:0:0:1]").host(), "[::1]");
    EXPECT_EQ(url("http://[2001:DB8::0001]").host(), "[2001:db8::1]");
    EXPECT_EQ(url("http://[2001:db8:0:0:1:0:0:1]").host(), "[2001:db8::1:0:0:1]");
    EXPECT_EQ(url("http://[2001:db8:0:1:1:1:1:1]").host(), "[2001:db8:0:1:1:1:1:1]");
    EXPECT_EQ(url("http://[1:0:0:2:0:0:0:3]").host(), "[1:0:0:2::3]");
    EXPECT_EQ(url("http://[::]").host(), "[::]");
    EXPECT_EQ(url("http://[1::]").host(), "[1::]");
    EXPECT_EQ(url("http://[::ffff:127.0.0.1]").host(), "[::ffff:7f00:1]");
}

TEST(Url, AddsAParameterBeforeTheFragment) {
    EXPECT_EQ(url("https://a.example").with_parameter("error", "a b&c"), "https://a.example/?error=a+b%26c");
    EXPECT_EQ(url("https://a.example/?x=1#f").with_parameter("e", "2"), "https://a.example/?x=1&e=2#f");
    EXPECT_EQ(url("https://a.example/?").with_parameter("e", "\r\n#"), "https://a.example/?e=%0D%0A%23");
}

TEST(Url, RefusesWithAStableCodeAndWithoutRepeatingTheText) {
    const auto result = Url::parse("https://user:hunter2@a.example/");
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().is(errors::kUrlMalformed));
    EXPECT_EQ(result.error().describe().find("hunter2"), std::string::npos);
}

TEST(Url, RefusesMoreThan8192Bytes) {
    const std::string start = "https://a.example/";
    EXPECT_TRUE(Url::parse(start + std::string(8192 - start.size(), 'a')));
    EXPECT_FALSE(Url::parse(start + std::string(8193 - start.size(), 'a')));
}

TEST(Url, BoundsTheHost) {
    const std::string label(63, 'a');
    const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'a');
    EXPECT_TRUE(Url::parse("https://" + longest));
    EXPECT_FALSE(Url::parse("https://" + longest + "a"));
    EXPECT_FALSE(Url::parse("https://" + label + "a.example"));
}

TEST(Url, TakesPortsFrom1To65535) {
    EXPECT_EQ(url("http://a.example:1").origin().port(), 1);
    EXPECT_EQ(url("http://a.example:65535").origin().port(), 65535);
    for (const auto* port :
         {"0", "65536", "65616", "4294967376", "-1", "+1", "080", "8o", " 80", "80 ", ""}) {
        EXPECT_FALSE(Url::parse("http://a.example:" + std::string(port))) << port;
    }
}

TEST(Url, TakesWhatABrowserLeavesUnescapedInAnAddress) {
    const std::string text = "https://a.example/~u/[x]|^'();,:@&=+$!*?q={}|[]^`'@:#h=`{}|[]^'";
    EXPECT_EQ(url(text).to_string(), text);
}

TEST(Url, ItsNormalFormIsAFixedPoint) {
    EXPECT_TRUE(rc::check([](const std::string& noise) {
        for (const auto& text :
             {"https://a.example/" + noise, "https://a.example" + noise, "http://" + noise}) {
            const auto first = Url::parse(text);
            if (!first) continue;
            const auto second = Url::parse(first->to_string());
            RC_ASSERT(second.has_value());
            RC_ASSERT(second->to_string() == first->to_string());
            RC_ASSERT(second->origin() == first->origin());
        }
    }));
}

TEST(Origin, TakesWhatABrowserSends) {
    EXPECT_EQ(origin("https://app.example.com").to_string(), "https://app.example.com");
    EXPECT_EQ(origin("http://localhost:3000").to_string(), "http://localhost:3000");
    EXPECT_EQ(origin("http://[::1]:3000").to_string(), "http://[::1]:3000");
    EXPECT_EQ(origin("https://xn--bcher-kva.example").to_string(), "https://xn--bcher-kva.example");
    EXPECT_EQ(origin("https://app.example.com").port(), 443);
}

TEST(Origin, RefusesWhatIsMoreOrLessThanAnOrigin) {
    for (const auto* text :
         {"null",
          "",
          "https://",
          "https://a.example/",
          "https://a.example?",
          "https://a.example#",
          "a.example",
          "https://a.example, https://b.example",
          "https://a.example https://b.example",
          "*",
          "file://",
          "//a.example"}) {
        EXPECT_FALSE(Origin::parse(text)) << text;
    }
}

TEST(Origin, ComparesByItsNormalForm) {
    EXPECT_EQ(origin("HTTPS://App.Example.com:443"), origin("https://app.example.com"));
    EXPECT_NE(origin("http://app.example.com"), origin("https://app.example.com"));
    EXPECT_NE(origin("https://app.example.com:8443"), origin("https://app.example.com"));
    EXPECT_NE(origin("https://app.example.com:80"), origin("http://app.example.com"));
}

TEST(Origin, KnowsWhatNeverLeavesTheMachine) {
    for (const auto* text :
         {"http://localhost",
          "http://a.b.localhost:1",
          "http://127.0.0.1",
          "http://127.255.0.9",
          "http://[::1]"}) {
        EXPECT_TRUE(origin(text).is_loopback()) << text;
    }
    for (const auto* text :
         {"http://localhost.example",
          "http://notlocalhost",
          "http://127.0.0.1.example",
          "http://127.example",
          "http://128.0.0.1",
          "http://[::2]",
          "http://[::ffff:127.0.0.1]",
          "http://0.0.0.0",
          "http://10.0.0.1"}) {
        EXPECT_FALSE(origin(text).is_loopback()) << text;
    }
}

}  // namespace
}  // namespace stagedoor::base
