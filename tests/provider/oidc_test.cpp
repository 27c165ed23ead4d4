#include "oauth/errors.h"
#include "provider/errors.h"
#include "provider/provider_fixture.h"

namespace stagedoor::provider {
namespace {

class OidcTest : public ProviderTest {
 protected:
    OidcTest() {
        serve_metadata();
        answer_token(token_answer());
    }
};

TEST_F(OidcTest, TheAuthorizationRequestHasAllThatTheProtocolAsksForAndNoPrompt) {
    auto settings = oidc_settings();
    settings.start_url_search_params = {{"organization", "acme"}};
    const auto oidc = make(settings);
    const auto url = run(oidc->authorization_url(
        {.scope = oidc->scope_of_login({"calendar"}, {"files"}),
         .state = "s",
         .code_challenge = "c",
         .nonce = "n"}
    ));
    ASSERT_TRUE(url);
    const auto parsed = base::Url::parse(*url).value();
    EXPECT_EQ(parsed.path(), "/auth");
    const auto query = http::Parameters::parse(parsed.query()).value();
    EXPECT_EQ(query.value("response_type"), "code");
    EXPECT_EQ(query.value("client_id"), "client");
    EXPECT_EQ(query.value("redirect_uri"), "https://auth.example.com/api/auth/oidc/handler/frame");
    EXPECT_EQ(query.value("scope"), "calendar files openid profile email");
    EXPECT_EQ(query.value("state"), "s");
    EXPECT_EQ(query.value("code_challenge"), "c");
    EXPECT_EQ(query.value("code_challenge_method"), "S256");
    EXPECT_EQ(query.value("nonce"), "n");
    EXPECT_EQ(query.value("organization"), "acme");
    EXPECT_EQ(query.count("prompt"), 0U);
    EXPECT_EQ(query.count("response_mode"), 0U);
}

TEST_F(OidcTest, PromptAndFormPostAreSentIfConfigured) {
    auto settings = oidc_settings();
    settings.prompt = "login";
    settings.form_post = true;
    const auto url =
        run(make(settings)->authorization_url({.scope = {}, .state = "s", .code_challenge = "c", .nonce = "n"}
        ));
    EXPECT_NE(url->find("prompt=login"), std::string::npos);
    EXPECT_NE(url->find("response_mode=form_post"), std::string::npos);
    settings.prompt = "auto";
    const auto without =
        run(make(settings)->authorization_url({.scope = {}, .state = "s", .code_challenge = "c", .nonce = "n"}
        ));
    EXPECT_EQ(without->find("prompt"), std::string::npos);
}

TEST_F(OidcTest, AnAccountIsAskedForInPlaceOfTheConfiguredPrompt) {
    const auto prompt_for = [this](const std::string& configured) {
        auto settings = oidc_settings();
        settings.prompt = configured;
        const auto oidc = make(settings);
        const auto prompt = [&](bool select_account) {
            const auto url = run(oidc->authorization_url(
                {.scope = {},
                 .state = "s",
                 .code_challenge = "c",
                 .nonce = "n",
                 .select_account = select_account}
            ));
            const auto query = http::Parameters::parse(base::Url::parse(url.value())->query()).value();
            EXPECT_LE(query.count("prompt"), 1U);
            return std::string(query.value("prompt"));
        };
        auto asked = prompt(true);
        EXPECT_EQ(prompt(false), configured == "auto" ? "" : configured);  // for that login only
        return asked;
    };
    EXPECT_EQ(prompt_for("auto"), "select_account");
    EXPECT_EQ(prompt_for("none"), "select_account");
    EXPECT_EQ(prompt_for("login"), "select_account");
    EXPECT_EQ(prompt_for("login consent"), "consent select_account");  // what offline_access needs
    EXPECT_EQ(prompt_for("consent_x"), "select_account");
}

TEST_F(OidcTest, ALoginBringsVerifiedTokensAndTheProfile) {
    const auto oidc = make(oidc_settings());
    const auto grant = exchange(*oidc, callback_parameters());
    ASSERT_TRUE(grant) << grant.error().describe();
    EXPECT_EQ(grant->access_token.reveal(), "at-1");
    EXPECT_EQ(grant->credential->reveal(), "rt-1");
    EXPECT_EQ(grant->expires_in, std::chrono::seconds(3600));
    EXPECT_EQ(grant->subject, "alice");
    EXPECT_EQ(grant->issuer, kIssuer);
    EXPECT_EQ(grant->sid, "sid-1");
    EXPECT_EQ(grant->profile->display_name, "Alice");
    EXPECT_EQ(grant->profile->email, "alice@example.com");

    const auto form = form_sent_to("/token");
    EXPECT_EQ(form.value("grant_type"), "authorization_code");
    EXPECT_EQ(form.value("code"), "the-code");
    EXPECT_EQ(form.value("code_verifier"), "the-verifier");
    EXPECT_EQ(form.value("redirect_uri"), "https://auth.example.com/api/auth/oidc/handler/frame");
    EXPECT_EQ(form.count("client_secret"), 0U);
    const auto userinfo = client.sent_to("https://idp.example/me");
    ASSERT_EQ(userinfo.size(), 1U);
    EXPECT_EQ(field(userinfo[0], "Authorization"), "Bearer at-1");
    EXPECT_EQ(userinfo[0].url.find("at-1"), std::string::npos);
}

TEST_F(OidcTest, AnEmailThatIsNotVerifiedIsNoEmail) {
    answer("/me", [](const http::ClientRequest&) {
        return support::json_answer(R"({"sub":"alice","name":"Alice","email":"boss@example.com"})");
    });
    const auto grant = exchange(*make(oidc_settings()), callback_parameters());
    ASSERT_TRUE(grant);
    EXPECT_FALSE(grant->profile->email);
}

TEST_F(OidcTest, AnotherIssuerInTheResponseStopsBeforeAnyCall) {
    const auto oidc = make(oidc_settings());
    const auto grant = exchange(*oidc, callback_parameters("code=c&iss=https%3A%2F%2Fevil.example"));
    ASSERT_FALSE(grant);
    EXPECT_EQ(grant.error().code(), oauth::errors::kAuthorizationIssuerMismatch.code);
    EXPECT_TRUE(client.sent_to("https://idp.example/token").empty());
}

TEST_F(OidcTest, AMissingIssuerIsRefusedWhereTheMetadataPromiseIt) {
    EXPECT_FALSE(exchange(*make(oidc_settings()), callback_parameters("code=c")));
    EXPECT_TRUE(client.sent_to("https://idp.example/token").empty());
}

TEST_F(OidcTest, ALoginWithoutIdTokenIsRefused) {
    auto token = token_answer();
    token.erase("id_token");
    answer_token(token);
    const auto grant = exchange(*make(oidc_settings()), callback_parameters());
    ASSERT_FALSE(grant);
    EXPECT_EQ(grant.error().code(), errors::kIdTokenMissing.code);
}

TEST_F(OidcTest, AnIdTokenOfAnotherLoginIsRefused) {
    auto token = token_answer();
    token["id_token"] = sign(claims("another-nonce"));
    answer_token(token);
    const auto grant = exchange(*make(oidc_settings()), callback_parameters());
    ASSERT_FALSE(grant);
    EXPECT_EQ(grant.error().code(), oauth::errors::kIdTokenNonceMismatch.code);
    EXPECT_TRUE(client.sent_to("https://idp.example/me").empty());
}

TEST_F(OidcTest, UserinfoOfAnotherSubjectIsRefused) {
    answer("/me", [](const http::ClientRequest&) { return support::json_answer(R"({"sub":"mallory"})"); });
    const auto grant = exchange(*make(oidc_settings()), callback_parameters());
    ASSERT_FALSE(grant);
    EXPECT_EQ(grant.error().code(), oauth::errors::kUserinfoSubjectMismatch.code);
}

TEST_F(OidcTest, AKeyThatIsNewIsFetchedOnce) {
    const auto oidc = make(oidc_settings());
    ASSERT_TRUE(exchange(*oidc, callback_parameters()));
    serve_keys(support::other_rsa_key());
    auto token = token_answer();
    token["id_token"] = sign(claims(), support::other_rsa_key());
    answer_token(token);
    EXPECT_TRUE(exchange(*oidc, callback_parameters()));
    EXPECT_TRUE(exchange(*oidc, callback_parameters()));
    EXPECT_EQ(client.sent_to("https://idp.example/jwks").size(), 2U);
}

TEST_F(OidcTest, TokensWithMadeUpKeyIdsCannotMakeUsFetchWithoutEnd) {
    const auto oidc = make(oidc_settings());
    ASSERT_TRUE(exchange(*oidc, callback_parameters()));
    const support::IssuerKey unknown(crypto::KeyType::rsa, "made-up");
    auto token = token_answer();
    token["id_token"] = sign(claims(), unknown);
    answer_token(token);
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(exchange(*oidc, callback_parameters()));
    EXPECT_LE(client.sent_to("https://idp.example/jwks").size(), 5U);
}

TEST_F(OidcTest, ScopesThatTheAnswerOmitsAreThoseRequested) {
    auto token = token_answer();
    token.erase("scope");
    answer_token(token);
    EXPECT_EQ(
        exchange(*make(oidc_settings()), callback_parameters())->scope.to_string(), "openid profile email"
    );
    token["scope"] = "openid";
    answer_token(token);
    EXPECT_EQ(exchange(*make(oidc_settings()), callback_parameters())->scope.to_string(), "openid");
}

TEST_F(OidcTest, ARefreshIsOneCallWhileTheProfileIsFresh) {
    const auto oidc = make(oidc_settings());
    auto token = token_answer();
    token.erase("id_token");
    answer_token(token);
    auto request = refresh_request();
    request.profile_is_fresh = true;
    const auto grant = run(oidc->refresh(request));
    ASSERT_TRUE(grant) << grant.error().describe();
    EXPECT_FALSE(grant->profile);
    EXPECT_TRUE(client.sent_to("https://idp.example/me").empty());
    const auto form = form_sent_to("/token");
    EXPECT_EQ(form.value("grant_type"), "refresh_token");
    EXPECT_EQ(form.value("refresh_token"), "rt-1");
    EXPECT_EQ(form.count("scope"), 0U);

    request.profile_is_fresh = false;
    EXPECT_TRUE(run(oidc->refresh(request))->profile);
    EXPECT_EQ(client.sent_to("https://idp.example/me").size(), 1U);
}

TEST_F(OidcTest, ARefreshedIdTokenOfAnotherSubjectEndsTheSession) {
    auto token = token_answer();
    auto other = claims("");
    other["sub"] = "mallory";
    token["id_token"] = sign(other);
    answer_token(token);
    const auto grant = run(make(oidc_settings())->refresh(refresh_request()));
    ASSERT_FALSE(grant);
    EXPECT_TRUE(is_verdict(grant.error())) << grant.error().describe();
}

TEST_F(OidcTest, ARefreshIsNotLostBecauseTheKeysCannotBeRead) {
    answer("/jwks", [](const http::ClientRequest&) { return support::json_answer("{}", 503); });
    auto token = token_answer();
    token["refresh_token"] = "rt-2";
    token["id_token"] = sign(claims(""));
    answer_token(token);
    auto request = refresh_request();
    request.profile_is_fresh = true;
    const auto grant = run(make(oidc_settings())->refresh(request));
    ASSERT_TRUE(grant) << grant.error().describe();
    EXPECT_EQ(grant->credential->reveal(), "rt-2");
    EXPECT_FALSE(grant->id_token);
    EXPECT_TRUE(log.has("refresh.id_token_unchecked"));
}

TEST_F(OidcTest, ARefreshIsNotLostBecauseUserinfoIsDown) {
    answer("/me", [](const http::ClientRequest&) { return support::json_answer("{}", 500); });
    auto token = token_answer();
    token.erase("id_token");
    answer_token(token);
    const auto grant = run(make(oidc_settings())->refresh(refresh_request()));
    ASSERT_TRUE(grant) << grant.error().describe();
    EXPECT_FALSE(grant->profile);
}

TEST_F(OidcTest, OnlyTheProvidersWordIsAVerdict) {
    struct Case {
        int status;
        std::string body;
        bool verdict;
    };
    const std::vector<Case> cases{
        {400, R"({"error":"invalid_grant"})", true},
        {400, R"({"error":"invalid_scope"})", false},
        {401, R"({"error":"invalid_client"})", false},
        {500, R"({"error":"invalid_grant"})", false},
        {429, R"({"error":"slow_down"})", false},
        {503, "<html>", false},
        {200, "{}", false},
        {200, "<html>", false},
        {404, "not here", false},
    };
    const auto oidc = make(oidc_settings());
    for (const auto& [status, body, verdict] : cases) {
        answer("/token", [&body, status](const http::ClientRequest&) {
            return support::json_answer(body, status);
        });
        const auto grant = run(oidc->refresh(refresh_request()));
        ASSERT_FALSE(grant);
        EXPECT_EQ(is_verdict(grant.error()), verdict)
            << status << " " << body << ": " << grant.error().describe();
    }
}

TEST_F(OidcTest, AVerdictOnATokenThatWasSentTwiceIsNotBelieved) {
    answer("/token", [](const http::ClientRequest&) {
        auto response = support::json_answer(R"({"error":"invalid_grant"})", 400);
        response.repeated = true;
        return response;
    });
    const auto grant = run(make(oidc_settings())->refresh(refresh_request()));
    ASSERT_FALSE(grant);
    EXPECT_EQ(grant.error().status(), 503);
    EXPECT_EQ(grant.error().code(), errors::kRefreshRepeated.code);
    // The cause names the verdict, but only the outermost word counts.
    EXPECT_FALSE(is_verdict(grant.error()));
}

TEST_F(OidcTest, ANewRefreshTokenIsKeptThoughTheIdTokenBesideItIsWrong) {
    answer("/token", [](const http::ClientRequest&) {
        return support::json_answer(
            R"({"access_token":"at","token_type":"Bearer","refresh_token":"rt-2","id_token":"a.b.c"})"
        );
    });
    const auto grant = run(make(oidc_settings())->refresh(refresh_request()));
    ASSERT_TRUE(grant);
    ASSERT_TRUE(grant->defect);
    EXPECT_FALSE(is_verdict(*grant->defect));
    ASSERT_TRUE(grant->credential);
    EXPECT_EQ(grant->credential->reveal(), "rt-2");
    EXPECT_TRUE(grant->access_token.empty());
    EXPECT_FALSE(grant->id_token);
}

TEST_F(OidcTest, SigningOutRevokesTheToken) {
    answer("/revoke", [](const http::ClientRequest&) { return support::json_answer(""); });
    const auto oidc = make(oidc_settings());
    ASSERT_TRUE(run(oidc->revoke(base::Secret("rt-1"), false)));
    const auto form = form_sent_to("/revoke");
    EXPECT_EQ(form.value("token"), "rt-1");
    EXPECT_EQ(form.value("token_type_hint"), "refresh_token");
    auto settings = oidc_settings();
    settings.revoke_on_logout = false;
    ASSERT_TRUE(run(make(settings)->revoke(base::Secret("rt-1"), false)));
    EXPECT_EQ(client.sent_to("https://idp.example/revoke").size(), 1U);
}

TEST_F(OidcTest, TheClientSecretCanBeTheKeyIfThatIsConfigured) {
    auto token = token_answer();
    token["id_token"] =
        support::sign_with_secret(crypto::Algorithm::hs256, boost::json::serialize(claims()), "secret");
    answer_token(token);
    EXPECT_FALSE(exchange(*make(oidc_settings()), callback_parameters()));
    auto settings = oidc_settings();
    settings.token_signed_response_alg = "HS256";
    const auto grant = exchange(*make(settings), callback_parameters());
    EXPECT_TRUE(grant) << grant.error().describe();
    EXPECT_TRUE(client.sent_to("https://idp.example/jwks").empty());
}

TEST_F(OidcTest, ACodeThatIsRefusedFailsTheLoginWithTheProvidersWords) {
    answer("/token", [](const http::ClientRequest&) {
        return support::json_answer(R"({"error":"invalid_grant","error_description":"code expired"})", 400);
    });
    const auto grant = exchange(*make(oidc_settings()), callback_parameters());
    ASSERT_FALSE(grant);
    EXPECT_EQ(grant.error().message(), "Authentication failed, code expired (invalid_grant)");
}

TEST_F(OidcTest, SettingsThatCannotWorkAreRefusedAtTheStart) {
    EXPECT_THROW(make(settings_for("oidc")), std::invalid_argument);
    auto settings = oidc_settings();
    settings.token_signed_response_alg = "none";
    EXPECT_THROW(make(settings), std::invalid_argument);
    EXPECT_THROW(make(settings_for("gogle")), std::invalid_argument);
}

}  // namespace
}  // namespace stagedoor::provider
