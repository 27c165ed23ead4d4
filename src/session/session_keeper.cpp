#include "session/session_keeper.h"

#include "session/backoff.h"
#include "session/row.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

namespace stagedoor::session {

using std::chrono::milliseconds;

namespace {

constexpr std::chrono::seconds kRetirePatience{3};
constexpr std::chrono::seconds kRetireLease{5};
constexpr std::chrono::hours kRetiredLife{24};

}  // namespace

SessionKeeper::SessionKeeper(
    Store& store,
    Memory& memory,
    const crypto::KeyRing& keys,
    const base::Clock& clock,
    base::Waiter& waiter,
    base::Random& random,
    base::Log& log
)
    : store_(store),
      memory_(memory),
      keys_(keys),
      clock_(clock),
      waiter_(waiter),
      random_(random),
      log_(log) {}

base::Task<std::optional<SessionRecord>> SessionKeeper::look_up(
    std::string provider, std::string environment, Presented presented
) {
    if (presented.record) co_return std::move(presented.record);
    if (const auto here = memory_.find(presented.id)) co_return here->content->record;
    auto row = co_await store_.find(presented.id);
    if (!row || !*row || (*row)->ended) co_return std::nullopt;
    (*row)->provider = std::move(provider);
    (*row)->environment = std::move(environment);
    auto content = open_row(keys_, **row);
    if (!content) co_return std::nullopt;
    co_return std::move(content->record);
}

base::Task<std::optional<SessionRecord>> SessionKeeper::sign_out(
    std::string provider, std::string environment, Presented presented
) {
    auto newest_record = presented.record;
    if (const auto here = memory_.find(presented.id)) newest_record = here->content->record;
    memory_.note_end(presented.id);
    memory_.forget(presented.id);

    StoredSession session;
    session.id = presented.id;
    session.provider = std::move(provider);
    session.environment = std::move(environment);
    session.created_at = presented.record ? presented.record->created_at : clock_.now();
    session.used_at = clock_.now();
    session.expires_at = presented.expires_at;
    const auto before = co_await store_.end(session, EndReason::sign_out, std::nullopt);
    if (!before) {
        log_.error(
            "logout.not_stored", {{"provider", session.provider}, {"reason", before.error().describe()}}
        );
        const auto executor = co_await boost::asio::this_coro::executor;
        boost::asio::co_spawn(executor, end_later(std::move(session)), boost::asio::detached);
        co_return newest_record;
    }
    memory_.end_is_stored(presented.id);
    if (*before && !(*before)->ended) {
        auto row = **before;
        row.provider = session.provider;
        row.environment = session.environment;
        const auto content = open_row(keys_, row);
        if (content && (!newest_record || content->record.generation >= newest_record->generation)) {
            newest_record = content->record;
        }
    }
    co_return newest_record;
}

base::Task<> SessionKeeper::end_later(StoredSession session) {
    Backoff backoff(milliseconds(100), milliseconds(5000), random_);
    while (session.expires_at > clock_.now()) {
        co_await waiter_.wait_for(backoff.next());
        const auto before = co_await store_.end(session, EndReason::sign_out, std::nullopt);
        if (before) break;
    }
    memory_.end_is_stored(session.id);
}

base::Task<bool> SessionKeeper::begin(std::string provider, std::string environment, SessionRecord record) {
    const auto added =
        co_await store_.find_or_add(make_row(keys_, provider, environment, record, clock_.now(), random_));
    if (added) co_return true;
    log_.warning("session.not_stored", {{"provider", provider}, {"reason", added.error().describe()}});
    co_return false;
}

base::Task<> SessionKeeper::retire(std::string provider, std::string environment, Presented presented) {
    memory_.forget(presented.id);
    const auto give_up = clock_.steady() + kRetirePatience;
    Backoff backoff(milliseconds(20), milliseconds(200), random_);
    auto claim = co_await store_.claim(presented.id, kRetireLease);
    // A refresh that is under way may still set the old cookie: it is waited for.
    while (claim && claim->outcome == Claim::Outcome::busy && clock_.steady() < give_up) {
        co_await waiter_.wait_for(std::min(claim->busy_for, backoff.next()));
        claim = co_await store_.claim(presented.id, kRetireLease);
    }
    if (!claim || claim->outcome != Claim::Outcome::granted) co_return;
    auto& row = claim->session;
    row.provider = std::move(provider);
    row.environment = std::move(environment);
    auto content = open_row(keys_, row);
    if (!content) {
        const auto released = co_await store_.release(presented.id, claim->fence);
        static_cast<void>(released);
        co_return;
    }
    const auto now = clock_.now();
    content->answers.clear();
    content->retired_at = now;
    content->record.expires_at = std::min(content->record.expires_at, now + kRetiredLife);
    const auto written = co_await store_.commit(make_commit(keys_, row, claim->fence, *content, random_));
    static_cast<void>(written);  // it goes with its own end, then
    memory_.forget(presented.id);
}

}  // namespace stagedoor::session
