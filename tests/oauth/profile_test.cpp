#include "oauth/profile.h"

#include <gtest/gtest.h>

namespace stagedoor::oauth {
namespace {

Profile of(std::string_view json, EmailRule rule = EmailRule::unless_unverified) {
    return profile_from_claims(jose::JsonObject::parse(json).value(), rule);
}

TEST(Profile, ReadsTheStandardClaims) {
    const auto profile =
        of(R"({"email":"a@example.com","picture":"https://example.com/a.png","name":"Alice"})");
    EXPECT_EQ(profile.email, "a@example.com");
    EXPECT_EQ(profile.picture, "https://example.com/a.png");
    EXPECT_EQ(profile.display_name, "Alice");
    EXPECT_TRUE(profile.complete());
}

TEST(Profile, EmptyAndMistypedClaimsAreMissing) {
    EXPECT_EQ(of("{}"), Profile{});
    EXPECT_EQ(of(R"({"email":"","picture":7,"name":null,"preferred_username":["alice"]})"), Profile{});
}

TEST(Profile, TheUserNameStandsInForTheName) {
    EXPECT_EQ(of(R"({"preferred_username":"alice"})").display_name, "alice");
    EXPECT_EQ(of(R"({"name":"Alice","preferred_username":"alice"})").display_name, "Alice");
}

TEST(Profile, AnEmailIsBelievedByRule) {
    const auto taken = [](const std::string& verified, EmailRule rule) {
        return of(R"({"email":"a@example.com")" + verified + "}", rule).email.has_value();
    };
    EXPECT_TRUE(taken("", EmailRule::unless_unverified));
    EXPECT_TRUE(taken(R"(,"email_verified":true)", EmailRule::unless_unverified));
    EXPECT_FALSE(taken(R"(,"email_verified":false)", EmailRule::unless_unverified));
    EXPECT_FALSE(taken(R"(,"email_verified":"false")", EmailRule::unless_unverified));

    EXPECT_FALSE(taken("", EmailRule::if_verified));
    EXPECT_TRUE(taken(R"(,"email_verified":true)", EmailRule::if_verified));
    EXPECT_TRUE(taken(R"(,"email_verified":"true")", EmailRule::if_verified));
    EXPECT_FALSE(taken(R"(,"email_verified":false)", EmailRule::if_verified));
    EXPECT_FALSE(taken(R"(,"email_verified":1)", EmailRule::if_verified));
}

TEST(Profile, GapsAreFilledAndNothingElse) {
    Profile profile{.email = "a@example.com", .picture = std::nullopt, .display_name = std::nullopt};
    profile.fill_gaps({.email = "b@example.com", .picture = "p", .display_name = "n"});
    EXPECT_EQ(profile, (Profile{.email = "a@example.com", .picture = "p", .display_name = "n"}));
}

}  // namespace
}  // namespace stagedoor::oauth
