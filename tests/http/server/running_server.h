#pragma once

#include "base/clock.h"
#include "http/server/server.h"
#include "support/capturing_log.h"
#include "support/seeded_random.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_future.hpp>

#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace stagedoor::http {

// Names of things that have happened, from the server's thread to the test's.
class Events {
 public:
    void happened(const std::string& name) {
        const std::scoped_lock lock(mutex_);
        names_.insert(name);
        changed_.notify_all();
    }
    // False if it does not happen within a time in which even a busy machine gets there.
    [[nodiscard]] bool wait(const std::string& name) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return names_.contains(name); });
    }

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<std::string> names_;
};

// Answers by the path:
//   /echo     "METHOD target|body"
//   /large    as many bytes as the query says; event: large
//   /hold     waits until it is cancelled, or until release(); events: held, cancelled, released
//   /throw, /inject, /no-content, /not-modified, /failed
// everything else "ok".
class ScriptedHandler final : public Handler {
 public:
    using Timer = boost::asio::basic_waitable_timer<
        std::chrono::steady_clock,
        boost::asio::wait_traits<std::chrono::steady_clock>,
        base::Executor>;

    explicit ScriptedHandler(Events& events) : events_(events) {}
    base::Task<Response> handle(const Request& request) override;
    // On the loop's thread.
    void release() {
        released_ = true;
        for (Timer* timer : holding_) timer->cancel();
    }

 private:
    base::Task<Response> hold();
    Events& events_;
    std::set<Timer*> holding_;
    bool released_ = false;
};

inline base::Task<Response> ScriptedHandler::hold() {
    Timer timer(co_await boost::asio::this_coro::executor, std::chrono::hours(1));
    holding_.insert(&timer);
    events_.happened("held");
    co_await timer.async_wait(base::kAwait);
    holding_.erase(&timer);
    events_.happened(released_ ? "released" : "cancelled");
    Response response;
    response.body = "held";
    co_return response;
}

inline base::Task<Response> ScriptedHandler::handle(const Request& request) {
    Response response;
    response.add("Content-Type", "text/plain");
    response.body = "ok";
    if (request.path == "/hold") co_return co_await hold();
    if (request.path == "/throw") throw std::runtime_error("the handler is broken");
    if (request.path == "/inject") response.add("Location", "/\r\nSet-Cookie: a=b");
    if (request.path == "/no-content") response.status = 204;
    if (request.path == "/not-modified") response.status = 304;
    if (request.path == "/failed") {
        response.status = 502;
        response.error_code = "client.connect";
    }
    if (request.path == "/large") events_.happened("large");
    if (request.path == "/large") response.body = std::string(std::stoul(std::string(request.query)), 'x');
    if (request.path == "/echo") {
        response.body = std::string(to_string(request.method)).append(" ").append(request.target).append("|");
        response.body.append(request.body);
    }
    co_return response;
}

// A server on a thread of its own, on a free port of 127.0.0.1.
class RunningServer {
 public:
    explicit RunningServer(const Limits& limits = {}, std::shared_ptr<crypto::TlsContext> tls = nullptr)
        : handler_(events_),
          server_(std::make_unique<Server>(context_, handler_, limits, log_, clock_, random_)) {
        server_->listen({.host = "127.0.0.1", .port = 0}, std::move(tls));
        port_ = server_->port();
        thread_ = std::thread([this] { context_.run(); });
    }
    ~RunningServer() { stop(); }
    RunningServer(const RunningServer&) = delete;
    RunningServer& operator=(const RunningServer&) = delete;

    // Ends the server and its thread, after which the log is complete.
    void stop() {
        if (!thread_.joinable()) return;
        boost::asio::post(context_, [this] { server_.reset(); });
        thread_.join();
    }
    // Starts to drain; the future has the number of connections that were cut.
    std::future<std::size_t> drain(std::chrono::milliseconds deadline) {
        return boost::asio::co_spawn(context_, server_->drain(deadline), boost::asio::use_future);
    }
    void release() {
        boost::asio::post(context_, [this] { handler_.release(); });
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] const support::CapturingLog& log() const { return log_; }
    [[nodiscard]] Server& server() { return *server_; }
    [[nodiscard]] Events& events() { return events_; }

    // The fields of the log lines of requests, in order.
    [[nodiscard]] std::vector<std::map<std::string, std::string>> requests() {
        stop();
        std::vector<std::map<std::string, std::string>> lines;
        for (const auto& line : log_.lines()) {
            if (line.event == "request") lines.push_back(line.fields);
        }
        return lines;
    }

 private:
    Events events_;
    support::CapturingLog log_;
    base::RealClock clock_;
    support::SeededRandom random_;
    ScriptedHandler handler_;
    boost::asio::io_context context_{1};
    std::unique_ptr<Server> server_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace stagedoor::http
