// What only a store in a database can meet: servers that go and come back, roles, certificates, failovers.
#include "store/postgres_store.h"

#include "store/engines.h"
#include "store/postgres_fixture.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <array>

namespace stagedoor::store {

namespace {

class PostgresReplicas final : public Engine {
 public:
    explicit PostgresReplicas(boost::asio::io_context& loop)
        : database_(support::postgres_server().make_database()) {
        PostgresSettings settings;
        settings.connection_string = base::Secret(support::postgres_server().url(database_));
        for (auto& store : stores_) store = make_store(loop.get_executor(), settings, log_);
    }
    session::Store& replica(int number) override { return *stores_[static_cast<std::size_t>(number)]; }
    [[nodiscard]] base::SystemTime now() const override { return base::RealClock().now(); }
    // Nobody can move the clock of a database; that all its times lie further back is the same to it.
    void advance(std::chrono::milliseconds time) override {
        support::postgres_server().execute(
            fmt::format(
                "UPDATE stagedoor.sessions SET created_at = created_at - {0}, used_at = used_at - {0}, "
                "expires_at = expires_at - {0}, lease_until = lease_until - {0}; "
                "UPDATE stagedoor.handovers SET expires_at = expires_at - {0}",
                time.count()
            ),
            database_
        );
    }

 private:
    std::string database_;
    support::CapturingLog log_;
    std::array<std::unique_ptr<PostgresStore>, 2> stores_;
};

TEST_F(PostgresStoreTest, KeepsItsTablesInASchemaOfTheirOwn) {
    ASSERT_TRUE(run(store()->find_or_add(session("a"))));
    EXPECT_EQ(
        server.execute(
            "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = "
            "'stagedoor'",
            database
        ),
        "handovers schema_version sessions"
    );
    EXPECT_EQ(server.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database), "0");
}

TEST_F(PostgresStoreTest, AWrongPasswordIsSaidAtOnce) {
    auto wrong = settings();
    set(wrong, "password", "THE-WRONG-ONE");
    const auto error = reach(wrong);
    EXPECT_EQ(error.code(), "store.unavailable");
    EXPECT_TRUE(error.is(errors::kRefused));
    EXPECT_NE(error.describe().find("password authentication failed"), std::string::npos) << error.describe();
    EXPECT_EQ((error.describe() + log.text()).find("THE-WRONG-ONE"), std::string::npos);
}

TEST_F(PostgresStoreTest, ARoleWithoutRightsIsSaidAtOnce) {
    const auto error = reach(settings("poor"));
    EXPECT_TRUE(error.is(errors::kRefused)) << error.describe();
    EXPECT_NE(error.describe().find("permission denied"), std::string::npos) << error.describe();
}

TEST_F(PostgresStoreTest, ATableMakerIsNotNeededOnceTheTablesAreThere) {
    ASSERT_TRUE(run(store()->reach()));
    server.execute(
        "GRANT USAGE ON SCHEMA stagedoor TO poor; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN "
        "SCHEMA "
        "stagedoor TO poor",
        database
    );
    EXPECT_TRUE(run(store(settings("poor"))->find_or_add(session("a"))));
}

TEST_F(PostgresStoreTest, AMissingDatabaseIsMade) {
    database = "stagedoor \"of\" the test";
    auto made = settings();
    made.connection_string = base::Secret(server.url("ignored"));
    set(made, "dbname", database);
    ASSERT_TRUE(run(store(made)->reach()));
    EXPECT_EQ(server.execute("SELECT count(*) FROM stagedoor.sessions", database), "0");
}

TEST_F(PostgresStoreTest, AMissingDatabaseIsNotMadeWhereThatIsNotWantedOrAllowed) {
    database = "missing";
    auto unwanted = settings();
    unwanted.create_database = false;
    EXPECT_TRUE(reach(unwanted).is(errors::kRefused));
    const auto error = reach(settings("poor"));
    EXPECT_TRUE(error.is(errors::kRefused)) << error.describe();
    EXPECT_NE(error.describe().find("permission denied to create database"), std::string::npos)
        << error.describe();
}

TEST_F(PostgresStoreTest, ChecksTheCertificateOfTheServer) {
    const support::TemporaryFile authority(server.certificate_authority());
    auto verified = settings("tls_only");
    set(verified, "sslmode", "verify-full");
    set(verified, "sslrootcert", authority.path());
    const auto open = store(verified);
    const auto reached = run(open->reach());
    EXPECT_TRUE(reached) << reached.error().describe();
    EXPECT_EQ(server.execute("SELECT count(*) > 0 FROM pg_stat_ssl WHERE ssl", database), "t");

    auto without = settings("tls_only");
    set(without, "sslmode", "disable");
    EXPECT_TRUE(reach(without).is(errors::kRefused));

    const support::TemporaryFile other(support::TestAuthority("another").certificate());
    auto stranger = verified;
    set(stranger, "sslrootcert", other.path());
    EXPECT_TRUE(reach(stranger).is(errors::kRefused));

    auto misnamed = verified;
    set(misnamed, "host", "127.0.0.1");
    const auto error = reach(misnamed);
    EXPECT_TRUE(error.is(errors::kRefused));
    EXPECT_NE(error.describe().find("does not match host name"), std::string::npos) << error.describe();
}

TEST_F(PostgresStoreTest, AStringThatIsNoConnectionStringIsRefusedWithoutQuotingIt) {
    PostgresSettings wrong;
    wrong.connection_string = base::Secret("postgresql://app:THE-SECRET@[::1");
    const auto target = postgres_target(wrong);
    ASSERT_FALSE(target);
    EXPECT_EQ(target.error().describe().find("THE-SECRET"), std::string::npos);
}

TEST_F(PostgresStoreTest, ReadsHostsAndPorts) {
    PostgresSettings settings;
    settings.connection_string = base::Secret("postgresql://a:b@one:1,two:2/db?sslmode=no-verify");
    auto target = postgres_target(settings);
    ASSERT_TRUE(target);
    EXPECT_EQ(target->place(), "one:1,two:2/db");
    EXPECT_EQ(target->parameters.at("sslmode").reveal(), "require");
    EXPECT_EQ(target->parameters.at("target_session_attrs").reveal(), "read-write");
    set(settings, "host", "three");
    set(settings, "port", "3");
    set(settings, "dbname", "other");
    target = postgres_target(settings);
    ASSERT_TRUE(target);
    EXPECT_EQ(target->place(), "three:3/other");
}

TEST_F(PostgresStoreTest, TakesTheFirstHostThatAnswers) {
    auto several = settings();
    set(several, "host", "localhost,localhost");
    set(several, "port", fmt::format("1,{}", server.port()));
    EXPECT_TRUE(run(store(several)->reach()));
}

TEST_F(PostgresStoreTest, ANewerSchemaIsRefused) {
    ASSERT_TRUE(run(store()->reach()));
    server.execute("INSERT INTO stagedoor.schema_version (version) VALUES (99)", database);
    const auto error = reach(settings());
    EXPECT_TRUE(error.is(errors::kSchemaNewer));
    EXPECT_NE(error.describe().find("version 99"), std::string::npos);
}

TEST_F(PostgresStoreTest, MoreCallersThanConnectionsTakeTurns) {
    auto two = settings();
    two.connections = 2;
    const auto open = store(two);
    int added = 0;
    for (int i = 0; i < 40; ++i) {
        boost::asio::co_spawn(
            loop,
            open->find_or_add(session(std::to_string(i))),
            [&](std::exception_ptr, base::Result<session::StoredSession> result) {
                added += result ? 1 : 100;
            }
        );
    }
    loop.restart();
    while (added < 40 && loop.run_one() > 0) {
    }
    EXPECT_EQ(added, 40);
    EXPECT_EQ(
        server.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + database +
            "' AND application_name = 'stagedoor'"
        ),
        "2"
    );
}

TEST_F(PostgresStoreTest, GivesUpWaitingForARowThatSomebodyHasLocked) {
    auto impatient = settings();
    impatient.statement_timeout = 200ms;
    const auto open = store(impatient);
    ASSERT_TRUE(run(open->find_or_add(session("a"))));
    support::ChildProcess locker(
        {"/usr/bin/psql",
         server.url(database),
         "-qtAc",
         "BEGIN; SELECT 'is locked' FROM stagedoor.sessions FOR UPDATE",
         "-c",
         "SELECT pg_sleep(60)"}
    );
    locker.wait_for("is locked");
    const auto claim = run(open->claim("a", 30s));
    ASSERT_FALSE(claim);
    EXPECT_EQ(claim.error().code(), "store.unavailable");
    EXPECT_TRUE(run(open->find("a")).value());
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> "
        "pg_backend_pid()"
    );
    locker.wait();
    EXPECT_EQ(run(open->claim("a", 30s))->outcome, session::Claim::Outcome::granted);
}

TEST_F(PostgresStoreTest, IdleConnectionsThatTheServerEndedAreNotNoticed) {
    const auto open = store();
    ASSERT_TRUE(run(open->find_or_add(session("a"))));
    server.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'stagedoor'"
    );
    // A claim is not repeated: it has to go out on a connection that lives.
    const auto claim = run(open->claim("a", 30s));
    ASSERT_TRUE(claim) << claim.error().describe();
    EXPECT_EQ(claim->outcome, session::Claim::Outcome::granted);
}

TEST_F(PostgresStoreTest, AServerThatIsDownIsNoReasonForever) {
    auto brisk = settings();
    brisk.limit = 300ms;
    const auto open = store(brisk);
    server.stop();
    const auto missing = run(open->find("a"));
    server.start();
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code(), "store.unavailable");
    EXPECT_EQ(missing.error().status(), 503);
    EXPECT_FALSE(missing.error().is(errors::kRefused));
    EXPECT_TRUE(log.has("store.lost"));
    auto found = run(open->find("a"));
    while (!found) found = run(open->find("a"));
    EXPECT_FALSE(*found);
    EXPECT_TRUE(log.has("store.regained"));
}

TEST_F(PostgresStoreTest, CarriesOutWhatWasBegunWhenItsCallerHasGone) {
    const auto open = store();
    ASSERT_TRUE(run(open->reach()));
    boost::asio::cancellation_signal cancel;
    bool ended = false;
    boost::asio::co_spawn(
        loop,
        open->find_or_add(session("a")),
        boost::asio::bind_cancellation_slot(
            cancel.slot(),
            [&](std::exception_ptr, base::Result<session::StoredSession> result) { ended = !result; }
        )
    );
    loop.restart();
    loop.poll();
    cancel.emit(boost::asio::cancellation_type::all);
    while (!ended && loop.run_one() > 0) {
    }
    auto found = run(open->find("a"));
    while (found && !*found) found = run(open->find("a"));
    EXPECT_TRUE(found);
}

}  // namespace

std::unique_ptr<Engine> make_postgres_engine(boost::asio::io_context& loop) {
    return std::make_unique<PostgresReplicas>(loop);
}

}  // namespace stagedoor::store
