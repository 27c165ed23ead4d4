#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "store/schema_version.h"
#include "store/sqlite_checkpointer.h"
#include "store/sqlite_connection.h"

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace stagedoor::store {

struct SqliteSettings {
    std::filesystem::path file;
    // How long to wait for another process that has locked the file.
    std::chrono::milliseconds busy{5'000};
    // After this time an operation that waits for its turn is given up.
    std::chrono::milliseconds limit{10'000};
    OlderTables older_tables = OlderTables::migrate;
};

// One file for the whole process, in the hands of one thread. It takes whatever waits and carries it out in
// one transaction, so that the cost of making it last is shared; an operation's result is given back once the
// transaction has been committed. Several processes may have the same file. Safe to use from any thread.
class SqliteEngine {
 public:
    // What becomes of a change.
    enum class Change : std::uint8_t {
        none,       // it only reads
        transient,  // survives the process; a machine that loses its power may forget it (a lease: nobody has
                    // it then)
        lasting,    // has reached the disk when its caller is told
    };
    // What the thread does for somebody.
    class Job {
     public:
        Job(Change change, base::SteadyTime deadline) : change_(change), deadline_(deadline) {}
        Job(const Job&) = delete;
        Job& operator=(const Job&) = delete;
        virtual ~Job() = default;
        // In a transaction; again if that could not be committed.
        virtual base::Result<void> run(SqliteConnection& connection) = 0;
        // Once, at the end.
        virtual void finish(base::Result<void> outcome) = 0;
        // After finish(), and after that of the others which were carried out with it: the way to tell many
        // at once.
        virtual void announce() = 0;

        [[nodiscard]] Change change() const { return change_; }
        [[nodiscard]] base::SteadyTime deadline() const { return deadline_; }

     private:
        Change change_;
        base::SteadyTime deadline_;
    };
    using Jobs = std::vector<std::unique_ptr<Job>>;

    // Opens the file and brings its tables up to date. Errors: store.unavailable, store.schema_newer,
    // store.refused.
    [[nodiscard]] static base::Result<std::shared_ptr<SqliteEngine>> open(
        SqliteSettings settings, const base::Clock& clock, base::Log& log
    );
    // Carries out what waits.
    ~SqliteEngine();
    SqliteEngine(const SqliteEngine&) = delete;
    SqliteEngine& operator=(const SqliteEngine&) = delete;

    void submit(Jobs jobs);
    [[nodiscard]] const base::Clock& clock() const { return clock_; }
    [[nodiscard]] const SqliteSettings& settings() const { return settings_; }

 private:
    SqliteEngine(
        SqliteSettings settings, SqliteConnection connection, const base::Clock& clock, base::Log& log
    );
    void work();
    void drop_overdue(Jobs& jobs) const;
    void carry_out(Change change, Jobs jobs);
    base::Result<void> begin(Change change);
    base::Result<void> attempt(const Jobs& jobs);
    base::Result<void> ensure_open();
    void write_back();
    void note(const base::Result<void>& outcome);

    const SqliteSettings settings_;
    const base::Clock& clock_;
    base::Log& log_;
    std::optional<SqliteConnection> connection_;  // of the thread alone
    bool lost_ = false;
    SqliteCheckpointer checkpointer_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    Jobs waiting_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace stagedoor::store
