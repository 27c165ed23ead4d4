#include "store/sqlite_checkpointer.h"

#include <utility>

namespace stagedoor::store {

namespace {

// Pages in the log: SQLite's own measure (wal_autocheckpoint).
constexpr int kEvery = 1'000;

}  // namespace

SqliteCheckpointer::SqliteCheckpointer(
    std::filesystem::path file, std::chrono::milliseconds busy, base::Log& log
)
    : file_(std::move(file)), busy_(busy), log_(log) {
    thread_ = std::thread([this] { work(); });
}

SqliteCheckpointer::~SqliteCheckpointer() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

bool SqliteCheckpointer::note_commit(int pages) {
    const std::scoped_lock lock(mutex_);
    const bool began_anew = pages < pages_;  // a commit without a change leaves it as it was
    pages_ = pages;
    if (began_anew) written_ = 0;
    if (state_ == State::rest) {
        state_ = State::idle;
        if (began_anew) return false;
        written_ = pages;
        return true;
    }
    if (state_ == State::idle && pages >= written_ + kEvery) {
        state_ = State::due;
        changed_.notify_one();
    }
    return false;
}

void SqliteCheckpointer::work() {
    bool failing = false;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return stopping_ || state_ == State::due; });
            if (stopping_) return;
        }
        const auto outcome = write_back();
        // Nothing is lost by it: the log grows, and the next one tries again.
        if (!outcome && !failing) {
            log_.warning(
                "store.checkpoint_failed", {{"store", "sqlite"}, {"reason", outcome.error().describe()}}
            );
        }
        failing = !outcome;
        const std::scoped_lock lock(mutex_);
        state_ = State::rest;
    }
}

base::Result<void> SqliteCheckpointer::write_back() {
    if (!connection_) {
        STAGEDOOR_TRY(connection_, SqliteConnection::open(file_, busy_));
    }
    auto outcome = connection_->checkpoint();
    if (!outcome && connection_->is_broken()) connection_.reset();
    return outcome;
}

}  // namespace stagedoor::store
