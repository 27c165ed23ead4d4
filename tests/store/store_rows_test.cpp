// What every kind of store does with sessions: adding, finding, ending, listing, expiring.
#include "store/store_kinds.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace stagedoor::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StoreRows : public StoreTest {
 protected:
    std::vector<std::string> ids(const session::SessionFilter& filter, const std::string& after = "") {
        std::vector<std::string> ids;
        for (const auto& session : run(store().list(filter, after, 100))) ids.push_back(session.id);
        return ids;
    }
};

// Both databases count in milliseconds.
void expect_equal(const StoredSession& a, const StoredSession& b) {
    EXPECT_EQ(a.id, b.id);
    EXPECT_EQ(a.provider, b.provider);
    EXPECT_EQ(a.environment, b.environment);
    EXPECT_EQ(a.subject, b.subject);
    EXPECT_EQ(a.user, b.user);
    EXPECT_EQ(a.created_at, b.created_at);
    EXPECT_EQ(a.used_at, b.used_at);
    EXPECT_EQ(a.expires_at, b.expires_at);
    EXPECT_EQ(a.version, b.version);
    EXPECT_EQ(a.record, b.record);
    EXPECT_EQ(a.answers, b.answers);
    EXPECT_EQ(a.ended, b.ended);
}

TEST_P(StoreRows, FindsWhatWasAdded) {
    const auto added = session("a");
    expect_equal(run(store().find_or_add(added)), added);
    const auto found = run(store(1).find("a"));
    ASSERT_TRUE(found);
    expect_equal(*found, added);
    EXPECT_FALSE(run(store().find("b")));
    EXPECT_FALSE(run(store().find("")));
}

TEST_P(StoreRows, DoesNotSendAgainWhatIsKnown) {
    auto added = session("a");
    added.record = "1234567890";
    added.answers = "answers";
    run(store().find_or_add(added));
    auto known = added;
    known.record.clear();
    known.answers.clear();
    expect_equal(*run(store(1).find_again("a", "1234")), known);
    expect_equal(*run(store(1).find_again("a", "1234567890")), known);
    expect_equal(*run(store().find_again("a", "1235")), added);
    expect_equal(*run(store().find_again("a", "12345678901")), added);
    EXPECT_FALSE(run(store().find_again("b", "1234")));
    advance(25h);
    EXPECT_FALSE(run(store().find_again("a", "1234")));
}

TEST_P(StoreRows, KeepsTheRowThatIsThere) {
    const auto first = add("a");
    auto second = session("a");
    second.record = "another";
    second.version = 7;
    expect_equal(run(store(1).find_or_add(second)), first);
    expect_equal(*run(store().find("a")), first);
}

TEST_P(StoreRows, OfTwoThatAddAtOnceBothGetTheSame) {
    for (int round = 0; round < 20; ++round) {
        const auto id = "a" + std::to_string(round);
        auto first = session(id);
        auto second = first;
        first.record = "first";
        second.record = "second";
        std::vector<std::string> got;
        for (int i = 0; i < 2; ++i) {
            boost::asio::co_spawn(
                loop_,
                store(i).find_or_add(i == 0 ? first : second),
                [&](std::exception_ptr, base::Result<StoredSession> result) {
                    got.push_back(result ? result->record : result.error().describe());
                }
            );
        }
        loop_.restart();
        while (got.size() < 2 && loop_.run_one() > 0) {
        }
        ASSERT_EQ(got.size(), 2U);
        EXPECT_EQ(got[0], got[1]);
        EXPECT_EQ(run(store().find(id))->record, got[0]);
    }
}

TEST_P(StoreRows, TakesAnyBytes) {
    std::string all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
    auto added = session("x" + all);
    added.subject = added.user = added.record = added.answers = all;
    run(store().find_or_add(added));
    const auto found = run(store(1).find(added.id));
    ASSERT_TRUE(found);
    expect_equal(*found, added);
    EXPECT_THAT(ids(of_user(all)), ElementsAre(added.id));
    run(store().deposit("n" + all, all, 1min));
    EXPECT_EQ(run(store(1).collect("n" + all)), all);
}

TEST_P(StoreRows, TakesBigRecords) {
    auto added = session("big");
    added.record = std::string(64 << 10, '\xff');
    added.answers = std::string(256 << 10, 'a');
    run(store().find_or_add(added));
    const auto claim = granted("big");
    EXPECT_EQ(claim.session.record, added.record);
    const std::string next(100'000, 'n');
    EXPECT_EQ(run(store().commit(commit(claim, next))), CommitOutcome::done);
    EXPECT_EQ(run(store(1).find("big"))->record, next);
}

TEST_P(StoreRows, ForgetsWhatHasExpired) {
    add("a");
    advance(24h - 1min);
    EXPECT_TRUE(run(store().find("a")));
    advance(2min);
    EXPECT_FALSE(run(store().find("a")));
    EXPECT_EQ(run(store().claim("a", 30s)).outcome, Claim::Outcome::missing);
    EXPECT_THAT(ids({}), IsEmpty());
    auto again = session("a");
    again.record = "again";
    EXPECT_EQ(run(store().find_or_add(again)).record, "again");
    EXPECT_EQ(run(store().find("a"))->record, "again");
}

TEST_P(StoreRows, MovesTheEndOfASessionThatGoesOn) {
    const auto before = add("a");
    run(store().extend("a", now() + 100h));
    const auto after = run(store().find("a"));
    EXPECT_GT(after->expires_at, before.expires_at);
    EXPECT_GT(after->used_at, before.used_at);
    EXPECT_EQ(after->version, before.version);
    advance(48h);
    EXPECT_TRUE(run(store().find("a")));

    run(store().end(session("b"), EndReason::sign_out, std::nullopt));
    const auto ended = run(store().find("b"));
    run(store().extend("b", now() + 1000h));
    EXPECT_EQ(run(store().find("b"))->expires_at, ended->expires_at);
    run(store().extend("missing", now() + 1h));
    EXPECT_FALSE(run(store().find("missing")));
}

TEST_P(StoreRows, EndsASessionForGood) {
    const auto added = add("a");
    const auto before = run(store().end(session("a"), EndReason::sign_out, std::nullopt));
    ASSERT_TRUE(before);
    expect_equal(*before, added);
    auto found = run(store(1).find("a"));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->ended, EndReason::sign_out);
    EXPECT_EQ(found->record, "");
    EXPECT_EQ(found->answers, "");
    EXPECT_EQ(found->expires_at, added.expires_at);

    // A second end changes nothing, and nobody brings the session back.
    const auto again = run(store().end(session("a"), EndReason::revoked, std::nullopt));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->ended, EndReason::sign_out);
    EXPECT_EQ(run(store().find_or_add(session("a"))).ended, EndReason::sign_out);
    EXPECT_EQ(run(store().claim("a", 30s)).outcome, Claim::Outcome::ended);
    EXPECT_EQ(run(store().find("a"))->ended, EndReason::sign_out);
    advance(25h);
    EXPECT_FALSE(run(store().find("a")));
}

TEST_P(StoreRows, RemembersTheEndOfASessionThatItNeverHad) {
    EXPECT_FALSE(run(store().end(session("a"), EndReason::verdict, std::nullopt)));
    const auto found = run(store(1).find("a"));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->ended, EndReason::verdict);
    EXPECT_EQ(found->record, "");
    EXPECT_EQ(found->answers, "");
    EXPECT_EQ(found->provider, "google");
    EXPECT_THAT(ids({}), IsEmpty());
}

TEST_P(StoreRows, EndsUnderAFenceOnlyForItsHolder) {
    add("a");
    const auto claim = granted("a");
    EXPECT_FALSE(run(store().end(session("a"), EndReason::verdict, claim.fence + 1)));
    EXPECT_FALSE(run(store().end(session("never"), EndReason::verdict, 1)));
    EXPECT_FALSE(run(store().find("never")));
    EXPECT_FALSE(run(store().find("a"))->ended);
    EXPECT_TRUE(run(store().end(session("a"), EndReason::verdict, claim.fence)));
    EXPECT_EQ(run(store().find("a"))->ended, EndReason::verdict);
}

TEST_P(StoreRows, ListsByIdInPagesWithoutSecrets) {
    for (const auto* id : {"c", "a", "B", "\xff", "d"}) add(id);
    run(store().end(session("d"), EndReason::sign_out, std::nullopt));
    EXPECT_THAT(ids({}), ElementsAre("B", "a", "c", "\xff"));
    const auto page = run(store().list({}, "", 2));
    ASSERT_EQ(page.size(), 2U);
    EXPECT_EQ(page[0].record, "");
    EXPECT_EQ(page[0].answers, "");
    EXPECT_EQ(page[0].user, "User-B@example.com");
    EXPECT_THAT(ids({}, page[1].id), ElementsAre("c", "\xff"));
    EXPECT_THAT(ids({}, "\xff"), IsEmpty());
}

TEST_P(StoreRows, ListsByUserProviderAndAge) {
    auto old = session("a");
    old.created_at = now() - 100h;
    old.used_at = now() - 50h;
    run(store().find_or_add(old));
    auto other = session("b");
    other.provider = "github";
    run(store().find_or_add(other));
    EXPECT_THAT(ids(of_user("uSER-A@EXAMPLE.com")), ElementsAre("a"));
    EXPECT_THAT(ids(of_user("subject of b")), ElementsAre("b"));
    EXPECT_THAT(ids(of_user("SUBJECT of b")), IsEmpty());
    EXPECT_THAT(ids(of_user("nobody")), IsEmpty());
    EXPECT_THAT(ids(filter("", "github")), ElementsAre("b"));
    EXPECT_THAT(ids(filter("", "", now() - 2h)), ElementsAre("a"));
    EXPECT_THAT(ids(filter("", "", std::nullopt, now() - 1h)), ElementsAre("a"));
    EXPECT_THAT(ids(filter("user-a@example.com", "github")), IsEmpty());
    EXPECT_THAT(ids(filter("user-b@example.com", "github", now(), now())), ElementsAre("b"));
}

TEST_P(StoreRows, RevokesWhatTheFilterNames) {
    for (const auto* id : {"a", "b", "c"}) add(id);
    EXPECT_EQ(run(store().revoke(of_user("user-a@example.com"), 100)), 1U);
    EXPECT_EQ(run(store().find("a"))->ended, EndReason::revoked);
    EXPECT_EQ(run(store().find("a"))->record, "");
    EXPECT_THAT(ids({}), ElementsAre("b", "c"));
    EXPECT_EQ(run(store().revoke({}, 1)), 1U);
    EXPECT_EQ(run(store().revoke({}, 5)), 1U);
    EXPECT_EQ(run(store().revoke({}, 5)), 0U);
}

TEST_P(StoreRows, SweepsInSmallSteps) {
    for (int i = 0; i < 5; ++i) add("a" + std::to_string(i));
    run(store().end(session("ended"), EndReason::sign_out, std::nullopt));
    for (int i = 0; i < 3; ++i) run(store().deposit("n" + std::to_string(i), "text", 1h));
    EXPECT_EQ(run(store().sweep(100)), 0U);
    advance(2h);
    run(store().deposit("n2", "a later text", 100h));
    EXPECT_EQ(run(store().sweep(100)), 2U);
    advance(30h);
    auto young = session("young");
    run(store().find_or_add(young));
    EXPECT_EQ(run(store().sweep(4)), 4U);
    EXPECT_EQ(run(store().sweep(4)), 2U);
    EXPECT_EQ(run(store().sweep(4)), 0U);
    EXPECT_TRUE(run(store().find("young")));
    EXPECT_EQ(run(store().collect("n2")), "a later text");
}

TEST_P(StoreRows, SweepsAtMostItsLimitOverBothKindsOfRows) {
    for (int i = 0; i < 3; ++i) add("a" + std::to_string(i));
    for (int i = 0; i < 3; ++i) run(store().deposit("n" + std::to_string(i), "text", 1h));
    advance(48h);
    EXPECT_EQ(run(store().sweep(4)), 4U);
    EXPECT_EQ(run(store().sweep(4)), 2U);
}

TEST_P(StoreRows, CountsWhatItHas) {
    add("a");
    add("b");
    run(store().end(session("b"), EndReason::sign_out, std::nullopt));
    run(store().deposit("n", "text", 1h));
    const auto status = run(store().status());
    EXPECT_EQ(status.engine, GetParam().name);
    EXPECT_NE(status.place, "");
    EXPECT_GE(status.schema_version, 1);
    EXPECT_EQ(status.sessions, 1);
    EXPECT_EQ(status.ended, 1);
    EXPECT_EQ(status.handovers, 1);
}

TEST_P(StoreRows, HandsATextOverOnce) {
    run(store().deposit("n", "first", 1min));
    run(store(1).deposit("n", "second", 1min));
    EXPECT_EQ(run(store(1).collect("n")), "first");
    EXPECT_FALSE(run(store().collect("n")));
    EXPECT_FALSE(run(store().collect("never")));
    run(store().deposit("n", "third", 1min));
    EXPECT_EQ(run(store().collect("n")), "third");
}

TEST_P(StoreRows, HandsNothingOverWhenItsTimeIsOver) {
    run(store().deposit("n", "first", 1min));
    advance(2min);
    EXPECT_FALSE(run(store().collect("n")));
    run(store().deposit("m", "first", 1min));
    advance(2min);
    run(store().deposit("m", "second", 1min));
    EXPECT_EQ(run(store().collect("m")), "second");
}

TEST_P(StoreRows, OfManyWhoCollectOneGetsIt) {
    for (int round = 0; round < 10; ++round) {
        run(store().deposit("n", "text", 1min));
        int done = 0;
        int got = 0;
        for (int i = 0; i < 6; ++i) {
            boost::asio::co_spawn(
                loop_,
                store(i % 2).collect("n"),
                [&](std::exception_ptr, base::Result<std::optional<std::string>> result) {
                    ++done;
                    if (result && *result) ++got;
                }
            );
        }
        loop_.restart();
        while (done < 6 && loop_.run_one() > 0) {
        }
        EXPECT_EQ(got, 1);
    }
}

STAGEDOOR_FOR_EACH_STORE(StoreRows);

}  // namespace
}  // namespace stagedoor::store
