#pragma once

#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace stagedoor::http {

struct RawResponse {
    int status = 0;
    std::string head;  // with the status line, without the empty line
    std::string body;

    // The value of a field, by its name as the server spells it; "" if it is absent.
    [[nodiscard]] std::string field(std::string_view name) const {
        const auto begin = head.find("\r\n" + std::string(name) + ": ");
        if (begin == std::string::npos) return {};
        const auto value = begin + name.size() + 4;
        return head.substr(value, head.find("\r\n", value) - value);
    }
};

// A blocking client that sends exactly the bytes it is told to, and reads what comes. It throws if nothing
// comes for longer than any test may take.
class RawClient {
 public:
    explicit RawClient(std::uint16_t port, int receive_buffer = 0)
        : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        if (receive_buffer > 0)
            ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        const timeval patience{20, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            fail("connect");
    }
    RawClient(RawClient&& other) noexcept
        : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}
    RawClient(const RawClient&) = delete;
    ~RawClient() { close(); }

    void close() {
        if (socket_ >= 0) ::close(std::exchange(socket_, -1));
    }
    void end_sending() { ::shutdown(socket_, SHUT_WR); }
    [[nodiscard]] int descriptor() const { return socket_; }

    // False if the server has closed the connection.
    bool try_send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent < 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    void send(std::string_view bytes) {
        if (!try_send(bytes)) fail("send");
    }

    // One answer. `to_head`: it has no body, whatever its Content-Length.
    RawResponse read_response(bool to_head = false) {
        RawResponse response;
        std::size_t head_end = 0;
        while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
            if (!receive()) throw std::runtime_error("the connection ended before an answer");
        }
        response.head = received_.substr(0, head_end);
        received_.erase(0, head_end + 4);
        response.status = std::stoi(response.head.substr(9, 3));
        const auto length = response.field("Content-Length");
        const std::size_t size = to_head || length.empty() ? 0 : std::stoul(length);
        while (received_.size() < size) {
            if (!receive()) throw std::runtime_error("the connection ended within an answer");
        }
        response.body = received_.substr(0, size);
        received_.erase(0, size);
        return response;
    }
    // Everything up to the end of the connection, whether it ends well or is reset.
    std::string read_to_end() {
        while (receive()) {
        }
        return std::exchange(received_, {});
    }
    // True if the server ends the connection, and nothing came before.
    bool is_ended() { return received_.empty() && !receive(); }

    RawResponse ask(std::string_view request) {
        send(request);
        return read_response();
    }

 private:
    [[noreturn]] static void fail(const char* what) {
        throw std::system_error(errno, std::system_category(), what);
    }

    bool receive() {
        char bytes[16384];
        const auto size = ::recv(socket_, bytes, sizeof bytes, 0);
        if (size < 0 && errno != ECONNRESET) fail("the server neither answers nor closes");
        if (size <= 0) return false;
        received_.append(bytes, static_cast<std::size_t>(size));
        return true;
    }

    int socket_;
    std::string received_;
};

}  // namespace stagedoor::http
