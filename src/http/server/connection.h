#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "http/message.h"
#include "http/server/request_reader.h"
#include "http/server/stream.h"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/intrusive/list_hook.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace stagedoor::http {

struct Loop;

// What a request needs while it is served. Connections that are idle have none, and borrow one from their
// loop.
struct Exchange {
    explicit Exchange(const Limits& limits) : reader(limits) {}
    RequestReader reader;
    std::string out;
};

// One connection: a coroutine that reads requests, has them answered, and writes the answers. It is in one of
// its loop's two lists for as long as it lives.
class Connection : public boost::intrusive::list_base_hook<>,
                   public std::enable_shared_from_this<Connection> {
 public:
    Connection(std::shared_ptr<Loop> loop, Stream stream, std::string remote_address);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Runs the connection to its end; it keeps itself alive.
    void start();

    // The rest is for the loop, between two steps of the coroutine.

    [[nodiscard]] bool is_due(base::SteadyTime now) const { return !expired_ && deadline_ <= now; }
    // The time of what it does now is over.
    void expire();
    // True while a handler is at work, and nothing is known against the client.
    [[nodiscard]] bool is_handling() const { return phase_ == Phase::handler && !gone_; }
    [[nodiscard]] int native_handle() { return stream_.native_handle(); }
    // The client has ended its side: nobody waits for the handler's answer.
    void client_gone();
    // Ends with the current answer; at once if idle.
    void close_when_idle();
    // Ends now, whatever is under way.
    void cut();

 private:
    enum class Phase : std::uint8_t { handshake, idle, request, handler, answer, linger };
    using Progress = RequestReader::Progress;

    base::Task<> run();
    base::Task<bool> shake_hands();
    base::Task<bool> await_first_bytes();
    base::Task<base::Result<Progress>> receive();
    base::Task<bool> serve();
    base::Task<base::Result<Response>> call_handler();
    [[nodiscard]] base::Result<void> format(const Response& response, bool keep);
    base::Task<bool> send(const Response& response);
    base::Task<> refuse(base::Error error);
    base::Task<bool> write();
    base::Task<> linger();

    void enter(Phase phase, std::chrono::milliseconds time);
    void enter_receiving(Progress progress);
    void interrupt_handler();
    [[nodiscard]] base::Error lost() const;
    void log_request(int status, std::string_view error, std::size_t bytes) const;

    const std::shared_ptr<Loop> loop_;
    Stream stream_;
    const std::string remote_address_;
    boost::asio::cancellation_signal cancel_handler_;
    std::unique_ptr<Exchange> exchange_;  // while a request is under way

    base::SteadyTime deadline_ = base::SteadyTime::max();
    base::SteadyTime started_;  // first byte of the request
    Phase phase_ = Phase::request;
    bool in_idle_list_ = false;
    bool expired_ = false;      // the deadline of the current phase has passed
    bool interrupted_ = false;  // the handler has been cancelled
    bool gone_ = false;         // the client
    bool closing_ = false;      // no further request
    bool cut_ = false;
    std::size_t served_ = 0;
    std::size_t streak_ = 0;  // requests served without giving way to other connections
    std::string request_id_;
    Request request_;

    // The first bytes of a request arrive here, so that waiting for them costs an idle connection this
    // little, and the busy one no call to the kernel more than a read.
    std::array<char, 2048> first_bytes_;
};

}  // namespace stagedoor::http
