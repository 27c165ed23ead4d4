#include "oauth/token_response.h"

#include "oauth/errors.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace stagedoor::oauth {
namespace {

using std::chrono::seconds;

const auto kNow = base::from_unix_seconds(1'800'000'000);

http::ClientResponse answer(int status, std::string body, std::string type = "application/json") {
    http::ClientResponse response;
    response.status = status;
    response.fields.push_back({"Content-Type", std::move(type)});
    response.body = std::move(body);
    return response;
}

base::Result<TokenResponse> process(const http::ClientResponse& response) {
    return process_token_response(response, kNow);
}
base::Result<TokenResponse> process(std::string body) {
    return process(answer(200, std::move(body)));
}
base::Result<TokenResponse> process_form(std::string body, int status = 200) {
    return process(answer(status, std::move(body), "application/x-www-form-urlencoded; charset=utf-8"));
}
// A minimal success with further members.
base::Result<TokenResponse> with(const std::string& members) {
    return process(R"({"access_token":"a","token_type":"bearer",)" + members + "}");
}

// The example of RFC 6749, section 5.1.
TEST(TokenResponse, Rfc6749Section51) {
    const auto tokens = process(R"({
       "access_token":"2YotnFZFEjr1zCsicMWpAA",
       "token_type":"example",
       "expires_in":3600,
       "refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA",
       "example_parameter":"example_value"
     })");
    ASSERT_FALSE(tokens) << "its token_type is made up";
    EXPECT_TRUE(tokens.error().is(errors::kTokenUnsupportedType));
}

TEST(TokenResponse, ReadsEverything) {
    const auto tokens =
        process(R"({"access_token":"at","token_type":"Bearer","expires_in":3600,"refresh_token":"rt",
        "id_token":"h.p.s","scope":"openid email","unknown":{"a":[1]}})")
            .value();
    EXPECT_EQ(tokens.access_token.reveal(), "at");
    EXPECT_EQ(tokens.token_type, "Bearer");
    EXPECT_EQ(tokens.expires_in, seconds(3600));
    EXPECT_EQ(tokens.refresh_token.value().reveal(), "rt");
    EXPECT_EQ(tokens.id_token, "h.p.s");
    EXPECT_EQ(tokens.scope.value().to_string(), "openid email");
}

// fapi2-security-profile-final-client-test-token-endpoint-response-without-expires_in
TEST(TokenResponse, WithoutOptionalMembers) {
    const auto tokens = process(R"({"access_token":"at","token_type":"bearer"})").value();
    EXPECT_EQ(tokens.expires_in, std::nullopt);
    EXPECT_FALSE(tokens.refresh_token.has_value());
    EXPECT_EQ(tokens.id_token, std::nullopt);
    EXPECT_FALSE(tokens.scope.has_value());
}

TEST(TokenResponse, NullAndEmptyAreAsGoodAsMissing) {
    const auto tokens =
        with(R"("expires_in":null,"refresh_token":null,"id_token":"","scope":null,"error":null)").value();
    EXPECT_EQ(tokens.expires_in, std::nullopt);
    EXPECT_FALSE(tokens.refresh_token.has_value());
    EXPECT_EQ(tokens.id_token, std::nullopt);
    EXPECT_FALSE(tokens.scope.has_value());
}

// fapi2-security-profile-final-client-test-token-type-case-insensitivity
TEST(TokenResponse, TokenTypeCaseInsensitivity) {
    for (const std::string type : {"Bearer", "bearer", "BEARER", "bEaReR"}) {
        EXPECT_TRUE(process(R"({"access_token":"a","token_type":")" + type + R"("})")) << type;
    }
}

TEST(TokenResponse, OtherTokenTypesAreRefused) {
    for (const std::string type :
         {R"("mac")", R"("DPoP")", R"("N_A")", R"("")", R"("bearer ")", "7", "null"}) {
        const auto result = process(R"({"access_token":"a","token_type":)" + type + "}");
        ASSERT_FALSE(result) << type;
        EXPECT_TRUE(result.error().is(errors::kTokenUnsupportedType)) << type;
    }
    EXPECT_TRUE(process(R"({"access_token":"a"})").error().is(errors::kTokenUnsupportedType));
}

TEST(TokenResponse, ExpiresInInAllItsForms) {
    EXPECT_EQ(with(R"("expires_in":0)").value().expires_in, seconds(0));
    EXPECT_EQ(with(R"("expires_in":"28800")").value().expires_in, seconds(28800));
    EXPECT_EQ(with(R"("expires_in":3599.7)").value().expires_in, seconds(3599));
    EXPECT_EQ(with(R"("expires_in":3.6e3)").value().expires_in, seconds(3600));
    EXPECT_EQ(with(R"("expires_in":315360000)").value().expires_in, seconds(315360000));
}

TEST(TokenResponse, AnAbsurdExpiresInIsNone) {
    for (const std::string value : {
             "-1",
             "-3600",
             "1e300",
             "315360001",
             "18446744073709551615",
             R"("")",
             R"("-1")",
             R"("soon")",
             R"("3600s")",
             R"("nan")",
             R"("inf")",
             R"("1e999")",
             "true",
             "[3600]",
             "{}",
         }) {
        const auto tokens = with(R"("expires_in":)" + value);
        ASSERT_TRUE(tokens) << value;
        EXPECT_EQ(tokens->expires_in, std::nullopt) << value;
    }
}

TEST(TokenResponse, ScopeInAllItsForms) {
    EXPECT_EQ(with(R"("scope":"repo,read:user")").value().scope.value().to_string(), "repo read:user");
    EXPECT_EQ(with(R"("scope":["a","b"])").value().scope.value().to_string(), "a b");
    EXPECT_TRUE(with(R"("scope":"")").value().scope.value().empty())
        << "granted none is not the same as not said";
    EXPECT_FALSE(with(R"("scope":7)").value().scope.has_value());
}

TEST(TokenResponse, GitHubsForm) {
    const auto tokens =
        process_form(
            "access_token=ghu_x&expires_in=28800&refresh_token=ghr_y&refresh_token_expires_in=15811200"
            "&scope=repo%2Cgist&token_type=bearer"
        )
            .value();
    EXPECT_EQ(tokens.access_token.reveal(), "ghu_x");
    EXPECT_EQ(tokens.expires_in, seconds(28800));
    EXPECT_EQ(tokens.refresh_token.value().reveal(), "ghr_y");
    EXPECT_EQ(tokens.scope.value().to_string(), "repo gist");
}

TEST(TokenResponse, AFormMayLeaveOutTheTokenType) {
    EXPECT_EQ(process_form("access_token=a").value().token_type, "bearer");
    EXPECT_TRUE(process_form("access_token=a&token_type=mac").error().is(errors::kTokenUnsupportedType));
}

TEST(TokenResponse, GitHubsErrorOfStatus200) {
    const auto json = process(
        R"({"error":"bad_refresh_token","error_description":"The refresh token passed is incorrect or expired."})"
    );
    ASSERT_FALSE(json);
    EXPECT_TRUE(json.error().is(errors::kTokenInvalidGrant));
    EXPECT_EQ(
        json.error().message(), "The refresh token passed is incorrect or expired. (bad_refresh_token)"
    );
    EXPECT_TRUE(process_form("error=bad_verification_code").error().is(errors::kTokenInvalidGrant));
}

TEST(TokenResponse, AnErrorBesideATokenIsAnError) {
    EXPECT_TRUE(with(R"("error":"invalid_grant")").error().is(errors::kTokenInvalidGrant));
    EXPECT_TRUE(with(R"("error":{"message":"x"})").error().is(errors::kTokenRefused));
}

struct Verdict {
    std::string error;
    const base::ErrorKind& kind;
};

class TokenVerdict : public testing::TestWithParam<Verdict> {};

TEST_P(TokenVerdict, HasItsKind) {
    const auto& [error, kind] = GetParam();
    for (const int status : {400, 401, 403, 200}) {
        const auto result =
            process(answer(status, R"({"error":")" + error + R"(","error_description":"why"})"));
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code(), kind.code) << status;
        EXPECT_EQ(result.error().message(), "why (" + error + ")");
        EXPECT_EQ(result.error().retry_after().has_value(), kind.status == 503);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Rfc6749Section52,
    TokenVerdict,
    testing::Values(
        Verdict{"invalid_grant", errors::kTokenInvalidGrant},
        Verdict{"interaction_required", errors::kTokenInteractionRequired},
        Verdict{"login_required", errors::kTokenInteractionRequired},
        Verdict{"consent_required", errors::kTokenInteractionRequired},
        Verdict{"invalid_client", errors::kTokenInvalidClient},
        Verdict{"incorrect_client_credentials", errors::kTokenInvalidClient},
        Verdict{"unauthorized_client", errors::kTokenUnauthorizedClient},
        Verdict{"invalid_scope", errors::kTokenInvalidScope},
        Verdict{"invalid_request", errors::kTokenRefused},
        Verdict{"unsupported_grant_type", errors::kTokenRefused},
        Verdict{"redirect_uri_mismatch", errors::kTokenRefused},
        Verdict{"Invalid_Grant", errors::kTokenRefused},
        Verdict{"temporarily_unavailable", errors::kTokenUnavailable},
        Verdict{"server_error", errors::kTokenUnavailable}
    )
);

// A server in trouble says many things; none of them may cost a session.
TEST(TokenResponse, NoVerdictIsBelievedFromATransientStatus) {
    for (const int status : {408, 429, 500, 502, 503, 504}) {
        for (const std::string body : {R"({"error":"invalid_grant"})", "<html>Bad gateway</html>", ""}) {
            const auto result = process(answer(status, body));
            ASSERT_FALSE(result);
            EXPECT_TRUE(result.error().is(errors::kTokenUnavailable)) << status;
            EXPECT_EQ(result.error().status(), 503);
            EXPECT_TRUE(result.error().retry_after().has_value());
        }
    }
}

TEST(TokenResponse, TellsTheProvidersRetryAfter) {
    auto response = answer(429, "");
    response.fields.push_back({"Retry-After", "42"});
    EXPECT_EQ(process(response).error().retry_after(), seconds(42));
}

class MalformedTokenResponse : public testing::TestWithParam<std::pair<int, std::string>> {};

TEST_P(MalformedTokenResponse, IsNoVerdict) {
    const auto& [status, body] = GetParam();
    const auto result = process(answer(status, body));
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().is(errors::kTokenMalformedResponse)) << result.error().describe();
    EXPECT_EQ(result.error().status(), 503);
    EXPECT_TRUE(result.error().retry_after().has_value());
}

INSTANTIATE_TEST_SUITE_P(
    Bodies,
    MalformedTokenResponse,
    testing::Values(
        std::pair{200, ""},
        std::pair{200, "<html><title>Sign in</title></html>"},
        std::pair{200, R"({"access_token":"a","token_type":"bear)"},
        std::pair{200, "[]"},
        std::pair{200, "null"},
        std::pair{200, "{}"},
        std::pair{200, "access_token=a&token_type=bearer"},
        std::pair{200, R"({"access_token":"a","access_token":"b","token_type":"bearer"})"},
        std::pair{200, R"({"access_token":"","token_type":"bearer"})"},
        std::pair{200, R"({"access_token":7,"token_type":"bearer"})"},
        std::pair{200, R"({"access_token":null,"token_type":"bearer"})"},
        std::pair{200, R"({"access_token":"a\r\nX-Injected: 1","token_type":"bearer"})"},
        std::pair{200, R"({"access_token":"a\u0000b","token_type":"bearer"})"},
        std::pair{200, R"({"access_token":"ü","token_type":"bearer"})"},
        std::pair{200, R"({"access_token":"a","token_type":"bearer","refresh_token":7})"},
        std::pair{200, R"({"access_token":"a","token_type":"bearer","refresh_token":"a\nb"})"},
        std::pair{200, R"({"access_token":"a","token_type":"bearer","id_token":{}})"},
        std::pair{200, R"({"a":)" + std::string(100'000, '[')},
        std::pair{301, ""},
        std::pair{302, R"({"access_token":"a","token_type":"bearer"})"},
        std::pair{400, ""},
        std::pair{400, "Bad Request"},
        std::pair{400, "{}"},
        std::pair{401, R"({"message":"Unauthorized"})"},
        std::pair{403, "<html>blocked by a firewall</html>"},
        std::pair{404, R"({"access_token":"a","token_type":"bearer"})"}
    )
);

TEST(TokenResponse, AMalformedFormIsNoVerdict) {
    for (const std::string body : {"access_token=%zz", "access_token=a&access_token=b", "", "error"}) {
        EXPECT_TRUE(process_form(body).error().is(errors::kTokenMalformedResponse)) << body;
    }
}

TEST(TokenResponse, NoTokenIsInAnError) {
    const std::string secret = "8xLOxBtZp8aTq3Zp1u3kVbW4qJd0RfGh";
    for (const auto& response : {
             answer(
                 400,
                 R"({"error":"invalid_grant","error_description":"Invalid refresh token: )" + secret + R"("})"
             ),
             answer(200, R"({"access_token":")" + secret + R"(","token_type":"mac"})"),
             answer(200, R"({"access_token":")" + secret + R"(","token_type":")" + secret + R"("})"),
             answer(200, R"({"access_token":")" + secret),
             answer(200, R"({"access_token":")" + secret + R"(\n","token_type":"bearer"})"),
         }) {
        const auto result = process(response);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().describe().find(secret), std::string::npos);
    }
}

TEST(TokenResponse, NoBytesMakeItFail) {
    EXPECT_TRUE(rc::check("any answer is tokens or an error", [](const std::string& body, bool form) {
        const auto result = form ? process_form(body) : process(body);
        RC_ASSERT(result.has_value() || result.error().status() >= 400);
    }));
}

}  // namespace
}  // namespace stagedoor::oauth
