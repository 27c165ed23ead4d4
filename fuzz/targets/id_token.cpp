#include "oauth/id_token.h"

#include "base/encoding.h"
#include "crypto/digest.h"

#include "check.h"
#include "targets.h"
#include <algorithm>
#include <string>

namespace stagedoor::fuzz {

namespace {

const base::SystemTime kNow = base::from_unix_seconds(1'800'000'000);
const base::Secret kSecret("a client secret of thirty-two octets");
constexpr std::string_view kIssuer = "https://idp.example";

std::string sign(std::string_view claims) {
    auto token =
        base::base64url_encode(std::string_view(R"({"alg":"HS256"})")) + "." + base::base64url_encode(claims);
    return token + "." + base::base64url_encode(crypto::hmac_sha256(kSecret.reveal(), token));
}

oauth::IdTokenExpectations expectations(std::string_view words) {
    const auto has = [&](std::string_view word) { return words.find(word) != std::string_view::npos; };
    oauth::IdTokenExpectations expected;
    expected.issuers = {std::string(kIssuer)};
    expected.client_id = "client";
    expected.algorithms = {jose::Algorithm::hs256};
    expected.now = kNow;
    if (has("nonce")) expected.nonce = "the-nonce";
    if (has("max_age")) expected.max_age = std::chrono::seconds(3600);
    if (has("at_hash")) expected.access_token = base::Secret("access");
    if (has("refreshed")) {
        expected.previous = oauth::PreviousIdToken{
            .iss = std::string(kIssuer),
            .sub = "alice",
            .auth_time = kNow - std::chrono::hours(2),
            .nonce = "the-nonce",
        };
    }
    return expected;
}

}  // namespace

void id_token(std::string_view input) {
    const auto [words, claims] = split_line(input);
    const auto expected = expectations(words);
    const auto token = oauth::verify_id_token(sign(claims), {.client_secret = &kSecret}, expected);
    if (!token) return;
    require(token->issuer() == kIssuer, "the token is from the issuer");
    require(!token->subject().empty(), "the token has a subject");
    require(token->expires_at() + expected.leeway > kNow, "the token has not expired");
    require(token->issued_at() <= kNow + expected.leeway, "the token is not from the future");
    require(!expected.nonce || token->nonce() == *expected.nonce, "the token has the login's nonce");
    if (expected.max_age) {
        const auto time = token->auth_time();
        require(time && *time + *expected.max_age + expected.leeway >= kNow, "the login is not too old");
    }
    if (expected.previous) require(token->subject() == "alice", "a refreshed token is about the same user");
    const auto list = token->claims().strings("aud");
    const bool is_for_us = list ? std::ranges::find(*list, "client") != list->end()
                                : token->claims().string("aud") == std::string_view("client");
    require(is_for_us, "the token is for this client");
}

}  // namespace stagedoor::fuzz
