#include "session/row.h"

#include "session/errors.h"
#include "support/manual_clock.h"
#include "support/seeded_random.h"

#include <gtest/gtest.h>

namespace stagedoor::session {
namespace {

class RowTest : public testing::Test {
 protected:
    RowTest() {
        content.record.id = "session-1";
        content.record.credential = base::Secret("refresh-token");
        content.record.subject = "alice";
        content.record.generation = 3;
        content.record.created_at = clock.now();
        content.record.expires_at = clock.now() + std::chrono::days(30);
        content.record.profile = {.email = "alice@example.com", .picture = {}, .display_name = {}};
        content.answers.push_back(
            {.variant = "email openid",
             .access_token = base::Secret("access-token"),
             .id_token = "id-token",
             .made_at = clock.now() + std::chrono::milliseconds(123),
             .expires_at = clock.now() + std::chrono::hours(1),
             .complete_until = clock.now() + std::chrono::minutes(5),
             .scope = "openid email"}
        );
        content.answers.push_back(
            {.variant = "",
             .access_token = base::Secret("other"),
             .id_token = {},
             .made_at = clock.now(),
             .expires_at = {},
             .complete_until = {},
             .scope = ""}
        );
    }
    StoredSession row() { return make_row(keys, "p", "production", content.record, clock.now(), random); }
    // The row after a commit of `content`.
    StoredSession committed() {
        auto stored = row();
        auto commit = make_commit(keys, stored, 7, content, random);
        EXPECT_EQ(commit.fence, 7U);
        stored.record = std::move(commit.record);
        stored.answers = std::move(commit.answers);
        return stored;
    }

    support::ManualClock clock;
    support::SeededRandom random;
    std::vector<base::Secret> secrets{base::Secret("a secret that is long enough for this")};
    crypto::KeyRing keys{secrets};
    RowContent content;
};

TEST_F(RowTest, IsReadAsItWasWritten) {
    content.retired_at = clock.now();
    const auto opened = open_row(keys, committed());
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->record, content.record);
    EXPECT_EQ(opened->answers, content.answers);
    EXPECT_EQ(opened->retired_at, content.retired_at);
    const auto fresh = open_row(keys, row());
    ASSERT_TRUE(fresh);
    EXPECT_TRUE(fresh->answers.empty());
}

TEST_F(RowTest, ShowsWhoItIsAboutAndNothingElse) {
    const auto stored = committed();
    EXPECT_EQ(stored.user, "alice@example.com");
    EXPECT_EQ(stored.subject, "alice");
    for (const auto* secret : {"refresh-token", "access-token", "id-token"}) {
        EXPECT_EQ(stored.record.find(secret), std::string::npos);
        EXPECT_EQ(stored.answers.find(secret), std::string::npos);
    }
}

TEST_F(RowTest, BelongsToItsPlace) {
    for (const auto& [provider, environment] :
         {std::pair("q", "production"), std::pair("p", "development")}) {
        auto stored = committed();
        stored.provider = provider;
        stored.environment = environment;
        EXPECT_EQ(open_row(keys, stored).error().code(), errors::kSessionInvalid.code);
    }
}

TEST_F(RowTest, CannotBeMovedToAnotherSession) {
    auto stored = committed();
    stored.id = "session-2";
    EXPECT_EQ(open_row(keys, stored).error().code(), errors::kSessionInvalid.code);

    // Nor can its answers, with a record of that session's own.
    auto other = content;
    other.record.id = "session-2";
    auto theirs = make_row(keys, "p", "production", other.record, clock.now(), random);
    theirs.answers = committed().answers;
    const auto opened = open_row(keys, theirs);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(opened->answers.empty());
}

TEST_F(RowTest, ItsTwoPartsCannotBeExchanged) {
    auto stored = committed();
    std::swap(stored.record, stored.answers);
    EXPECT_FALSE(open_row(keys, stored));
}

TEST_F(RowTest, AnEndThatWasMovedOnCounts) {
    auto stored = committed();
    stored.expires_at += std::chrono::days(5);
    EXPECT_EQ(open_row(keys, stored)->record.expires_at, content.record.expires_at + std::chrono::days(5));
}

TEST(Answers, OneOfEachVariantIsKeptTheNewestFirstAndNoneThatHasEnded) {
    const support::ManualClock clock;
    std::vector<Answer> answers;
    const auto answer = [&](std::string variant, std::string token, int minutes) {
        Answer made;
        made.variant = std::move(variant);
        made.access_token = base::Secret(std::move(token));
        made.made_at = clock.now();
        made.expires_at = clock.now() + std::chrono::minutes(minutes);
        return made;
    };
    remember(answers, answer("a", "1", 60), clock.now());
    remember(answers, answer("b", "2", 5), clock.now());
    remember(answers, answer("a", "3", 60), clock.now());
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(find_variant(answers, "a")->access_token.reveal(), "3");
    EXPECT_EQ(find_variant(answers, "c"), nullptr);
    remember(answers, answer("c", "4", 60), clock.now() + std::chrono::minutes(6));
    EXPECT_EQ(find_variant(answers, "b"), nullptr);
    for (int i = 0; i < 20; ++i) remember(answers, answer(std::to_string(i), "x", 60), clock.now());
    EXPECT_EQ(answers.size(), kMaxAnswers);
    EXPECT_NE(find_variant(answers, "19"), nullptr);
}

TEST(Answers, ATextThatIsCutAnywhereIsRefused) {
    Answer answer;
    answer.variant = "a";
    answer.access_token = base::Secret("token");
    answer.id_token = "id";
    answer.expires_at = base::from_unix_seconds(1'800'000'000);
    const auto text = encode({answer, answer});
    ASSERT_TRUE(decode_answers(text));
    for (std::size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(decode_answers(text.substr(0, size)));
    EXPECT_FALSE(decode_answers(text + "x"));
}

}  // namespace
}  // namespace stagedoor::session
