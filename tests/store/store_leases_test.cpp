// The right to renew a session, on every kind of store: one holder at a time, whatever happens to it.
#include "store/store_kinds.h"

#include <set>

namespace stagedoor::store {
namespace {

class StoreLeases : public StoreTest {};

TEST_P(StoreLeases, OneAtATime) {
    add("a");
    const auto first = run(store().claim("a", 30s));
    EXPECT_EQ(first.outcome, Claim::Outcome::granted);
    EXPECT_FALSE(first.taken_over);
    EXPECT_EQ(first.session.record, "record of a");
    EXPECT_EQ(first.session.answers, "answers of a");
    const auto second = run(store(1).claim("a", 30s));
    EXPECT_EQ(second.outcome, Claim::Outcome::busy);
    EXPECT_GT(second.busy_for, 0s);
    EXPECT_LE(second.busy_for, 30s);
    EXPECT_EQ(second.session.record, "record of a");
    EXPECT_EQ(run(store().claim("a", 30s)).outcome, Claim::Outcome::busy);
    const auto missing = run(store().claim("b", 30s));
    EXPECT_EQ(missing.outcome, Claim::Outcome::missing);
    EXPECT_EQ(missing.session.id, "");
}

TEST_P(StoreLeases, OfManyWhoClaimAtOnceOneWins) {
    for (int round = 0; round < 20; ++round) {
        const auto id = "a" + std::to_string(round);
        add(id);
        int done = 0;
        int won = 0;
        int busy = 0;
        for (int i = 0; i < 8; ++i) {
            boost::asio::co_spawn(
                loop_,
                store(i % 2).claim(id, 30s),
                [&](std::exception_ptr, base::Result<Claim> claim) {
                    ++done;
                    if (!claim) return;
                    won += claim->outcome == Claim::Outcome::granted ? 1 : 0;
                    busy += claim->outcome == Claim::Outcome::busy ? 1 : 0;
                }
            );
        }
        loop_.restart();
        while (done < 8 && loop_.run_one() > 0) {
        }
        EXPECT_EQ(won, 1);
        EXPECT_EQ(busy, 7);
    }
}

TEST_P(StoreLeases, ACommitWritesAndGivesTheLeaseBack) {
    const auto before = add("a");
    const auto claim = granted("a");
    auto change = commit(claim);
    change.subject = "another subject";
    change.user = "Another@example.com";
    EXPECT_EQ(run(store().commit(change)), CommitOutcome::done);
    const auto after = run(store(1).find("a"));
    EXPECT_EQ(after->version, before.version + 1);
    EXPECT_EQ(after->record, "next");
    EXPECT_EQ(after->answers, "answers to next");
    EXPECT_EQ(after->subject, "another subject");
    EXPECT_EQ(after->user, "Another@example.com");
    EXPECT_EQ(after->expires_at, change.expires_at);
    EXPECT_GT(after->used_at, before.used_at);
    EXPECT_EQ(after->created_at, before.created_at);
    EXPECT_EQ(run(store().list(of_user("another@example.com"), "", 5)).size(), 1U);
    const auto next = granted("a");
    EXPECT_GT(next.fence, claim.fence);
    EXPECT_FALSE(next.taken_over);
    EXPECT_EQ(next.session.record, "next");
}

TEST_P(StoreLeases, ACommitThatIsRepeatedIsDoneOnce) {
    add("a");
    const auto claim = granted("a");
    EXPECT_EQ(run(store().commit(commit(claim, "first"))), CommitOutcome::done);
    EXPECT_EQ(run(store().commit(commit(claim, "second"))), CommitOutcome::done);
    const auto after = run(store().find("a"));
    EXPECT_EQ(after->record, "first");
    EXPECT_EQ(after->version, 1U);
}

TEST_P(StoreLeases, ALeaseRunsOut) {
    add("a");
    const auto first = granted("a", 30s);
    advance(20s);
    const auto busy = run(store(1).claim("a", 30s));
    EXPECT_EQ(busy.outcome, Claim::Outcome::busy);
    EXPECT_LE(busy.busy_for, 10s);
    advance(11s);
    const auto second = run(store(1).claim("a", 30s));
    EXPECT_EQ(second.outcome, Claim::Outcome::granted);
    EXPECT_TRUE(second.taken_over);
    EXPECT_GT(second.fence, first.fence);
    // The former holder is too late for everything.
    EXPECT_EQ(run(store().commit(commit(first))), CommitOutcome::lost);
    EXPECT_FALSE(run(store().renew("a", first.fence, 30s)));
    run(store().release("a", first.fence));
    EXPECT_EQ(run(store().claim("a", 30s)).outcome, Claim::Outcome::busy);
    EXPECT_EQ(run(store(1).commit(commit(second))), CommitOutcome::done);
    // taken_over is about the holder before, not about an earlier one.
    EXPECT_FALSE(granted("a").taken_over);
}

TEST_P(StoreLeases, AHolderThatIsLateMayCommitIfNobodyElseCame) {
    add("a");
    const auto claim = granted("a", 30s);
    advance(10min);
    EXPECT_EQ(run(store().commit(commit(claim))), CommitOutcome::done);
    EXPECT_EQ(run(store().find("a"))->record, "next");
}

TEST_P(StoreLeases, ALeaseIsProlonged) {
    add("a");
    const auto claim = granted("a", 30s);
    advance(20s);
    EXPECT_TRUE(run(store().renew("a", claim.fence, 30s)));
    advance(20s);
    EXPECT_EQ(run(store(1).claim("a", 30s)).outcome, Claim::Outcome::busy);
    EXPECT_FALSE(run(store().renew("a", claim.fence + 1, 30s)));
    EXPECT_FALSE(run(store().renew("b", claim.fence, 30s)));
    run(store().commit(commit(claim)));
    EXPECT_FALSE(run(store().renew("a", claim.fence, 30s)));
}

TEST_P(StoreLeases, ALeaseIsGivenBack) {
    add("a");
    const auto claim = granted("a");
    run(store().release("a", claim.fence + 1));
    EXPECT_EQ(run(store(1).claim("a", 30s)).outcome, Claim::Outcome::busy);
    run(store().release("a", claim.fence));
    run(store().release("a", claim.fence));
    EXPECT_FALSE(run(store().renew("a", claim.fence, 30s)));
    const auto next = run(store(1).claim("a", 30s));
    EXPECT_EQ(next.outcome, Claim::Outcome::granted);
    EXPECT_FALSE(next.taken_over);
    EXPECT_EQ(next.session.version, 0U);
}

TEST_P(StoreLeases, AnEndComesBeforeACommit) {
    add("a");
    const auto claim = granted("a");
    run(store(1).end(session("a"), EndReason::sign_out, std::nullopt));
    EXPECT_EQ(run(store().commit(commit(claim))), CommitOutcome::ended);
    EXPECT_FALSE(run(store().renew("a", claim.fence, 30s)));
    EXPECT_EQ(run(store().find("a"))->record, "");
}

TEST_P(StoreLeases, ACommitToARowThatIsGoneIsLost) {
    add("a");
    const auto claim = granted("a");
    auto unknown = commit(claim);
    unknown.id = "b";
    EXPECT_EQ(run(store().commit(unknown)), CommitOutcome::lost);
    advance(25h);
    EXPECT_EQ(run(store().commit(commit(claim))), CommitOutcome::lost);
    run(store().sweep(10));
    EXPECT_EQ(run(store().commit(commit(claim))), CommitOutcome::lost);
}

TEST_P(StoreLeases, AFenceIsNeverGivenTwice) {
    add("a");
    std::set<std::uint64_t> fences;
    for (int i = 0; i < 5; ++i) {
        const auto claim = granted("a", 30s);
        EXPECT_TRUE(fences.empty() || claim.fence > *fences.rbegin());
        fences.insert(claim.fence);
        if (i % 2 == 0) {
            run(store().release("a", claim.fence));
        } else {
            advance(31s);
        }
    }
}

// Renews a session `times` times, as often as it takes; counts the commits that were done.
base::Task<> renew_again_and_again(session::Store& store, session::Commit change, int times, int& committed) {
    while (times > 0) {
        auto claim = co_await store.claim(change.id, 30s);
        if (!claim) throw std::runtime_error(claim.error().describe());
        if (claim->outcome != Claim::Outcome::granted) continue;
        change.fence = claim->fence;
        auto outcome = co_await store.commit(change);
        if (!outcome) throw std::runtime_error(outcome.error().describe());
        if (*outcome == CommitOutcome::done) ++committed;
        --times;
    }
}

// As many tabs as there are, on two replicas: each renewal is one version, and none is lost.
TEST_P(StoreLeases, ConcurrentRenewalsAreCountedOneByOne) {
    add("a");
    constexpr int kTabs = 6;
    constexpr int kEach = 5;
    Claim first;
    first.session.id = "a";
    int done = 0;
    int committed = 0;
    std::exception_ptr failure;
    for (int i = 0; i < kTabs; ++i) {
        boost::asio::co_spawn(
            loop_,
            renew_again_and_again(store(i % 2), commit(first), kEach, committed),
            [&](std::exception_ptr exception) {
                if (exception) failure = exception;
                ++done;
            }
        );
    }
    loop_.restart();
    while (done < kTabs && loop_.run_one() > 0) {
    }
    if (failure) std::rethrow_exception(failure);
    EXPECT_EQ(committed, kTabs * kEach);
    EXPECT_EQ(run(store().find("a"))->version, std::uint64_t{kTabs * kEach});
}

STAGEDOOR_FOR_EACH_STORE(StoreLeases);

}  // namespace
}  // namespace stagedoor::store
