#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "http/handler.h"
#include "http/server/connection.h"
#include "http/server/response_writer.h"
#include "http/server/settings.h"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/intrusive/list.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <poll.h>
#include <string>
#include <vector>

namespace stagedoor::http {

using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, base::Executor>;
using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock,
    boost::asio::wait_traits<std::chrono::steady_clock>,
    base::Executor>;

// What the connections of one loop share. Only its thread touches it. Server and connections hold it
// together: a coroutine that the io_context destroys at its own end still finds it.
struct Loop : std::enable_shared_from_this<Loop> {
    Loop(
        boost::asio::io_context& io_context,
        Handler& request_handler,
        const Limits& limits_of_server,
        base::Log& log_of_server,
        const base::Clock& clock_of_server,
        base::Random& random_of_server
    );

    // Takes a connection that was just accepted; makes room for it or refuses it at the limit of connections.
    void adopt(Stream::Socket socket, const boost::asio::ip::tcp::endpoint& peer, crypto::TlsContext* tls);
    // Asks the connection that has been idle for the longest time to close. False if none is idle.
    bool evict_idle();
    // The number of connections that were still open.
    std::size_t cut_all();
    // No new connections; the idle ones end, the others after the answer that they are at.
    void start_draining();

    [[nodiscard]] std::unique_ptr<Exchange> borrow_exchange();
    void give_back(std::unique_ptr<Exchange> exchange);
    // 22 characters of base64url: 128 random bits.
    [[nodiscard]] std::string new_request_id();

    void enter_list(Connection& connection);
    void leave_list(Connection& connection, bool idle);
    void move_to_idle(Connection& connection);
    void move_to_busy(Connection& connection);

    boost::asio::io_context& context;
    Handler& handler;
    const Limits limits;
    base::Log& log;
    const base::Clock& clock;
    base::Random& random;
    DateCache date;
    std::vector<std::shared_ptr<Acceptor>> acceptors;
    std::atomic<std::size_t> connections = 0;  // written by the loop's thread alone
    bool draining = false;
    Timer drained;  // waits for the last connection; that one ends the wait

 private:
    using List = boost::intrusive::list<Connection>;
    void sweep();
    base::Task<> sweep_while_needed();
    void refuse(Stream::Socket socket, bool tls);

    List idle_;  // longest first, so that its deadlines are in order
    List busy_;
    std::vector<std::unique_ptr<Exchange>> exchanges_;
    std::array<std::uint8_t, 1024> id_bytes_{};
    std::size_t id_bytes_used_ = id_bytes_.size();
    Timer sweep_timer_;
    const std::chrono::milliseconds sweep_interval_;
    bool sweeping_ = false;
    std::vector<pollfd> polled_;
    base::SteadyTime full_logged_{};
};

}  // namespace stagedoor::http
