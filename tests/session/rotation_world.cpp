#include "session/rotation_world.h"

#include <boost/asio/detached.hpp>

#include <algorithm>

namespace stagedoor::session::model {

namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kTokenLife{60};
const std::string kProvider = "p";
const std::string kEnvironment = "production";

const crypto::KeyRing& shared_keys() {
    static const std::array secrets{base::Secret("a secret that is long enough for this")};
    static const crypto::KeyRing keys(secrets);
    return keys;
}

// Access tokens are numbered like the refresh tokens that they come with: "access-t7".
int number_of(const Answer& answer) {
    return std::stoi(answer.access_token.reveal().substr(std::string_view("access-t").size()));
}

const base::ErrorKind kInvalidGrant{"model.invalid_grant", 401, "AuthenticationError"};
const base::ErrorKind kDown{"model.down", 503, "ServiceUnavailableError"};

}  // namespace

class World::Waiter final : public base::Waiter {
 public:
    explicit Waiter(World& world) : world_(world) {}
    [[nodiscard]] base::Task<> wait_for(milliseconds time) override { return world_.stop_here("wait", time); }

 private:
    World& world_;
};

struct World::Replica {
    explicit Replica(World& world)
        : waiter(world),
          keeper(world.store_, shared.memory, world.keys_, world.clock_, waiter, world.random_, world.log_),
          rotation({}, world.store_, shared, world.keys_, world.clock_, waiter, world.random_, world.log_) {}

    Waiter waiter;
    RotationShared shared;
    SessionKeeper keeper;
    Rotation rotation;
    // What the provider did for this replica, and the store does not know yet.
    std::set<std::string> open_calls;
    bool stalled = false;
    // The last member: what runs on it refers to the others.
    boost::asio::io_context loop{1};
};

World::World(std::uint64_t seed, Odds odds)
    : odds_(odds), engine_(seed), random_(static_cast<unsigned>(seed)), keys_(shared_keys()) {
    store_.set_pause([this] { return stop_here("store", milliseconds(0)); });
    for (int i = 0; i < 3; ++i) replicas_.push_back(std::make_unique<Replica>(*this));
    jar_.id = "session";
    jar_.credential = base::Secret("t0");
    jar_.generation = 1;
    jar_.created_at = clock_.now();
    jar_.expires_at = clock_.now() + std::chrono::days(30);
    tokens_["t0"] = {};
}

World::~World() {
    for (auto& replica : replicas_) replica.reset();
}

base::Task<> World::stop_here(const char* what, milliseconds time) {
    const auto executor = co_await boost::asio::this_coro::executor;
    auto timer = std::make_shared<base::Timer>(executor, base::SteadyTime::max());
    const auto found = std::ranges::find_if(replicas_, [&](const auto& replica) {
        return replica && &replica->loop == &executor.context();
    });
    steps_.push_back({found->get(), timer, clock_.steady() + time, what});
    const auto [chosen] = co_await timer->async_wait(base::kAwait);
    static_cast<void>(chosen);
}

base::Task<RenewalResult> World::call_provider(
    SessionRecord record, HoldsLease holds_lease, Replica* replica
) {
    const auto token = record.credential.reveal();
    replica->open_calls.insert(token);
    co_await stop_here("provider is asked", milliseconds(0));
    // It is tried again, as flow/renewal.cpp does.
    for (int attempt = 1; !calm_ && happens(odds_.provider_fault); ++attempt) {
        replica->open_calls.erase(token);
        constexpr int kAttempts = 3;
        if (attempt < kAttempts) {
            co_await stop_here("wait", milliseconds(200));
            replica->open_calls.insert(token);
            const bool is_held = co_await holds_lease();
            if (is_held) continue;
            replica->open_calls.erase(token);
        }
        co_return std::unexpected(RenewalFailure{.error = base::Error(kDown, "down"), .is_verdict = false});
    }
    auto result = rotate(std::move(record));
    co_await stop_here("provider answers", milliseconds(0));
    if (result && !calm_ && happens(odds_.provider_lost)) {
        excused_ = true;
        co_return std::unexpected(RenewalFailure{.error = base::Error(kDown, "lost"), .is_verdict = false});
    }
    if (!result) replica->open_calls.erase(token);
    co_return result;
}

RenewalResult World::rotate(SessionRecord record) {
    ++calls_;
    auto& token = tokens_.at(record.credential.reveal());
    const bool forgiven =
        odds_.reuse == Reuse::is_forgiven_for_the_last && token.used && !tokens_.at(token.successor).used;
    if (token.used && !forgiven) {
        ++reuses_;
        // Not thrown here: whoever called must not take it for an answer.
        if (!excused_) violation_ = "a refresh token was used twice: " + record.credential.reveal();
        family_alive_ = false;
    }
    if (!family_alive_) {
        return std::unexpected(
            RenewalFailure{.error = base::Error(kInvalidGrant, "invalid_grant"), .is_verdict = true}
        );
    }
    const auto name = "t" + std::to_string(++next_token_);
    token.used = true;
    token.successor = name;
    tokens_[name] = {.parent = record.credential.reveal(), .used = false, .successor = {}};
    record.credential = base::Secret(name);
    ++record.generation;
    Answer answer{
        .variant = "",
        .access_token = base::Secret("access-" + name),
        .id_token = {},
        .made_at = clock_.now(),
        .expires_at = clock_.now() + kTokenLife,
        .complete_until = clock_.now() + kTokenLife,
        .scope = "",
    };
    return Renewal{.record = std::move(record), .answer = std::move(answer)};
}

void World::start_request(Replica& replica) {
    auto request = std::make_shared<Request>();
    request->generation = jar_.generation;
    request->seen = seen_;
    request->after_sign_out = signed_out_;
    requests_.push_back(request);
    auto* const at = &replica;
    RefreshCall call{
        .provider = kProvider,
        .environment = kEnvironment,
        .presented = {.id = jar_.id, .record = jar_, .expires_at = jar_.expires_at},
        .variant = "",
        .lifetime = {.duration = std::chrono::days(30), .idle = {}, .absolute = {}},
        .renew = [this, at](
                     SessionRecord record, HoldsLease holds_lease
                 ) { return call_provider(std::move(record), std::move(holds_lease), at); },
        .discard = [](const SessionRecord&) -> base::Task<base::Result<void>> {
            co_return base::Result<void>();
        },
    };
    boost::asio::co_spawn(
        replica.loop,
        replica.rotation.refresh(std::move(call)),
        [request](const std::exception_ptr& thrown, base::Result<std::shared_ptr<const Refreshed>> answer) {
            if (thrown) std::rethrow_exception(thrown);
            request->answer.emplace(std::move(answer));
        }
    );
    replica.loop.restart();
    replica.loop.poll();
}

void World::sign_out(Replica& replica) {
    boost::asio::co_spawn(
        replica.loop,
        replica.keeper.sign_out(
            kProvider, kEnvironment, {.id = jar_.id, .record = jar_, .expires_at = jar_.expires_at}
        ),
        [this](const std::exception_ptr&, const std::optional<SessionRecord>&) {
            // As far as its other replicas have to know it.
            clock_.advance(std::chrono::seconds(1));
            signed_out_ = true;
        }
    );
    replica.loop.restart();
    replica.loop.poll();
}

void World::deliver(std::size_t index) {
    const auto request = requests_[index];
    requests_.erase(requests_.begin() + static_cast<std::ptrdiff_t>(index));
    if (!calm_ && happens(odds_.lost_answer)) return;
    const auto& answer = *request->answer;
    if (!answer) {
        const bool is_over = answer.error().status() == 401;
        if (is_over && family_alive_ && !signed_out_ && !answer.error().is(errors::kSessionSignedOut)) {
            throw Violation("signed out without a verdict: " + answer.error().describe());
        }
        return;
    }
    if (request->after_sign_out) throw Violation("an answer after the sign-out");
    const auto& refreshed = **answer;
    if (refreshed.record.generation < request->generation) {
        throw Violation("an older session than the cookie's");
    }
    const auto number = number_of(refreshed.answer);
    if (number < request->seen) throw Violation("an answer older than the one before");
    seen_ = std::max(seen_, number);
    // The browser takes what comes last, be it older than what it has.
    jar_ = refreshed.record;
}

void World::excuse_what_is_open(const Replica& replica) {
    if (!replica.open_calls.empty()) excused_ = true;
}

void World::stall_or_crash(bool crash) {
    const auto index = pick(replicas_.size());
    auto& replica = replicas_[index];
    excuse_what_is_open(*replica);
    if (!crash) {
        replica->stalled = true;
        return;
    }
    std::erase_if(steps_, [&](const Step& step) { return step.replica == replica.get(); });
    replica = std::make_unique<Replica>(*this);
    std::erase_if(requests_, [](const auto& request) {
        return request.use_count() == 1 && !request->answer;
    });
}

void World::resume_all() {
    for (auto& replica : replicas_) replica->stalled = false;
}

void World::go_on(std::size_t index) {
    const auto step = steps_[index];
    constexpr int kLongest = 20'000;
    trace_.push_back(step.what);
    if (trace_.size() > kLongest) throw Violation("it never ends");
    steps_.erase(steps_.begin() + static_cast<std::ptrdiff_t>(index));
    const auto timer = step.timer.lock();
    if (!timer) return;
    if (step.not_before > clock_.steady()) {
        clock_.advance(std::chrono::ceil<milliseconds>(step.not_before - clock_.steady()));
    }
    const bool is_store = std::string_view(step.what) == "store";
    if (is_store && !calm_ && happens(odds_.store_fault)) {
        store_.fail(happens(500) ? support::MemoryStore::Fault::before : support::MemoryStore::Fault::after);
    }
    timer->cancel();
    step.replica->loop.restart();
    step.replica->loop.poll();
    store_.fail(support::MemoryStore::Fault::none);
    if (!violation_.empty()) throw Violation(violation_);
    check_row();
}

bool World::choose() {
    std::erase_if(steps_, [](const Step& step) { return step.timer.expired(); });
    std::vector<std::size_t> ready;
    std::optional<std::size_t> next;  // the wait that ends first
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        if (steps_[i].replica->stalled) continue;
        if (steps_[i].not_before <= clock_.steady()) {
            ready.push_back(i);
        } else if (!next || steps_[i].not_before < steps_[*next].not_before) {
            next = i;
        }
    }
    // Time passes when nobody has anything else to do: who is slower than a lease is called stalled here.
    if (!ready.empty()) {
        go_on(ready[pick(ready.size())]);
        return true;
    }
    if (next) {
        go_on(*next);
        return true;
    }
    return false;
}

void World::check_row() {
    const auto* const row = store_.row("session");
    if (row == nullptr || row->ended || row->version == row_version_) return;
    const auto content = open_row(keys_, *row);
    if (!content) throw Violation("a row that can't be opened");
    if (content->record.generation < row_generation_)
        throw Violation("an older record took the place of a newer");
    row_version_ = row->version;
    row_generation_ = content->record.generation;
    accept(content->record.credential.reveal());
}

void World::accept(const std::string& token) {
    for (auto& replica : replicas_) replica->open_calls.erase(tokens_.at(token).parent);
    for (auto child = token; !tokens_.at(child).parent.empty(); child = tokens_.at(child).parent) {
        auto& known = accepted_child_[tokens_.at(child).parent];
        if (!known.empty() && known != child && !excused_) {
            throw Violation("two successors of one token were accepted");
        }
        known = child;
    }
}

void World::finish_all() {
    while (choose()) {
    }
    for (std::size_t i = requests_.size(); i-- > 0;) {
        if (requests_[i]->answer) deliver(i);
    }
}

void World::run() {
    for (int left = odds_.requests; left > 0 || !steps_.empty();) {
        const auto dice = pick(1000);
        if (dice < odds_.crash) {
            stall_or_crash(true);
        } else if (dice < odds_.crash + odds_.stall) {
            stall_or_crash(false);
        } else if (dice < odds_.crash + odds_.stall + 10) {
            resume_all();
        } else if (dice < odds_.crash + odds_.stall + 10 + odds_.sign_out) {
            if (auto& replica = *replicas_[pick(3)]; !replica.stalled) sign_out(replica);
        } else if (left > 0 && happens(150)) {
            auto& replica = *replicas_[pick(3)];
            // The token of some requests has to be renewed, that of others not.
            if (steps_.empty() && happens(500)) clock_.advance(kTokenLife);
            if (!replica.stalled) {
                start_request(replica);
                --left;
            }
        } else if (const auto answered = std::ranges::find_if(
                       requests_, [](const auto& request) { return request->answer.has_value(); }
                   );
                   answered != requests_.end() && happens(300)) {
            deliver(static_cast<std::size_t>(answered - requests_.begin()));
        } else if (!choose()) {
            resume_all();
            if (left == 0) break;
        }
    }
    resume_all();
    calm_ = true;
    finish_all();
    // With whatever cookie the browser has now.
    clock_.advance(kTokenLife + std::chrono::seconds(20));
    const bool was_alive = family_alive_ && !signed_out_;
    auto& replica = *replicas_[pick(3)];
    start_request(replica);
    const auto last = requests_.back();
    while (!last->answer && choose()) {
    }
    if (!last->answer) throw Violation("a request without an answer");
    if (!was_alive || signed_out_ || store_.row("session") == nullptr || store_.row("session")->ended) return;
    if (!*last->answer && family_alive_) {
        throw Violation("the session is lost: " + last->answer->error().describe());
    }
}

}  // namespace stagedoor::session::model
