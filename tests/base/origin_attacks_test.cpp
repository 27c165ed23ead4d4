#include "base/origin_pattern.h"
#include "base/url.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace stagedoor::base {
namespace {

// A line of tests/data/origin_attacks.txt, where the format is explained.
struct Attack {
    std::string verdict;
    std::string browser_origin;
    std::string text;
    std::string written;  // as in the file
};

std::string unescape(const std::string& written) {
    if (written == "\\e") return "";
    std::string text;
    for (std::size_t i = 0; i < written.size(); ++i) {
        if (written[i] == '\\') {
            text += static_cast<char>(std::stoi(written.substr(i + 2, 2), nullptr, 16));
            i += 3;
        } else {
            text += written[i];
        }
    }
    return text;
}

std::vector<Attack> read_attacks() {
    std::ifstream file(STAGEDOOR_SOURCE_DIR "/tests/data/origin_attacks.txt");
    std::vector<Attack> attacks;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.starts_with('#')) continue;
        Attack attack;
        std::istringstream words(line);
        if (!(words >> attack.verdict >> attack.browser_origin >> attack.written))
            throw std::runtime_error(line);
        attack.text = unescape(attack.written);
        attacks.push_back(std::move(attack));
    }
    return attacks;
}

bool is_allowed(const Origin& origin) {
    static const std::array origins{
        Origin::parse("https://app.example.com").value(), Origin::parse("http://localhost:3000").value()
    };
    static const auto pattern = OriginPattern::parse("https://*.prev.example.com").value();
    return std::ranges::find(origins, origin) != origins.end() || pattern.matches(origin);
}

TEST(OriginAttacks, AreMany) {
    std::map<std::string, int> verdicts;
    for (const auto& attack : read_attacks()) ++verdicts[attack.verdict];
    EXPECT_GE(verdicts["refused"] + verdicts["other"], 600);
    EXPECT_GE(verdicts["allowed"], 20);
    EXPECT_EQ(verdicts.size(), 3U);
}

TEST(OriginAttacks, HaveTheirVerdictAsUrls) {
    for (const auto& attack : read_attacks()) {
        const auto url = Url::parse(attack.text);
        const std::string verdict = !url ? "refused" : is_allowed(url->origin()) ? "allowed" : "other";
        EXPECT_EQ(verdict, attack.verdict) << attack.written;
    }
}

TEST(OriginAttacks, AreReadAsABrowserReadsThem) {
    for (const auto& attack : read_attacks()) {
        const auto url = Url::parse(attack.text);
        if (!url) continue;
        // No browser goes to a host in punycode that stands for nothing; it may be parsed, but never be
        // allowed.
        if (attack.browser_origin == "-") {
            EXPECT_FALSE(is_allowed(url->origin())) << attack.written;
        } else {
            EXPECT_EQ(url->origin().to_string(), attack.browser_origin) << attack.written;
        }
        // What is sent to the browser is the normal form, so that has to lead to the same place.
        EXPECT_EQ(Url::parse(url->to_string())->origin(), url->origin()) << attack.written;
    }
}

TEST(OriginAttacks, AreNoOriginUnlessTheyAreJustThat) {
    for (const auto& attack : read_attacks()) {
        const auto origin = Origin::parse(attack.text);
        if (!origin) continue;
        EXPECT_NE(attack.verdict, "refused") << attack.written;
        EXPECT_EQ(attack.text.find_first_of("/?#@\\", attack.text.find("//") + 2), std::string::npos)
            << attack.written;
        EXPECT_EQ(is_allowed(*origin), attack.verdict == "allowed") << attack.written;
    }
}

// What may follow an allowed name without making it another one: nothing but a path, a query, a fragment or
// its port.
TEST(OriginAttacks, NoByteAfterAnAllowedNameMakesRoomForAnother) {
    for (int byte = 0; byte < 256; ++byte) {
        const std::string c(1, static_cast<char>(byte));
        const auto url = Url::parse("https://app.example.com" + c + "evil.example");
        if (url && is_allowed(url->origin())) {
            EXPECT_TRUE(c == "/" || c == "?" || c == "#") << byte;
        }
        const auto previewed = Url::parse("https://evil.example" + c + ".prev.example.com");
        if (previewed && is_allowed(previewed->origin())) {
            EXPECT_TRUE(
                c.find_first_of("-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == 0
            ) << byte;
        }
    }
}

TEST(OriginAttacks, NoByteInsideAnAllowedNameIsSkipped) {
    const std::string allowed = "https://app.example.com";
    for (std::size_t at = 0; at <= allowed.size(); ++at) {
        for (int byte = 0; byte < 256; ++byte) {
            std::string text = allowed;
            text.insert(at, 1, static_cast<char>(byte));
            const auto url = Url::parse(text);
            if (!url || !is_allowed(url->origin())) continue;
            EXPECT_EQ(at, allowed.size()) << text;
            EXPECT_NE(std::string("/?#").find(static_cast<char>(byte)), std::string::npos) << text;
        }
    }
}

}  // namespace
}  // namespace stagedoor::base
