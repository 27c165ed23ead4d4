#include "store/sqlite_checkpointer.h"

#include "store/sqlite_store.h"
#include "support/capturing_log.h"
#include "support/manual_clock.h"
#include "support/run_task.h"
#include "support/temporary_folder.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <thread>

namespace stagedoor::store {

using namespace std::chrono_literals;

namespace {

class SqliteCheckpointerTest : public testing::Test {
 protected:
    [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "sessions.sqlite"; }
    std::unique_ptr<SqliteStore> store() {
        auto engine = SqliteEngine::open({.file = file()}, clock_, log_);
        if (!engine) throw std::runtime_error(engine.error().describe());
        return std::make_unique<SqliteStore>(loop_.get_executor(), std::move(*engine));
    }
    template <class T>
    base::Result<T> run(base::Task<base::Result<T>> task) {
        return support::run_task(loop_, std::move(task));
    }
    // Some ten pages of the log.
    bool commit(SqliteStore& store) {
        return run(store.deposit(fmt::format("{}", next_++), std::string(40'000, 's'), 1h)).has_value();
    }
    // What changes in the head of the log when it begins anew (https://sqlite.org/fileformat2.html, 4.1).
    [[nodiscard]] std::string salt_of_log() const {
        constexpr std::size_t kSalt = 16;
        constexpr std::size_t kSaltSize = 8;
        std::array<char, kSalt + kSaltSize> head{};
        std::ifstream(file().string() + "-wal", std::ios::binary).read(head.data(), head.size());
        return {head.data() + kSalt, kSaltSize};
    }
    // Commits until the log begins anew, at most so many times.
    bool begins_anew(SqliteStore& store, int commits) {
        const auto before = salt_of_log();
        for (int i = 0; i < commits; ++i) {
            if (!commit(store)) return false;
            if (salt_of_log() != before) return true;
        }
        return false;
    }

    support::TemporaryFolder folder_;
    support::ManualClock clock_;
    support::CapturingLog log_;
    boost::asio::io_context loop_;
    int next_ = 0;
};

// A log of one megabyte is due after each fourth of these.
constexpr int kMany = 5'000;

TEST_F(SqliteCheckpointerTest, TheLogBeginsAnewWhileCommitsGoOn) {
    const auto open = store();
    ASSERT_TRUE(commit(*open));
    EXPECT_TRUE(begins_anew(*open, kMany));
    EXPECT_TRUE(begins_anew(*open, kMany));
    EXPECT_TRUE(run(open->collect("0")).value());
}

TEST_F(SqliteCheckpointerTest, AReaderThatStaysHoldsTheLogAlone) {
    const auto open = store();
    ASSERT_TRUE(commit(*open));
    auto reader = SqliteConnection::open(file(), 50ms);
    ASSERT_TRUE(reader);
    ASSERT_TRUE(reader->execute("BEGIN"));
    ASSERT_EQ(reader->number("SELECT count(*) FROM handovers").value(), 1);
    EXPECT_FALSE(begins_anew(*open, 300));
    EXPECT_EQ(reader->number("SELECT count(*) FROM handovers").value(), 1);
    EXPECT_EQ(run(open->status())->handovers, 301);
    ASSERT_TRUE(reader->execute("COMMIT"));
    EXPECT_TRUE(begins_anew(*open, kMany));
    EXPECT_FALSE(log_.has("store.checkpoint_failed"));
}

TEST_F(SqliteCheckpointerTest, SaysOnceThatItFails) {
    SqliteCheckpointer checkpointer("/nowhere/sessions.sqlite", 50ms, log_);
    for (int pages = 1'000; pages <= 3'000; pages += 1'000) {
        EXPECT_FALSE(checkpointer.note_commit(pages));
        // Until the thread has tried, and the rest is the committing thread's.
        while (!checkpointer.note_commit(pages)) std::this_thread::yield();
    }
    const auto lines = log_.lines();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].event, "store.checkpoint_failed");
    EXPECT_NE(lines[0].fields.at("reason").find("No such file"), std::string::npos);
}

}  // namespace

}  // namespace stagedoor::store
