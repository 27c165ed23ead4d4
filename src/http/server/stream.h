#pragma once

#include "base/task.h"
#include "crypto/tls_context.h"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stagedoor::http {

// A TCP connection, with TLS or without. The try_ functions never wait; what waits ends with Status::broken
// when cancel() is called.
class Stream {
 public:
    using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, base::Executor>;
    enum class Status : std::uint8_t {
        done,
        would_block,  // from the try_ functions only
        closed,       // the peer has ended its side
        broken,       // an error of the connection, or cancelled
    };
    struct Transfer {
        Status status;
        std::size_t bytes;  // > 0 exactly if done
    };

    // The socket must be non-blocking. Without `tls`: plain TCP.
    Stream(Socket socket, std::optional<crypto::TlsSession> tls);

    // The TLS handshake. Nothing to do on plain TCP.
    [[nodiscard]] base::Task<Status> handshake();
    // Waits for the first byte, and reads what is there.
    [[nodiscard]] base::Task<Transfer> read(std::span<char> out);
    [[nodiscard]] Transfer try_read(std::span<char> out);
    // Writes everything.
    [[nodiscard]] base::Task<Status> write(std::string_view data);
    [[nodiscard]] Transfer try_write(std::string_view data);

    // Ends what waits.
    void cancel();
    // No more bytes from us; the peer's can still be read.
    void shutdown_send();
    // Discards what waits in the socket for the peer, instead of delivering it in the background: for a peer
    // that does not take it.
    void abort();

    [[nodiscard]] bool has_tls() const { return tls_.has_value(); }
    [[nodiscard]] int native_handle() { return socket_.native_handle(); }
    // Why TLS has failed, for the log.
    [[nodiscard]] std::string_view failure() const {
        return tls_ ? std::string_view(tls_->failure()) : std::string_view();
    }

 private:
    // Waits for what TLS wants. False if cancelled or broken.
    [[nodiscard]] base::Task<bool> wait_for(crypto::TlsSession::Status wanted);

    Socket socket_;
    std::optional<crypto::TlsSession> tls_;
};

}  // namespace stagedoor::http
