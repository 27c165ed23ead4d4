#pragma once

#include <cstdint>
#include <netinet/in.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace stagedoor::bench {

// A blocking connection to a server on this machine: the client's side of it costs as little as it can, and
// is the same in every measurement.
class Connection {
 public:
    // Connects from 127.0.0.0 + `source` to 127.0.0.1; source 1 is the usual address. Nothing if nobody
    // listens. Throws std::runtime_error if this machine has no socket left.
    static std::optional<Connection> open(std::uint16_t port, std::uint32_t source = 1) {
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0) throw std::runtime_error("no socket: is `ulimit -n` large enough?");
        Connection connection(fd);
        // The port is chosen when the peer is known, so that each source address has all ports for each peer.
        const int on = 1;
        ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        const sockaddr_in from = address(INADDR_LOOPBACK - 1 + source, 0);
        const sockaddr_in to = address(INADDR_LOOPBACK, port);
        if (::bind(fd, generic(from), sizeof from) != 0) return std::nullopt;
        if (::connect(fd, generic(to), sizeof to) != 0) return std::nullopt;
        return connection;
    }

    Connection(Connection&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Connection& operator=(Connection&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        if (fd_ >= 0) ::close(fd_);
    }

    // Sends a request and reads the answer, which goes to `copy` if that is there. True if its status is 2xx
    // or 3xx. An answer must fit into 16 KiB and arrive in one piece, as a small one from the same machine
    // does.
    [[nodiscard]] bool ask(std::string_view request, std::string* copy = nullptr) {
        if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(request.size())) {
            return false;
        }
        char answer[16 * 1024];
        const ssize_t length = ::recv(fd_, answer, sizeof answer, 0);
        if (length <= 0) return false;
        const std::string_view text(answer, static_cast<std::size_t>(length));
        if (copy != nullptr) *copy = text;
        return text.starts_with("HTTP/1.1 2") || text.starts_with("HTTP/1.1 3");
    }

 private:
    explicit Connection(int fd) : fd_(fd) {}

    static sockaddr_in address(std::uint32_t host, std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(host);
        return address;
    }
    static const sockaddr* generic(const sockaddr_in& address) {
        return reinterpret_cast<const sockaddr*>(&address);
    }

    int fd_;
};

}  // namespace stagedoor::bench
