#include "provider/provider_fixture.h"

namespace stagedoor::provider {
namespace {

class GoogleTest : public ProviderTest {
 protected:
    GoogleTest() {
        serve_metadata();
        settings.endpoints = {
            .issuer = std::string(kIssuer),
            .authorization = {},
            .token = "https://idp.example/token",
            .userinfo = "https://idp.example/me",
            .revocation = "https://idp.example/revoke",
            .jwks = "https://idp.example/jwks",
        };
    }
    Settings settings = settings_for("google");
};

TEST_F(GoogleTest, TheAuthorizationRequestAsksForARefreshToken) {
    const auto google = make(settings_for("google"));
    const auto url = run(google->authorization_url(
        {.scope = google->scope_of_login({"https://www.googleapis.com/auth/calendar"}, {"files"}),
         .state = "s",
         .code_challenge = "c",
         .nonce = "n"}
    ));
    const auto parsed = base::Url::parse(*url).value();
    EXPECT_EQ(parsed.origin().to_string() + parsed.path(), "https://accounts.google.com/o/oauth2/v2/auth");
    const auto query = http::Parameters::parse(parsed.query()).value();
    EXPECT_EQ(query.value("access_type"), "offline");
    EXPECT_EQ(query.value("prompt"), "consent");
    EXPECT_EQ(query.value("include_granted_scopes"), "true");
    EXPECT_EQ(
        query.value("scope"),
        "https://www.googleapis.com/auth/calendar openid https://www.googleapis.com/auth/userinfo.email "
        "https://www.googleapis.com/auth/userinfo.profile"
    );
    EXPECT_TRUE(client.requests.empty());
}

TEST_F(GoogleTest, AnAccountIsAskedForBesideTheConsent) {
    const auto url =
        run(make(settings_for("google"))
                ->authorization_url(
                    {.scope = {}, .state = "s", .code_challenge = "c", .nonce = "n", .select_account = true}
                ));
    const auto query = http::Parameters::parse(base::Url::parse(url.value())->query()).value();
    EXPECT_EQ(query.value("prompt"), "consent select_account");  // without consent there is no refresh token
}

TEST_F(GoogleTest, BothNamesOfItsIssuerAreAccepted) {
    settings.endpoints.issuer = "https://accounts.google.com";
    for (const auto* issuer : {"https://accounts.google.com", "accounts.google.com"}) {
        auto token = token_answer();
        auto body = claims();
        body["iss"] = issuer;
        token["id_token"] = sign(body);
        answer_token(token);
        const auto grant =
            exchange(*make(settings), callback_parameters("code=c"), "https://accounts.google.com");
        EXPECT_TRUE(grant) << grant.error().describe();
    }
}

TEST_F(GoogleTest, AProfileInTheIdTokenSavesACall) {
    auto token = token_answer();
    auto body = claims();
    body["name"] = "Alice";
    body["email"] = "alice@example.com";
    body["email_verified"] = true;
    body["picture"] = "https://idp.example/a.png";
    token["id_token"] = sign(body);
    answer_token(token);
    const auto grant = exchange(*make(settings), callback_parameters());
    ASSERT_TRUE(grant) << grant.error().describe();
    EXPECT_EQ(grant->profile->email, "alice@example.com");
    EXPECT_TRUE(client.sent_to("https://idp.example/me").empty());
    const auto form = form_sent_to("/token");
    EXPECT_EQ(form.value("client_id"), "client");
    EXPECT_EQ(form.value("client_secret"), "secret");
}

TEST_F(GoogleTest, ARefreshAsksForTheScopesIfAllWereGranted) {
    auto token = token_answer();
    token.erase("id_token");
    answer_token(token);
    const auto google = make(settings);
    auto request = refresh_request();
    request.profile_is_fresh = true;
    request.granted = google->scope_of_login({"calendar"}, {});
    request.requested = {"calendar"};
    ASSERT_TRUE(run(google->refresh(request)));
    EXPECT_EQ(form_sent_to("/token").value("scope"), request.granted.to_string());

    request.requested = {"calendar", "drive"};
    ASSERT_TRUE(run(google->refresh(request)));
    EXPECT_EQ(form_sent_to("/token").count("scope"), 0U);
}

TEST_F(GoogleTest, TheTokenIsRevokedInTheBody) {
    answer("/revoke", [](const http::ClientRequest&) { return support::json_answer("{}"); });
    ASSERT_TRUE(run(make(settings)->revoke(base::Secret("rt-1"), false)));
    EXPECT_EQ(form_sent_to("/revoke").value("token"), "rt-1");
    EXPECT_EQ(client.requests.back().url, "https://idp.example/revoke");
}

}  // namespace
}  // namespace stagedoor::provider
