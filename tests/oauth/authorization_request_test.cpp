#include "oauth/authorization_request.h"

#include "base/url.h"
#include "http/form.h"

#include <gtest/gtest.h>

namespace stagedoor::oauth {
namespace {

AuthorizationRequest request() {
    return {
        .client_id = "client",
        .redirect_uri = "https://app.example.com/api/auth/oidc/handler/frame",
        .scope = {"openid", "email"},
        .state = "sealed-state",
        .code_challenge = "challenge",
        .nonce = "nonce",
        .response_mode = std::nullopt,
        .extra = {},
    };
}

http::Parameters parameters_of(std::string_view endpoint, const AuthorizationRequest& made) {
    const auto url = base::Url::parse(authorization_url(endpoint, made).value()).value();
    return http::Parameters::parse(url.query()).value();
}

TEST(AuthorizationUrl, HasTheWholeRequest) {
    EXPECT_EQ(
        authorization_url("https://idp.example/authorize", request()).value(),
        "https://idp.example/authorize?response_type=code&client_id=client"
        "&redirect_uri=https%3A%2F%2Fapp.example.com%2Fapi%2Fauth%2Foidc%2Fhandler%2Fframe"
        "&scope=openid+email&state=sealed-state&code_challenge=challenge&code_challenge_method=S256&nonce="
        "nonce"
    );
}

TEST(AuthorizationUrl, LeavesOutWhatIsNotGiven) {
    auto made = request();
    made.scope = {};
    made.code_challenge.reset();
    made.nonce.reset();
    const auto parameters = parameters_of("https://idp.example/authorize", made);
    for (const auto* name : {"scope", "code_challenge", "code_challenge_method", "nonce", "response_mode"}) {
        EXPECT_EQ(parameters.count(name), 0U) << name;
    }
}

TEST(AuthorizationUrl, KeepsTheQueryOfTheEndpoint) {
    const auto parameters = parameters_of("https://idp.example/authorize?tenant=a%20b&p=policy", request());
    EXPECT_EQ(parameters.value("tenant"), "a b");
    EXPECT_EQ(parameters.value("p"), "policy");
    EXPECT_EQ(parameters.value("client_id"), "client");
}

TEST(AuthorizationUrl, ExtraParametersAreAdded) {
    auto made = request();
    made.response_mode = "form_post";
    made.extra = {
        {"access_type", "offline"}, {"prompt", "select_account consent"}, {"login_hint", "a&b=c#d"}
    };
    const auto parameters = parameters_of("https://idp.example/authorize", made);
    EXPECT_EQ(parameters.value("access_type"), "offline");
    EXPECT_EQ(parameters.value("prompt"), "select_account consent");
    EXPECT_EQ(parameters.value("login_hint"), "a&b=c#d");
    EXPECT_EQ(parameters.value("response_mode"), "form_post");
}

TEST(AuthorizationUrl, ANameIsSentOnce) {
    auto made = request();
    made.extra = {{"prompt", "login"}, {"prompt", "consent"}, {"tenant", "extra"}};
    const auto parameters =
        parameters_of("https://idp.example/a?tenant=own&client_id=evil&tenant=own2", made);
    for (const auto& [name, value] : parameters.pairs()) EXPECT_EQ(parameters.count(name), 1U) << name;
    EXPECT_EQ(parameters.value("prompt"), "consent");
    EXPECT_EQ(parameters.value("tenant"), "extra");
    EXPECT_EQ(parameters.value("client_id"), "client");
}

TEST(AuthorizationUrl, ExtraParametersCantTouchTheProtocolsOwn) {
    auto made = request();
    made.nonce.reset();
    made.extra = {
        {"response_type", "token"},
        {"client_id", "evil"},
        {"redirect_uri", "https://evil.example"},
        {"scope", "admin"},
        {"state", "forged"},
        {"code_challenge", "known"},
        {"code_challenge_method", "plain"},
        {"nonce", "known"},
        {"response_mode", "fragment"},
    };
    const auto parameters = parameters_of("https://idp.example/authorize", made);
    EXPECT_EQ(parameters.value("response_type"), "code");
    EXPECT_EQ(parameters.value("client_id"), "client");
    EXPECT_EQ(parameters.value("redirect_uri"), request().redirect_uri);
    EXPECT_EQ(parameters.value("scope"), "openid email");
    EXPECT_EQ(parameters.value("state"), "sealed-state");
    EXPECT_EQ(parameters.value("code_challenge"), "challenge");
    EXPECT_EQ(parameters.value("code_challenge_method"), "S256");
    EXPECT_EQ(parameters.count("nonce"), 0U);
    EXPECT_EQ(parameters.count("response_mode"), 0U);
}

TEST(AuthorizationUrl, RefusesAnEndpointThatIsNoUrl) {
    for (const auto* endpoint :
         {"", "/authorize", "javascript:alert(1)", "https://idp.example/a#", "https://idp.example/a#b"}) {
        EXPECT_FALSE(authorization_url(endpoint, request())) << endpoint;
    }
}

}  // namespace
}  // namespace stagedoor::oauth
