#include "page/security_headers.h"

#include "page/errors.h"

#include <gtest/gtest.h>

#include <set>

namespace stagedoor::page {
namespace {

http::Response answer_with(const SecurityHeaderOptions& options, http::Response response = {}) {
    SecurityHeaders::make(options).value().apply(response);
    return response;
}

TEST(SecurityHeaders, TheStockOnes) {
    const auto response = answer_with({});
    EXPECT_EQ(
        response.field("Content-Security-Policy"),
        "base-uri 'self'; default-src 'self'; font-src 'self' https: data:; frame-ancestors 'self'; img-src "
        "'self' data:; "
        "object-src 'none'; script-src 'self' 'unsafe-eval'; script-src-attr 'none'; style-src 'self' https: "
        "'unsafe-inline'; upgrade-insecure-requests"
    );
    EXPECT_EQ(response.field("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(response.field("Strict-Transport-Security"), "max-age=15552000; includeSubDomains");
    EXPECT_EQ(response.field("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(response.field("X-DNS-Prefetch-Control"), "off");
    EXPECT_EQ(response.field("X-Download-Options"), "noopen");
    EXPECT_EQ(response.field("X-Frame-Options"), "SAMEORIGIN");
    EXPECT_EQ(response.field("X-Permitted-Cross-Domain-Policies"), "none");
    EXPECT_EQ(response.field("X-XSS-Protection"), "0");
}

TEST(SecurityHeaders, NoneOfThemIsolatesThePopup) {
    const auto response = answer_with({});
    for (const auto* name :
         {"Cross-Origin-Opener-Policy",
          "Cross-Origin-Embedder-Policy",
          "Cross-Origin-Resource-Policy",
          "Origin-Agent-Cluster"}) {
        EXPECT_EQ(response.field(name), "") << name;
    }
}

TEST(SecurityHeaders, LeaveWhatAnAnswerSaysItself) {
    http::Response response;
    response.add("content-security-policy", "default-src 'none'");
    response.add("Referrer-Policy", "");
    const auto answer = answer_with({}, response);
    EXPECT_EQ(answer.field("Content-Security-Policy"), "default-src 'none'");
    std::multiset<std::string> names;
    for (const auto& field : answer.fields) names.insert(field.name);
    EXPECT_EQ(names.count("Content-Security-Policy"), 0U);
    EXPECT_EQ(names.count("Referrer-Policy"), 1U);
    EXPECT_EQ(answer.fields.size(), 9U);
}

TEST(SecurityHeaders, ThePolicyCanBeChangedByDirective) {
    SecurityHeaderOptions options;
    options.content_security_policy = {
        {"upgrade-insecure-requests", std::nullopt},
        {"scriptSrc", {{"'self'"}}},
        {"connect-src", {{"'self'", "https://api.example.com"}}},
        {"font-src", std::nullopt},
        {"sandbox", {{}}},
    };
    EXPECT_EQ(
        answer_with(options).field("Content-Security-Policy"),
        "base-uri 'self'; connect-src 'self' https://api.example.com; default-src 'self'; frame-ancestors "
        "'self'; "
        "img-src 'self' data:; object-src 'none'; sandbox; script-src 'self'; script-src-attr 'none'; "
        "style-src 'self' "
        "https: 'unsafe-inline'"
    );
}

TEST(SecurityHeaders, ReferrerPoliciesCanFallBack) {
    EXPECT_EQ(
        answer_with({.referrer_policy = {"no-referrer", "strict-origin"}}).field("Referrer-Policy"),
        "no-referrer, strict-origin"
    );
}

TEST(SecurityHeaders, RefuseWhatWouldLeaveItsPlace) {
    using Change = std::pair<std::string, std::vector<std::string>>;
    for (const auto& [name, values] :
         {Change{"script-src", {"'self'; object-src *"}},
          Change{"script-src", {"a,b"}},
          Change{"script-src", {"a b"}},
          Change{"script-src", {"a\r\nX: y"}},
          Change{"script-src", {""}},
          Change{"script-src", {"\xc3\xa4"}},
          Change{"script-src;", {}},
          Change{"", {}},
          Change{"script src", {}}}) {
        SecurityHeaderOptions options;
        options.content_security_policy[name] = values;
        const auto result = SecurityHeaders::make(options);
        ASSERT_FALSE(result) << name;
        EXPECT_TRUE(result.error().is(errors::kSecurityHeaderMalformed));
    }
    EXPECT_FALSE(SecurityHeaders::make({.referrer_policy = {"no-referer"}}));
    EXPECT_FALSE(SecurityHeaders::make({.referrer_policy = {"no-referrer\r\nX: y"}}));
}

}  // namespace
}  // namespace stagedoor::page
