#pragma once

#include "base/log.h"
#include "base/secret.h"
#include "http/client/client.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace stagedoor::http {

class CurlEngine;

// What an operator may set about outgoing calls.
struct CurlSettings {
    // "http://proxy.example.com:3128", possibly with a user and a password. Empty: as the environment says,
    // by HTTPS_PROXY or ALL_PROXY. Calls to a loopback address over plain http never use a proxy.
    base::Secret proxy;
    // Hosts that are called directly, as in NO_PROXY: "internal.example.com,10.0.0.0/8". Empty: NO_PROXY.
    std::string no_proxy;
    std::string ca_file;           // PEM, instead of the system's certificate authorities
    std::string certificate_file;  // PEM; shown to servers that ask for one
    std::string key_file;          // PEM; read anew for each connection, as the certificate is
    std::chrono::milliseconds connect_timeout{5'000};       // name look-up, TCP and TLS together
    std::chrono::milliseconds happy_eyeballs_timeout{200};  // head start of IPv6 (RFC 8305, section 5)
    std::size_t pool_size = 128;                            // idle connections that are kept
    // Idle connections older than this are not used again. Shorter than the time after which common servers
    // and load balancers close them (60 s), since a request on a dying connection may go out twice.
    std::chrono::seconds max_idle{50};
    std::string user_agent = "stagedoor";
};

// http::Client on libcurl's multi interface, driven by the loop of one thread. Connections are pooled, HTTP/2
// is used where the server offers it, and certificates and host names are always checked. Belongs to the
// thread of its loop. Must be destroyed before the loop; calls that are under way then end with
// client.cancelled.
class CurlClient final : public Client {
 public:
    // `log` must outlive the client. Throws std::runtime_error if libcurl can't be set up.
    CurlClient(boost::asio::io_context& loop, CurlSettings settings, base::Log& log);
    ~CurlClient() override;
    CurlClient(const CurlClient&) = delete;
    CurlClient& operator=(const CurlClient&) = delete;

    [[nodiscard]] base::Task<base::Result<ClientResponse>> send(ClientRequest request) override;

 private:
    std::unique_ptr<CurlEngine> engine_;
};

}  // namespace stagedoor::http
