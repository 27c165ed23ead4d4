#include "oauth/userinfo.h"

#include "oauth/errors.h"

#include <gtest/gtest.h>

namespace stagedoor::oauth {
namespace {

const auto kNow = base::from_unix_seconds(1'800'000'000);

http::ClientResponse answer(int status, std::string body, std::string type = "application/json") {
    http::ClientResponse response;
    response.status = status;
    response.fields.push_back({"Content-Type", std::move(type)});
    response.body = std::move(body);
    return response;
}

// oidcc-client-test-userinfo-bearer-header
TEST(UserinfoRequest, TheTokenIsInTheHeaderAlone) {
    const auto request = userinfo_request("https://idp.example/me", base::Secret("access"));
    EXPECT_EQ(request.method, http::Method::get);
    EXPECT_EQ(request.url, "https://idp.example/me");
    EXPECT_TRUE(request.body.empty());
    ASSERT_FALSE(request.fields.empty());
    EXPECT_EQ(request.fields.front().name, "Authorization");
    EXPECT_EQ(request.fields.front().value, "Bearer access");
}

TEST(Userinfo, GivesTheClaims) {
    const auto claims =
        process_userinfo_response(answer(200, R"({"sub":"alice","email":"a@example.com"})"), "alice", kNow)
            .value();
    EXPECT_EQ(claims.string("email"), "a@example.com");
}

// oidcc-client-test-userinfo-invalid-sub
TEST(Userinfo, UserinfoInvalidSub) {
    for (const auto* body : {
             R"({"sub":"mallory"})",
             R"({"sub":"Alice"})",
             R"({"sub":"alice "})",
             R"({"sub":7})",
             R"({"sub":["alice"]})",
             R"({"email":"alice@example.com"})",
         }) {
        const auto result = process_userinfo_response(answer(200, body), "alice", kNow);
        ASSERT_FALSE(result) << body;
        EXPECT_TRUE(result.error().is(errors::kUserinfoSubjectMismatch)) << body;
    }
}

TEST(Userinfo, WithoutOpenIdNoSubIsNeeded) {
    EXPECT_TRUE(process_userinfo_response(answer(200, R"({"id":1,"login":"alice"})"), std::nullopt, kNow));
}

// oidcc-client-test-userinfo-signed
TEST(Userinfo, UserinfoSignedIsToldClearly) {
    const auto result =
        process_userinfo_response(answer(200, "a.b.c", "Application/JWT; charset=x"), "alice", kNow);
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().is(errors::kUserinfoSigned));
}

TEST(Userinfo, StatusDecidesTheKind) {
    const auto kind_of = [](int status) {
        return std::string(
            process_userinfo_response(answer(status, R"({"sub":"alice"})"), "alice", kNow).error().code()
        );
    };
    EXPECT_EQ(kind_of(401), errors::kUserinfoInvalidToken.code);
    EXPECT_EQ(kind_of(403), errors::kUserinfoRefused.code);
    EXPECT_EQ(kind_of(404), errors::kUserinfoRefused.code);
    EXPECT_EQ(kind_of(302), errors::kUserinfoRefused.code);
    for (const int status : {408, 429, 500, 502, 503})
        EXPECT_EQ(kind_of(status), errors::kUserinfoUnavailable.code);
}

TEST(Userinfo, TransientFailuresSayWhenToRetry) {
    auto response = answer(503, "");
    response.fields.push_back({"Retry-After", "7"});
    EXPECT_EQ(
        process_userinfo_response(response, "alice", kNow).error().retry_after(), std::chrono::seconds(7)
    );
}

TEST(Userinfo, WhatIsNoObjectIsMalformed) {
    for (const auto* body : {"", "[]", "<html>", R"({"sub":"alice","sub":"mallory"})", R"({"sub":"alice")"}) {
        const auto result = process_userinfo_response(answer(200, body), "alice", kNow);
        ASSERT_FALSE(result) << body;
        EXPECT_TRUE(result.error().is(errors::kUserinfoMalformed)) << body;
    }
}

}  // namespace
}  // namespace stagedoor::oauth
