#include "config/nearest.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace stagedoor::config {
namespace {

constexpr std::array<std::string_view, 8> kKnown{
    "google", "github", "gitlab", "clientId", "clientSecret", "csp", "cors", "experimentalExtraAllowedOrigins"
};

TEST(Nearest, ForgivesSlips) {
    EXPECT_EQ(nearest("gogle", kKnown), "google");
    EXPECT_EQ(nearest("Google", kKnown), "google");
    EXPECT_EQ(nearest("githbu", kKnown), "github");
    EXPECT_EQ(nearest("clientID", kKnown), "clientId");
    EXPECT_EQ(nearest("clientSecert", kKnown), "clientSecret");
    EXPECT_EQ(nearest("extraAllowedOrigins", kKnown), "");
    EXPECT_EQ(nearest("experimentalExtraAllowedOrigin", kKnown), "experimentalExtraAllowedOrigins");
}

TEST(Nearest, ForgivesLessInShortNames) {
    EXPECT_EQ(nearest("cps", kKnown), "csp");
    EXPECT_EQ(nearest("cdn", kKnown), "");
    EXPECT_EQ(nearest("core", kKnown), "cors");
    EXPECT_EQ(nearest("cache", kKnown), "");
}

TEST(Nearest, PrefersTheNearest) {
    EXPECT_EQ(nearest("gitlub", kKnown), "github");
    EXPECT_EQ(nearest("", kKnown), "");
    EXPECT_EQ(nearest(std::string(100, 'g'), kKnown), "");
    EXPECT_EQ(nearest("google", {}), "");
}

}  // namespace
}  // namespace stagedoor::config
