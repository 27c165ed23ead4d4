#include "store/postgres_schema.h"

#include "store/postgres_fixture.h"

#include <atomic>
#include <thread>

namespace stagedoor::store {
namespace {

// The columns and indexes, as they are.
std::string schema_of(const support::PostgresServer& server, const std::string& database) {
    return server.execute(
        "SELECT string_agg(concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default), "
        "';' "
        "ORDER BY table_name, column_name) FROM information_schema.columns WHERE table_schema = 'stagedoor'; "
        "SELECT string_agg(indexdef, ';' ORDER BY indexdef) FROM pg_indexes WHERE schemaname = 'stagedoor'",
        database
    );
}

base::Task<base::Result<int>> migrate_by_steps(
    base::Executor executor, PostgresTarget target, std::vector<const char*> all, std::size_t from
) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    auto opened = co_await PostgresConnection::open(executor, target, {}, 5s);
    if (!opened) co_return base::fail(std::move(opened.error().error));
    const auto connection = *opened;
    auto set = co_await connection->run("SET search_path TO stagedoor, pg_catalog", deadline);
    if (!set) co_return base::fail(std::move(set.error().error));
    for (const auto count : {from, all.size()}) {
        auto migrated =
            co_await migrate(*connection, std::span(all).first(count), OlderTables::migrate, deadline);
        if (!migrated) co_return base::fail(std::move(migrated.error().error));
    }
    auto version = co_await schema_version(*connection, deadline);
    if (!version) co_return base::fail(std::move(version.error().error));
    co_return *version;
}

TEST_F(PostgresStoreTest, MigratesFromEachVersion) {
    const auto known = postgres_migrations();
    std::vector<const char*> further(known.begin(), known.end());
    further.push_back("ALTER TABLE sessions ADD COLUMN note bytea");
    further.push_back("CREATE INDEX sessions_note ON sessions (note)");
    std::string schema;
    for (std::size_t from = 0; from <= further.size(); ++from) {
        const auto target = postgres_target(settings());
        const auto version = run(migrate_by_steps(loop.get_executor(), *target, further, from));
        ASSERT_TRUE(version) << version.error().describe();
        EXPECT_EQ(*version, static_cast<int>(further.size()));
        if (from == 0) schema = schema_of(server, database);
        EXPECT_EQ(schema_of(server, database), schema);
        database = server.make_database();
    }
}

TEST_F(PostgresStoreTest, AMigrationThatFailsLeavesTheVersionBefore) {
    ASSERT_TRUE(run(store()->reach()));
    const auto schema = schema_of(server, database);
    std::vector<const char*> broken(postgres_migrations().begin(), postgres_migrations().end());
    broken.push_back("CREATE TABLE half (a bytea)");
    broken.push_back("CREATE NONSENSE");
    EXPECT_FALSE(run(migrate_by_steps(loop.get_executor(), *postgres_target(settings()), broken, 1)));
    EXPECT_EQ(schema_of(server, database), schema);
    EXPECT_TRUE(run(store()->find_or_add(session("a"))));
}

TEST_F(PostgresStoreTest, ReplicasThatStartAtOnceMigrateOnce) {
    std::atomic<int> reached = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i) {
        threads.emplace_back([&] {
            boost::asio::io_context own;
            const auto replica = make_store(own.get_executor(), settings(), log);
            auto result = support::run_task(own, replica->reach());
            if (result) {
                ++reached;
            } else {
                fmt::print(stderr, "{}\n", result.error().describe());
            }
        });
    }
    threads.clear();
    EXPECT_EQ(reached, 6);
    EXPECT_EQ(
        server.execute("SELECT count(*) FROM stagedoor.schema_version", database),
        std::to_string(postgres_migrations().size())
    );
}

}  // namespace
}  // namespace stagedoor::store
