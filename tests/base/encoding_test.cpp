#include "base/encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace stagedoor::base {
namespace {

using namespace std::string_literals;

TEST(Base64, VectorsOfRfc4648Section10) {
    EXPECT_EQ(base64_encode(""), "");
    EXPECT_EQ(base64_encode("f"), "Zg==");
    EXPECT_EQ(base64_encode("fo"), "Zm8=");
    EXPECT_EQ(base64_encode("foo"), "Zm9v");
    EXPECT_EQ(base64_encode("foob"), "Zm9vYg==");
    EXPECT_EQ(base64_encode("fooba"), "Zm9vYmE=");
    EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64_decode("Zm9vYg=="), "foob");
    EXPECT_EQ(base64_decode("Zm9vYmE="), "fooba");
}

TEST(Base64, RefusesMissingSurplusAndMisplacedPadding) {
    for (const auto* text :
         {"Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zg==Zg==", "Zm=v", "Zm9v====", "Z"}) {
        EXPECT_EQ(base64_decode(text), std::nullopt) << text;
    }
    EXPECT_EQ(base64_decode("-_-_"), std::nullopt);
}

TEST(Base64Url, VectorOfRfc7515AppendixC) {
    const std::string bytes{
        3, static_cast<char>(236), static_cast<char>(255), static_cast<char>(224), static_cast<char>(193)
    };
    EXPECT_EQ(base64url_encode(bytes), "A-z_4ME");
    EXPECT_EQ(base64url_decode("A-z_4ME"), bytes);
}

TEST(Base64Url, RefusesPaddingWhiteSpaceAndTheOtherAlphabet) {
    for (const auto* text :
         {"Zg==", "Z g", "Zg\n", " Zg", "+/+/", "Zm9v=", "A", "AAAAA", "Zm9\xff", "Zm.v"}) {
        EXPECT_EQ(base64url_decode(text), std::nullopt) << text;
    }
    EXPECT_EQ(base64url_decode("Zg\0A"s), std::nullopt);
}

TEST(Base64Url, RefusesBitsThatNoEncoderLeavesBehind) {
    EXPECT_EQ(base64url_decode("Zg"), "f");
    EXPECT_EQ(base64url_decode("Zh"), std::nullopt);
    EXPECT_EQ(base64url_decode("Zm8"), "fo");
    EXPECT_EQ(base64url_decode("Zm9"), std::nullopt);
}

TEST(Base64Url, DecodesWhatItEncodes) {
    EXPECT_TRUE(rc::check([](const std::string& bytes) {
        RC_ASSERT(base64url_decode(base64url_encode(bytes)) == bytes);
        RC_ASSERT(base64_decode(base64_encode(bytes)) == bytes);
    }));
}

TEST(Base64Url, OneValueHasOneSpelling) {
    EXPECT_TRUE(rc::check([] {
        const auto alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"s;
        const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(alphabet));
        if (const auto bytes = base64url_decode(text)) RC_ASSERT(base64url_encode(*bytes) == text);
    }));
}

TEST(Hex, WritesLowerCase) {
    EXPECT_EQ(hex_encode("\x00\x7f\xff\x1a"s), "007fff1a");
    EXPECT_EQ(hex_encode(""), "");
}

TEST(PercentEncoding, KeepsTheUnreservedCharactersOnly) {
    EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
    EXPECT_EQ(percent_encode(" +'()*!/?&=#%"), "%20%2B%27%28%29%2A%21%2F%3F%26%3D%23%25");
    EXPECT_EQ(percent_encode("\0\n\x7f\xc3\xa4"s), "%00%0A%7F%C3%A4");
}

TEST(PercentEncoding, ReadsEitherCaseAndKeepsPlus) {
    EXPECT_EQ(percent_decode("%2f%2F+a"), "//+a");
    EXPECT_EQ(percent_decode(""), "");
}

TEST(PercentEncoding, RefusesBrokenEscapes) {
    for (const auto* text : {"%", "%2", "a%", "%zz", "%2g", "%g2", "%%20", "% 20", "%+1", "%-1"}) {
        EXPECT_EQ(percent_decode(text), std::nullopt) << text;
        EXPECT_EQ(form_decode(text), std::nullopt) << text;
    }
}

TEST(PercentEncoding, DecodesWhatItEncodes) {
    EXPECT_TRUE(rc::check([](const std::string& text) {
        RC_ASSERT(percent_decode(percent_encode(text)) == text);
        RC_ASSERT(form_decode(form_encode(text)) == text);
    }));
}

TEST(FormEncoding, WritesASpaceAsPlus) {
    EXPECT_EQ(form_encode("a b+c*-._~"), "a+b%2Bc*-._%7E");
    EXPECT_EQ(form_decode("a+b%2Bc"), "a b+c");
}

TEST(HtmlEscape, LeavesNothingThatEndsATextOrAnAttribute) {
    EXPECT_EQ(
        html_escape("<a href=\"x\" title='y'>&</a>"),
        "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;"
    );
    EXPECT_EQ(html_escape("plain \xc3\xa4"), "plain \xc3\xa4");
}

TEST(Utf8, AcceptsTheFirstAndLastOfEachLength) {
    for (const auto& text :
         {""s,
          "\x00"s,
          "\x7f"s,
          "\xc2\x80"s,
          "\xdf\xbf"s,
          "\xe0\xa0\x80"s,
          "\xed\x9f\xbf"s,
          "\xee\x80\x80"s,
          "\xef\xbf\xbf"s,
          "\xf0\x90\x80\x80"s,
          "\xf4\x8f\xbf\xbf"s,
          "a long run of ASCII, then \xc3\xa4, then more of it"s}) {
        EXPECT_TRUE(is_utf8(text)) << hex_encode(text);
        EXPECT_EQ(to_utf8(text), text);
    }
}

TEST(Utf8, RefusesWhatRfc3629Section3Forbids) {
    const std::string malformed[] = {
        "\x80",              // a continuation alone
        "\xbf",              //
        "\xc0\x80",          // overlong NUL
        "\xc1\xbf",          // overlong ASCII
        "\xe0\x80\xaf",      // overlong slash
        "\xe0\x9f\xbf",      //
        "\xf0\x8f\xbf\xbf",  //
        "\xed\xa0\x80",      // the first surrogate
        "\xed\xbf\xbf",      // the last one
        "\xf4\x90\x80\x80",  // above U+10FFFF
        "\xf5\x80\x80\x80",  //
        "\xff",              //
        "\xfe",              //
        "\xc3",              // cut short
        "\xe2\x82",          //
        "\xf0\x9f\x98",      //
        "\xc3(",             // not continued
        "\xe2(\xa1",         //
        "\xf0\x9f(\x80",     //
        "eight by\xc3",      // at the end of a block
        "12345678\x80"
        "1234567"  // at the start of one
    };
    for (const auto& text : malformed) {
        EXPECT_FALSE(is_utf8(text)) << hex_encode(text);
        EXPECT_TRUE(is_utf8(to_utf8(text))) << hex_encode(text);
        EXPECT_NE(to_utf8(text).find("\xef\xbf\xbd"), std::string::npos) << hex_encode(text);
    }
}

TEST(Utf8, ReplacesEachMalformedByteAndKeepsTheRest) {
    EXPECT_EQ(
        to_utf8("a\xff"
                "b\xc3\xa4\xe2\x82"),
        "a\xef\xbf\xbd"
        "b\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd"
    );
}

TEST(Utf8, TheReplacementOfAnythingIsWellFormed) {
    EXPECT_TRUE(rc::check([](const std::string& bytes) {
        RC_ASSERT(is_utf8(to_utf8(bytes)));
        if (is_utf8(bytes)) RC_ASSERT(to_utf8(bytes) == bytes);
    }));
}

TEST(Case, IsThatOfAsciiAlone) {
    EXPECT_EQ(to_lower("ABC-xyz_\xc3\x84"), "abc-xyz_\xc3\x84");
    EXPECT_TRUE(equal_ignoring_case("Set-Cookie", "sET-cOOKIE"));
    EXPECT_FALSE(equal_ignoring_case("a", "ab"));
    EXPECT_FALSE(equal_ignoring_case("@", "`"));
    EXPECT_FALSE(equal_ignoring_case("[", "{"));
}

}  // namespace
}  // namespace stagedoor::base
