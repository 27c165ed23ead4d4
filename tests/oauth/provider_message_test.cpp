#include "oauth/provider_message.h"

#include "base/encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace stagedoor::oauth {
namespace {

TEST(ProviderMessage, HasDescriptionAndError) {
    EXPECT_EQ(
        provider_message("invalid_grant", "Token has been revoked."),
        "Token has been revoked. (invalid_grant)"
    );
    EXPECT_EQ(provider_message("invalid_grant", ""), "invalid_grant");
    EXPECT_EQ(provider_message("", "Something"), "Something");
    EXPECT_EQ(provider_message("", ""), "");
}

TEST(CleanProviderText, RemovesControlCharacters) {
    EXPECT_EQ(
        clean_provider_text("  a\r\n\tb\x01 \x7f"
                            "c  "),
        "a b c"
    );
    EXPECT_EQ(clean_provider_text(std::string("a\0b", 3)), "a b");
    EXPECT_EQ(clean_provider_text("\n\n"), "");
}

TEST(CleanProviderText, KeepsUnicodeAndDropsWhatIsNoUtf8) {
    EXPECT_EQ(clean_provider_text("Ungültig: 取消"), "Ungültig: 取消");
    EXPECT_EQ(clean_provider_text("bad \xff\xfe text"), "bad text");
}

TEST(CleanProviderText, IsCutBetweenCharacters) {
    std::string text;
    for (int i = 0; i < 200; ++i) text += "取 ";
    const auto cleaned = clean_provider_text(text);
    EXPECT_LE(cleaned.size(), 300U);
    EXPECT_GT(cleaned.size(), 290U);
    EXPECT_TRUE(base::is_utf8(cleaned));
}

// Spring's servers say "Invalid refresh token: <the token>".
TEST(CleanProviderText, RepeatsNoToken) {
    EXPECT_EQ(
        clean_provider_text("Invalid refresh token: 8xLOxBtZp8aTq3-Zp_1u3kVbW4qJd0Rf"),
        "Invalid refresh token: [redacted]"
    );
    EXPECT_EQ(
        clean_provider_text(
            "token \"eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJhbGljZSIsImlzcyI6Imh0dHBzIn0.c2ln\"!"
        ),
        "token \"[redacted].[redacted].c2ln\"!"
    );
    EXPECT_EQ(
        clean_provider_text("Invalid refresh token: 2f0a1d9c-7c1e-4b8e-9d0b-3a5f6c7d8e9f"),
        "Invalid refresh token: [redacted]"
    );
}

TEST(CleanProviderText, KeepsCodesAndAddresses) {
    for (const auto* text : {
             "AADSTS70008: The provided authorization code or refresh token has expired due to inactivity.",
             "organization_membership_verification_required",
             "See https://docs.provider.example/oauth2/errors/incorrect_client_credentials?lang=en for "
             "details",
         }) {
        EXPECT_EQ(clean_provider_text(text), text);
    }
}

TEST(CleanProviderText, IsAlwaysPrintableUtf8) {
    EXPECT_TRUE(rc::check("whatever comes in", [](const std::string& text) {
        const auto cleaned = clean_provider_text(text);
        RC_ASSERT(base::is_utf8(cleaned));
        RC_ASSERT(cleaned.size() <= 300);
        for (const char c : cleaned) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
        RC_ASSERT(clean_provider_text(cleaned) == cleaned);
    }));
}

}  // namespace
}  // namespace stagedoor::oauth
