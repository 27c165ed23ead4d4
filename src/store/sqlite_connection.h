#pragma once

#include "base/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace stagedoor::store {

// A prepared statement on its way through its rows; ready for the next use when this object goes.
class SqliteStatement {
 public:
    explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}
    SqliteStatement(SqliteStatement&& other) noexcept
        : statement_(std::exchange(other.statement_, nullptr)) {}
    SqliteStatement& operator=(SqliteStatement&&) = delete;
    ~SqliteStatement();

    // Values for ?1, ?2, ... The bytes must stay until this object goes.
    SqliteStatement& bytes(int index, std::string_view value);
    SqliteStatement& number(int index, std::int64_t value);
    SqliteStatement& number(int index, const std::optional<std::int64_t>& value);

    // True if there is a row (the first, the next). Error: store.unavailable.
    [[nodiscard]] base::Result<bool> step();
    // Runs to the end.
    [[nodiscard]] base::Result<void> run();

    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::int64_t number_at(int column) const;
    [[nodiscard]] std::string bytes_at(int column) const;

 private:
    sqlite3_stmt* statement_;
};

// One connection to a database in a file. For one thread at a time. Every failure is store.unavailable, with
// SQLite's own words as detail.
class SqliteConnection {
 public:
    // Opens the file, or makes it with mode 0600. Waits for `busy` where another process has locked it.
    [[nodiscard]] static base::Result<SqliteConnection> open(
        const std::filesystem::path& file, std::chrono::milliseconds busy
    );
    SqliteConnection(SqliteConnection&&) noexcept = default;
    SqliteConnection& operator=(SqliteConnection&&) noexcept = default;

    // Statements without values and rows.
    [[nodiscard]] base::Result<void> execute(const char* sql);
    // Compiled once for each text.
    [[nodiscard]] base::Result<SqliteStatement> prepare(const std::string& sql);
    // The first column of the first row.
    [[nodiscard]] base::Result<std::int64_t> number(const std::string& sql);

    // Has the pages in the log (WAL) counted, which nobody writes back from now on but checkpoint().
    void leave_checkpoints();
    // Pages in the log after the last commit.
    [[nodiscard]] int pages_in_log() const { return *pages_in_log_; }
    // Writes the log back into the database as far as nobody reads older pages, and waits for nobody. Nothing
    // happens while another connection is at it.
    [[nodiscard]] base::Result<void> checkpoint();

    // Rows that the statement before has changed.
    [[nodiscard]] std::int64_t changes() const;
    [[nodiscard]] bool in_transaction() const;
    // The last failure was one of the file, not of the moment: it should be opened anew.
    [[nodiscard]] bool is_broken() const;

 private:
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    explicit SqliteConnection(sqlite3* handle) : handle_(handle) {}

    std::unique_ptr<int> pages_in_log_ = std::make_unique<int>(0);  // where it is does not change
    std::unique_ptr<sqlite3, Close> handle_;
    std::unordered_map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
};

}  // namespace stagedoor::store
