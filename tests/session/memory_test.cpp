#include "session/memory.h"

#include "session/lifetime.h"

#include <gtest/gtest.h>

namespace stagedoor::session {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const Snapshot> snapshot(
    const std::string& id,
    std::uint64_t generation,
    std::size_t bytes = 10,
    std::chrono::minutes seen_at = std::chrono::minutes(0)
) {
    RowContent content;
    content.record.id = id;
    content.record.credential = base::Secret(std::string(bytes, 'x'));
    content.record.generation = generation;
    return std::make_shared<const Snapshot>(
        std::make_shared<const RowContent>(std::move(content)), "", base::SteadyTime(seen_at)
    );
}

TEST(Memory, TheNewestCredentialStays) {
    Memory memory;
    memory.keep(snapshot("a", 2));
    memory.keep(snapshot("a", 1));
    EXPECT_EQ(memory.find("a")->content->record.generation, 2U);
    memory.keep(snapshot("a", 3));
    EXPECT_EQ(memory.find("a")->content->record.generation, 3U);
    memory.forget("a");
    EXPECT_EQ(memory.find("a"), nullptr);
    memory.forget("a");
}

TEST(Memory, IsBoundedAndDropsWhatWasNotUsedTheLongest) {
    Memory memory(10'000);
    for (const auto* id : {"a", "b", "c"}) memory.keep(snapshot(id, 1, 2000));
    ASSERT_NE(memory.find("a"), nullptr);
    memory.keep(snapshot("d", 1, 2000));
    EXPECT_NE(memory.find("a"), nullptr);
    EXPECT_EQ(memory.find("b"), nullptr);
    memory.keep(snapshot("huge", 1, 20'000));
    EXPECT_EQ(memory.find("huge"), nullptr);
    EXPECT_EQ(memory.find("a"), nullptr);
}

TEST(Memory, DropsWhatWasNotUsedForAnHour) {
    Memory memory;
    memory.keep(snapshot("a", 1, 10, 0min));
    memory.keep(snapshot("b", 1, 10, 1min));
    memory.keep(snapshot("c", 1, 10, 60min));
    EXPECT_NE(memory.find("a"), nullptr);
    // "b" was used before "a" now, and is the first to be looked at.
    memory.keep(snapshot("d", 1, 10, 62min));
    EXPECT_EQ(memory.find("b"), nullptr);
    EXPECT_NE(memory.find("c"), nullptr);
}

TEST(Memory, KnowsTheSignOutsThatTheStoreDoesNotKnowYet) {
    Memory memory;
    EXPECT_FALSE(memory.has_ended("a"));
    memory.note_end("a");
    EXPECT_TRUE(memory.has_ended("a"));
    EXPECT_EQ(memory.unstored_ends(), 1U);
    memory.end_is_stored("a");
    EXPECT_FALSE(memory.has_ended("a"));
}

TEST(Lifetime, TheEarliestLimitCounts) {
    const auto login = base::from_unix_seconds(1'800'000'000);
    const Lifetime lifetime{
        .duration = std::chrono::days(30), .idle = std::chrono::hours(2), .absolute = std::chrono::hours(3)
    };
    EXPECT_EQ(lifetime.end(login, login), login + std::chrono::hours(2));
    const auto later = login + std::chrono::minutes(90);
    EXPECT_EQ(lifetime.end(login, later), login + std::chrono::hours(3));
    const Lifetime plain{.duration = std::chrono::days(30), .idle = {}, .absolute = {}};
    EXPECT_EQ(plain.end(login, login), login + std::chrono::days(30));
    EXPECT_FALSE(plain.is_due(login, login + std::chrono::days(30), login + std::chrono::days(29)));
}

TEST(Lifetime, AnEndIsMovedOnInStepsOfATenth) {
    const auto login = base::from_unix_seconds(1'800'000'000);
    const Lifetime lifetime{
        .duration = std::chrono::days(30), .idle = std::chrono::hours(10), .absolute = {}
    };
    const auto end = login + std::chrono::hours(10);
    EXPECT_FALSE(lifetime.is_due(login, end, login + std::chrono::minutes(59)));
    EXPECT_TRUE(lifetime.is_due(login, end, login + std::chrono::minutes(61)));
}

}  // namespace
}  // namespace stagedoor::session
