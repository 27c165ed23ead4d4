#pragma once

#include "base/log.h"
#include "base/result.h"
#include "store/sqlite_connection.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

namespace stagedoor::store {

// Writes what was committed back from the log (WAL) into the file of the database, on a thread and a
// connection of its own: pages all over a big file, for which no commit should wait. The log begins anew only
// if all of it has been written back, which never happens here while commits go on; so the committing thread
// is told to do the small rest itself.
class SqliteCheckpointer {
 public:
    SqliteCheckpointer(std::filesystem::path file, std::chrono::milliseconds busy, base::Log& log);
    ~SqliteCheckpointer();
    SqliteCheckpointer(const SqliteCheckpointer&) = delete;
    SqliteCheckpointer& operator=(const SqliteCheckpointer&) = delete;

    // After a commit that left so many pages in the log, by the committing thread. True if it should call
    // SqliteConnection::checkpoint() now.
    [[nodiscard]] bool note_commit(int pages);

 private:
    enum class State : std::uint8_t {
        idle,
        due,   // for the thread
        rest,  // for the committing thread
    };
    void work();
    base::Result<void> write_back();

    const std::filesystem::path file_;
    const std::chrono::milliseconds busy_;
    base::Log& log_;
    std::optional<SqliteConnection> connection_;  // of the thread alone
    std::mutex mutex_;
    std::condition_variable changed_;
    State state_ = State::idle;
    int pages_ = 0;    // in the log after the commit before
    int written_ = 0;  // of them were there when the last rest was written back
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace stagedoor::store
