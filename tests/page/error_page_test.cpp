#include "page/error_page.h"

#include "base/encoding.h"
#include "crypto/digest.h"
#include "page/page_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace stagedoor::page {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;
using ::testing::Not;

ErrorPage sample() {
    return {
        .status = 403,
        .title = "This login has expired",
        .message = "It was started more than ten minutes ago.",
        .what_to_do = "Close this window and log in again from the app.",
        .code = "login.state_expired",
        .request_id = "r-1",
        .link = std::nullopt,
    };
}

TEST(ErrorPage, SaysWhatHappenedAndWhatToDo) {
    const auto response = error_page(sample());
    EXPECT_EQ(response.status, 403);
    EXPECT_THAT(response.body, HasSubstr("<title>This login has expired</title>"));
    EXPECT_THAT(response.body, HasSubstr("<h1>This login has expired</h1>"));
    EXPECT_THAT(response.body, HasSubstr("<p>It was started more than ten minutes ago.</p>"));
    EXPECT_THAT(response.body, HasSubstr("<p>Close this window and log in again from the app.</p>"));
    EXPECT_THAT(response.body, HasSubstr("<small>Error: login.state_expired, request: r-1</small>"));
    EXPECT_THAT(response.body, HasSubstr("<button id=\"close\" type=\"button\">"));
}

TEST(ErrorPage, IsAddressedToNobody) {
    const auto response = error_page(sample());
    EXPECT_THAT(response.body, Not(HasSubstr("postMessage")));
    EXPECT_THAT(response.body, Not(HasSubstr("opener")));
    EXPECT_THAT(response.body, Not(HasSubstr("<a ")));
}

TEST(ErrorPage, LeavesOutWhatIsEmpty) {
    ErrorPage page = sample();
    page.code.clear();
    page.what_to_do.clear();
    EXPECT_THAT(error_page(page).body, HasSubstr("<small>request: r-1</small>"));
    EXPECT_THAT(error_page(page).body, Not(HasSubstr("<p></p>")));
    page.request_id.clear();
    EXPECT_THAT(error_page(page).body, Not(HasSubstr("<small>")));
}

TEST(ErrorPage, MayRunItsOwnScriptAndStyleAndNothingElse) {
    const auto response = error_page(sample());
    const auto source = [](const std::string& text) {
        return "'sha256-" + base::base64_encode(crypto::sha256(text)) + "'";
    };
    EXPECT_EQ(
        response.field("Content-Security-Policy"),
        "default-src 'none'; script-src " + source(between(response.body, "<script>", "</script>")) +
            "; style-src " + source(between(response.body, "<style>", "</style>")) +
            "; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    );
    EXPECT_EQ(response.field("Cache-Control"), "no-store");
    EXPECT_EQ(response.field("X-Frame-Options"), "SAMEORIGIN");
    EXPECT_EQ(response.field("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(response.field("X-Content-Type-Options"), "nosniff");
}

TEST(ErrorPage, LinksToTheUrlItIsGiven) {
    ErrorPage page = sample();
    page.link = {"Back to <the> app", base::Url::parse("https://app.example.com/a?b='1'&c=2#d").value()};
    EXPECT_THAT(
        error_page(page).body,
        HasSubstr("href=\"https://app.example.com/a?b=&#39;1&#39;&amp;c=2#d\">Back to &lt;the&gt; app</a>")
    );
}

TEST(ErrorPage, EveryTextIsEscaped) {
    ErrorPage page = sample();
    const std::string hostile = "</title></style><script>alert('1')</script>\" onload=x \xff\0"s;
    page.title = page.message = page.what_to_do = page.code = page.request_id = hostile;
    const std::string body = error_page(page).body;
    EXPECT_THAT(body, Not(HasSubstr("alert('1')")));
    EXPECT_THAT(body, Not(HasSubstr("</title></style>")));
    EXPECT_THAT(
        body, HasSubstr("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onload=x \xef\xbf\xbd<")
    );
    EXPECT_EQ(body.find('\0'), std::string::npos);
}

TEST(ErrorPage, NoTextAddsMarkup) {
    const auto count = [](const std::string& body, char c) { return std::ranges::count(body, c); };
    const std::string plain = error_page(sample()).body;
    EXPECT_TRUE(rc::check([&](const std::string& text) {
        RC_PRE(!text.empty());
        ErrorPage page = sample();
        page.message = text;
        const std::string body = error_page(page).body;
        RC_ASSERT(base::is_utf8(body));
        for (const char c : {'<', '>', '"', '\''}) RC_ASSERT(count(body, c) == count(plain, c));
    }));
}

}  // namespace
}  // namespace stagedoor::page
