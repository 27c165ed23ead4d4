// What only a store in a file can meet: other processes, a full disk, files that are something else.
#include "store/sqlite_store.h"

#include "store/engines.h"
#include "store/errors.h"
#include "store/sqlite_schema.h"
#include "support/capturing_log.h"
#include "support/manual_clock.h"
#include "support/run_task.h"
#include "support/temporary_folder.h"

#include <boost/asio/detached.hpp>
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <fstream>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace stagedoor::store {

using namespace std::chrono_literals;

namespace {

constexpr auto kBusy = 50ms;

class SqliteReplicas final : public Engine {
 public:
    explicit SqliteReplicas(boost::asio::io_context& loop) {
        for (auto& store : stores_) {
            // Two that wait for each other in one process: the time limit is for a lock that stays.
            auto engine = SqliteEngine::open({.file = folder_.path() / "sessions.sqlite"}, clock_, log_);
            if (!engine) throw std::runtime_error(engine.error().describe());
            store = std::make_unique<SqliteStore>(loop.get_executor(), std::move(*engine));
        }
    }
    session::Store& replica(int number) override { return *stores_[static_cast<std::size_t>(number)]; }
    [[nodiscard]] base::SystemTime now() const override { return clock_.now(); }
    void advance(std::chrono::milliseconds time) override { clock_.advance(time); }

 private:
    support::TemporaryFolder folder_;
    support::ManualClock clock_;
    support::CapturingLog log_;
    std::array<std::unique_ptr<SqliteStore>, 2> stores_;
};

class SqliteStoreTest : public testing::Test {
 protected:
    [[nodiscard]] base::Result<std::shared_ptr<SqliteEngine>> open() {
        return SqliteEngine::open({.file = file(), .busy = kBusy}, clock_, log_);
    }
    std::unique_ptr<SqliteStore> store() {
        auto engine = open();
        if (!engine) throw std::runtime_error(engine.error().describe());
        return std::make_unique<SqliteStore>(loop_.get_executor(), std::move(*engine));
    }
    template <class T>
    base::Result<T> run(base::Task<base::Result<T>> task) {
        return support::run_task(loop_, std::move(task));
    }
    [[nodiscard]] session::StoredSession session(const std::string& id, std::size_t size = 10) const {
        session::StoredSession session;
        session.id = id;
        session.expires_at = clock_.now() + 24h;
        session.record = std::string(size, 'r');
        return session;
    }
    [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "sessions.sqlite"; }
    // Another process's connection.
    std::unique_ptr<sqlite3, decltype(&sqlite3_close)> other() const {
        sqlite3* handle = nullptr;
        sqlite3_open(file().c_str(), &handle);
        return {handle, sqlite3_close};
    }
    static void execute(sqlite3* handle, const std::string& sql) {
        char* message = nullptr;
        if (sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &message) == SQLITE_OK) return;
        throw std::runtime_error(sql + ": " + message);
    }

    support::TemporaryFolder folder_;
    support::ManualClock clock_;
    support::CapturingLog log_;
    boost::asio::io_context loop_;
};

TEST_F(SqliteStoreTest, ItsFilesAreForTheirOwnerAlone) {
    const auto open = store();
    ASSERT_TRUE(run(open->find_or_add(session("a"))));
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
        struct stat status{};
        ASSERT_EQ(stat(entry.path().c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777U, 0600U) << entry.path();
        ++files;
    }
    EXPECT_EQ(files, 3);  // with -wal and -shm
}

TEST_F(SqliteStoreTest, KeepsItsRowsWhenItIsOpenedAgain) {
    ASSERT_TRUE(run(store()->find_or_add(session("a"))));
    const auto found = run(store()->find("a"));
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->record, session("a").record);
}

TEST_F(SqliteStoreTest, SurvivesAFileThatAnotherProcessHasLocked) {
    const auto open = store();
    ASSERT_TRUE(run(open->find_or_add(session("a"))));
    const auto locker = other();
    execute(locker.get(), "BEGIN EXCLUSIVE");
    const auto refused = run(open->claim("a", 30s));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), "store.unavailable");
    EXPECT_EQ(refused.error().status(), 503);
    EXPECT_NE(refused.error().detail().find("locked"), std::string::npos) << refused.error().detail();
    // Reading goes on.
    const auto found = run(open->find("a"));
    EXPECT_TRUE(found && *found);
    EXPECT_TRUE(log_.has("store.lost"));
    execute(locker.get(), "ROLLBACK");
    const auto claim = run(open->claim("a", 30s));
    ASSERT_TRUE(claim);
    EXPECT_EQ(claim->outcome, session::Claim::Outcome::granted);
    EXPECT_TRUE(log_.has("store.regained"));
}

// While it is there, no file of this process may grow past a size.
class SizeLimit {
 public:
    explicit SizeLimit(rlim_t bytes) {
        former_handler_ = std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &former_);
        const rlimit limit{.rlim_cur = bytes, .rlim_max = former_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~SizeLimit() {
        setrlimit(RLIMIT_FSIZE, &former_);
        std::signal(SIGXFSZ, former_handler_);
    }
    SizeLimit(const SizeLimit&) = delete;
    SizeLimit& operator=(const SizeLimit&) = delete;

 private:
    rlimit former_{};
    void (*former_handler_)(int) = nullptr;
};

TEST_F(SqliteStoreTest, SurvivesAFileThatCantGrow) {
    const auto open = store();
    ASSERT_TRUE(run(open->find_or_add(session("a"))));
    {
        const SizeLimit limit(200'000);
        int failed = 0;
        for (int i = 0; i < 8; ++i) {
            const auto added = run(open->find_or_add(session(fmt::format("b{}", i), 64 << 10)));
            if (added) continue;
            EXPECT_EQ(added.error().code(), "store.unavailable");
            ++failed;
        }
        EXPECT_GT(failed, 0);
        EXPECT_TRUE(log_.has("store.lost"));
        EXPECT_TRUE(run(open->find("a")).value());
    }
    EXPECT_TRUE(run(open->find_or_add(session("c", 64 << 10))));
    EXPECT_TRUE(log_.has("store.regained"));
    EXPECT_TRUE(run(open->find("a")).value());
}

TEST_F(SqliteStoreTest, SurvivesAFullDisk) {
    if (mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=1m,mode=700") != 0) {
        GTEST_SKIP() << "a small disk is mounted here by root alone";
    }
    {
        const auto open = store();
        ASSERT_TRUE(run(open->find_or_add(session("a"))));
        std::ofstream ballast(folder_.path() / "ballast");
        while (ballast << std::string(4096, 'x') << std::flush) {
        }
        const auto full = run(open->find_or_add(session("b", 64 << 10)));
        ASSERT_FALSE(full);
        EXPECT_EQ(full.error().code(), "store.unavailable");
        EXPECT_NE(full.error().detail().find("full"), std::string::npos) << full.error().detail();
        EXPECT_TRUE(run(open->find("a")).value());
        std::filesystem::remove(folder_.path() / "ballast");
        ballast.close();
        EXPECT_TRUE(run(open->find_or_add(session("b", 64 << 10))));
    }
    EXPECT_EQ(umount2(folder_.path().c_str(), MNT_DETACH), 0);
}

// Several at once share a transaction: one that can't be carried out does not take the others with it.
TEST_F(SqliteStoreTest, AFailureIsItsOwnersAlone) {
    const auto open = store();
    execute(
        other().get(),
        "CREATE TRIGGER refuse BEFORE INSERT ON sessions WHEN new.id = x'62' BEGIN SELECT RAISE(FAIL, 'no'); "
        "END"
    );
    std::map<std::string, bool> done;
    for (const std::string id : {"a", "b", "c", "d"}) {
        boost::asio::co_spawn(
            loop_,
            open->find_or_add(session(id)),
            [&done, id](std::exception_ptr, base::Result<session::StoredSession> result) {
                done[id] = result.has_value();
            }
        );
    }
    loop_.restart();
    while (done.size() < 4 && loop_.run_one() > 0) {
    }
    EXPECT_EQ(done, (std::map<std::string, bool>{{"a", true}, {"b", false}, {"c", true}, {"d", true}}));
    for (const std::string id : {"a", "c", "d"}) EXPECT_TRUE(run(open->find(id)).value()) << id;
    EXPECT_FALSE(run(open->find("b")).value());
}

TEST_F(SqliteStoreTest, CarriesOutWhatWasBegunWhenItsCallerAndItsLoopHaveGone) {
    {
        boost::asio::io_context loop;
        auto engine = open();
        ASSERT_TRUE(engine);
        SqliteStore gone(loop.get_executor(), *engine);
        boost::asio::co_spawn(loop, gone.find_or_add(session("a")), boost::asio::detached);
        loop.poll();
    }
    const auto found = run(store()->find("a"));
    EXPECT_TRUE(found && *found);
}

TEST_F(SqliteStoreTest, ManyLoopsShareOneFile) {
    auto engine = open();
    ASSERT_TRUE(engine);
    std::vector<std::jthread> threads;
    std::atomic<int> added = 0;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            boost::asio::io_context loop;
            SqliteStore own(loop.get_executor(), *engine);
            for (int j = 0; j < 50; ++j) {
                boost::asio::co_spawn(
                    loop,
                    own.find_or_add(session(fmt::format("{}-{}", i, j))),
                    [&](std::exception_ptr, base::Result<session::StoredSession> result) {
                        if (result) ++added;
                    }
                );
            }
            loop.run();
        });
    }
    threads.clear();
    EXPECT_EQ(added, 200);
    EXPECT_EQ(run(store()->status())->sessions, 200);
}

TEST_F(SqliteStoreTest, AFolderThatIsNotThereIsSaid) {
    const auto engine = SqliteEngine::open({.file = "/nowhere/sessions.sqlite"}, clock_, log_);
    ASSERT_FALSE(engine);
    EXPECT_NE(engine.error().describe().find("/nowhere/sessions.sqlite: No such file"), std::string::npos);
}

TEST_F(SqliteStoreTest, AFileThatIsNoDatabaseIsLeftAlone) {
    std::ofstream(file()) << "Some text that is no database, and long enough to be taken for one: "
                          << std::string(200, 'x');
    const auto engine = open();
    ASSERT_FALSE(engine);
    EXPECT_NE(engine.error().describe().find("not a database"), std::string::npos);
}

TEST_F(SqliteStoreTest, ADatabaseOfAnotherProgramIsLeftAlone) {
    execute(other().get(), "CREATE TABLE bookmarks (url TEXT)");
    const auto engine = open();
    ASSERT_FALSE(engine);
    EXPECT_TRUE(engine.error().is(errors::kRefused));
    execute(other().get(), "SELECT * FROM bookmarks");
}

TEST_F(SqliteStoreTest, ANewerSchemaIsRefused) {
    static_cast<void>(store());
    execute(other().get(), "PRAGMA user_version = 99");
    const auto engine = open();
    ASSERT_FALSE(engine);
    EXPECT_TRUE(engine.error().is(errors::kSchemaNewer));
    EXPECT_NE(engine.error().message().find("version 99"), std::string::npos);
}

// The text of the tables, as they are.
std::string schema_of(SqliteConnection& connection) {
    auto rows =
        connection.prepare("SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)"
        );
    EXPECT_TRUE(rows && rows->step());
    return rows->bytes_at(0);
}

TEST_F(SqliteStoreTest, MigratesFromEachVersion) {
    const auto all = sqlite_migrations();
    std::vector<const char*> further(all.begin(), all.end());
    further.push_back("ALTER TABLE sessions ADD COLUMN note BLOB");
    further.push_back("CREATE INDEX sessions_note ON sessions (note)");
    std::string schema;
    for (std::size_t from = 0; from <= further.size(); ++from) {
        const auto path = folder_.path() / fmt::format("{}.sqlite", from);
        auto connection = SqliteConnection::open(path, kBusy);
        ASSERT_TRUE(connection);
        ASSERT_TRUE(migrate(*connection, std::span(further).first(from)));
        EXPECT_EQ(schema_version(*connection).value(), static_cast<int>(from));
        ASSERT_TRUE(migrate(*connection, further));
        EXPECT_EQ(schema_version(*connection).value(), static_cast<int>(further.size()));
        if (from == 0) schema = schema_of(*connection);
        EXPECT_EQ(schema_of(*connection), schema);
    }
}

TEST_F(SqliteStoreTest, AMigrationThatFailsLeavesTheVersionBefore) {
    auto connection = SqliteConnection::open(file(), kBusy);
    ASSERT_TRUE(connection);
    ASSERT_TRUE(migrate(*connection, sqlite_migrations()));
    const auto schema = schema_of(*connection);
    std::vector<const char*> broken(sqlite_migrations().begin(), sqlite_migrations().end());
    broken.push_back("CREATE TABLE half (a BLOB)");
    broken.push_back("CREATE NONSENSE");
    EXPECT_FALSE(migrate(*connection, broken));
    EXPECT_EQ(schema_of(*connection), schema);
    EXPECT_TRUE(migrate(*connection, sqlite_migrations()));
}

TEST_F(SqliteStoreTest, ProcessesThatStartAtOnceMigrateOnce) {
    std::vector<pid_t> children;
    for (int i = 0; i < 8; ++i) {
        const auto child = fork();
        if (child == 0) {
            const auto engine = SqliteEngine::open({.file = file()}, clock_, log_);
            if (!engine) fmt::print(stderr, "{}\n", engine.error().describe());
            _exit(engine ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const auto child : children) {
        int status = 0;
        waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(run(store()->status())->schema_version, static_cast<int>(sqlite_migrations().size()));
}

}  // namespace

std::unique_ptr<Engine> make_sqlite_engine(boost::asio::io_context& loop) {
    return std::make_unique<SqliteReplicas>(loop);
}

}  // namespace stagedoor::store
