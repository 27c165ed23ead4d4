// backend.database, as Backstage has it, and when it concerns us.
#include "config/fixture.h"

#include <gmock/gmock.h>

namespace stagedoor::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class DatabaseConfig : public ConfigTest {
 protected:
    Result load_database(const std::string& section, const std::string& store = "postgres") {
        return load_text(
            "app: {baseUrl: 'https://example.com'}\nbackend:\n  baseUrl: 'https://example.com'\n" + section +
            "auth: {session: {store: " + store + "}}\n"
        );
    }
    // The database that this section names; a failed test if it has errors.
    Database database(const std::string& section) {
        const auto loaded = load_database(section);
        EXPECT_TRUE(loaded) << errors_of(loaded);
        return loaded ? loaded->config.backend.database : Database{};
    }
};

TEST_F(DatabaseConfig, IsNotLookedIntoWhereSessionsAreInAFile) {
    const auto loaded = load_database(
        "  database: {client: pg, connection: {password: '${UNSET}', port: 1x, ssl: {ca: {$file: "
        "nowhere}}}}\n",
        "sqlite"
    );
    ASSERT_TRUE(loaded) << errors_of(loaded);
    ASSERT_EQ(loaded->not_in_effect.size(), 1U);
    EXPECT_EQ(loaded->not_in_effect[0].path, "backend.database");
    EXPECT_THAT(loaded->warnings, IsEmpty());
}

TEST_F(DatabaseConfig, ReadsAConnectionAsAnObject) {
    write("ca.pem", "-----BEGIN CERTIFICATE-----\n");
    const auto read = database(
        "  database:\n    client: pg\n    knexConfig: {pool: {min: 1}}\n    ensureExists: false\n"
        "    connection: {host: db, port: '6432', user: u, password: p, ssl: {ca: {$file: ca.pem}}}\n"
    );
    EXPECT_EQ(read.host, "db");
    EXPECT_EQ(read.port, 6432);
    EXPECT_EQ(read.user, "u");
    EXPECT_EQ(read.password.reveal(), "p");
    EXPECT_EQ(read.name, "backstage_plugin_auth");
    EXPECT_FALSE(read.ensure_exists);
    const auto* tls = std::get_if<DatabaseTls>(&*read.tls);
    ASSERT_NE(tls, nullptr);
    EXPECT_TRUE(tls->verify);
    EXPECT_EQ(tls->ca, "-----BEGIN CERTIFICATE-----");
}

TEST_F(DatabaseConfig, ReadsAConnectionString) {
    const auto read = database("  database: {client: pg, connection: 'postgresql://u:p@db/name'}\n");
    EXPECT_EQ(read.connection_string.reveal(), "postgresql://u:p@db/name");
    EXPECT_EQ(read.name, "");
}

TEST_F(DatabaseConfig, ThePluginsOwnSettingsWin) {
    const auto read = database(
        "  database:\n    client: better-sqlite3\n    prefix: our_\n    connection: {host: db, user: u}\n"
        "    plugin: {catalog: {anything: 1}, auth: {client: pg, connection: {user: v}}}\n"
    );
    EXPECT_EQ(read.client, "pg");
    EXPECT_EQ(read.host, "db");
    EXPECT_EQ(read.user, "v");
    EXPECT_EQ(read.name, "our_auth");
    const auto whole = database(
        "  database:\n    client: pg\n    connection: {host: db, user: u, database: x}\n"
        "    plugin: {auth: {connection: 'postgresql://other'}}\n"
    );
    EXPECT_EQ(whole.host, "");
    EXPECT_EQ(whole.name, "");
    EXPECT_EQ(whole.connection_string.reveal(), "postgresql://other");
}

TEST_F(DatabaseConfig, TlsCanBeLeftOutOrTurnedOff) {
    EXPECT_FALSE(database("  database: {client: pg, connection: {host: db}}\n").tls);
    const auto off = database("  database: {client: pg, connection: {host: db, ssl: false}}\n");
    EXPECT_EQ(std::get<bool>(*off.tls), false);
    const auto on = database("  database: {client: pg, connection: {host: db, ssl: true}}\n");
    EXPECT_TRUE(std::get<DatabaseTls>(*on.tls).verify);
    const auto loaded =
        load_database("  database: {client: pg, connection: {host: db, ssl: {rejectUnauthorized: false}}}\n");
    ASSERT_TRUE(loaded) << errors_of(loaded);
    EXPECT_THAT(to_string(loaded->warnings), HasSubstr("read and change sessions"));
}

TEST_F(DatabaseConfig, SaysWhatIsMissingOrWrong) {
    EXPECT_THAT(errors_of(load_database("")), HasSubstr("backend.database must say where"));
    EXPECT_THAT(
        errors_of(load_database("  database: {client: better-sqlite3, connection: ':memory:'}\n")),
        HasSubstr("backend.database.client: must be pg")
    );
    EXPECT_THAT(
        errors_of(load_database("  database: {client: pg, connection: {host: db, port: many}}\n")),
        HasSubstr("backend.database.connection.port")
    );
    EXPECT_THAT(
        errors_of(load_database("  database: {client: pg, connection: {host: db, ssl: {ca: /etc/ca.pem}}}\n")
        ),
        HasSubstr("to name a file, write $file")
    );
    EXPECT_THAT(
        errors_of(load_database("  database: {client: pg, connection: {type: cloudsql}}\n")),
        HasSubstr("is not supported")
    );
    EXPECT_THAT(
        errors_of(load_database("  database: {client: pg, connection: {ssl: {cert: '-----BEGIN X'}}}\n")),
        HasSubstr("both cert and key")
    );
}

}  // namespace
}  // namespace stagedoor::config
