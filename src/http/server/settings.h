#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace stagedoor::http {

// What one peer may take from the server. Each limit has an answer of its own (server/errors.h); after any of
// them the connection is closed. Times are checked by a sweep, and may be exceeded by an eighth of the
// shortest of them, at most by half a second.
struct Limits {
    // Request line and all fields together, with their line ends: 431. Room for the cookies of a session with
    // big tokens (session::kMaxChunkedBytes), which would otherwise lock its user out.
    std::size_t header_bytes = 80 * 1024;
    // The request target: 414.
    std::size_t target_bytes = 8 * 1024;
    // Number of fields: 431.
    std::size_t fields = 64;
    // The body, after a chunked transfer coding was taken off: 413.
    std::size_t body_bytes = 64 * 1024;

    // From the opening of the connection, or the last answer, to the first byte of a request: closed without
    // an answer. Longer than the 60 s after which common load balancers drop a connection, so that it is they
    // who close it.
    std::chrono::milliseconds idle_time{75'000};
    // From the first byte of a request to the end of its fields: 408. A TLS handshake has the same time.
    std::chrono::milliseconds header_time{10'000};
    // Between two arrivals of bytes within a request: 408.
    std::chrono::milliseconds byte_time{10'000};
    // From the first byte of a request to the last of its body: 408.
    std::chrono::milliseconds request_time{30'000};
    // From the complete request to the handler's answer: the handler is cancelled, and once it has ended,
    // 503.
    std::chrono::milliseconds handler_time{30'000};
    // From the handler's answer to its last byte taken by the socket: the connection is cut.
    std::chrono::milliseconds write_time{30'000};

    // Requests on one connection; the last one is answered with `Connection: close`.
    std::size_t requests_per_connection = 10'000;
    // Open connections of one loop. One more takes the place of the connection that has been idle for the
    // longest time; if none is idle, the new one gets 503 and is closed.
    std::size_t connections = 16'384;
};

// PEM files: the server's certificate followed by the intermediate ones, and its private key.
struct TlsFiles {
    std::string certificate_chain_file;
    std::string private_key_file;
};

struct ListenAddress {
    // An IPv4 or IPv6 address, or a name, of which every address is listened on. "::" takes IPv4 as well.
    std::string host = "::";
    // 0: any free port (Server::port tells which).
    std::uint16_t port = 0;
};

}  // namespace stagedoor::http
