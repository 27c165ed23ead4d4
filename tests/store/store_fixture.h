#pragma once

#include "store/engines.h"
#include "support/run_task.h"

#include <gtest/gtest.h>

#include <utility>

namespace stagedoor::store {

using namespace std::chrono_literals;
using session::Claim;
using session::CommitOutcome;
using session::EndReason;
using session::StoredSession;

// One test on each kind of store. A failed operation is an exception here, and so a failed test.
class StoreTest : public testing::TestWithParam<EngineKind> {
 protected:
    template <class T>
    T run(base::Task<base::Result<T>> task) {
        auto result = support::run_task(loop_, std::move(task));
        if (!result) throw std::runtime_error(result.error().describe());
        if constexpr (!std::is_void_v<T>) return std::move(*result);
    }
    session::Store& store(int replica = 0) { return engine_->replica(replica); }
    [[nodiscard]] base::SystemTime now() const { return engine_->now(); }
    void advance(std::chrono::milliseconds time) { engine_->advance(time); }

    [[nodiscard]] StoredSession session(const std::string& id) const {
        StoredSession session;
        session.id = id;
        session.provider = "google";
        session.environment = "production";
        session.subject = "subject of " + id;
        session.user = "User-" + id + "@example.com";
        session.created_at = now() - 1h;
        session.used_at = now() - 30min;
        session.expires_at = now() + 24h;
        session.record = "record of " + id;
        session.answers = "answers of " + id;
        return session;
    }
    StoredSession add(const std::string& id) { return run(store().find_or_add(session(id))); }
    session::Commit commit(const Claim& claim, const std::string& record = "next") const {
        session::Commit commit;
        commit.id = claim.session.id;
        commit.fence = claim.fence;
        commit.subject = claim.session.subject;
        commit.user = claim.session.user;
        commit.expires_at = now() + 48h;
        commit.record = record;
        commit.answers = "answers to " + record;
        return commit;
    }
    static session::SessionFilter filter(
        std::string user,
        std::string provider = {},
        std::optional<base::SystemTime> created_before = {},
        std::optional<base::SystemTime> used_before = {}
    ) {
        return {
            .user = std::move(user),
            .provider = std::move(provider),
            .created_before = created_before,
            .used_before = used_before,
        };
    }
    static session::SessionFilter of_user(std::string user) { return filter(std::move(user)); }
    // A claim that has to be granted.
    Claim granted(const std::string& id, std::chrono::milliseconds lease = 30s) {
        auto claim = run(store().claim(id, lease));
        if (claim.outcome != Claim::Outcome::granted) throw std::runtime_error("the claim was not granted");
        return claim;
    }

    boost::asio::io_context loop_;
    std::unique_ptr<Engine> engine_ = GetParam().make(loop_);
};

}  // namespace stagedoor::store
