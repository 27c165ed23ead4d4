#include "config/fixture.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <iterator>

namespace stagedoor::config {
namespace {

std::string sample(std::string_view name) {
    std::ifstream stream(std::filesystem::path(STAGEDOOR_SOURCE_DIR) / "tests/config/data" / name);
    return {std::istreambuf_iterator(stream), {}};
}

class Robustness : public ConfigTest {};

// Whatever a slip makes of a configuration, it is read, or refused with a message: nothing else.
TEST_F(Robustness, ADamagedConfigurationIsReadOrRefused) {
    const std::string whole = sample("app-config.organization.yaml");
    ASSERT_FALSE(whole.empty());
    static constexpr std::string_view kPieces[] = {
        "\n", "  ", "{", "}", "[", "]", ": ", "- ", "'", "\"", "&a ", "*a", "${", "null", "\t", "!", "\xff"
    };
    const bool held = rc::check([&] {
        std::string text = whole;
        const int slips = *rc::gen::inRange(1, 6);
        for (int i = 0; i < slips; ++i) {
            const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
            const auto removed = *rc::gen::inRange<std::size_t>(0, 20);
            text.replace(at, removed, kPieces[*rc::gen::inRange<std::size_t>(0, std::size(kPieces))]);
        }
        const auto result = load_text(text);
        if (!result) {
            RC_ASSERT(!result.error().empty());
            for (const auto& problem : result.error()) RC_ASSERT(!problem.message.empty());
        }
    });
    EXPECT_TRUE(held);
}

}  // namespace
}  // namespace stagedoor::config
