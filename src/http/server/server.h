#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/task.h"
#include "http/handler.h"
#include "http/server/settings.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace stagedoor::crypto {
class TlsContext;
}

namespace stagedoor::http {

struct Loop;

// The HTTP/1.1 server (RFC 9110, RFC 9112) of one loop. A program has one loop per thread and one Server per
// loop; they listen on the same addresses (SO_REUSEPORT), and the kernel spreads the connections over them.
//
// All functions except connections() belong to the loop's thread, or to the time before it runs. What the
// constructor is handed must outlive the io_context's handlers: construct it before the io_context.
class Server {
 public:
    Server(
        boost::asio::io_context& context,
        Handler& handler,
        const Limits& limits,
        base::Log& log,
        const base::Clock& clock,
        base::Random& random
    );
    // Closes the listeners and cuts every connection.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Accepts connections on `address`, with TLS if a context is given (it may be shared by all loops).
    // Throws std::system_error, naming the address, if that is not possible.
    void listen(const ListenAddress& address, std::shared_ptr<crypto::TlsContext> tls = nullptr);
    // Throws std::system_error if somebody listens on `address` already. SO_REUSEPORT would let a second
    // process of the same user share it without a word; ask once, before the first loop listens.
    static void require_free(const ListenAddress& address);
    // The port of the first listen().
    [[nodiscard]] std::uint16_t port() const;

    // Ends the service: closes the listeners and the idle connections at once; requests under way are
    // answered with `Connection: close`. What is left after `deadline` is cut. The number of connections that
    // were cut.
    [[nodiscard]] base::Task<std::size_t> drain(std::chrono::milliseconds deadline);

    // Open connections. Safe to call from any thread.
    [[nodiscard]] std::size_t connections() const;

 private:
    std::shared_ptr<Loop> loop_;
};

}  // namespace stagedoor::http
