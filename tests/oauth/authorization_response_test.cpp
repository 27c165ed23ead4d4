#include "oauth/authorization_response.h"

#include "oauth/errors.h"

#include <gtest/gtest.h>

namespace stagedoor::oauth {
namespace {

const AuthorizationResponseExpectations kPlain{};
const AuthorizationResponseExpectations kIssuer{.issuer = "https://idp.example", .iss_required = false};
const AuthorizationResponseExpectations kIssuerRequired{
    .issuer = "https://idp.example", .iss_required = true
};

base::Result<AuthorizationCode> process(
    std::string_view query, const AuthorizationResponseExpectations& expected = kPlain
) {
    return process_authorization_response(http::Parameters::parse(query).value(), expected);
}

void expect_refused(
    const base::Result<AuthorizationCode>& result, const base::ErrorKind& kind, std::string_view message = ""
) {
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().is(kind)) << result.error().describe();
    if (!message.empty()) {
        EXPECT_EQ(result.error().message(), message);
    }
}

TEST(AuthorizationResponse, GivesTheCode) {
    EXPECT_EQ(
        process("code=SplxlOBeZQQYbYS6WxSbIA&state=xyz").value().value().reveal(), "SplxlOBeZQQYbYS6WxSbIA"
    );
}

TEST(AuthorizationResponse, IgnoresWhatItDoesNotKnow) {
    EXPECT_TRUE(process("code=c&session_state=s&scope=a&scope=b&hd=example.com"));
}

TEST(AuthorizationResponse, AccessDeniedIsTheUsersNo) {
    const auto result = process("error=access_denied&error_description=The+user+said+no&state=s");
    expect_refused(result, errors::kAuthorizationDenied, "Authentication rejected, The user said no");
    EXPECT_EQ(result.error().name(), "Error");
}

TEST(AuthorizationResponse, WithoutDescriptionTheErrorIsTold) {
    expect_refused(
        process("error=access_denied"), errors::kAuthorizationDenied, "Authentication rejected, access_denied"
    );
    expect_refused(
        process("error=server_error"), errors::kAuthorizationFailed, "Authentication failed, server_error"
    );
}

TEST(AuthorizationResponse, AnyOtherErrorIsAFailure) {
    const auto result = process("error=invalid_scope&error_description=No+such+scope");
    expect_refused(result, errors::kAuthorizationFailed, "Authentication failed, No such scope");
    EXPECT_EQ(result.error().name(), "Error");
}

TEST(AuthorizationResponse, ACodeBesideAnErrorIsAnError) {
    expect_refused(process("code=c&error=server_error"), errors::kAuthorizationFailed);
    expect_refused(process("error=&code=c"), errors::kAuthorizationFailed);
}

TEST(AuthorizationResponse, NeitherCodeNorErrorIsUnexpected) {
    expect_refused(process(""), errors::kAuthorizationUnexpected, "Unexpected redirect");
    expect_refused(process("state=s"), errors::kAuthorizationUnexpected, "Unexpected redirect");
    expect_refused(process("code=&state=s"), errors::kAuthorizationUnexpected, "Unexpected redirect");
}

TEST(AuthorizationResponse, DuplicatesAreRefused) {
    for (const auto* query : {
             "code=a&code=b",
             "code=a&code=a",
             "code=a&state=s&state=s",
             "error=access_denied&error=server_error",
             "error=a&error_description=b&error_description=c",
             "code=a&iss=https%3A%2F%2Fidp.example&iss=https%3A%2F%2Fevil.example",
         }) {
        expect_refused(process(query, kIssuer), errors::kAuthorizationDuplicateParameter);
    }
}

TEST(AuthorizationResponse, AMatchingIssuerPasses) {
    EXPECT_TRUE(process("code=c&iss=https%3A%2F%2Fidp.example", kIssuer));
    EXPECT_TRUE(process("code=c&iss=https%3A%2F%2Fidp.example", kIssuerRequired));
    EXPECT_TRUE(process("code=c", kIssuer));
}

// fapi2-security-profile-final-client-test-invalid-authorization-response-iss
TEST(AuthorizationResponse, InvalidAuthorizationResponseIss) {
    for (const auto* iss : {
             "https://evil.example",
             "https://idp.example/",
             "https://IDP.example",
             "https://idp.example:443",
             "https%3A%2F%2Fidp.example%00",
             "",
         }) {
        http::Parameters parameters;
        parameters.add("code", "c");
        parameters.add("iss", iss);
        expect_refused(
            process_authorization_response(parameters, kIssuer), errors::kAuthorizationIssuerMismatch
        );
    }
}

// fapi2-security-profile-final-client-test-remove-authorization-response-iss
TEST(AuthorizationResponse, RemoveAuthorizationResponseIss) {
    expect_refused(process("code=c", kIssuerRequired), errors::kAuthorizationIssuerMismatch);
}

TEST(AuthorizationResponse, TheIssuerIsComparedBeforeAnErrorIsBelieved) {
    expect_refused(
        process("error=access_denied&iss=https%3A%2F%2Fevil.example", kIssuer),
        errors::kAuthorizationIssuerMismatch
    );
    expect_refused(process("error=access_denied", kIssuerRequired), errors::kAuthorizationIssuerMismatch);
    expect_refused(
        process("error=access_denied&iss=https%3A%2F%2Fidp.example", kIssuerRequired),
        errors::kAuthorizationDenied
    );
}

TEST(AuthorizationResponse, AProviderWithoutIssuerMaySendAnIss) {
    EXPECT_TRUE(process("code=c&iss=https%3A%2F%2Fgithub.com%2Flogin%2Foauth", kPlain));
}

TEST(AuthorizationResponse, ForeignTextIsCleaned) {
    http::Parameters parameters;
    parameters.add("error", "server_error");
    parameters.add("error_description", "line\r\nSet-Cookie: a=b\x1b[31m\x7f end");
    expect_refused(
        process_authorization_response(parameters, kPlain),
        errors::kAuthorizationFailed,
        "Authentication failed, line Set-Cookie: a=b [31m end"
    );
    parameters.set("error_description", std::string(5000, 'x') + " ");
    EXPECT_LT(process_authorization_response(parameters, kPlain).error().message().size(), 400U);
}

}  // namespace
}  // namespace stagedoor::oauth
