#include "provider/oauth_provider.h"
#include "provider/provider_fixture.h"

namespace stagedoor::provider {
namespace {

class OAuth2Test : public ProviderTest {
 protected:
    OAuth2Test() {
        settings.authorization_url = "https://idp.example/auth?tenant=acme";
        settings.token_url = "https://idp.example/token";
    }
    Settings settings = settings_for("oauth2");
};

TEST_F(OAuth2Test, TheQueryOfTheAuthorizationUrlIsKept) {
    const auto url = run(
        make(settings)->authorization_url({.scope = {"a"}, .state = "s", .code_challenge = "c", .nonce = "n"})
    );
    const auto query = http::Parameters::parse(base::Url::parse(*url)->query()).value();
    EXPECT_EQ(query.value("tenant"), "acme");
    EXPECT_EQ(query.value("code_challenge_method"), "S256");
    EXPECT_EQ(query.count("nonce"), 0U);
}

TEST_F(OAuth2Test, AProviderThatCannotAskForAnAccountIsNotToldTo) {
    const provider::Network network{
        .executor = loop.get_executor(), .client = client, .clock = clock, .log = log
    };
    for (const bool knows : {true, false}) {
        auto description = oauth2(settings);
        description.knows_select_account = knows;
        OAuthProvider provider(settings, description, network);
        const auto url = run(provider.authorization_url(
            {.scope = {"a"}, .state = "s", .code_challenge = "c", .nonce = "n", .select_account = true}
        ));
        EXPECT_EQ(url->find("prompt=select_account") != std::string::npos, knows);
    }
}

TEST_F(OAuth2Test, TheClientShowsItselfInTheBodyOrByBasic) {
    auto token = token_answer();
    token.erase("id_token");
    answer_token(token);
    ASSERT_TRUE(exchange(*make(settings), callback_parameters("code=c"), ""));
    EXPECT_EQ(form_sent_to("/token").value("client_secret"), "secret");
    settings.include_basic_auth = true;
    ASSERT_TRUE(exchange(*make(settings), callback_parameters("code=c"), ""));
    EXPECT_EQ(form_sent_to("/token").count("client_secret"), 0U);
    EXPECT_EQ(field(client.requests.back(), "Authorization"), "Basic Y2xpZW50OnNlY3JldA==");
}

TEST_F(OAuth2Test, AnIdTokenGivesANameToShow) {
    auto token = token_answer();
    auto body = claims();
    body["name"] = "Alice";
    token["id_token"] = sign(body);
    answer_token(token);
    const auto grant = exchange(*make(settings), callback_parameters("code=c"), "");
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->profile->display_name, "Alice");
    EXPECT_TRUE(grant->id_token);
    EXPECT_TRUE(grant->subject.empty());  // nobody has verified it
}

TEST_F(OAuth2Test, WithIssuerAndKeysAnIdTokenIsVerified) {
    serve_metadata();
    settings.endpoints.issuer = std::string(kIssuer);
    settings.endpoints.jwks = "https://idp.example/jwks";
    auto token = token_answer();
    token["id_token"] = sign(claims(), support::other_rsa_key());
    answer_token(token);
    EXPECT_FALSE(exchange(*make(settings), callback_parameters("code=c"), ""));
    token["id_token"] = sign(claims());
    answer_token(token);
    EXPECT_EQ(exchange(*make(settings), callback_parameters("code=c"), "")->subject, "alice");
}

TEST_F(OAuth2Test, RefreshTokensCanBeLeftUnused) {
    answer_token(token_answer());
    settings.disable_refresh = true;
    EXPECT_FALSE(exchange(*make(settings), callback_parameters("code=c"), "")->credential);
}

}  // namespace
}  // namespace stagedoor::provider
