#include "store/sqlite_schema.h"

#include "store/errors.h"

#include <fmt/core.h>

#include <array>

namespace stagedoor::store {

namespace {

// Marks a file as ours (PRAGMA application_id): "SDsn".
constexpr std::int64_t kApplicationId = 0x5344736e;

// Texts are bytes here, since the provider decides what is in some of them; times are milliseconds since
// 1970. user_key is user_name in lower case. `committed` is the fence of the last commit, `lease_until` is
// NULL unless somebody is renewing.
constexpr const char* kFirst = R"(
CREATE TABLE sessions (
    id BLOB PRIMARY KEY,
    provider BLOB NOT NULL,
    environment BLOB NOT NULL,
    subject BLOB NOT NULL,
    user_name BLOB NOT NULL,
    user_key BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0,
    committed INTEGER NOT NULL DEFAULT 0,
    taken_over INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER,
    ended INTEGER,
    record BLOB NOT NULL,
    answers BLOB NOT NULL
) STRICT;
CREATE INDEX sessions_expires_at ON sessions (expires_at);
CREATE INDEX sessions_user_key ON sessions (user_key);
CREATE INDEX sessions_subject ON sessions (subject);
CREATE TABLE handovers (
    name BLOB PRIMARY KEY,
    sealed BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX handovers_expires_at ON handovers (expires_at);
)";

constexpr std::array kMigrations{kFirst};

base::Result<void> require_ours(SqliteConnection& connection) {
    STAGEDOOR_TRY(const auto application, connection.number("PRAGMA application_id"));
    if (application == kApplicationId) return {};
    STAGEDOOR_TRY(const auto tables, connection.number("SELECT count(*) FROM sqlite_schema"));
    if (application == 0 && tables == 0) return {};
    return base::fail(
        errors::kRefused, "the file is a database of another program: name another data folder with --data"
    );
}

base::Result<void> apply(SqliteConnection& connection, std::span<const char* const> migrations) {
    // Another process may have done it while this one waited for the lock.
    STAGEDOOR_TRY(const auto version, schema_version(connection));
    for (auto next = static_cast<std::size_t>(version); next < migrations.size(); ++next) {
        STAGEDOOR_CHECK(connection.execute(migrations[next]));
    }
    const auto done = fmt::format(
        "PRAGMA application_id = {}; PRAGMA user_version = {};", kApplicationId, migrations.size()
    );
    return connection.execute(done.c_str());
}

}  // namespace

std::span<const char* const> sqlite_migrations() {
    return kMigrations;
}

base::Result<int> schema_version(SqliteConnection& connection) {
    STAGEDOOR_TRY(const auto version, connection.number("PRAGMA user_version"));
    return static_cast<int>(version);
}

base::Result<void> migrate(
    SqliteConnection& connection, std::span<const char* const> migrations, OlderTables older
) {
    STAGEDOOR_CHECK(require_ours(connection));
    STAGEDOOR_TRY(const auto version, schema_version(connection));
    const auto newest = static_cast<int>(migrations.size());
    if (auto unusable = judge_version(version, newest, older)) return base::fail(std::move(*unusable));
    if (version == newest) return {};
    STAGEDOOR_CHECK(connection.execute("BEGIN EXCLUSIVE"));
    auto applied = apply(connection, migrations);
    if (applied) applied = connection.execute("COMMIT");
    if (!applied && connection.in_transaction()) static_cast<void>(connection.execute("ROLLBACK"));
    return applied;
}

}  // namespace stagedoor::store
