#include "oauth/errors.h"
#include "provider/errors.h"
#include "provider/provider_fixture.h"

namespace stagedoor::provider {
namespace {

class GithubTest : public ProviderTest {
 protected:
    GithubTest() {
        settings.endpoints.token = "https://idp.example/token";
        settings.endpoints.userinfo = "https://idp.example/user";
        answer("/user", [](const http::ClientRequest&) {
            return support::json_answer(
                R"({"id":583231,"login":"octocat","name":null,"email":null,"avatar_url":"https://a/1"})"
            );
        });
    }
    void answer_form(std::string body) {
        answer("/token", [body = std::move(body)](const http::ClientRequest&) {
            return http::ClientResponse{
                .status = 200,
                .fields = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
                .body = body,
                .repeated = false,
            };
        });
    }
    Settings settings = settings_for("github");
};

TEST_F(GithubTest, TheEndpointsFollowTheEnterpriseInstance) {
    settings = settings_for("github");
    settings.enterprise_instance_url = "https://git.example.com/";
    answers["https://git.example.com/login/oauth/access_token"] = [](const http::ClientRequest&) {
        return support::json_answer(R"({"access_token":"gho","token_type":"bearer","scope":"read:user"})");
    };
    answers["https://git.example.com/api/v3/user"] = [](const http::ClientRequest&) {
        return support::json_answer(R"({"id":1,"login":"x"})");
    };
    const auto github = make(settings);
    const auto url =
        run(github->authorization_url({.scope = {}, .state = "s", .code_challenge = "c", .nonce = "n"}));
    EXPECT_TRUE(url->starts_with("https://git.example.com/login/oauth/authorize?"));
    EXPECT_EQ(url->find("nonce"), std::string::npos);
    EXPECT_TRUE(exchange(*github, callback_parameters("code=c"), ""));
}

TEST_F(GithubTest, AnAccountCanBeAskedFor) {
    const auto url = run(make(settings)->authorization_url(
        {.scope = {}, .state = "s", .code_challenge = "c", .nonce = "n", .select_account = true}
    ));
    EXPECT_NE(url->find("prompt=select_account"), std::string::npos);
}

TEST_F(GithubTest, ATokenWithoutExpiryIsTheSession) {
    answer_form("access_token=gho_1&scope=read%3Auser%2Crepo&token_type=bearer");
    const auto grant = exchange(*make(settings), callback_parameters("code=c"), "");
    ASSERT_TRUE(grant) << grant.error().describe();
    EXPECT_TRUE(grant->credential_is_access_token);
    EXPECT_EQ(grant->credential->reveal(), "gho_1");
    EXPECT_FALSE(grant->expires_in);
    EXPECT_EQ(grant->scope.to_string(), "read:user repo");
    EXPECT_EQ(grant->subject, "583231");
    EXPECT_EQ(grant->profile->display_name, "octocat");
    EXPECT_FALSE(grant->profile->email);
}

TEST_F(GithubTest, AnExpiringTokenHasARefreshToken) {
    answer_form("access_token=ghu_1&expires_in=28800&refresh_token=ghr_1&scope=&token_type=bearer");
    const auto grant = exchange(*make(settings), callback_parameters("code=c"), "");
    ASSERT_TRUE(grant);
    EXPECT_FALSE(grant->credential_is_access_token);
    EXPECT_EQ(grant->credential->reveal(), "ghr_1");
    EXPECT_EQ(grant->expires_in, std::chrono::hours(8));
    EXPECT_EQ(grant->scope.to_string(), "openid profile email");  // as requested: GitHub apps have no scopes
}

TEST_F(GithubTest, ScopesThatAnotherOneIncludesAreReportedIfAskedFor) {
    answer_form("access_token=gho_1&scope=repo%2Cuser&token_type=bearer");
    const auto github = make(settings);
    const auto parameters = callback_parameters("code=c");
    const auto grant = run(github->exchange({
        .parameters = parameters,
        .code_verifier = base::Secret("v"),
        .nonce = "",
        .issuer = "",
        .requested = {"repo", "read:user", "gist"},
    }));
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->scope.to_string(), "repo user read:user");
}

TEST_F(GithubTest, RefreshingATokenWithoutExpiryAsksWhetherItIsGood) {
    const auto github = make(settings);
    RefreshRequest request;
    request.credential = base::Secret("gho_1");
    request.credential_is_access_token = true;
    request.granted = {"read:user", "repo"};
    request.requested = {"repo"};
    request.subject = "583231";
    const auto grant = run(github->refresh(request));
    ASSERT_TRUE(grant) << grant.error().describe();
    EXPECT_EQ(grant->access_token.reveal(), "gho_1");
    EXPECT_FALSE(grant->credential);
    EXPECT_EQ(grant->scope.to_string(), "read:user repo");
    EXPECT_EQ(client.requests.size(), 1U);

    request.requested = {"admin:org"};
    const auto more = run(github->refresh(request));
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code(), errors::kScopeNotGranted.code);
    EXPECT_FALSE(is_verdict(more.error()));

    request.requested = {};
    answer("/user", [](const http::ClientRequest&) {
        return support::json_answer(R"({"message":"Bad credentials"})", 401);
    });
    const auto revoked = run(github->refresh(request));
    ASSERT_FALSE(revoked);
    EXPECT_TRUE(is_verdict(revoked.error()));
    EXPECT_EQ(revoked.error().message(), "Invalid access token");

    answer("/user", [](const http::ClientRequest&) { return support::json_answer("", 502); });
    EXPECT_FALSE(is_verdict(run(github->refresh(request)).error()));

    answer("/user", [](const http::ClientRequest&) {
        return support::json_answer(R"({"id":2,"login":"other"})");
    });
    EXPECT_TRUE(is_verdict(run(github->refresh(request)).error()));
}

TEST_F(GithubTest, AnErrorWithStatus200IsAnError) {
    answer_form("error=bad_verification_code&error_description=The+code+passed+is+incorrect+or+expired.");
    const auto grant = exchange(*make(settings), callback_parameters("code=c"), "");
    ASSERT_FALSE(grant);
    EXPECT_NE(grant.error().message().find("incorrect or expired"), std::string::npos);
}

}  // namespace
}  // namespace stagedoor::provider
