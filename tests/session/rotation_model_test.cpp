#include "session/rotation_world.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace stagedoor::session {
namespace {

using model::Odds;
using model::Reuse;
using model::World;

// Schedules of one property, of each of RapidCheck's hundred cases.
constexpr std::uint64_t kSchedules = 250;

struct Count {
    int schedules = 0;
    int calls = 0;
    int reuses = 0;
    int verdicts = 0;
};

// Explores schedules, each from a seed of its own, which the failure names.
Count explore(const char* what, const Odds& odds) {
    Count count;
    const bool holds = rc::check(what, [&](std::uint64_t first) {
        for (std::uint64_t i = 0; i < kSchedules; ++i) {
            World world(first + i, odds);
            try {
                world.run();
            } catch (const model::Violation& violation) {
                RC_FAIL(std::string(violation.what()) + ", seed " + std::to_string(first + i));
            }
            ++count.schedules;
            count.calls += world.provider_calls();
            count.reuses += world.reuses();
            count.verdicts += world.ended_by_verdict() ? 1 : 0;
        }
    });
    EXPECT_TRUE(holds);
    std::printf(
        "%s: %d schedules, %d calls to the provider, %d reuses, %d verdicts\n",
        what,
        count.schedules,
        count.calls,
        count.reuses,
        count.verdicts
    );
    return count;
}

TEST(RotationModel, WithoutACrashNoTokenIsEverUsedTwice) {
    const auto count = explore(
        "tabs, lost answers, a provider that fails before it does anything, a store that fails",
        {.crash = 0, .stall = 0, .store_fault = 20, .provider_fault = 200, .lost_answer = 200}
    );
    EXPECT_EQ(count.reuses, 0);
    EXPECT_EQ(count.verdicts, 0);
}

TEST(RotationModel, ACrashOrAStallCostsASessionOnlyInTheWindowThatCannotBeClosed) {
    explore(
        "replicas that die and stall at any step, a provider that forgives nothing",
        {.crash = 15, .stall = 15, .provider_fault = 100, .lost_answer = 100}
    );
}

TEST(RotationModel, AProviderThatForgivesTheLastTokenNeverEndsASession) {
    const auto count = explore(
        "replicas that die, answers of the provider that are lost, a provider that forgives the last token",
        {.reuse = Reuse::is_forgiven_for_the_last,
         .crash = 20,
         .stall = 0,
         .provider_fault = 100,
         .provider_lost = 100,
         .lost_answer = 100}
    );
    EXPECT_EQ(count.verdicts, 0);
}

TEST(RotationModel, AfterASignOutNobodyIsAnswered) {
    explore(
        "users that sign out at any step, with crashes",
        {.crash = 5, .stall = 5, .lost_answer = 100, .sign_out = 10}
    );
}

}  // namespace
}  // namespace stagedoor::session
