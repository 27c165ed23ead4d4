#include "page/popup_page.h"

#include "base/encoding.h"
#include "crypto/digest.h"
#include "page/page_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace stagedoor::page {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

PopupPage page_with(std::string json, bool announce = true, std::string channel = {}) {
    return {
        .response_json = std::move(json),
        .target_origin = base::Origin::parse("https://app.example.com:8443").value(),
        .channel = std::move(channel),
        .announce_origin = announce,
    };
}

std::string script_of(const http::Response& response) {
    return between(response.body, "<script>", "</script>");
}

std::vector<std::string> decoded_literals(const http::Response& response) {
    std::string script = script_of(response);
    std::vector<std::string> values;
    for (const auto& literal : take_literals(script)) values.push_back(base::percent_decode(literal).value());
    return values;
}

TEST(PopupPage, IsAnAnswerThatNobodyStoresOrFrames) {
    const auto response = authorization_response_page(page_with("{}"));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.field("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(response.field("X-Frame-Options"), "SAMEORIGIN");
    EXPECT_EQ(response.field("Cache-Control"), "no-store");
    EXPECT_EQ(response.field("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(response.field("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(response.field("Cross-Origin-Opener-Policy"), "");
}

TEST(PopupPage, MayRunItsOwnScriptAndStyleAndNothingElse) {
    const auto response = authorization_response_page(page_with(R"({"type":"authorization_response"})"));
    const auto source = [](const std::string& text) {
        return "'sha256-" + base::base64_encode(crypto::sha256(text)) + "'";
    };
    EXPECT_EQ(
        response.field("Content-Security-Policy"),
        "default-src 'none'; script-src " + source(script_of(response)) + "; style-src " +
            source(between(response.body, "<style>", "</style>")) +
            "; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    );
}

TEST(PopupPage, NeedsNoThirdParty) {
    const auto response = authorization_response_page(page_with("{}"));
    for (const auto* word : {"src=", "href=", "url(", "@import", "http:", "https:"}) {
        EXPECT_THAT(response.body, Not(HasSubstr(word)));
    }
}

TEST(PopupPage, HoldsTheAnnouncementTheResponseTheTargetAndTheChannel) {
    const auto json = R"({"type":"authorization_response","response":{"profile":{}}})"s;
    EXPECT_THAT(
        decoded_literals(authorization_response_page(page_with(json, true, "the-channel"))),
        ElementsAre(
            R"({"type":"config_info","targetOrigin":"https://app.example.com:8443"})",
            json,
            "https://app.example.com:8443",
            "the-channel"
        )
    );
}

TEST(PopupPage, CanKeepTheOriginToItself) {
    const auto response = authorization_response_page(page_with("{}", false));
    EXPECT_THAT(decoded_literals(response), ElementsAre("null", "{}", "https://app.example.com:8443", ""));
    EXPECT_THAT(response.body, Not(HasSubstr("config_info")));
}

TEST(PopupPage, PostsTheResponseToItsTargetAlone) {
    const std::string script = script_of(authorization_response_page(page_with("{}")));
    EXPECT_EQ(script.find("'*'"), script.rfind("'*'"));
    EXPECT_THAT(script, HasSubstr("if (announcement) receiver.postMessage(announcement, '*');"));
    EXPECT_THAT(script, HasSubstr("receiver.postMessage(response, target);"));
    EXPECT_THAT(script, HasSubstr("setTimeout(function () { window.close(); }, 100);"));
}

TEST(PopupPage, PostsToTheChannelIfThereIsOne) {
    const std::string script = script_of(authorization_response_page(page_with("{}", true, "c")));
    EXPECT_THAT(script, HasSubstr("if (!receiver && !channel) {"));
    EXPECT_THAT(script, HasSubstr("new BroadcastChannel('stagedoor:' + channel).postMessage(response);"));
}

TEST(PopupPage, HostileValuesStayInTheirLiterals) {
    const std::string empty = authorization_response_page(page_with("")).body;
    for (const std::string& value : {
             "</script><script>alert(1)</script>"s,
             "'); alert(1); ('"s,
             "\"'`\\"s,
             "\\'); alert(1); //"s,
             "%27); alert(1); //"s,
             "<!--<script>"s,
             "]]>"s,
             "line\r\nend\xe2\x80\xa8\xe2\x80\xa9"s,
             "nul\0nul"s,
             "${alert(1)}"s,
             "\xf0\x9f\x98\x80 \xc3\xa4"s,
         }) {
        const auto response = authorization_response_page(page_with(value));
        EXPECT_EQ(decoded_literals(response).at(1), value);
        std::string script = script_of(response);
        std::string script_without_value = script_of(authorization_response_page(page_with("")));
        take_literals(script);
        take_literals(script_without_value);
        EXPECT_EQ(script, script_without_value);
    }
}

TEST(PopupPage, MalformedUtf8IsReplaced) {
    const auto response = authorization_response_page(page_with("a\xff\xed\xa0\x80z"));
    EXPECT_EQ(decoded_literals(response).at(1), "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz");
}

TEST(PopupPage, NoValueLeavesItsLiteral) {
    std::string skeleton = authorization_response_page(page_with("")).body;
    take_literals(skeleton);
    EXPECT_TRUE(rc::check([&](const std::string& value) {
        const auto response = authorization_response_page(page_with(value));
        const auto literals = decoded_literals(response);
        RC_ASSERT(literals.size() == 4U);
        RC_ASSERT(literals[1] == base::to_utf8(value));
        std::string body = response.body;
        for (const auto& literal : take_literals(body)) {
            for (const char c : literal)
                RC_ASSERT(c == '%' || base::percent_encode(std::string(1, c)).size() == 1);
        }
        RC_ASSERT(body == skeleton);
    }));
}

}  // namespace
}  // namespace stagedoor::page
