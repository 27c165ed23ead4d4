#include "session/rotation.h"

#include "session/backoff.h"
#include "session/errors.h"
#include "session/lease_keeper.h"
#include "session/refusal.h"
#include "session/replay.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>

namespace stagedoor::session {

namespace {

using std::chrono::milliseconds;

// For this long this process believes what it saw in the store itself: a sign-out elsewhere is seen within
// it.
constexpr milliseconds kTrust{500};
// For this long nobody is answered from a session that a login has replaced: the cookie of a late answer
// would take the place of the new one. Who still has the old cookie after that never got the new one, and
// goes on with it.
constexpr std::chrono::seconds kRetired{60};
constexpr int kUnavailable = 503;

}  // namespace

Rotation::Rotation(
    RotationSettings settings,
    Store& store,
    RotationShared& shared,
    const crypto::KeyRing& keys,
    const base::Clock& clock,
    base::Waiter& waiter,
    base::Random& random,
    base::Log& log
)
    : settings_(settings),
      store_(store),
      shared_(shared),
      keys_(keys),
      clock_(clock),
      waiter_(waiter),
      random_(random),
      log_(log) {}

base::Task<base::Result<std::shared_ptr<const Refreshed>>> Rotation::refresh(RefreshCall call) {
    if (shared_.memory.has_ended(call.presented.id))
        co_return base::fail(refusal::ended(EndReason::sign_out));
    if (const auto here = shared_.memory.find(call.presented.id)) {
        const bool is_fresh = clock_.steady() - here->seen_at() <= kTrust;
        auto known = is_fresh ? from_here(call, here) : co_await confirmed(call, here);
        if (!known) {
            STAGEDOOR_CO_TRY(auto last, without_store(call, std::move(known.error())));
            co_return std::make_shared<const Refreshed>(std::move(last));
        }
        if (*known) co_return std::move(*known);
    }
    auto key = call.presented.id + "\n" + call.variant;
    co_return co_await shared_.flights.run(std::move(key), [this, call = std::move(call)] {
        return attempt(call);
    });
}

base::Task<Rotation::Outcome> Rotation::attempt(RefreshCall call) {
    const auto give_up = clock_.steady() + settings_.patience;
    Backoff backoff(milliseconds(20), milliseconds(250), random_);
    // What this process knows of the session says that it is due: no need to read the row before claiming it.
    if (is_due(call)) {
        auto outcome = co_await take(call, backoff);
        if (outcome) co_return std::move(*outcome);
    }
    for (;;) {
        const auto asked_at = clock_.steady();
        const auto here = shared_.memory.find(call.presented.id);
        auto row = co_await load(call, here);
        if (!row) co_return without_store(call, std::move(row.error()));
        if (clock_.steady() >= give_up) co_return without_store(call, refusal::busy());
        if (!*row) co_return base::fail(refusal::missing());
        if ((*row)->ended) {
            shared_.memory.forget(call.presented.id);
            co_return base::fail(refusal::ended(*(*row)->ended));
        }
        auto known = newest(call, std::move(**row), here);
        if (!known) co_return base::fail(std::move(known.error()));
        if (is_replaced(*known->content)) co_return base::fail(refusal::replaced());
        if (const auto* answer = reusable(call, *known->content)) {
            auto copy = *answer;
            auto given = co_await give(call, *known, std::move(copy), asked_at);
            if (given) co_return std::move(*given);
        }

        auto outcome = co_await take(call, backoff);
        if (outcome) co_return std::move(*outcome);
    }
}

base::Task<std::optional<Rotation::Outcome>> Rotation::take(const RefreshCall& call, Backoff& backoff) {
    const auto asked_at = clock_.steady();
    const auto here = shared_.memory.find(call.presented.id);
    auto claim = co_await store_.claim(call.presented.id, settings_.lease);
    if (!claim) co_return without_store(call, std::move(claim.error()));
    if (claim->outcome == Claim::Outcome::busy) {
        co_await waiter_.wait_for(std::min(claim->busy_for, backoff.next()));
    }
    if (claim->outcome != Claim::Outcome::granted) co_return std::nullopt;
    auto held = newest(call, std::move(claim->session), here);
    if (!held) co_return Outcome(base::fail(std::move(held.error())));
    if (claim->taken_over) {
        log_.warning("rotation.taken_over", {{"provider", call.provider}, {"session", call.presented.id}});
    }
    co_return co_await hold(call, std::move(*held), {.fence = claim->fence, .asked_at = asked_at});
}

bool Rotation::is_replaced(const RowContent& content) const {
    return content.retired_at && clock_.now() < *content.retired_at + kRetired;
}

bool Rotation::is_due(const RefreshCall& call) const {
    const auto here = shared_.memory.find(call.presented.id);
    return here && reusable(call, here->content->record, here->content->answers) == nullptr;
}

base::Task<base::Result<std::optional<StoredSession>>> Rotation::load(
    const RefreshCall& call, const Here& here
) {
    const auto& id = call.presented.id;
    const bool is_known = here && !here->known.empty();
    auto row = co_await (is_known ? store_.find_again(id, here->known) : store_.find(id));
    const auto& record = call.presented.record;
    if (!record || !row || *row) co_return row;
    // The store is new, or lost what it had: the cookie has all that is needed.
    auto added = co_await store_.find_or_add(
        make_row(keys_, call.provider, call.environment, *record, clock_.now(), random_)
    );
    if (!added) co_return base::fail(std::move(added.error()));
    co_return std::optional(std::move(*added));
}

base::Result<void> Rotation::open(Known& known, const Here& here) const {
    const auto& row = known.row;
    const bool is_known =
        here && !here->known.empty() && (row.record.empty() || row.record.starts_with(here->known));
    if (!is_known) {
        STAGEDOOR_TRY(auto content, open_row(keys_, row));
        known.content = std::make_shared<const RowContent>(std::move(content));
        known.known = row.record.substr(0, crypto::KeyRing::kDistinctSize);
        return {};
    }
    known.content = here->content;
    known.known = here->known;
    if (row.expires_at == known.content->record.expires_at) return {};
    auto moved = *known.content;
    moved.record.expires_at = row.expires_at;
    known.content = std::make_shared<const RowContent>(std::move(moved));
    return {};
}

base::Result<Rotation::Known> Rotation::newest(const RefreshCall& call, StoredSession row, const Here& before)
    const {
    // Whoever can write to the database does not choose where a row is for.
    row.provider = call.provider;
    row.environment = call.environment;
    Known known{.row = std::move(row), .content = nullptr, .known = {}};
    auto opened = open(known, before);
    const auto& presented = call.presented.record;
    if (!opened && !presented) return base::fail(std::move(opened.error()));
    // The store may be behind: an answer that it could not be told went to the browser all the same.
    if (!opened || (presented && presented->generation > known.content->record.generation)) {
        auto content = opened ? *known.content : RowContent();
        content.record = *presented;
        known.content = std::make_shared<const RowContent>(std::move(content));
        known.known.clear();
    }
    if (const auto here = shared_.memory.find(call.presented.id);
        here && here->content->record.generation > known.content->record.generation) {
        auto content = *known.content;
        content.record = here->content->record;
        content.answers = here->content->answers;
        known.content = std::make_shared<const RowContent>(std::move(content));
        known.known.clear();
    }
    return known;
}

const Answer* Rotation::reusable(
    const RefreshCall& call, const SessionRecord& newest, const std::vector<Answer>& answers
) const {
    const auto& presented = call.presented.record;
    const bool is_late = presented && presented->generation < newest.generation;
    return session::reusable(
        answers, call.variant, is_late ? Holder::late : Holder::newest, settings_.replay_window, clock_.now()
    );
}

const Answer* Rotation::reusable(const RefreshCall& call, const RowContent& content) const {
    // Where the row is all that there is of a session, a renewal seals it with the newest key, before the one
    // that it was sealed with is removed.
    if (!content.newest_key && !call.presented.record) return nullptr;
    return reusable(call, content.record, content.answers);
}

base::Task<std::optional<Rotation::Outcome>> Rotation::hold(
    const RefreshCall& call, Known known, Lease lease
) {
    const auto& id = call.presented.id;
    if (is_replaced(*known.content)) {
        const auto released = co_await store_.release(id, lease.fence);
        static_cast<void>(released);
        co_return Outcome(base::fail(refusal::replaced()));
    }
    if (const auto* answer = reusable(call, *known.content)) {
        auto copy = *answer;
        const auto released = co_await store_.release(id, lease.fence);
        static_cast<void>(released);
        co_return co_await give(call, std::move(known), std::move(copy), lease.asked_at);
    }
    // A process that was stopped for a while holds nothing any more.
    if (clock_.steady() - lease.asked_at > settings_.lease / 2) {
        const auto released = co_await store_.release(id, lease.fence);
        static_cast<void>(released);
        co_return std::nullopt;
    }
    const auto keeper = std::make_shared<LeaseKeeper>();
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::co_spawn(
        executor,
        keep_lease(id, lease.fence, keeper),
        boost::asio::bind_cancellation_slot(keeper->stop.slot(), boost::asio::detached)
    );
    std::optional<RenewalResult> renewal;
    {
        const LeaseGuard guard(*keeper);
        renewal = co_await call.renew(known.content->record, [this, &id, &lease] {
            return holds_lease(id, lease.fence);
        });
    }
    if (!*renewal) co_return co_await fail(call, known, lease, std::move(renewal->error()));
    co_return co_await finish(call, std::move(known), lease, std::move(**renewal));
}

base::Task<bool> Rotation::holds_lease(std::string id, std::uint64_t fence) {
    const auto kept = co_await store_.renew(std::move(id), fence, settings_.lease);
    co_return kept.value_or(false);
}

base::Task<> Rotation::keep_lease(std::string id, std::uint64_t fence, std::shared_ptr<LeaseKeeper> keeper) {
    constexpr int kTimesPerLease = 3;
    for (;;) {
        keeper->waiting = true;
        co_await waiter_.wait_for(settings_.lease / kTimesPerLease);
        keeper->waiting = false;
        if (!keeper->working) co_return;
        const auto kept = co_await store_.renew(id, fence, settings_.lease);
        if (kept && !*kept) co_return;
    }
}

base::Task<std::optional<Rotation::Outcome>> Rotation::finish(
    const RefreshCall& call, Known known, Lease lease, Renewal renewal
) {
    RowContent content{
        .record = std::move(renewal.record),
        .answers = known.content->answers,
        .retired_at = {},
        .newest_key = true,
    };
    if (renewal.answer) session::remember(content.answers, *renewal.answer, clock_.now());
    auto commit = make_commit(keys_, known.row, lease.fence, content, random_);
    auto sealed_as = commit.record.substr(0, crypto::KeyRing::kDistinctSize);
    const auto asked_at = clock_.steady();
    auto written = co_await write(commit);
    bool stored = true;
    if (!written) {
        // The credential is in no store: it goes to the browser, and to the store when that is back.
        log_.error(
            "rotation.not_stored",
            {{"provider", call.provider},
             {"session", call.presented.id},
             {"reason", written.error().describe()}}
        );
        stored = false;
        sealed_as.clear();
        const auto executor = co_await boost::asio::this_coro::executor;
        ++shared_.unwritten;
        boost::asio::co_spawn(
            executor, write_later(std::move(commit), call.presented.id), boost::asio::detached
        );
    } else if (*written == CommitOutcome::ended) {
        // What the provider gave after the sign-out is worth nothing to anybody.
        shared_.memory.forget(call.presented.id);
        const auto discarded = co_await call.discard(content.record);
        static_cast<void>(discarded);
        co_return std::nullopt;
    } else if (*written == CommitOutcome::lost) {
        // Another replica took this one for dead. Whatever it got is what counts.
        log_.warning("rotation.lease_lost", {{"provider", call.provider}, {"session", call.presented.id}});
        co_return std::nullopt;
    }
    auto record = content.record;
    remember(std::make_shared<const RowContent>(std::move(content)), std::move(sealed_as), asked_at);
    // Who joined meanwhile may have come after a sign-out: the store is asked once more, and has the answer.
    if (stored && clock_.steady() - asked_at > kTrust) co_return std::nullopt;
    if (!renewal.answer) co_return Outcome(base::fail(std::move(renewal.answer.error())));
    co_return Outcome(Refreshed{
        .record = std::move(record),
        .answer = std::move(*renewal.answer),
        .stale = false,
        .stored = stored,
        .replayed = false,
    });
}

base::Task<std::optional<Rotation::Outcome>> Rotation::fail(
    const RefreshCall& call, const Known& known, Lease lease, RenewalFailure failure
) {
    if (failure.is_verdict) {
        const auto before = co_await store_.end(known.row, EndReason::verdict, lease.fence);
        // Whoever has the lease now may have heard something else.
        if (before && !*before) co_return std::nullopt;
        shared_.memory.forget(call.presented.id);
        co_return Outcome(base::fail(std::move(failure.error)));
    }
    const auto released = co_await store_.release(call.presented.id, lease.fence);
    static_cast<void>(released);
    if (failure.error.status() == kUnavailable) {
        // That took a while: the user may have signed out, or another replica have got an answer.
        const auto now = co_await store_.find(call.presented.id);
        if (now && *now && ((*now)->ended || (*now)->version != known.row.version)) co_return std::nullopt;
        if (const auto* answer =
                last_good(known.content->answers, call.variant, settings_.replay_window, clock_.now())) {
            co_return Outcome(Refreshed{
                .record = known.content->record,
                .answer = *answer,
                .stale = true,
                .stored = true,
                .replayed = true
            });
        }
    }
    co_return Outcome(base::fail(std::move(failure.error)));
}

base::Task<std::optional<Rotation::Outcome>> Rotation::give(
    const RefreshCall& call, Known known, Answer answer, base::SteadyTime seen_at
) {
    auto record = known.content->record;
    const auto now = clock_.now();
    if (call.lifetime.is_due(record.created_at, record.expires_at, now)) {
        record.expires_at = call.lifetime.end(record.created_at, now);
        const auto extended = co_await store_.extend(record.id, record.expires_at);
        static_cast<void>(extended);  // the next one tries again
        auto moved = *known.content;
        moved.record.expires_at = record.expires_at;
        known.content = std::make_shared<const RowContent>(std::move(moved));
    }
    // What was seen too long ago may have ended since, and some who wait for it may have come after that.
    if (clock_.steady() - seen_at > kTrust) co_return std::nullopt;
    remember(std::move(known.content), std::move(known.known), seen_at);
    co_return Outcome(Refreshed{
        .record = std::move(record),
        .answer = std::move(answer),
        .stale = false,
        .stored = true,
        .replayed = true
    });
}

base::Task<base::Result<CommitOutcome>> Rotation::write(Commit commit) {
    const auto give_up = clock_.steady() + settings_.commit_patience;
    Backoff backoff(milliseconds(20), milliseconds(200), random_);
    for (;;) {
        auto written = co_await store_.commit(commit);
        if (written || clock_.steady() >= give_up) co_return written;
        co_await waiter_.wait_for(backoff.next());
    }
}

base::Task<> Rotation::write_later(Commit commit, std::string id) {
    // As long as nobody else has claimed the session, the answer is worth being written.
    constexpr std::chrono::minutes kLongest{15};
    const auto give_up = clock_.steady() + kLongest;
    Backoff backoff(milliseconds(50), milliseconds(500), random_);
    while (clock_.steady() < give_up) {
        co_await waiter_.wait_for(backoff.next());
        const auto written = co_await store_.commit(commit);
        if (!written) continue;
        if (*written != CommitOutcome::done) shared_.memory.forget(id);
        break;
    }
    --shared_.unwritten;
}

std::shared_ptr<const Refreshed> Rotation::from_here(const RefreshCall& call, const Here& here) const {
    const auto& record = here->content->record;
    const auto& presented = call.presented.record;
    if (presented && presented->generation > record.generation) return nullptr;
    if (call.lifetime.is_due(record.created_at, record.expires_at, clock_.now())) return nullptr;
    const auto* const answer = reusable(call, *here->content);
    if (answer == nullptr) return nullptr;
    return std::make_shared<const Refreshed>(
        Refreshed{.record = record, .answer = *answer, .stale = false, .stored = true, .replayed = true}
    );
}

// A look at the row, which nobody has to wait for and nothing has to be opened for: most pages that load
// again come this way.
base::Task<base::Result<std::shared_ptr<const Refreshed>>> Rotation::confirmed(
    const RefreshCall& call, Here here
) {
    auto known = from_here(call, here);
    if (!known || here->known.empty() || is_replaced(*here->content)) co_return nullptr;
    const auto asked_at = clock_.steady();
    STAGEDOOR_CO_TRY(const auto row, co_await store_.find_again(call.presented.id, here->known));
    const bool holds =
        row && !row->ended && row->record.empty() && row->expires_at == here->content->record.expires_at;
    if (!holds || clock_.steady() - asked_at > kTrust) co_return nullptr;
    here->see_again(asked_at);
    co_return known;
}

Rotation::Outcome Rotation::without_store(const RefreshCall& call, base::Error error) const {
    const auto here = shared_.memory.find(call.presented.id);
    const auto& presented = call.presented.record;
    const bool is_behind = here && presented && presented->generation > here->content->record.generation;
    if (here && !is_behind) {
        if (const auto* answer =
                last_good(here->content->answers, call.variant, settings_.replay_window, clock_.now())) {
            return Refreshed{
                .record = here->content->record,
                .answer = *answer,
                .stale = true,
                .stored = !presented.has_value(),
                .replayed = true,
            };
        }
    }
    if (error.retry_after()) return base::fail(std::move(error));
    return base::fail(std::move(error).retry_in(refusal::kRetryAfter));
}

void Rotation::remember(
    std::shared_ptr<const RowContent> content, std::string known, base::SteadyTime seen_at
) {
    shared_.memory.keep(std::make_shared<const Snapshot>(std::move(content), std::move(known), seen_at));
}

}  // namespace stagedoor::session
