#include "app/session_commands.h"

#include "app/problems.h"
#include "app/session_stores.h"
#include "config/load.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/chrono.h>
#include <fmt/core.h>

#include <cstdio>
#include <functional>
#include <stdexcept>

namespace stagedoor::app {

namespace {

namespace json = boost::json;

constexpr std::size_t kStep = 500;

// What goes wrong is said by the command itself, in its own words.
class SilentLog final : public base::Log {
 public:
    void
    write(base::LogLevel /*level*/, std::string_view /*event*/, std::span<const base::LogField> /*fields*/)
        override {}
};

// A store for a command that asks and waits.
class Commander {
 public:
    Commander(const config::Config& config, const StoreOptions& options, store::OlderTables older)
        : stores_(config, options.data, older, clock_, log_), store_(stores_.make(loop_.get_executor())) {}

    [[nodiscard]] session::Store& store() { return *store_; }
    [[nodiscard]] base::SystemTime now() const { return clock_.now(); }

    // Throws std::runtime_error if the operation fails.
    template <class T>
    T run(base::Task<base::Result<T>> operation) {
        std::optional<base::Result<T>> result;
        boost::asio::co_spawn(loop_, std::move(operation), [&](const std::exception_ptr&, base::Result<T> value) {
            result.emplace(std::move(value));
        });
        loop_.restart();
        while (!result && loop_.run_one() > 0) {
        }
        if (!result) throw std::runtime_error("the operation never ended");
        if (!*result) throw std::runtime_error(result->error().describe());
        return std::move(**result);
    }

 private:
    base::RealClock clock_;
    SilentLog log_;
    boost::asio::io_context loop_;
    SessionStores stores_;
    std::unique_ptr<session::Store> store_;
};

int with_store(
    const StoreOptions& options, store::OlderTables older, const std::function<void(Commander&)>& command
) {
    const auto loaded = config::load(options.config_files, config::process_environment());
    if (!loaded) {
        print_problems(loaded.error());
        return 1;
    }
    Commander commander(loaded->config, options, older);
    command(commander);
    return 0;
}

session::SessionFilter filter_of(const SessionSelection& selection, base::SystemTime now) {
    session::SessionFilter filter;
    filter.user = selection.user;
    filter.provider = selection.provider;
    if (selection.older_than) filter.created_before = now - *selection.older_than;
    if (selection.idle_for) filter.used_before = now - *selection.idle_for;
    return filter;
}

std::string time_text(base::SystemTime time) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(base::to_unix_seconds(time)));
}

// A provider decides what is in a name; a terminal must not obey it.
std::string printable(const std::string& text) {
    std::string out;
    for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return out;
}

json::object to_json(const session::StoredSession& session) {
    return {
        {"id", printable(session.id)},
        {"provider", printable(session.provider)},
        {"environment", printable(session.environment)},
        {"user", printable(session.user)},
        {"subject", printable(session.subject)},
        {"created_at", time_text(session.created_at)},
        {"used_at", time_text(session.used_at)},
        {"expires_at", time_text(session.expires_at)},
    };
}

void print_row(
    std::string_view provider,
    std::string_view environment,
    std::string_view user,
    std::string_view created,
    std::string_view used,
    std::string_view expires
) {
    fmt::print(
        "{:<12}  {:<12}  {:<32}  {:<20}  {:<20}  {}\n", provider, environment, user, created, used, expires
    );
}

void print_row(const session::StoredSession& session) {
    print_row(
        printable(session.provider),
        printable(session.environment),
        printable(session.user.empty() ? session.subject : session.user),
        time_text(session.created_at),
        time_text(session.used_at),
        time_text(session.expires_at)
    );
}

void print_status(const session::StoreStatus& status, bool as_json) {
    if (as_json) {
        fmt::print(
            "{}\n",
            json::serialize(json::object{
                {"engine", status.engine},
                {"place", status.place},
                {"schema_version", status.schema_version},
                {"sessions", status.sessions},
                {"ended", status.ended},
                {"handovers", status.handovers},
            })
        );
        return;
    }
    fmt::print("Store:     {} {}\n", status.engine, status.place);
    fmt::print("Tables:    version {}\n", status.schema_version);
    fmt::print("Sessions:  {}\n", status.sessions);
    fmt::print("Ended:     {} (remembered until their time is over)\n", status.ended);
    fmt::print("Handovers: {}\n", status.handovers);
}

// All pages, one after the other.
std::size_t for_each_session(
    Commander& commander,
    const session::SessionFilter& filter,
    const std::function<void(const session::StoredSession&)>& visit
) {
    std::size_t count = 0;
    for (std::string after;;) {
        const auto page = commander.run(commander.store().list(filter, after, kStep));
        for (const auto& session : page) visit(session);
        count += page.size();
        if (page.size() < kStep) return count;
        after = page.back().id;
    }
}

}  // namespace

int migrate_store(const StoreOptions& options) {
    return with_store(options, store::OlderTables::migrate, [&](Commander& commander) {
        print_status(commander.run(commander.store().status()), options.as_json);
    });
}

int show_store(const StoreOptions& options) {
    return with_store(options, store::OlderTables::refuse, [&](Commander& commander) {
        print_status(commander.run(commander.store().status()), options.as_json);
    });
}

int list_sessions(const StoreOptions& options, const SessionSelection& selection) {
    return with_store(options, store::OlderTables::refuse, [&](Commander& commander) {
        const auto filter = filter_of(selection, commander.now());
        if (options.as_json) {
            json::array all;
            for_each_session(commander, filter, [&](const auto& session) {
                all.push_back(to_json(session));
            });
            fmt::print("{}\n", json::serialize(all));
            return;
        }
        print_row("PROVIDER", "ENVIRONMENT", "USER", "LOGIN", "LAST USED", "EXPIRES");
        const auto count =
            for_each_session(commander, filter, [](const auto& session) { print_row(session); });
        fmt::print(stderr, "{} sessions\n", count);
    });
}

int revoke_sessions(const StoreOptions& options, const SessionSelection& selection) {
    return with_store(options, store::OlderTables::refuse, [&](Commander& commander) {
        const auto filter = filter_of(selection, commander.now());
        std::size_t count = 0;
        for (std::size_t step = kStep; step == kStep; count += step) {
            step = commander.run(commander.store().revoke(filter, kStep));
        }
        if (options.as_json) {
            fmt::print("{}\n", json::serialize(json::object{{"revoked", count}}));
        } else {
            fmt::print("Revoked {} sessions.\n", count);
        }
    });
}

}  // namespace stagedoor::app
