#include "oauth/client_authentication.h"

#include "base/encoding.h"

#include <gtest/gtest.h>

namespace stagedoor::oauth {
namespace {

ClientCredentials credentials(ClientAuthenticationMethod method) {
    return {.client_id = "s6BhdRkqt3", .client_secret = base::Secret("gX1fBat3bV"), .method = method};
}

std::string authorization_of(const http::ClientRequest& request) {
    for (const auto& field : request.fields) {
        if (field.name == "Authorization") return field.value;
    }
    return "";
}

http::ClientRequest post(const ClientCredentials& with) {
    http::Parameters form;
    form.add("grant_type", "x");
    return authenticated_post("https://idp.example/token", form, with);
}

// The example of RFC 6749, section 2.3.1.
TEST(ClientAuthentication, ClientSecretBasic) {
    const auto request = post(credentials(ClientAuthenticationMethod::client_secret_basic));
    EXPECT_EQ(authorization_of(request), "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW");
    EXPECT_EQ(request.body, "grant_type=x") << "no second way of authentication";
}

TEST(ClientAuthentication, BasicFormEncodesIdAndSecret) {
    const auto request = post({
        .client_id = "https://client.example/a:b",
        .client_secret = base::Secret("p%ss w:rd+ü"),
        .method = ClientAuthenticationMethod::client_secret_basic,
    });
    EXPECT_EQ(
        base::base64_decode(authorization_of(request).substr(6)),
        "https%3A%2F%2Fclient.example%2Fa%3Ab:p%25ss+w%3Ard%2B%C3%BC"
    );
}

TEST(ClientAuthentication, ClientSecretPost) {
    const auto request = post(credentials(ClientAuthenticationMethod::client_secret_post));
    EXPECT_EQ(request.body, "grant_type=x&client_id=s6BhdRkqt3&client_secret=gX1fBat3bV");
    EXPECT_EQ(authorization_of(request), "");
}

TEST(ClientAuthentication, None) {
    const auto request = post(credentials(ClientAuthenticationMethod::none));
    EXPECT_EQ(request.body, "grant_type=x&client_id=s6BhdRkqt3")
        << "a secret is not sent, even if there is one";
    EXPECT_EQ(authorization_of(request), "");
}

TEST(ClientAuthentication, APostIsAFormThatWantsJson) {
    const auto request = post(credentials(ClientAuthenticationMethod::none));
    EXPECT_EQ(request.method, http::Method::post);
    EXPECT_EQ(request.url, "https://idp.example/token");
    EXPECT_EQ(request.fields.at(0).value, "application/x-www-form-urlencoded");
    EXPECT_EQ(request.fields.at(1).name, "Accept");
    EXPECT_EQ(request.fields.at(1).value, "application/json");
}

TEST(ClientAuthentication, NamesAreThoseOfTheRegistry) {
    using enum ClientAuthenticationMethod;
    for (const auto method : {client_secret_basic, client_secret_post, none}) {
        EXPECT_EQ(parse_client_authentication_method(to_string(method)), method);
    }
    EXPECT_EQ(parse_client_authentication_method("private_key_jwt"), std::nullopt);
    EXPECT_EQ(parse_client_authentication_method("NONE"), std::nullopt);
}

}  // namespace
}  // namespace stagedoor::oauth
