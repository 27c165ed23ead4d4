// The commands for administrators, and the program with a database, as a person runs them.
#include "base/clock.h"
#include "store/postgres_store.h"
#include "store/sqlite_store.h"
#include "support/capturing_log.h"
#include "support/child_process.h"
#include "support/postgres_server.h"
#include "support/run_task.h"
#include "support/temporary_folder.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

namespace stagedoor::app {
namespace {

using namespace std::chrono_literals;
using support::ChildProcess;

struct Outcome {
    int code;
    std::string output;
};

class SessionCommands : public testing::TestWithParam<bool> {
 protected:
    SessionCommands() {
        std::ofstream(folder_.path() / "app-config.yaml")
            << "app: {baseUrl: 'http://localhost:3000'}\n"
               "backend:\n  baseUrl: http://localhost:7007\n  listen: '127.0.0.1:0'\n"
            << database_section(url_) << "auth: {session: {store: " << (is_postgres() ? "postgres" : "sqlite")
            << "}, providers: {}}\n";
    }
    [[nodiscard]] static bool is_postgres() { return GetParam(); }
    static std::string database_section(const std::string& url) {
        return url.empty() ? "" : "  database: {client: pg, connection: '" + url + "'}\n";
    }
    [[nodiscard]] std::vector<std::string> arguments(std::vector<std::string> command) const {
        command.insert(command.begin(), STAGEDOOR_PROGRAM);
        for (const auto& word :
             {std::string("--config"),
              (folder_.path() / "app-config.yaml").string(),
              std::string("--data"),
              data().string()}) {
            command.push_back(word);
        }
        return command;
    }
    Outcome run(const std::vector<std::string>& command) {
        ChildProcess child(arguments(command));
        const int code = child.wait();
        return {.code = code, .output = child.output()};
    }
    [[nodiscard]] std::filesystem::path data() const { return folder_.path() / "data"; }

    void add(const std::string& id, const std::string& user, std::chrono::hours age) {
        session::StoredSession session;
        session.id = id;
        session.provider = "google";
        session.environment = "production";
        session.user = user;
        session.created_at = session.used_at = clock_.now() - age;
        session.expires_at = clock_.now() + 1000h;
        session.record = "THE-RECORD";
        boost::asio::io_context loop;
        std::unique_ptr<session::Store> store;
        if (is_postgres()) {
            store::PostgresSettings settings;
            settings.connection_string = base::Secret(url_);
            auto target = store::postgres_target(settings);
            store = std::make_unique<store::PostgresStore>(
                loop.get_executor(), settings, std::move(*target), log_
            );
        } else {
            store::SqliteSettings settings;
            settings.file = data() / "sessions.sqlite";
            store = std::make_unique<store::SqliteStore>(
                loop.get_executor(), store::SqliteEngine::open(settings, clock_, log_).value()
            );
        }
        ASSERT_TRUE(support::run_task(loop, store->find_or_add(session)));
    }

    support::TemporaryFolder folder_;
    std::string url_ =
        is_postgres() ? support::postgres_server().url(support::postgres_server().make_database()) : "";
    base::RealClock clock_;
    support::CapturingLog log_;
};

TEST_P(SessionCommands, MakeTheTablesAndSayWhatIsInThem) {
    const auto before = run({"store", "status"});
    EXPECT_EQ(before.code, 1);
    EXPECT_NE(before.output.find("the service"), std::string::npos) << before.output;
    EXPECT_EQ(run({"store", "migrate"}).code, 0);
    EXPECT_EQ(run({"store", "migrate"}).code, 0);
    add("a", "a@example.com", 1h);
    const auto after = run({"store", "status", "--format", "json"});
    EXPECT_EQ(after.code, 0);
    EXPECT_NE(after.output.find(R"("schema_version":1,"sessions":1,"ended":0)"), std::string::npos)
        << after.output;
    EXPECT_EQ(after.output.find("secret"), std::string::npos);
}

TEST_P(SessionCommands, ListAndRevokeByUserAndAge) {
    ASSERT_EQ(run({"store", "migrate"}).code, 0);
    add("young", "a@example.com", 1h);
    add("old", "b@example.com\x1b[31m", 100h);
    const auto list = run({"sessions", "list"});
    EXPECT_EQ(list.code, 0);
    EXPECT_NE(list.output.find("a@example.com"), std::string::npos);
    EXPECT_NE(list.output.find("b@example.com?[31m"), std::string::npos);
    EXPECT_EQ(list.output.find("THE-RECORD"), std::string::npos);
    const auto aged = run({"sessions", "list", "--older-than", "2d", "--format", "json"});
    EXPECT_EQ(aged.output.find("a@example.com"), std::string::npos);
    EXPECT_NE(aged.output.find(R"("id":"old")"), std::string::npos);

    EXPECT_EQ(run({"sessions", "revoke"}).code, 2);
    EXPECT_EQ(run({"sessions", "revoke", "--all", "--user", "a@example.com"}).code, 2);
    EXPECT_EQ(run({"sessions", "list", "--idle-for", "soon"}).code, 2);
    EXPECT_EQ(run({"sessions", "revoke", "--user", "A@EXAMPLE.COM"}).output, "Revoked 1 sessions.\n");
    EXPECT_EQ(run({"sessions", "revoke", "--provider", "github"}).output, "Revoked 0 sessions.\n");
    EXPECT_EQ(run({"sessions", "revoke", "--all", "--format", "json"}).output, "{\"revoked\":1}\n");
    EXPECT_EQ(run({"sessions", "list", "--format", "json"}).output, "[]\n");
}

INSTANTIATE_TEST_SUITE_P(Stores, SessionCommands, testing::Bool(), [](const auto& kind) {
    return std::string(kind.param ? "postgres" : "sqlite");
});

class ProgramWithDatabase : public testing::Test {
 protected:
    std::unique_ptr<ChildProcess> serve(const std::string& url) {
        const auto file = folder_.path() / "app-config.yaml";
        std::ofstream(file) << "app: {baseUrl: 'http://localhost:3000'}\n"
                               "backend:\n  baseUrl: http://localhost:7007\n  listen: '127.0.0.1:0'\n"
                               "  database: {client: pg, connection: '"
                            << url << "'}\nauth: {session: {store: postgres}, providers: {}}\n";
        return std::make_unique<ChildProcess>(std::vector<std::string>{
            STAGEDOOR_PROGRAM,
            "serve",
            "--config",
            file.string(),
            "--data",
            (folder_.path() / "data").string()
        });
    }
    support::TemporaryFolder folder_;
    support::PostgresServer& server_ = support::postgres_server();
};

TEST_F(ProgramWithDatabase, MakesItsTablesWhenItStarts) {
    const auto database = server_.make_database();
    const auto program = serve(server_.url(database));
    program->wait_for("server.started");
    EXPECT_EQ(server_.execute("SELECT count(*) FROM stagedoor.sessions", database), "0");
    program->signal(SIGTERM);
    EXPECT_EQ(program->wait(), 0);
    EXPECT_EQ(program->output().find("app:secret"), std::string::npos);
}

TEST_F(ProgramWithDatabase, EndsWhereThePasswordIsWrong) {
    const auto program =
        serve(fmt::format("postgresql://app:THE-WRONG-ONE@localhost:{}/postgres", server_.port()));
    EXPECT_EQ(program->wait(), 1);
    EXPECT_NE(program->output().find("store.refused"), std::string::npos) << program->output();
    EXPECT_NE(program->output().find("password authentication failed"), std::string::npos);
    EXPECT_EQ(program->output().find("THE-WRONG-ONE"), std::string::npos);
}

TEST_F(ProgramWithDatabase, StartsWithoutADatabaseThatIsDown) {
    const auto program = serve("postgresql://app:secret@localhost:1/nothing");
    program->wait_for("store.lost");
    program->wait_for("server.started");
    program->signal(SIGTERM);
    EXPECT_EQ(program->wait(), 0);
}

}  // namespace
}  // namespace stagedoor::app
