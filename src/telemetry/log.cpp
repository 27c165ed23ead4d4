#include "telemetry/log.h"

#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

namespace stagedoor::telemetry {

namespace {

// Lines are collected for this long before they are written together: waking a thread and calling the system
// for each line of its own costs more than the request that the line is about.
constexpr std::chrono::milliseconds kCollect{10};

}  // namespace

// Lines wait in a queue, which the writer's thread takes as a whole.
class AsyncLog::Writer {
 public:
    Writer(const LogOptions& options, const base::Clock& clock)
        : options_(options), clock_(clock), thread_([this] { run(); }) {}
    ~Writer() {
        {
            const std::scoped_lock lock(mutex_);
            ending_ = true;
        }
        wake_.notify_one();
        thread_.join();
    }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void add(std::string line) {
        bool is_first = false;
        {
            const std::scoped_lock lock(mutex_);
            is_first = waiting_.empty();
            if (waiting_.size() >= options_.queue_lines) {
                waiting_.pop_front();
                ++dropped_;
            }
            waiting_.push_back(std::move(line));
        }
        if (is_first) wake_.notify_one();
    }

 private:
    void run() {
        std::deque<std::string> taken;
        std::unique_lock lock(mutex_);
        for (;;) {
            wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
            if (!ending_) wake_.wait_for(lock, kCollect, [this] { return ending_; });
            taken.swap(waiting_);
            // What was dropped came before the lines that are waiting.
            if (dropped_ > 0) taken.push_front(dropped_line());
            dropped_ = 0;
            const bool is_last = ending_;
            lock.unlock();
            for (const auto& line : taken) std::fwrite(line.data(), 1, line.size(), options_.output);
            std::fflush(options_.output);
            taken.clear();
            lock.lock();
            if (is_last) return;
        }
    }

    [[nodiscard]] std::string dropped_line() const {
        const std::array fields{base::LogField{"count", static_cast<std::int64_t>(dropped_)}};
        return to_line(options_.format, clock_.now(), base::LogLevel::warning, "log.dropped", fields);
    }

    const LogOptions options_;
    const base::Clock& clock_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::string> waiting_;
    std::size_t dropped_ = 0;  // since the last time that waiting_ was taken
    bool ending_ = false;
    std::thread thread_;  // last: it uses all of the others
};

AsyncLog::AsyncLog(const LogOptions& options, const base::Clock& clock)
    : format_(options.format),
      level_(options.level),
      clock_(clock),
      writer_(std::make_unique<Writer>(options, clock)) {}

AsyncLog::~AsyncLog() = default;

void AsyncLog::write(base::LogLevel level, std::string_view event, std::span<const base::LogField> fields) {
    if (level < level_) return;
    writer_->add(to_line(format_, clock_.now(), level, event, fields));
}

}  // namespace stagedoor::telemetry
