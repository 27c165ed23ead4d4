// What one process and its store say to each other; rotation_model_test.cpp has everything that can go wrong.
#include "session/rotation.h"

#include "session/errors.h"
#include "session/session_keeper.h"
#include "support/capturing_log.h"
#include "support/manual_clock.h"
#include "support/manual_waiter.h"
#include "support/memory_store.h"
#include "support/run_task.h"
#include "support/seeded_random.h"

#include <gtest/gtest.h>

#include <array>

namespace stagedoor::session {
namespace {

using namespace std::chrono_literals;

class RotationTest : public testing::Test {
 protected:
    // A process on the store that all share.
    struct Process {
        explicit Process(RotationTest& test)
            : keeper(
                  test.store_, shared.memory, test.keys_, test.clock_, test.waiter_, test.random_, test.log_
              ),
              rotation(
                  {}, test.store_, shared, test.keys_, test.clock_, test.waiter_, test.random_, test.log_
              ) {}
        RotationShared shared;
        SessionKeeper keeper;
        Rotation rotation;
    };
    using Outcome = base::Result<std::shared_ptr<const Refreshed>>;

    RotationTest() {
        store_.set_pause([this]() -> base::Task<> {
            ++pauses_;
            co_return;
        });
        cookie_.id = "session";
        cookie_.credential = base::Secret("r0");
        cookie_.generation = 1;
        cookie_.created_at = clock_.now();
        cookie_.expires_at = lifetime_.end(clock_.now(), clock_.now());
    }
    // The browser keeps the first cookie, whatever it is sent.
    [[nodiscard]] Presented presented() const {
        return {.id = cookie_.id, .record = cookie_, .expires_at = cookie_.expires_at, .is_up_to_date = true};
    }
    Outcome refresh(Process& process, const std::string& variant = "") {
        pauses_ = 0;
        RefreshCall call{
            .provider = "p",
            .environment = "production",
            .presented = presented(),
            .variant = variant,
            .lifetime = lifetime_,
            .renew = [this,
                      variant](SessionRecord record, const HoldsLease&) { return renew(record, variant); },
            .discard = [](const SessionRecord&) -> base::Task<base::Result<void>> {
                co_return base::Result<void>();
            },
        };
        return support::run_task(loop_, process.rotation.refresh(std::move(call)));
    }
    base::Task<RenewalResult> renew(SessionRecord record, std::string variant) {
        record.credential = base::Secret("r" + std::to_string(++calls_));
        ++record.generation;
        Answer answer{
            .variant = std::move(variant),
            .access_token = base::Secret("a" + std::to_string(calls_)),
            .id_token = {},
            .made_at = clock_.now(),
            .expires_at = clock_.now() + 1h,
            .complete_until = clock_.now() + 1h,
            .scope = "read",
        };
        co_return Renewal{.record = std::move(record), .answer = std::move(answer)};
    }
    void sign_out(Process& process) {
        support::run_task(loop_, process.keeper.sign_out("p", "production", presented()));
    }
    static constexpr int kPausesOfAFailure = 1;
    // A store tells a test of its beginning and of its end.
    [[nodiscard]] int store_operations() const { return pauses_ / 2; }

    support::ManualClock clock_;
    support::ManualWaiter waiter_{clock_};
    support::SeededRandom random_{1};
    support::CapturingLog log_;
    const std::array<base::Secret, 1> secrets_{base::Secret("a secret that is long enough for this")};
    const crypto::KeyRing keys_{secrets_};
    support::MemoryStore store_{clock_};
    boost::asio::io_context loop_;
    Lifetime lifetime_{.duration = std::chrono::days(30), .idle = {}, .absolute = {}};
    SessionRecord cookie_;
    Process here_{*this};
    Process there_{*this};
    int calls_ = 0;
    int pauses_ = 0;
};

std::string token_of(const base::Result<std::shared_ptr<const Refreshed>>& outcome) {
    return outcome ? (*outcome)->answer.access_token.reveal() : std::string(outcome.error().code());
}

TEST_F(RotationTest, WhatWasSeenAMomentAgoNeedsNoStore) {
    EXPECT_EQ(token_of(refresh(here_)), "a1");
    clock_.advance(500ms);
    EXPECT_EQ(token_of(refresh(here_)), "a1");
    EXPECT_EQ(store_operations(), 0);
}

TEST_F(RotationTest, WhatWasSeenBeforeNeedsOneLookAtTheStore) {
    EXPECT_EQ(token_of(refresh(here_)), "a1");
    for (int i = 0; i < 3; ++i) {
        clock_.advance(1min);
        const auto again = refresh(here_);
        EXPECT_EQ(token_of(again), "a1");
        EXPECT_TRUE((*again)->replayed);
        EXPECT_EQ(store_operations(), 1);
    }
    clock_.advance(500ms);
    EXPECT_EQ(token_of(refresh(here_)), "a1");
    EXPECT_EQ(store_operations(), 0);
    EXPECT_EQ(calls_, 1);
}

TEST_F(RotationTest, ASignOutElsewhereIsSeenByTheLook) {
    EXPECT_EQ(token_of(refresh(here_)), "a1");
    sign_out(there_);
    clock_.advance(501ms);
    EXPECT_EQ(token_of(refresh(here_)), "session.signed_out");
    EXPECT_EQ(calls_, 1);
}

TEST_F(RotationTest, ARevocationIsSeenByTheLook) {
    EXPECT_EQ(token_of(refresh(here_)), "a1");
    ASSERT_EQ(support::run_task(loop_, store_.revoke({}, 10)).value(), 1U);
    clock_.advance(501ms);
    EXPECT_FALSE(refresh(here_));
    EXPECT_EQ(calls_, 1);
}

TEST_F(RotationTest, WhatAnotherProcessRenewedIsReadAnew) {
    EXPECT_EQ(token_of(refresh(here_)), "a1");
    // For other scopes: the first answer would still do here, but the cookie is no longer the newest.
    EXPECT_EQ(token_of(refresh(there_, "write")), "a2");
    clock_.advance(501ms);
    const auto again = refresh(here_);
    EXPECT_EQ(token_of(again), "a1");
    EXPECT_EQ((*again)->record.credential.reveal(), "r2");
    EXPECT_EQ((*again)->record.generation, 3U);
    EXPECT_EQ(calls_, 2);
}

TEST_F(RotationTest, ACookieThatIsNewerThanWhatIsKnownNeedsOneLookAsWell) {
    EXPECT_EQ(token_of(refresh(here_)), "a1");
    const auto elsewhere = refresh(there_, "write");
    ASSERT_TRUE(elsewhere);
    cookie_ = (*elsewhere)->record;
    clock_.advance(501ms);
    const auto again = refresh(here_);
    EXPECT_EQ(token_of(again), "a1");
    EXPECT_EQ((*again)->record.credential.reveal(), "r2");
    EXPECT_EQ(store_operations(), 1);
}

TEST_F(RotationTest, ARowThatWasRestoredIsNotTakenForTheOneThatIsKnown) {
    EXPECT_EQ(token_of(refresh(here_)), "a1");
    store_.clear();
    clock_.advance(501ms);
    // Another row of the same session and version, of a process that knows nothing of the first.
    EXPECT_EQ(token_of(refresh(there_)), "a2");
    EXPECT_EQ(store_.row("session")->version, 1U);
    const auto again = refresh(here_);
    EXPECT_EQ(token_of(again), "a2");
    EXPECT_EQ((*again)->record.credential.reveal(), "r2");
}

TEST_F(RotationTest, TheEndOfASessionIsTheRows) {
    lifetime_.idle = 10h;
    cookie_.expires_at = lifetime_.end(clock_.now(), clock_.now());
    EXPECT_EQ(token_of(refresh(here_)), "a1");
    clock_.advance(1min);
    // Moved on by another process.
    const auto end = clock_.now() + 11h;
    ASSERT_TRUE(support::run_task(loop_, store_.extend("session", end)));
    const auto again = refresh(here_);
    EXPECT_EQ(token_of(again), "a1");
    EXPECT_EQ((*again)->record.expires_at, end);
    EXPECT_EQ(calls_, 1);
}

TEST_F(RotationTest, WithoutTheStoreTheLastAnswerIsStale) {
    EXPECT_EQ(token_of(refresh(here_)), "a1");
    clock_.advance(501ms);
    store_.fail(support::MemoryStore::Fault::before);
    const auto again = refresh(here_);
    EXPECT_EQ(token_of(again), "a1");
    EXPECT_TRUE((*again)->stale);
    EXPECT_EQ(pauses_, kPausesOfAFailure);  // it was asked once
}

}  // namespace
}  // namespace stagedoor::session
