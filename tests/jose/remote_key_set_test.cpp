#include "jose/remote_key_set.h"

#include "support/signed_token.h"

#include <gtest/gtest.h>

namespace stagedoor::jose {
namespace {

using std::chrono::seconds;

class RemoteKeySetTest : public testing::Test {
 protected:
    void advance(seconds by) { now_ += by; }
    KeySetAction decide(std::optional<std::string_view> kid) { return remote_.decide(kid, now_); }
    void succeed(const support::IssuerKey& key) {
        remote_.started(now_);
        remote_.fetched(KeySet::parse(support::key_set_json({key.jwk()})).value(), now_);
    }
    void fail() {
        remote_.started(now_);
        remote_.failed(now_);
    }

    RemoteKeySetPolicy policy_;
    RemoteKeySet remote_{policy_};
    base::SteadyTime now_{seconds(1000)};
};

TEST_F(RemoteKeySetTest, FetchesBeforeFirstUse) {
    EXPECT_EQ(remote_.keys(now_), nullptr);
    EXPECT_EQ(decide("ec-1"), KeySetAction::fetch);
    EXPECT_EQ(decide(std::nullopt), KeySetAction::fetch);
}

TEST_F(RemoteKeySetTest, UsesWhatItHas) {
    succeed(support::ec_key());
    EXPECT_EQ(decide("ec-1"), KeySetAction::use);
    EXPECT_EQ(decide(std::nullopt), KeySetAction::use);
    EXPECT_TRUE(remote_.keys(now_)->contains("ec-1"));
}

// oidcc-client-test-signing-key-rotation-just-before-signing
TEST_F(RemoteKeySetTest, SigningKeyRotationJustBeforeSigning) {
    succeed(support::ec_key());
    EXPECT_EQ(decide("rsa-1"), KeySetAction::fetch);
    succeed(support::rsa_key());
    EXPECT_EQ(decide("rsa-1"), KeySetAction::use);
}

TEST_F(RemoteKeySetTest, AKeyThatIsGoneIsUsedNoMore) {
    succeed(support::ec_key());
    succeed(support::rsa_key());
    EXPECT_FALSE(remote_.keys(now_)->contains("ec-1"));
}

TEST_F(RemoteKeySetTest, UnknownKidsCauseABurstOfFetchesAndThenOnePerInterval) {
    succeed(support::ec_key());
    for (unsigned i = 0; i < policy_.burst; ++i) {
        EXPECT_EQ(decide("made-up"), KeySetAction::fetch) << i;
        succeed(support::ec_key());
    }
    EXPECT_EQ(decide("made-up"), KeySetAction::refuse);
    advance(policy_.fetch_interval - seconds(1));
    EXPECT_EQ(decide("made-up"), KeySetAction::refuse);
    advance(seconds(1));
    EXPECT_EQ(decide("made-up"), KeySetAction::fetch);
    succeed(support::ec_key());
    EXPECT_EQ(decide("made-up"), KeySetAction::refuse);
}

TEST_F(RemoteKeySetTest, KnownKidsAreNotHarmedByTheThrottle) {
    succeed(support::ec_key());
    for (int i = 0; i < 100; ++i) {
        if (decide("made-up") == KeySetAction::fetch) succeed(support::ec_key());
    }
    EXPECT_EQ(decide("made-up"), KeySetAction::refuse);
    EXPECT_EQ(decide("ec-1"), KeySetAction::use);
}

TEST_F(RemoteKeySetTest, TheThrottleForgetsAfterAQuietTime) {
    succeed(support::ec_key());
    for (unsigned i = 0; i < policy_.burst; ++i) {
        EXPECT_EQ(decide("made-up"), KeySetAction::fetch);
        succeed(support::ec_key());
    }
    advance(policy_.fetch_interval * 3);
    for (unsigned i = 0; i < policy_.burst; ++i) {
        EXPECT_EQ(decide("made-up"), KeySetAction::fetch);
        succeed(support::ec_key());
    }
    EXPECT_EQ(decide("made-up"), KeySetAction::refuse);
}

TEST_F(RemoteKeySetTest, WhoeverComesDuringAFetchMayWaitForIt) {
    succeed(support::ec_key());
    EXPECT_EQ(decide("new"), KeySetAction::fetch);
    remote_.started(now_);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(decide("new"), KeySetAction::fetch);
    EXPECT_EQ(decide("ec-1"), KeySetAction::use);
}

TEST_F(RemoteKeySetTest, RefreshesOldKeysBesideTheirUse) {
    succeed(support::ec_key());
    advance(policy_.refresh_after - seconds(1));
    EXPECT_EQ(decide("ec-1"), KeySetAction::use);
    advance(seconds(1));
    EXPECT_EQ(decide("ec-1"), KeySetAction::use_and_refresh);
    remote_.started(now_);
    EXPECT_EQ(decide("ec-1"), KeySetAction::use) << "one fetch is enough";
    succeed(support::ec_key());
    EXPECT_EQ(decide("ec-1"), KeySetAction::use);
}

TEST_F(RemoteKeySetTest, AFailedRefreshLeavesTheOldKeysInUse) {
    succeed(support::ec_key());
    advance(policy_.refresh_after);
    EXPECT_EQ(decide("ec-1"), KeySetAction::use_and_refresh);
    fail();
    EXPECT_EQ(decide("ec-1"), KeySetAction::use);
    advance(policy_.retry_after_failure);
    EXPECT_EQ(decide("ec-1"), KeySetAction::use_and_refresh);
    fail();
    EXPECT_TRUE(remote_.keys(now_)->contains("ec-1"));
}

TEST_F(RemoteKeySetTest, KeysThatAreTooOldAreUsedNoMore) {
    succeed(support::ec_key());
    advance(policy_.use_until);
    EXPECT_EQ(remote_.keys(now_), nullptr);
    EXPECT_EQ(decide("ec-1"), KeySetAction::fetch);
}

TEST_F(RemoteKeySetTest, ACancelledFetchIsForgotten) {
    succeed(support::ec_key());
    advance(policy_.refresh_after);
    remote_.started(now_);
    EXPECT_EQ(decide("ec-1"), KeySetAction::use);
    advance(seconds(60));
    EXPECT_EQ(decide("ec-1"), KeySetAction::use_and_refresh);
}

TEST_F(RemoteKeySetTest, AFailedVerificationIsWorthAThrottledFetch) {
    succeed(support::ec_key());
    for (unsigned i = 0; i < policy_.burst; ++i) {
        EXPECT_EQ(remote_.after_failed_verification(now_), KeySetAction::fetch);
        succeed(support::ec_key());
    }
    EXPECT_EQ(remote_.after_failed_verification(now_), KeySetAction::refuse);
    EXPECT_EQ(decide("made-up"), KeySetAction::refuse) << "both draw on the same allowance";
}

}  // namespace
}  // namespace stagedoor::jose
