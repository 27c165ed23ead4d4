// The window that nobody can close: the time between the provider's answer, which has spent the old refresh
// token, and the moment in which the new one is in the store. Runs the rotation on a real store with a
// provider that answers at once, and prints for each number of sessions renewed at a time the 50th and the
// 99th percentile in milliseconds.
#include "base/clock.h"
#include "base/log.h"
#include "base/waiter.h"
#include "crypto/system_random.h"
#include "session/rotation.h"
#include "session/session_id.h"
#include "store/postgres_store.h"
#include "store/sqlite_store.h"
#include "support/arguments.h"
#include "support/main.h"
#include "support/percentile.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/core.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace stagedoor::bench {

namespace {

class NoLog final : public base::Log {
 public:
    void write(base::LogLevel, std::string_view, std::span<const base::LogField>) override {}
};

std::unique_ptr<session::Store> open_store(
    const std::string& kind,
    const std::string& place,
    const base::Executor& executor,
    const base::Clock& clock,
    base::Log& log
) {
    if (kind == "sqlite") {
        store::SqliteSettings settings;
        settings.file = place;
        auto engine = store::SqliteEngine::open(settings, clock, log);
        if (!engine) throw std::runtime_error(engine.error().describe());
        return std::make_unique<store::SqliteStore>(executor, *engine);
    }
    if (kind != "postgres") throw std::invalid_argument("there is no store " + kind);
    store::PostgresSettings settings;
    settings.connection_string = base::Secret(place);
    auto target = store::postgres_target(settings);
    if (!target) throw std::runtime_error(target.error().describe());
    return std::make_unique<store::PostgresStore>(executor, settings, *target, log);
}

class Bench {
 public:
    Bench(const std::string& kind, const std::string& place)
        : store_(open_store(kind, place, loop_.get_executor(), clock_, log_)),
          rotation_({}, *store_, shared_, keys_, clock_, waiter_, random_, log_) {}

    // Each of `sessions` is renewed `times` times, one renewal after the other. The times of all of them.
    std::vector<double> measure(std::size_t sessions, std::size_t times) {
        milliseconds_.clear();
        std::exception_ptr failure;
        for (std::size_t i = 0; i < sessions; ++i) {
            boost::asio::co_spawn(
                loop_,
                renew_again_and_again(times),
                [&](const std::exception_ptr& exception) {
                    if (exception) failure = exception;
                }
            );
        }
        loop_.restart();
        loop_.run();
        if (failure) std::rethrow_exception(failure);
        return milliseconds_;
    }

 private:
    // Not the first time of each, which is its row's as well.
    base::Task<> renew_again_and_again(std::size_t times) {
        auto record = new_session();
        for (std::size_t i = 0; i <= times; ++i) {
            base::SteadyTime answered_at;
            const auto refreshed = co_await rotation_.refresh({
                .provider = "oauth2",
                .environment = "production",
                .presented = {.id = record.id, .record = record, .expires_at = record.expires_at},
                .variant = {},
                .lifetime = {},
                .renew =
                    [this,
                     &answered_at](session::SessionRecord spent, const session::HoldsLease& /*holds_lease*/) {
                        return answer(std::move(spent), answered_at);
                    },
                .discard = nullptr,
            });
            const std::chrono::duration<double, std::milli> window = clock_.steady() - answered_at;
            if (!refreshed) throw std::runtime_error(refreshed.error().describe());
            if (!(*refreshed)->stored || (*refreshed)->replayed) throw std::runtime_error("not renewed");
            if (i > 0) milliseconds_.push_back(window.count());
            record = (*refreshed)->record;
        }
    }

    // The provider: rotates the refresh token, and says nothing of the lifetime, so that no answer is given
    // again.
    base::Task<session::RenewalResult> answer(session::SessionRecord spent, base::SteadyTime& answered_at) {
        spent.credential = base::Secret(session::make_session_id(random_));
        ++spent.generation;
        session::Answer answer{
            .variant = {},
            .access_token = base::Secret(std::string(kAccessTokenBytes, 'a')),
            .id_token = std::nullopt,
            .made_at = clock_.now(),
            .expires_at = {},
            .complete_until = {},
            .scope = "openid",
        };
        answered_at = clock_.steady();
        co_return session::Renewal{.record = std::move(spent), .answer = std::move(answer)};
    }

    session::SessionRecord new_session() {
        session::SessionRecord record;
        record.id = session::make_session_id(random_);
        record.credential = base::Secret(session::make_session_id(random_));
        record.granted_scope = "openid";
        record.generation = 1;
        record.created_at = std::chrono::floor<std::chrono::seconds>(clock_.now());
        record.expires_at = record.created_at + std::chrono::days(1);
        return record;
    }

    static constexpr std::size_t kAccessTokenBytes = 900;

    base::RealClock clock_;
    NoLog log_;
    crypto::SystemRandom random_;
    const std::array<base::Secret, 1> secrets_{base::Secret("a secret that protects nothing")};
    const crypto::KeyRing keys_{secrets_};
    boost::asio::io_context loop_{1};
    base::TimerWaiter waiter_{loop_.get_executor()};
    std::unique_ptr<session::Store> store_;
    session::RotationShared shared_;
    session::Rotation rotation_;
    std::vector<double> milliseconds_;
};

int run(int argc, char** argv) {
    if (argc < 5) throw std::invalid_argument("usage: window sqlite|postgres PLACE RENEWALS SESSIONS...");
    Bench bench(argv[1], argv[2]);
    const auto renewals = parse_number<std::uint32_t>(argv[3]);
    for (int i = 4; i < argc; ++i) {
        const auto sessions = parse_number<std::uint32_t>(argv[i]);
        const auto taken = bench.measure(sessions, renewals / sessions);
        fmt::print("{} {:.3f} {:.3f}\n", sessions, percentile(taken, 0.5), percentile(taken, 0.99));
    }
    return 0;
}

}  // namespace

}  // namespace stagedoor::bench

int main(int argc, char** argv) {
    return stagedoor::bench::run_program("window", stagedoor::bench::run, argc, argv);
}
