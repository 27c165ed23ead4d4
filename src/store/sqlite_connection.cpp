#include "store/sqlite_connection.h"

#include "store/call.h"

#include <fmt/core.h>

#include <cerrno>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace stagedoor::store {

namespace {

std::unexpected<base::Error> failure(sqlite3* handle) {
    return base::fail(
        unavailable(fmt::format("SQLite: {} ({})", sqlite3_errmsg(handle), sqlite3_extended_errcode(handle)))
    );
}

// SQLite gives the files beside it (-wal, -shm) the mode of this one.
base::Result<void> make_file(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0) {
        return base::fail(unavailable(
            fmt::format("can't open {}: {}", file.string(), std::generic_category().message(errno))
        ));
    }
    ::close(descriptor);
    return {};
}

}  // namespace

SqliteStatement::~SqliteStatement() {
    if (statement_ == nullptr) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

SqliteStatement& SqliteStatement::bytes(int index, std::string_view value) {
    // An empty view may have no address, which SQLite would take for NULL.
    sqlite3_bind_blob64(statement_, index, value.empty() ? "" : value.data(), value.size(), SQLITE_STATIC);
    return *this;
}

SqliteStatement& SqliteStatement::number(int index, std::int64_t value) {
    sqlite3_bind_int64(statement_, index, value);
    return *this;
}

SqliteStatement& SqliteStatement::number(int index, const std::optional<std::int64_t>& value) {
    if (value) sqlite3_bind_int64(statement_, index, *value);
    return *this;
}

base::Result<bool> SqliteStatement::step() {
    switch (sqlite3_step(statement_)) {
        case SQLITE_ROW:
            return true;
        case SQLITE_DONE:
            return false;
        default:
            return failure(sqlite3_db_handle(statement_));
    }
}

base::Result<void> SqliteStatement::run() {
    for (;;) {
        STAGEDOOR_TRY(const bool has_row, step());
        if (!has_row) return {};
    }
}

bool SqliteStatement::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t SqliteStatement::number_at(int column) const {
    return sqlite3_column_int64(statement_, column);
}

std::string SqliteStatement::bytes_at(int column) const {
    const auto* const data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    if (data == nullptr) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void SqliteConnection::Close::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}

void SqliteConnection::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

base::Result<SqliteConnection> SqliteConnection::open(
    const std::filesystem::path& file, std::chrono::milliseconds busy
) {
    STAGEDOOR_CHECK(make_file(file));
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(
        file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr
    );
    SqliteConnection connection(handle);
    if (code != SQLITE_OK) return failure(handle);
    sqlite3_busy_timeout(handle, static_cast<int>(busy.count()));
    // FULL: what was committed survives a loss of power. The journal would keep the size of its worst moment.
    STAGEDOOR_CHECK(connection.execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;"
    ));
    return connection;
}

base::Result<void> SqliteConnection::execute(const char* sql) {
    if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return failure(handle_.get());
    return {};
}

base::Result<SqliteStatement> SqliteConnection::prepare(const std::string& sql) {
    auto& statement = statements_[sql];
    if (!statement) {
        sqlite3_stmt* compiled = nullptr;
        const int code = sqlite3_prepare_v3(
            handle_.get(),
            sql.data(),
            static_cast<int>(sql.size()),
            SQLITE_PREPARE_PERSISTENT,
            &compiled,
            nullptr
        );
        if (code != SQLITE_OK) {
            statements_.erase(sql);
            return failure(handle_.get());
        }
        statement.reset(compiled);
    }
    return SqliteStatement(statement.get());
}

base::Result<std::int64_t> SqliteConnection::number(const std::string& sql) {
    STAGEDOOR_TRY(auto statement, prepare(sql));
    STAGEDOOR_TRY(const bool has_row, statement.step());
    return has_row ? statement.number_at(0) : 0;
}

void SqliteConnection::leave_checkpoints() {
    // Takes the place of the hook by which SQLite itself does it.
    sqlite3_wal_hook(
        handle_.get(),
        [](void* pages_in_log, sqlite3*, const char*, int pages) {
            *static_cast<int*>(pages_in_log) = pages;
            return SQLITE_OK;
        },
        pages_in_log_.get()
    );
}

base::Result<void> SqliteConnection::checkpoint() {
    const int code =
        sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (code != SQLITE_OK && code != SQLITE_BUSY) return failure(handle_.get());
    return {};
}

std::int64_t SqliteConnection::changes() const {
    return sqlite3_changes64(handle_.get());
}

bool SqliteConnection::in_transaction() const {
    return sqlite3_get_autocommit(handle_.get()) == 0;
}

bool SqliteConnection::is_broken() const {
    constexpr int kPrimary = 0xff;
    switch (sqlite3_errcode(handle_.get()) & kPrimary) {
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_READONLY:
            return true;
        default:
            return false;
    }
}

}  // namespace stagedoor::store
