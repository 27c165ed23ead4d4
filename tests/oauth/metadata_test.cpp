#include "oauth/metadata.h"

#include "oauth/errors.h"

#include <gtest/gtest.h>

namespace stagedoor::oauth {
namespace {

const auto kNow = base::from_unix_seconds(1'800'000'000);

http::ClientResponse answer(std::string body, int status = 200) {
    http::ClientResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

std::string document(std::string_view issuer, std::string_view extra = "") {
    return R"({"issuer":")" + std::string(issuer) +
           R"(","authorization_endpoint":"https://idp.example/authorize",)" +
           R"("token_endpoint":"https://idp.example/token")" + std::string(extra) + "}";
}

base::Result<Metadata> process(std::string body, const MetadataExpectations& expected) {
    return process_metadata_response(answer(std::move(body)), expected, kNow);
}

const MetadataExpectations kExample{
    .issuer_or_metadata_url = "https://idp.example", .issuer = std::nullopt, .allow_loopback_http = false
};

bool accepts_issuer(std::string_view configured, std::string_view issuer) {
    MetadataExpectations expected;
    expected.issuer_or_metadata_url = configured;
    const auto result = process(document(issuer), expected);
    EXPECT_TRUE(result || result.error().is(errors::kMetadataIssuerMismatch));
    return result.has_value();
}

TEST(MetadataUrl, IsAddedToAnIssuer) {
    EXPECT_EQ(metadata_url("https://idp.example"), "https://idp.example/.well-known/openid-configuration");
    EXPECT_EQ(metadata_url("https://idp.example/"), "https://idp.example/.well-known/openid-configuration");
    EXPECT_EQ(
        metadata_url("https://idp.example/a/b"), "https://idp.example/a/b/.well-known/openid-configuration"
    );
}

TEST(MetadataUrl, IsUsedAsItIs) {
    for (const auto* url : {
             "https://idp.example/.well-known/openid-configuration",
             "https://idp.example/.well-known/oauth-authorization-server/tenant",
             "https://idp.example/v2.0/.well-known/openid-configuration?p=policy",
         }) {
        EXPECT_EQ(metadata_url(url), url);
    }
}

TEST(MetadataRequest, IsABoundedGet) {
    const auto request = metadata_request("https://idp.example");
    EXPECT_EQ(request.method, http::Method::get);
    EXPECT_EQ(request.url, "https://idp.example/.well-known/openid-configuration");
    EXPECT_EQ(request.max_response_bytes, 256U * 1024);
    EXPECT_FALSE(request.allow_loopback_http);
}

TEST(Metadata, ReadsEverything) {
    const auto metadata = process(
                              document(
                                  "https://idp.example",
                                  R"(,"userinfo_endpoint":"https://idp.example/me",
        "revocation_endpoint":"https://idp.example/revoke","end_session_endpoint":"https://idp.example/end",
        "jwks_uri":"https://keys.example/jwks","token_endpoint_auth_methods_supported":["client_secret_post"],
        "code_challenge_methods_supported":["plain","S256"],"id_token_signing_alg_values_supported":["ES256"],
        "scopes_supported":["openid"],"authorization_response_iss_parameter_supported":true,"unknown":[{}])"
                              ),
                              kExample
    )
                              .value();
    EXPECT_EQ(metadata.issuer, "https://idp.example");
    EXPECT_EQ(metadata.authorization_endpoint, "https://idp.example/authorize");
    EXPECT_EQ(metadata.token_endpoint, "https://idp.example/token");
    EXPECT_EQ(metadata.userinfo_endpoint, "https://idp.example/me");
    EXPECT_EQ(metadata.revocation_endpoint, "https://idp.example/revoke");
    EXPECT_EQ(metadata.end_session_endpoint, "https://idp.example/end");
    EXPECT_EQ(metadata.jwks_uri, "https://keys.example/jwks");
    EXPECT_EQ(metadata.token_endpoint_auth_methods_supported, std::vector<std::string>{"client_secret_post"});
    EXPECT_EQ(metadata.code_challenge_methods_supported, (std::vector<std::string>{"plain", "S256"}));
    EXPECT_EQ(metadata.id_token_signing_alg_values_supported, std::vector<std::string>{"ES256"});
    EXPECT_EQ(metadata.scopes_supported, std::vector<std::string>{"openid"});
    EXPECT_TRUE(metadata.authorization_response_iss_parameter_supported);
}

TEST(Metadata, HasTheDefaultsOfTheSpecification) {
    const auto metadata = process(document("https://idp.example", R"(,"jwks_uri":null)"), kExample).value();
    EXPECT_EQ(
        metadata.token_endpoint_auth_methods_supported, std::vector<std::string>{"client_secret_basic"}
    );
    EXPECT_EQ(metadata.jwks_uri, std::nullopt);
    EXPECT_FALSE(metadata.authorization_response_iss_parameter_supported);
}

// oidcc-client-test-discovery-issuer-mismatch
TEST(Metadata, DiscoveryIssuerMismatch) {
    EXPECT_TRUE(accepts_issuer("https://idp.example", "https://idp.example"));
    EXPECT_FALSE(accepts_issuer("https://idp.example", "https://evil.example"));
    EXPECT_FALSE(accepts_issuer("https://idp.example", "https://idp.example/other"));
    EXPECT_FALSE(accepts_issuer("https://idp.example", "http://idp.example"));
    EXPECT_FALSE(accepts_issuer("https://idp.example", "https://IDP.example"));
    EXPECT_FALSE(accepts_issuer("https://idp.example", "https://idp.example.evil.example"));
    EXPECT_FALSE(accepts_issuer("https://idp.example", "https://idp.example//"));
    EXPECT_FALSE(accepts_issuer("https://idp.example", ""));
}

// Section 4.1 of OpenID Connect Discovery strips the slash, so both issuers have their metadata there.
TEST(Metadata, ASlashAtTheEndOfTheIssuerIsItsOwnBusiness) {
    EXPECT_TRUE(accepts_issuer("https://tenant.auth0.example", "https://tenant.auth0.example/"));
    EXPECT_TRUE(accepts_issuer("https://tenant.auth0.example/", "https://tenant.auth0.example"));
    EXPECT_TRUE(accepts_issuer("https://idp.example/.well-known/openid-configuration", "https://idp.example/")
    );
}

TEST(Metadata, TheIssuerBelongsToTheMetadataUrl) {
    EXPECT_TRUE(
        accepts_issuer("https://idp.example/a/.well-known/openid-configuration", "https://idp.example/a")
    );
    EXPECT_FALSE(
        accepts_issuer("https://idp.example/a/.well-known/openid-configuration", "https://idp.example/b")
    );
    EXPECT_FALSE(
        accepts_issuer("https://idp.example/a/.well-known/openid-configuration", "https://idp.example")
    );
    EXPECT_TRUE(
        accepts_issuer("https://idp.example/.well-known/oauth-authorization-server", "https://idp.example")
    );
}

// RFC 8414, section 3.1.
TEST(Metadata, TheWellKnownPartMayStandBeforeThePath) {
    EXPECT_TRUE(accepts_issuer(
        "https://idp.example/.well-known/oauth-authorization-server/a/b", "https://idp.example/a/b"
    ));
    EXPECT_TRUE(
        accepts_issuer("https://idp.example/.well-known/openid-configuration/a", "https://idp.example/a")
    );
    EXPECT_FALSE(accepts_issuer(
        "https://idp.example/.well-known/oauth-authorization-server/a", "https://idp.example/b"
    ));
    EXPECT_FALSE(
        accepts_issuer("https://idp.example/.well-known/oauth-authorization-server/a", "https://idp.example")
    );
}

TEST(Metadata, AnUnusualUrlBindsToItsOriginOnly) {
    const auto* url = "https://b2c.example/tenant/v2.0/.well-known/openid-configuration?p=policy";
    EXPECT_TRUE(accepts_issuer(url, "https://b2c.example/0123/v2.0/"));
    EXPECT_FALSE(accepts_issuer(url, "https://evil.example/0123/v2.0/"));
    EXPECT_FALSE(accepts_issuer(url, "b2c"));
    EXPECT_TRUE(accepts_issuer("https://idp.example/.well-known/custom", "https://idp.example/x"));
}

TEST(Metadata, AKnownIssuerIsComparedByteByByte) {
    const MetadataExpectations expected{
        .issuer_or_metadata_url = "https://idp.example/common",
        .issuer = "https://idp.example/{tenantid}/v2.0",
        .allow_loopback_http = false,
    };
    EXPECT_TRUE(process(document("https://idp.example/{tenantid}/v2.0"), expected));
    EXPECT_FALSE(process(document("https://idp.example/common"), expected));
    EXPECT_FALSE(process(document("https://idp.example/{tenantid}/v2.0/"), expected));
}

TEST(Metadata, MissingEndpointsAreNamed) {
    const auto no_token = process(
        R"({"issuer":"https://idp.example","authorization_endpoint":"https://idp.example/a"})", kExample
    );
    ASSERT_FALSE(no_token);
    EXPECT_TRUE(no_token.error().is(errors::kMetadataEndpointMissing));
    EXPECT_NE(no_token.error().message().find("token_endpoint"), std::string::npos);
    const auto no_authorization =
        process(R"({"issuer":"https://idp.example","token_endpoint":"https://idp.example/t"})", kExample);
    EXPECT_NE(no_authorization.error().message().find("authorization_endpoint"), std::string::npos);

    EXPECT_EQ(require_endpoint("https://a.example", "userinfo_endpoint"), "https://a.example");
    const auto no_userinfo = require_endpoint(std::nullopt, "userinfo_endpoint");
    EXPECT_NE(no_userinfo.error().message().find("userinfo_endpoint"), std::string::npos);
}

TEST(Metadata, EndpointsAreHttps) {
    for (const std::string url : {
             "http://idp.example/me",
             "http://127.0.0.1/me",
             "ftp://idp.example/me",
             "file:///etc/passwd",
             "javascript:alert(1)",
             "/me",
             "",
             "https://user@idp.example/me",
             "https://",
         }) {
        for (const std::string name :
             {"userinfo_endpoint", "revocation_endpoint", "end_session_endpoint", "jwks_uri"}) {
            const auto result =
                process(document("https://idp.example", ",\"" + name + "\":\"" + url + "\""), kExample);
            ASSERT_FALSE(result) << name << " " << url;
            EXPECT_TRUE(result.error().is(errors::kMetadataEndpointRefused)) << result.error().describe();
        }
    }
}

TEST(Metadata, LoopbackMayBeHttpIfAllowed) {
    auto expected = kExample;
    expected.allow_loopback_http = true;
    const auto with_userinfo = [](const std::string& url) {
        return document("https://idp.example", R"(,"userinfo_endpoint":")" + url + "\"");
    };
    EXPECT_TRUE(process(with_userinfo("http://127.0.0.1:8080/me"), expected));
    EXPECT_TRUE(process(with_userinfo("http://localhost/me"), expected));
    EXPECT_FALSE(process(with_userinfo("http://idp.example/me"), expected));
    EXPECT_FALSE(process(with_userinfo("http://127.0.0.1.evil.example/me"), expected));
}

TEST(Metadata, MembersOfAWrongTypeAreRefused) {
    for (const auto* extra : {
             R"(,"jwks_uri":7)",
             R"(,"userinfo_endpoint":["https://idp.example"])",
             R"(,"scopes_supported":"openid")",
             R"(,"code_challenge_methods_supported":[1])",
         }) {
        EXPECT_TRUE(
            process(document("https://idp.example", extra), kExample).error().is(errors::kMetadataMalformed)
        ) << extra;
    }
}

TEST(Metadata, WhatIsNoDocumentIsRefused) {
    for (const auto* body :
         {"", "[]", "<html>", R"({"issuer":"https://idp.example","issuer":"https://idp.example"})"}) {
        EXPECT_TRUE(process(body, kExample).error().is(errors::kMetadataMalformed)) << body;
    }
    EXPECT_TRUE(process("{}", kExample).error().is(errors::kMetadataIssuerMismatch));
}

TEST(Metadata, AnyOtherStatusIsUnavailable) {
    for (const int status : {204, 301, 302, 404, 429, 500, 503}) {
        const auto result =
            process_metadata_response(answer(document("https://idp.example"), status), kExample, kNow);
        ASSERT_FALSE(result) << status;
        EXPECT_TRUE(result.error().is(errors::kMetadataUnavailable));
        EXPECT_TRUE(result.error().retry_after().has_value());
    }
}

}  // namespace
}  // namespace stagedoor::oauth
