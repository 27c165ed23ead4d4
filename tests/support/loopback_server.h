#pragma once

#include "support/test_certificates.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

struct ssl_ctx_st;
struct ssl_st;

namespace stagedoor::support {

// A request as it came over the wire.
struct ReceivedRequest {
    std::string head;  // up to and without the empty line
    std::string method;
    std::string target;
    std::string body;

    // The value of the first field of this name (case does not matter), or nothing.
    [[nodiscard]] std::optional<std::string> field(std::string_view name) const;
};

// One connection, in the hands of a test's script. Blocking.
class LoopbackPeer {
 public:
    LoopbackPeer(int socket, ssl_st* tls) : socket_(socket), tls_(tls) {}

    // Nothing at the end of the stream.
    std::optional<ReceivedRequest> read_request();
    // True if all of it was sent.
    bool send(std::string_view octets);
    // Sends a complete answer of status 200.
    bool answer(std::string_view body);
    // Returns when the other side has closed.
    void wait_for_close();
    // Closes with a TCP reset.
    void reset();
    // Passes octets both ways between this connection and 127.0.0.1:port until one of them ends.
    void tunnel_to(std::uint16_t port);

 private:
    long read_some(char* data, std::size_t size);

    int socket_;
    ssl_st* tls_;  // null for plain text
    std::string buffer_;
};

// A server on a port of 127.0.0.1 that runs a script for each connection, on a thread of its own. The script
// gets the number of the connection, from 1; the connection is closed when the script returns.
class LoopbackServer {
 public:
    using Script = std::function<void(LoopbackPeer& peer, int connection)>;

    // Plain text.
    explicit LoopbackServer(Script script);
    // TLS; with `client_authority` (PEM), only for clients that show a certificate of it.
    LoopbackServer(Script script, const TestIdentity& identity, const std::string& client_authority = {});
    ~LoopbackServer();
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] int connections() const { return connections_; }
    // "http://127.0.0.1:PORT" with `target` behind it.
    [[nodiscard]] std::string url(std::string_view target = "/", std::string_view host = "127.0.0.1") const;

 private:
    void listen();
    void accept_all();
    void serve(int socket, int connection);

    Script script_;
    std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)> tls_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_ = 0;
    std::mutex mutex_;
    std::list<int> open_;  // sockets whose script is running
    std::list<std::thread> threads_;
    bool stopping_ = false;
    std::thread acceptor_;
};

}  // namespace stagedoor::support
