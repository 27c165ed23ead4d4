#include "http/server/listener.h"

#include <boost/asio/ip/v6_only.hpp>

#include <cerrno>
#include <cstring>
#include <exception>
#include <netdb.h>
#include <string>
#include <sys/socket.h>
#include <system_error>

namespace stagedoor::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// After a failed accept (no descriptor left): the loop goes on with the connections that it has.
constexpr std::chrono::milliseconds kAcceptPause{50};

std::string text_of(const ListenAddress& address) {
    return address.host + " port " + std::to_string(address.port);
}

class ResolverCategory final : public std::error_category {
 public:
    [[nodiscard]] const char* name() const noexcept override { return "getaddrinfo"; }
    [[nodiscard]] std::string message(int code) const override { return ::gai_strerror(code); }
};

const std::error_category& resolver_category() {
    static const ResolverCategory category;
    return category;
}

std::vector<tcp::endpoint> resolve(const ListenAddress& address) {
    boost::system::error_code not_numeric;
    std::string host = address.host;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const auto numeric = asio::ip::make_address(host, not_numeric);
    if (!not_numeric) return {tcp::endpoint(numeric, address.port)};

    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* first = nullptr;
    const int failure = ::getaddrinfo(host.c_str(), nullptr, &hints, &first);
    if (failure != 0)
        throw std::system_error(failure, resolver_category(), "cannot listen on " + text_of(address));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(first, &::freeaddrinfo);
    std::vector<tcp::endpoint> endpoints;
    for (const addrinfo* info = first; info != nullptr; info = info->ai_next) {
        tcp::endpoint endpoint;
        endpoint.resize(info->ai_addrlen);
        std::memcpy(endpoint.data(), info->ai_addr, info->ai_addrlen);
        endpoint.port(address.port);
        endpoints.push_back(endpoint);
    }
    return endpoints;
}

boost::system::error_code share_port(Acceptor& acceptor) {
    const int on = 1;
    const int result = ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    return result == 0 ? boost::system::error_code()
                       : boost::system::error_code(errno, boost::system::system_category());
}

boost::system::error_code open(Acceptor& acceptor, const tcp::endpoint& endpoint, bool shared) {
    boost::system::error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error && shared) error = share_port(acceptor);
    // "::" takes IPv4 as well, whatever the system's default.
    if (!error && endpoint.protocol() == tcp::v6()) acceptor.set_option(asio::ip::v6_only(false), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    return error;
}

bool is_absent(const boost::system::error_code& error) {
    return error == boost::system::errc::address_not_available ||
           error == boost::system::errc::address_family_not_supported;
}

std::vector<std::shared_ptr<Acceptor>> open_all(
    asio::io_context& context, const ListenAddress& address, bool shared
) {
    std::vector<std::shared_ptr<Acceptor>> acceptors;
    boost::system::error_code absent;
    for (auto endpoint : resolve(address)) {
        auto acceptor = std::make_shared<Acceptor>(context);
        // Port 0: the second address of a name gets the port that the first was given.
        if (!acceptors.empty()) endpoint.port(acceptors.front()->local_endpoint().port());
        const auto error = open(*acceptor, endpoint, shared);
        if (is_absent(error)) {
            absent = error;
        } else if (error) {
            throw std::system_error(error, "cannot listen on " + text_of(address));
        } else {
            acceptors.push_back(std::move(acceptor));
        }
    }
    if (acceptors.empty()) throw std::system_error(absent, "cannot listen on " + text_of(address));
    return acceptors;
}

}  // namespace

std::vector<std::shared_ptr<Acceptor>> open_acceptors(
    asio::io_context& context, const ListenAddress& address
) {
    return open_all(context, address, true);
}

void require_address_free(const ListenAddress& address) {
    if (address.port == 0) return;
    asio::io_context context(1);
    open_all(context, address, false);
}

base::Task<> accept_connections(
    std::shared_ptr<Loop> loop, std::shared_ptr<Acceptor> acceptor, std::shared_ptr<crypto::TlsContext> tls
) {
    Timer pause(loop->context);
    tcp::endpoint peer;
    for (;;) {
        auto [error, socket] = co_await acceptor->async_accept(peer, base::kAwait);
        if (!acceptor->is_open()) co_return;
        std::string failure = error ? error.message() : std::string();
        if (!error) {
            try {
                loop->adopt(std::move(socket), peer, tls.get());
            } catch (const std::exception& exception) {
                failure = exception.what();
            }
        }
        if (failure.empty() || error == asio::error::connection_aborted) continue;
        loop->log.error("http.accept_failed", {{"detail", std::string_view(failure)}});
        loop->evict_idle();
        pause.expires_after(kAcceptPause);
        co_await pause.async_wait(base::kAwait);
        if (!acceptor->is_open()) co_return;
    }
}

}  // namespace stagedoor::http
