// How long a look-up and a renewal (claim and commit) take on a store with few rows and on one with many.
#include "base/clock.h"
#include "base/log.h"
#include "store/postgres_connection.h"
#include "store/postgres_store.h"
#include "store/sqlite_store.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace stagedoor {

namespace {

using namespace std::chrono_literals;

class NoLog final : public base::Log {
 public:
    void write(base::LogLevel, std::string_view, std::span<const base::LogField>) override {}
};

// The same numbers in the same order as fill_statement() makes them: a bijection that scatters neighbours, as
// hashes do.
std::string id_of(std::uint64_t number) {
    return fmt::format("{:08x}", (number * 2654435761U) & 0xffffffffU);
}

// Rows 0 to count - 1 in one statement, each with a record of 500 octets that no compression makes smaller.
std::string fill_statement(bool postgres, std::int64_t count, std::int64_t expires_at) {
    const std::string columns =
        "INSERT INTO sessions (id, provider, environment, subject, user_name, user_key, created_at, used_at, "
        "expires_at, version, record, answers) ";
    if (postgres) {
        return fmt::format(
            "{}SELECT lpad(to_hex((x * 2654435761) % 4294967296), 8, '0')::bytea, 'google', 'production', "
            "x::text::bytea, (x || '@example.com')::bytea, (x || '@example.com')::bytea, 0, 0, {}, 0, "
            "decode(left(repeat(md5(x::text), 32), 1000), 'hex'), '' FROM generate_series(0, {}) AS s(x); "
            "ANALYZE",
            columns,
            expires_at,
            count - 1
        );
    }
    return fmt::format(
        "BEGIN; {}SELECT CAST(printf('%08x', (value * 2654435761) % 4294967296) AS BLOB), x'67', x'70', "
        "CAST(value AS BLOB), CAST(value || '@example.com' AS BLOB), CAST(value || '@example.com' AS BLOB), "
        "0, 0, {}, "
        "0, randomblob(500), x'' FROM (WITH RECURSIVE n(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM "
        "n "
        "WHERE value < {}) SELECT value FROM n); UPDATE sessions SET answers = randomblob(500); COMMIT",
        columns,
        expires_at,
        count - 1
    );
}

// Runs the loop until the operation has its result. Throws if it failed.
template <class T>
T run(boost::asio::io_context& loop, base::Task<base::Result<T>> operation) {
    std::optional<base::Result<T>> result;
    boost::asio::co_spawn(loop, std::move(operation), [&](std::exception_ptr, base::Result<T> value) {
        result.emplace(std::move(value));
    });
    loop.restart();
    while (!result && loop.run_one() > 0) {
    }
    if (!*result) throw std::runtime_error(result->error().describe());
    if constexpr (!std::is_void_v<T>) return std::move(**result);
}

base::Task<base::Result<void>> execute(
    base::Executor executor, store::PostgresTarget target, std::string sql
) {
    auto opened = co_await store::PostgresConnection::open(executor, target, {}, 5s);
    if (!opened) co_return base::fail(std::move(opened.error().error));
    auto done = co_await (*opened)->run(
        "SET search_path TO stagedoor, pg_catalog; " + sql, std::chrono::steady_clock::now() + 600s
    );
    if (!done) co_return base::fail(std::move(done.error().error));
    co_return base::Result<void>();
}

struct Subject {
    std::unique_ptr<session::Store> store;
    std::uint64_t rows;
    std::vector<double> find;  // microseconds for one, a figure for each round
    std::vector<double> renew;
};

class Bench {
 public:
    Subject sqlite(const std::string& file, std::uint64_t rows) {
        store::SqliteSettings settings;
        settings.file = file;
        auto engine = store::SqliteEngine::open(settings, clock_, log_);
        if (!engine) throw std::runtime_error(engine.error().describe());
        auto connection = store::SqliteConnection::open(file, 5s);
        const auto sql = fill_statement(false, static_cast<std::int64_t>(rows), end());
        if (auto filled = connection->execute(sql.c_str()); !filled) {
            throw std::runtime_error(filled.error().describe());
        }
        return {
            .store = std::make_unique<store::SqliteStore>(loop_.get_executor(), *engine),
            .rows = rows,
            .find = {},
            .renew = {}
        };
    }
    Subject postgres(const std::string& url, std::uint64_t rows) {
        store::PostgresSettings settings;
        settings.connection_string = base::Secret(url);
        auto target = store::postgres_target(settings);
        if (!target) throw std::runtime_error(target.error().describe());
        auto store = std::make_unique<store::PostgresStore>(loop_.get_executor(), settings, *target, log_);
        run(loop_, store->reach());
        run(loop_,
            execute(
                loop_.get_executor(), *target, fill_statement(true, static_cast<std::int64_t>(rows), end())
            ));
        return {.store = std::move(store), .rows = rows, .find = {}, .renew = {}};
    }
    void measure(Subject& subject, int times) {
        subject.find.push_back(timed(times, [&] {
            if (!run(loop_, subject.store->find(some_id(subject))))
                throw std::runtime_error("a row is missing");
        }));
        subject.renew.push_back(timed(times, [&] {
            auto claim = run(loop_, subject.store->claim(some_id(subject), 30s));
            if (claim.outcome != session::Claim::Outcome::granted) throw std::runtime_error("not granted");
            session::Commit commit;
            commit.id = claim.session.id;
            commit.fence = claim.fence;
            commit.subject = std::move(claim.session.subject);
            commit.user = std::move(claim.session.user);
            commit.expires_at = clock_.now() + 24h;
            commit.record = std::move(claim.session.record);
            commit.answers = std::move(claim.session.answers);
            run(loop_, subject.store->commit(std::move(commit)));
        }));
    }

 private:
    template <class Operation>
    static double timed(int times, Operation operation) {
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < times; ++i) operation();
        const std::chrono::duration<double, std::micro> time = std::chrono::steady_clock::now() - start;
        return time.count() / times;
    }
    std::string some_id(const Subject& subject) { return id_of(random_() % subject.rows); }
    [[nodiscard]] std::int64_t end() const { return (clock_.now() + 24h).time_since_epoch().count(); }

    base::RealClock clock_;
    NoLog log_;
    boost::asio::io_context loop_;
    std::mt19937_64 random_{1};
};

// That of the round that the neighbours disturbed least.
double best(const std::vector<double>& values) {
    return *std::ranges::min_element(values);
}

int run_bench(const std::vector<std::string>& arguments) {
    // Enough that SQLite writes its log back in each round.
    constexpr int kTimes = 500;
    const bool postgres = arguments[1] == "postgres";
    const auto many = std::stoull(arguments[4]);
    const int rounds = std::stoi(arguments[5]);
    Bench bench;
    const auto make = [&](const std::string& place, std::uint64_t rows) {
        return postgres ? bench.postgres(place, rows) : bench.sqlite(place, rows);
    };
    std::array subjects{make(arguments[2], 1000), make(arguments[3], many)};
    // The first round only warms up.
    for (int round = 0; round <= rounds; ++round) {
        for (auto& subject : subjects) bench.measure(subject, kTimes);
        if (round > 0) continue;
        for (auto& subject : subjects) subject.find.clear(), subject.renew.clear();
    }
    for (const auto& subject : subjects)
        fmt::print("{:.1f} {:.1f} ", best(subject.find), best(subject.renew));
    fmt::print("\n");
    return 0;
}

}  // namespace

}  // namespace stagedoor

// usage: stores sqlite|postgres SMALL LARGE ROWS ROUNDS: two files or two URLs of databases, both new. Prints
// the microseconds of a look-up and of a renewal with 1000 rows, and of both with ROWS.
int main(int argc, char** argv) {
    if (argc != 6) return 2;
    try {
        return stagedoor::run_bench({argv, argv + argc});
    } catch (const std::exception& error) {
        fmt::print(stderr, "stores: {}\n", error.what());
        return 1;
    }
}
