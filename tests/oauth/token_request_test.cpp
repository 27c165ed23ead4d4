#include "oauth/token_request.h"

#include <gtest/gtest.h>

namespace stagedoor::oauth {
namespace {

const ClientCredentials kBasic{
    .client_id = "client",
    .client_secret = base::Secret("secret"),
    .method = ClientAuthenticationMethod::client_secret_basic,
};

AuthorizationCode code(std::string_view value) {
    http::Parameters parameters;
    parameters.add("code", value);
    return process_authorization_response(parameters, {}).value();
}

TEST(CodeExchangeRequest, Rfc6749Section413WithPkce) {
    const base::Secret verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    const auto request = code_exchange_request(
        "https://idp.example/token", code("a/b c"), "https://app.example/cb", &verifier, kBasic
    );
    EXPECT_EQ(request.method, http::Method::post);
    EXPECT_EQ(request.url, "https://idp.example/token");
    EXPECT_EQ(
        request.body,
        "grant_type=authorization_code&code=a%2Fb+c&redirect_uri=https%3A%2F%2Fapp.example%2Fcb"
        "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    );
}

TEST(CodeExchangeRequest, WithoutPkce) {
    const auto request =
        code_exchange_request("https://idp.example/token", code("c"), "https://a.example", nullptr, kBasic);
    EXPECT_EQ(request.body.find("code_verifier"), std::string::npos);
}

TEST(CodeExchangeRequest, NoSecretIsInTheUrl) {
    for (const auto method :
         {ClientAuthenticationMethod::client_secret_basic, ClientAuthenticationMethod::client_secret_post}) {
        const ClientCredentials credentials{
            .client_id = "client", .client_secret = base::Secret("secret"), .method = method
        };
        EXPECT_EQ(
            refresh_request("https://idp.example/token", base::Secret("refresh"), std::nullopt, credentials)
                .url,
            "https://idp.example/token"
        );
    }
}

TEST(RefreshRequest, Rfc6749Section6) {
    const auto request =
        refresh_request("https://idp.example/token", base::Secret("tGzv3J+"), ScopeSet{"a", "b"}, kBasic);
    EXPECT_EQ(request.method, http::Method::post);
    EXPECT_EQ(request.body, "grant_type=refresh_token&refresh_token=tGzv3J%2B&scope=a+b");
}

TEST(RefreshRequest, WithoutScope) {
    const base::Secret token("t");
    const auto expected = "grant_type=refresh_token&refresh_token=t";
    EXPECT_EQ(refresh_request("https://idp.example/token", token, std::nullopt, kBasic).body, expected);
    EXPECT_EQ(refresh_request("https://idp.example/token", token, ScopeSet{}, kBasic).body, expected);
}

}  // namespace
}  // namespace stagedoor::oauth
