#include "store/postgres_schema.h"

#include "store/errors.h"

#include <fmt/core.h>

#include <array>
#include <cstdlib>

namespace stagedoor::store {

namespace {

// As in sqlite_schema.cpp. Rows leave room for the changes of a renewal on their page, and sealed values
// can't be compressed.
constexpr const char* kFirst = R"(
CREATE TABLE sessions (
    id bytea PRIMARY KEY,
    provider bytea NOT NULL,
    environment bytea NOT NULL,
    subject bytea NOT NULL,
    user_name bytea NOT NULL,
    user_key bytea NOT NULL,
    created_at bigint NOT NULL,
    used_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    version bigint NOT NULL,
    fence bigint NOT NULL DEFAULT 0,
    committed bigint NOT NULL DEFAULT 0,
    taken_over boolean NOT NULL DEFAULT false,
    lease_until bigint,
    ended smallint,
    record bytea NOT NULL,
    answers bytea NOT NULL
) WITH (fillfactor = 70);
ALTER TABLE sessions ALTER COLUMN record SET STORAGE EXTERNAL, ALTER COLUMN answers SET STORAGE EXTERNAL;
CREATE INDEX sessions_expires_at ON sessions (expires_at);
CREATE INDEX sessions_user_key ON sessions (user_key);
CREATE INDEX sessions_subject ON sessions (subject);
CREATE TABLE handovers (
    name bytea PRIMARY KEY,
    sealed bytea NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX handovers_expires_at ON handovers (expires_at);
)";

constexpr std::array kMigrations{kFirst};

// The lock is freed with the transaction; its number is "stagedoor" for this program alone.
constexpr const char* kBegin =
    "BEGIN; SET LOCAL statement_timeout = '60s'; SET LOCAL lock_timeout = '60s'; "
    "SELECT pg_advisory_xact_lock(8315180197893337); "
    "CREATE SCHEMA IF NOT EXISTS stagedoor; "
    "CREATE TABLE IF NOT EXISTS schema_version "
    "(version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())";

base::Task<PostgresResult<void>> apply(
    PostgresConnection& connection, std::span<const char* const> migrations, PostgresConnection::Time deadline
) {
    auto begun = co_await connection.run(kBegin, deadline);
    if (!begun) co_return std::unexpected(std::move(begun.error()));
    auto version = co_await schema_version(connection, deadline);
    if (!version) co_return std::unexpected(std::move(version.error()));
    for (auto next = static_cast<std::size_t>(*version); next < migrations.size(); ++next) {
        auto applied = co_await connection.run(
            fmt::format("{}; INSERT INTO schema_version (version) VALUES ({})", migrations[next], next + 1),
            deadline
        );
        if (!applied) co_return std::unexpected(std::move(applied.error()));
    }
    auto committed = co_await connection.run("COMMIT", deadline);
    if (!committed) co_return std::unexpected(std::move(committed.error()));
    co_return PostgresResult<void>();
}

}  // namespace

std::span<const char* const> postgres_migrations() {
    return kMigrations;
}

base::Task<PostgresResult<int>> schema_version(
    PostgresConnection& connection, PostgresConnection::Time deadline
) {
    PostgresQuery query{.sql = "SELECT coalesce(max(version), 0) FROM schema_version", .values = {}};
    query.prepare = false;
    auto rows = co_await connection.run(query, deadline);
    if (rows) co_return static_cast<int>(rows->number(0, 0));
    // There is no such table, or no such schema.
    const auto& state = rows.error().state;
    if (state == "42P01" || state == "3F000") co_return 0;
    co_return std::unexpected(std::move(rows.error()));
}

base::Task<PostgresResult<void>> migrate(
    PostgresConnection& connection,
    std::span<const char* const> migrations,
    OlderTables older,
    PostgresConnection::Time deadline
) {
    auto version = co_await schema_version(connection, deadline);
    if (!version) co_return std::unexpected(std::move(version.error()));
    const auto newest = static_cast<int>(migrations.size());
    if (auto unusable = judge_version(*version, newest, older)) {
        co_return std::unexpected(PostgresFailure{
            .kind = PostgresFailure::Kind::refused, .state = {}, .error = std::move(*unusable)
        });
    }
    if (*version == newest) co_return PostgresResult<void>();

    auto applied = co_await apply(connection, migrations, deadline);
    if (applied) co_return PostgresResult<void>();
    auto failure = std::move(applied.error());
    if (failure.kind != PostgresFailure::Kind::lost) {
        static_cast<void>(co_await connection.run("ROLLBACK", deadline));
    }
    if (failure.state == "42501") {
        failure.kind = PostgresFailure::Kind::refused;
        failure.error = base::Error(errors::kRefused, "The role of the database may not make the tables")
                            .with_detail(failure.error.detail());
    }
    co_return std::unexpected(std::move(failure));
}

}  // namespace stagedoor::store
