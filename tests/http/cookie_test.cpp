#include "http/cookie.h"

#include "base/encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <stdexcept>

namespace stagedoor::http {
namespace {

using namespace std::chrono_literals;

// Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110, section 5.6.7.
const base::SystemTime kNow = base::from_unix_seconds(784'111'777) + 250ms;

TEST(SetCookie, IsWrittenInOneOrder) {
    const SetCookie cookie{
        .name = "p-nonce", .value = "v", .max_age = 600s, .path = "/api/auth/p", .secure = false
    };
    EXPECT_EQ(
        cookie.to_string(kNow),
        "p-nonce=v; Max-Age=600; Path=/api/auth/p; Expires=Sun, 06 Nov 1994 08:59:37 GMT; HttpOnly; "
        "SameSite=Lax"
    );
}

TEST(SetCookie, IsSecureUnlessToldOtherwise) {
    SetCookie cookie{.name = "a", .value = "b", .max_age = 1s};
    EXPECT_TRUE(cookie.to_string(kNow).ends_with("; HttpOnly; Secure; SameSite=Lax"));
    cookie.same_site = SameSite::none;
    EXPECT_TRUE(cookie.to_string(kNow).ends_with("; HttpOnly; Secure; SameSite=None"));
    cookie.same_site = SameSite::strict;
    EXPECT_TRUE(cookie.to_string(kNow).ends_with("; HttpOnly; Secure; SameSite=Strict"));
}

TEST(SetCookie, AnAgeOfZeroOrLessDeletes) {
    SetCookie cookie{.name = "a", .value = ""};
    const auto* const deletion =
        "a=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax";
    EXPECT_EQ(cookie.to_string(kNow), deletion);
    cookie.max_age = -5s;
    EXPECT_EQ(cookie.to_string(kNow), deletion);
}

TEST(SetCookie, LivesAtMost400Days) {
    const SetCookie cookie{.name = "a", .value = "b", .max_age = std::chrono::days(1000)};
    EXPECT_TRUE(cookie.to_string(kNow).contains("; Max-Age=34560000; "));
    EXPECT_TRUE(cookie.to_string(kNow).contains("; Expires=Mon, 11 Dec 1995 08:49:37 GMT; "));
}

TEST(SetCookie, NoValueBreaksOutOfTheField) {
    EXPECT_TRUE(rc::check([](const std::string& value) {
        const SetCookie cookie{.name = "n", .value = value, .max_age = 1s};
        const std::string field = cookie.to_string(kNow);
        const std::string written = field.substr(2, field.find(';') - 2);
        RC_ASSERT(base::percent_decode(written) == value);
        RC_ASSERT(field.substr(2 + written.size()).starts_with("; Max-Age=1; Path=/; Expires="));
        RC_ASSERT(written.find_first_of("; ,\"\\\r\n\t") == std::string::npos);
    }));
    const SetCookie hostile{.name = "n", .value = "a; Domain=evil.example\r\nSet-Cookie: x=y", .max_age = 1s};
    EXPECT_TRUE(
        hostile.to_string(kNow).starts_with("n=a%3B%20Domain%3Devil.example%0D%0ASet-Cookie%3A%20x%3Dy; ")
    );
}

TEST(SetCookie, RefusesANameThatIsNoToken) {
    for (const auto* name :
         {"", "a b", "a=b", "a;b", "a,b", "a\r\nb", "a\tb", "\"a\"", "a/b", "a(b)", "\xc3\xa4", "a@b"}) {
        const SetCookie cookie{.name = name, .value = "v", .max_age = 1s};
        EXPECT_THROW((void)cookie.to_string(kNow), std::invalid_argument) << name;
    }
    const SetCookie cookie{.name = std::string("a\0b", 3), .value = "v", .max_age = 1s};
    EXPECT_THROW((void)cookie.to_string(kNow), std::invalid_argument);
    EXPECT_NO_THROW((void)(SetCookie{.name = "__Host-a.b_c!~0", .value = "v"}).to_string(kNow));
}

TEST(SetCookie, RefusesAPathThatBreaksOutOfTheField) {
    for (const auto* path :
         {"", "api", "/a;Domain=evil.example", "/a b", "/a\r\nX: y", "/\xc3\xa4", "/\x7f"}) {
        const SetCookie cookie{.name = "a", .value = "v", .max_age = 1s, .path = path};
        EXPECT_THROW((void)cookie.to_string(kNow), std::invalid_argument) << path;
    }
    const SetCookie cookie{.name = "a", .value = "v", .max_age = 1s, .path = "/" + std::string(1024, 'a')};
    EXPECT_THROW((void)cookie.to_string(kNow), std::invalid_argument);
}

TEST(Cookies, AreReadFromEveryFieldOfARequest) {
    const std::array<FieldView, 3> fields{{{"Cookie", "a=1; b=2"}, {"Host", "c=3"}, {"COOKIE", "d=4"}}};
    Request request;
    request.fields = fields;
    const Cookies cookies(request);
    EXPECT_EQ(cookies.get("a"), "1");
    EXPECT_EQ(cookies.get("b"), "2");
    EXPECT_EQ(cookies.get("c"), std::nullopt);
    EXPECT_EQ(cookies.get("d"), "4");
}

TEST(Cookies, ValuesAreDecodedWhereTheyCanBe) {
    const Cookies cookies("a=x%20y%2B; b=100%; c=%zz; d=a=b==; e=; f=a+b");
    EXPECT_EQ(cookies.get("a"), "x y+");
    EXPECT_EQ(cookies.get("b"), "100%");
    EXPECT_EQ(cookies.get("c"), "%zz");
    EXPECT_EQ(cookies.get("d"), "a=b==");
    EXPECT_EQ(cookies.get("e"), "");
    EXPECT_EQ(cookies.get("f"), "a+b");
}

TEST(Cookies, SpaceAroundNamesAndValuesIsNoPartOfThem) {
    const Cookies cookies(" a=1 ;b =2;\tc\t=\t3\t;;; ; d=4 5;");
    EXPECT_EQ(cookies.get("a"), "1");
    EXPECT_EQ(cookies.get("b"), "2");
    EXPECT_EQ(cookies.get("c"), "3");
    EXPECT_EQ(cookies.get("d"), "4 5");
}

TEST(Cookies, WhatHasNoNameIsNotThere) {
    const Cookies cookies("lonely; =a=1; ; =; b=2");
    EXPECT_FALSE(cookies.has("lonely"));
    EXPECT_FALSE(cookies.has("a"));
    EXPECT_FALSE(cookies.has(""));
    EXPECT_EQ(cookies.get("b"), "2");
}

TEST(Cookies, NamesAreComparedExactly) {
    const Cookies cookies("session=1; Session=2; %73ession=3; session2=4");
    EXPECT_EQ(cookies.get("session"), "1");
    EXPECT_EQ(cookies.get("Session"), "2");
    EXPECT_EQ(cookies.get("SESSION"), std::nullopt);
}

TEST(Cookies, TwoOfANameWithDifferentValuesAreNone) {
    EXPECT_EQ(Cookies("a=1; a=2").get("a"), std::nullopt);
    EXPECT_EQ(Cookies("a=1; b=2; a=").get("a"), std::nullopt);
    EXPECT_EQ(Cookies("a=1; a=1; a=2").get("a"), std::nullopt);
    EXPECT_TRUE(Cookies("a=1; a=2").has("a"));
    EXPECT_EQ(Cookies("a=1; a=2; b=3").get("b"), "3");
}

TEST(Cookies, TwoOfANameWithTheSameValueAreOne) {
    EXPECT_EQ(Cookies("a=1; a=1").get("a"), "1");
    EXPECT_EQ(Cookies("a=%41; a=A").get("a"), "A");
}

TEST(Cookies, NamesWithAPrefixComeOnceAndInOrder) {
    const Cookies cookies("s-1=a; t=b; s-0=c; s-1=d; s=e");
    EXPECT_EQ(cookies.names_with_prefix("s-"), (std::vector<std::string>{"s-1", "s-0"}));
    EXPECT_EQ(cookies.names_with_prefix("x"), std::vector<std::string>{});
}

TEST(Cookies, ReadWhatSetCookieWrites) {
    EXPECT_TRUE(rc::check([](const std::string& value) {
        const std::string field = SetCookie{.name = "n", .value = value, .max_age = 1s}.to_string(kNow);
        RC_ASSERT(Cookies("other=1; " + field.substr(0, field.find(';'))).get("n") == value);
    }));
}

TEST(Cookies, AnyFieldCanBeRead) {
    EXPECT_TRUE(rc::check([](const std::string& field) {
        const Cookies cookies(field);
        for (const auto& name : cookies.names_with_prefix("")) {
            RC_ASSERT(!name.empty());
            RC_ASSERT(cookies.has(name));
        }
    }));
}

}  // namespace
}  // namespace stagedoor::http
