#pragma once

#include "base/clock.h"
#include "base/log.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>

using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;

namespace stagedoor::crypto {

// The server's side of one TLS connection over a non-blocking socket. It neither owns nor closes the socket.
// A call that cannot go on says what it waits for, and is then made again.
class TlsSession {
 public:
    enum class Status : std::uint8_t {
        done,
        wants_read,   // again once the socket can be read
        wants_write,  // again once the socket can be written
        closed,       // the peer has ended the session or the connection
        failed,       // a violation of the protocol, or a broken connection
    };
    struct Transfer {
        Status status;
        std::size_t bytes;  // > 0 exactly if done
    };

    ~TlsSession();
    TlsSession(TlsSession&&) noexcept;
    TlsSession& operator=(TlsSession&&) noexcept;
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    [[nodiscard]] Status handshake();
    [[nodiscard]] Transfer read(std::span<char> out);
    [[nodiscard]] Transfer write(std::span<const char> in);
    // Sends close_notify if the socket takes it now (RFC 8446, section 6.1). The peer's own is not waited
    // for.
    void close_notify();
    // Why the last call failed, for the log.
    [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
    friend class TlsContext;
    explicit TlsSession(SSL* ssl) : ssl_(ssl) {}
    Status judge(int result);
    SSL* ssl_;
    std::string failure_;
};

// Certificate and key of the server, read again when their files change. TLS 1.2 and 1.3, cipher suites with
// forward secrecy and authenticated encryption only (RFC 9325), no renegotiation, no compression, ALPN
// "http/1.1" (RFC 7301). Safe to use from any thread; one may serve all loops.
class TlsContext {
 public:
    // `check_interval`: the files are looked at no more often than this, when a connection comes. Throws
    // std::runtime_error, naming the file, if a file can't be read or key and certificate don't belong
    // together.
    TlsContext(
        std::string certificate_chain_file,
        std::string private_key_file,
        base::Log& log,
        const base::Clock& clock,
        std::chrono::milliseconds check_interval = std::chrono::seconds(2)
    );
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    // A session over the connected, non-blocking `socket`. New files are taken first, if they have changed;
    // if they are broken, that is logged (tls.reload_failed), the former ones stay in use, and every check
    // tries again.
    [[nodiscard]] TlsSession accept(int socket);

 private:
    // Tells two versions of the files apart. Symbolic links are followed, so exchanging a link counts.
    struct Stamp {
        std::array<std::int64_t, 8> parts{};
        friend bool operator==(const Stamp&, const Stamp&) = default;
    };
    struct Free {
        void operator()(SSL_CTX* context) const;
    };
    using Context = std::unique_ptr<SSL_CTX, Free>;

    [[nodiscard]] Stamp stamp() const;
    [[nodiscard]] Context load() const;
    void reload_if_changed();

    const std::string certificate_chain_file_;
    const std::string private_key_file_;
    base::Log& log_;
    const base::Clock& clock_;
    const std::chrono::milliseconds check_interval_;

    std::mutex mutex_;  // held for an accept, never while a connection is served
    Context context_;
    Stamp loaded_;
    Stamp failed_;  // the version whose failure is in the log already
    base::SteadyTime checked_;
};

}  // namespace stagedoor::crypto
