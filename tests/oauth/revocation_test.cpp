#include "oauth/revocation.h"

#include "oauth/errors.h"

#include <gtest/gtest.h>

namespace stagedoor::oauth {
namespace {

const auto kNow = base::from_unix_seconds(1'800'000'000);

base::Result<void> process(int status, std::string body = "", std::string retry = "") {
    http::ClientResponse response;
    response.status = status;
    response.body = std::move(body);
    if (!retry.empty()) response.fields.push_back({"Retry-After", std::move(retry)});
    return process_revocation_response(response, kNow);
}

// The example of RFC 7009, section 2.1.
TEST(RevocationRequest, Rfc7009Section21) {
    const ClientCredentials credentials{
        .client_id = "s6BhdRkqt3",
        .client_secret = base::Secret("gX1fBat3bV"),
        .method = ClientAuthenticationMethod::client_secret_basic,
    };
    const auto request = revocation_request(
        "https://server.example.com/revoke",
        base::Secret("45ghiukldjahdnhzdauz"),
        TokenTypeHint::refresh_token,
        credentials
    );
    EXPECT_EQ(request.method, http::Method::post);
    EXPECT_EQ(request.url, "https://server.example.com/revoke");
    EXPECT_EQ(request.body, "token=45ghiukldjahdnhzdauz&token_type_hint=refresh_token");
    EXPECT_EQ(request.fields.back().value, "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW");
}

TEST(RevocationRequest, OfAnAccessToken) {
    const auto request = revocation_request(
        "https://server.example.com/revoke", base::Secret("t"), TokenTypeHint::access_token, {}
    );
    EXPECT_EQ(request.body, "token=t&token_type_hint=access_token");
}

TEST(Revocation, TheTokenIsGoneOrWasNeverKnown) {
    EXPECT_TRUE(process(200));
    EXPECT_TRUE(process(200, "whatever"));
    EXPECT_TRUE(process(204));
    EXPECT_TRUE(process(400, R"({"error":"invalid_token"})"));
}

TEST(Revocation, Rfc7009Section221UnavailableForNow) {
    for (const int status : {503, 500, 502, 429, 408}) {
        const auto result = process(status, "", "30");
        ASSERT_FALSE(result) << status;
        EXPECT_TRUE(result.error().is(errors::kRevocationUnavailable));
        EXPECT_EQ(result.error().retry_after(), std::chrono::seconds(30));
    }
}

TEST(Revocation, RefusalsAreTold) {
    const auto named = process(400, R"({"error":"unsupported_token_type"})");
    ASSERT_FALSE(named);
    EXPECT_TRUE(named.error().is(errors::kRevocationRefused));
    EXPECT_NE(named.error().message().find("unsupported_token_type"), std::string::npos);
    EXPECT_TRUE(process(401, R"({"error":"invalid_client"})").error().is(errors::kRevocationRefused));
    EXPECT_TRUE(process(401, R"({"error":"invalid_token"})").error().is(errors::kRevocationRefused));
    EXPECT_NE(process(404, "<html>").error().message().find("404"), std::string::npos);
    EXPECT_TRUE(process(302).error().is(errors::kRevocationRefused));
}

}  // namespace
}  // namespace stagedoor::oauth
