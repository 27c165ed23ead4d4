#pragma once

#include "base/clock.h"
#include "base/encoding.h"
#include "session/errors.h"
#include "session/store.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace stagedoor::support {

// A store that lives as long as a test, with that test's clock. Not for several threads.
class MemoryStore final : public session::Store {
 public:
    explicit MemoryStore(const base::Clock& clock) : clock_(clock) {}

    using StoredSession = session::StoredSession;
    template <class T>
    using Answer = base::Task<base::Result<T>>;

    // While set, every operation fails. `after`: it is carried out all the same.
    enum class Fault : std::uint8_t { none, before, after };
    void fail(Fault fault) { fault_ = fault; }
    // Called at the beginning of each operation, and before its end: a test may wait there.
    void set_pause(std::function<base::Task<>()> pause) { pause_ = std::move(pause); }

    [[nodiscard]] std::size_t size() const { return rows_.size(); }
    [[nodiscard]] const StoredSession* row(const std::string& id) const {
        const auto found = rows_.find(id);
        return found == rows_.end() ? nullptr : &found->second.session;
    }
    [[nodiscard]] std::string only_id() const {
        return rows_.size() == 1 ? rows_.begin()->first : std::string();
    }
    void clear() { rows_.clear(); }

    [[nodiscard]] Answer<std::optional<StoredSession>> find(std::string id) override {
        return run<std::optional<StoredSession>>(
            [this, id = std::move(id)]() -> std::optional<StoredSession> {
                auto* const row = get(id);
                if (row == nullptr) return std::nullopt;
                return row->session;
            }
        );
    }
    [[nodiscard]] Answer<std::optional<StoredSession>> find_again(std::string id, std::string known)
        override {
        return run<std::optional<StoredSession>>(
            [this, id = std::move(id), known = std::move(known)]() -> std::optional<StoredSession> {
                auto* const row = get(id);
                if (row == nullptr) return std::nullopt;
                auto session = row->session;
                if (session.record.starts_with(known)) {
                    session.record.clear();
                    session.answers.clear();
                }
                return session;
            }
        );
    }
    [[nodiscard]] Answer<StoredSession> find_or_add(StoredSession session) override {
        return run<StoredSession>([this, session = std::move(session)] {
            if (auto* const row = get(session.id)) return row->session;
            return add(session).session;
        });
    }
    [[nodiscard]] Answer<session::Claim> claim(std::string id, std::chrono::milliseconds lease) override {
        return run<session::Claim>([this, id = std::move(id), lease] { return claim_now(id, lease); });
    }
    [[nodiscard]] Answer<bool> renew(std::string id, std::uint64_t fence, std::chrono::milliseconds lease)
        override {
        return run<bool>([this, id = std::move(id), fence, lease] {
            auto* const row = get(id);
            if (row == nullptr || row->session.ended || row->fence != fence || !row->lease_until)
                return false;
            row->lease_until = clock_.now() + lease;
            return true;
        });
    }
    [[nodiscard]] Answer<session::CommitOutcome> commit(session::Commit commit) override {
        return run<session::CommitOutcome>([this, commit = std::move(commit)] { return commit_now(commit); });
    }
    [[nodiscard]] base::Task<base::Result<void>> release(std::string id, std::uint64_t fence) override {
        auto done = co_await run<bool>([this, id = std::move(id), fence] {
            auto* const row = get(id);
            if (row != nullptr && row->fence == fence) row->lease_until.reset();
            return true;
        });
        if (!done) co_return base::fail(std::move(done.error()));
        co_return base::Result<void>();
    }
    [[nodiscard]] base::Task<base::Result<void>> extend(std::string id, base::SystemTime expires_at)
        override {
        auto done = co_await run<bool>([this, id = std::move(id), expires_at] {
            auto* const row = get(id);
            if (row == nullptr || row->session.ended) return false;
            row->session.expires_at = expires_at;
            row->session.used_at = clock_.now();
            return true;
        });
        if (!done) co_return base::fail(std::move(done.error()));
        co_return base::Result<void>();
    }
    [[nodiscard]] Answer<std::optional<StoredSession>> end(
        StoredSession session, session::EndReason reason, std::optional<std::uint64_t> fence
    ) override {
        return run<std::optional<StoredSession>>([this, session = std::move(session), reason, fence] {
            return end_now(session, reason, fence);
        });
    }
    [[nodiscard]] Answer<std::vector<StoredSession>> list(
        session::SessionFilter filter, std::string after, std::size_t limit
    ) override {
        return run<std::vector<StoredSession>>(
            [this, filter = std::move(filter), after = std::move(after), limit] {
                std::vector<StoredSession> found;
                for (auto next = rows_.upper_bound(after); next != rows_.end() && found.size() < limit;
                     ++next) {
                    if (!matches(next->second.session, filter)) continue;
                    found.push_back(next->second.session);
                    found.back().record.clear();
                    found.back().answers.clear();
                }
                return found;
            }
        );
    }
    [[nodiscard]] Answer<std::size_t> revoke(session::SessionFilter filter, std::size_t limit) override {
        return run<std::size_t>([this, filter = std::move(filter), limit] {
            std::size_t ended = 0;
            for (auto& [id, row] : rows_) {
                if (ended == limit) break;
                if (!matches(row.session, filter)) continue;
                finish(row, session::EndReason::revoked);
                ++ended;
            }
            return ended;
        });
    }
    [[nodiscard]] base::Task<base::Result<void>> deposit(
        std::string name, std::string sealed, std::chrono::milliseconds lifetime
    ) override {
        auto done = co_await run<bool>([this, name = std::move(name), sealed = std::move(sealed), lifetime] {
            const auto now = clock_.now();
            const auto found = handovers_.find(name);
            if (found != handovers_.end() && found->second.second > now) return false;
            handovers_[name] = {sealed, now + lifetime};
            return true;
        });
        if (!done) co_return base::fail(std::move(done.error()));
        co_return base::Result<void>();
    }
    [[nodiscard]] Answer<std::optional<std::string>> collect(std::string name) override {
        return run<std::optional<std::string>>(
            [this, name = std::move(name)]() -> std::optional<std::string> {
                auto node = handovers_.extract(name);
                if (node.empty() || node.mapped().second <= clock_.now()) return std::nullopt;
                return std::move(node.mapped().first);
            }
        );
    }
    [[nodiscard]] Answer<std::size_t> sweep(std::size_t limit) override {
        return run<std::size_t>([this, limit] {
            const auto now = clock_.now();
            std::size_t removed = 0;
            for (auto row = rows_.begin(); row != rows_.end() && removed < limit;) {
                const bool expired = row->second.session.expires_at <= now;
                row = expired ? rows_.erase(row) : std::next(row);
                removed += expired ? 1U : 0U;
            }
            for (auto each = handovers_.begin(); each != handovers_.end() && removed < limit;) {
                const bool expired = each->second.second <= now;
                each = expired ? handovers_.erase(each) : std::next(each);
                removed += expired ? 1U : 0U;
            }
            return removed;
        });
    }
    [[nodiscard]] Answer<session::StoreStatus> status() override {
        return run<session::StoreStatus>([this] {
            session::StoreStatus status{.engine = "memory", .place = "this process", .schema_version = 1};
            for (const auto& [id, row] : rows_) ++(row.session.ended ? status.ended : status.sessions);
            status.handovers = static_cast<std::int64_t>(handovers_.size());
            return status;
        });
    }

 private:
    struct Row {
        StoredSession session;
        std::uint64_t fence = 0;
        std::uint64_t committed_fence = 0;
        std::optional<base::SystemTime> lease_until;
    };

    template <class T, class Work>
    base::Task<base::Result<T>> run(Work work) {
        if (pause_) co_await pause_();
        if (fault_ == Fault::before) co_return unavailable();
        T result = work();
        if (pause_) co_await pause_();
        if (fault_ == Fault::after) co_return unavailable();
        co_return result;
    }
    static std::unexpected<base::Error> unavailable() {
        return base::fail(session::errors::kStoreUnavailable, "The session store is not available");
    }

    Row* get(const std::string& id) {
        const auto found = rows_.find(id);
        if (found == rows_.end() || found->second.session.expires_at <= clock_.now()) return nullptr;
        return &found->second;
    }
    Row& add(const StoredSession& session) {
        auto& row = rows_[session.id];
        row = Row{.session = session, .fence = row.fence, .committed_fence = 0, .lease_until = {}};
        return row;
    }
    session::Claim claim_now(const std::string& id, std::chrono::milliseconds lease) {
        using Outcome = session::Claim::Outcome;
        session::Claim claim;
        auto* const row = get(id);
        if (row == nullptr) return claim;
        claim.session = row->session;
        if (row->session.ended) {
            claim.outcome = Outcome::ended;
            return claim;
        }
        const auto now = clock_.now();
        if (row->lease_until && *row->lease_until > now) {
            claim.outcome = Outcome::busy;
            claim.busy_for = *row->lease_until - now;
            return claim;
        }
        claim.outcome = Outcome::granted;
        claim.taken_over = row->lease_until.has_value();
        claim.fence = ++row->fence;
        row->lease_until = now + lease;
        return claim;
    }
    session::CommitOutcome commit_now(const session::Commit& commit) {
        auto* const row = get(commit.id);
        if (row == nullptr) return session::CommitOutcome::lost;
        if (row->session.ended) return session::CommitOutcome::ended;
        if (row->fence != commit.fence) return session::CommitOutcome::lost;
        if (row->committed_fence == commit.fence) return session::CommitOutcome::done;
        row->committed_fence = commit.fence;
        row->lease_until.reset();
        auto& session = row->session;
        ++session.version;
        session.subject = commit.subject;
        session.user = commit.user;
        session.expires_at = commit.expires_at;
        session.used_at = clock_.now();
        session.record = commit.record;
        session.answers = commit.answers;
        return session::CommitOutcome::done;
    }
    std::optional<StoredSession> end_now(
        const StoredSession& session, session::EndReason reason, std::optional<std::uint64_t> fence
    ) {
        auto* row = get(session.id);
        if (row == nullptr) {
            if (!fence) finish(add(session), reason);
            return std::nullopt;
        }
        if (fence && (row->fence != *fence || row->session.ended)) return std::nullopt;
        auto before = row->session;
        if (!before.ended) finish(*row, reason);
        return before;
    }
    static void finish(Row& row, session::EndReason reason) {
        row.session.ended = reason;
        row.session.record.clear();
        row.session.answers.clear();
        row.lease_until.reset();
    }
    [[nodiscard]] bool matches(const StoredSession& session, const session::SessionFilter& filter) const {
        if (session.ended || session.expires_at <= clock_.now()) return false;
        const bool user = filter.user.empty() || session.subject == filter.user ||
                          base::equal_ignoring_case(session.user, filter.user);
        return user && (filter.provider.empty() || session.provider == filter.provider) &&
               (!filter.created_before || session.created_at < *filter.created_before) &&
               (!filter.used_before || session.used_at < *filter.used_before);
    }

    const base::Clock& clock_;
    Fault fault_ = Fault::none;
    std::function<base::Task<>()> pause_;
    std::map<std::string, Row> rows_;
    std::map<std::string, std::pair<std::string, base::SystemTime>> handovers_;
};

}  // namespace stagedoor::support
