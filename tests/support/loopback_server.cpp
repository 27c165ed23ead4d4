#include "support/loopback_server.h"

#include "base/encoding.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <csignal>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace stagedoor::support {
namespace {

void require(bool ok, const char* what) {
    if (!ok) throw std::runtime_error(std::string("LoopbackServer: ") + what);
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Bio reader(const std::string& text) {
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free_all};
}

Certificate read_certificate(const std::string& pem) {
    return {PEM_read_bio_X509(reader(pem).get(), nullptr, nullptr, nullptr), &X509_free};
}

SSL_CTX* tls_context(const TestIdentity& identity, const std::string& client_authority) {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    EVP_PKEY* key = PEM_read_bio_PrivateKey(reader(identity.key).get(), nullptr, nullptr, nullptr);
    require(
        SSL_CTX_use_certificate(context, read_certificate(identity.certificate).get()) == 1 &&
            SSL_CTX_use_PrivateKey(context, key) == 1,
        "the certificate"
    );
    EVP_PKEY_free(key);
    if (!client_authority.empty()) {
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context), read_certificate(client_authority).get());
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    return context;
}

}  // namespace

std::optional<std::string> ReceivedRequest::field(std::string_view name) const {
    std::string_view rest = head;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(std::min(line.size() + 2, rest.size()));
        const std::size_t colon = line.find(": ");
        if (colon != std::string_view::npos && base::equal_ignoring_case(line.substr(0, colon), name)) {
            return std::string(line.substr(colon + 2));
        }
        if (line.ends_with(':') && base::equal_ignoring_case(line.substr(0, line.size() - 1), name))
            return "";
    }
    return std::nullopt;
}

long LoopbackPeer::read_some(char* data, std::size_t size) {
    if (tls_ != nullptr) return SSL_read(tls_, data, static_cast<int>(size));
    return ::recv(socket_, data, size, 0);
}

std::optional<ReceivedRequest> LoopbackPeer::read_request() {
    const auto read_until = [this](auto complete) {
        std::array<char, 16 * 1024> chunk{};
        while (!complete()) {
            const long count = read_some(chunk.data(), chunk.size());
            if (count <= 0) return false;
            buffer_.append(chunk.data(), static_cast<std::size_t>(count));
        }
        return true;
    };
    std::size_t end = 0;
    if (!read_until([&] { return (end = buffer_.find("\r\n\r\n")) != std::string::npos; }))
        return std::nullopt;
    ReceivedRequest request;
    request.head = buffer_.substr(0, end);
    buffer_.erase(0, end + 4);
    const std::size_t first = request.head.find(' ');
    const std::size_t second = request.head.find(' ', first + 1);
    request.method = request.head.substr(0, first);
    request.target = request.head.substr(first + 1, second - first - 1);
    const std::size_t length = std::stoul(request.field("Content-Length").value_or("0"));
    if (!read_until([&] { return buffer_.size() >= length; })) return std::nullopt;
    request.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return request;
}

bool LoopbackPeer::send(std::string_view octets) {
    while (!octets.empty()) {
        const long count = tls_ != nullptr ? SSL_write(tls_, octets.data(), static_cast<int>(octets.size()))
                                           : ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (count <= 0) return false;
        octets.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

bool LoopbackPeer::answer(std::string_view body) {
    return send(
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body)
    );
}

void LoopbackPeer::wait_for_close() {
    std::array<char, 1024> chunk{};
    while (read_some(chunk.data(), chunk.size()) > 0) {
    }
}

void LoopbackPeer::reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

void LoopbackPeer::tunnel_to(std::uint16_t port) {
    const int other = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(port);
    if (::connect(other, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
        std::array<pollfd, 2> ends{pollfd{socket_, POLLIN, 0}, pollfd{other, POLLIN, 0}};
        std::array<char, 16 * 1024> chunk{};
        for (bool open = true; open && ::poll(ends.data(), ends.size(), -1) > 0;) {
            for (std::size_t i = 0; i < 2 && open; ++i) {
                if (ends[i].revents == 0) continue;
                const long count = ::recv(ends[i].fd, chunk.data(), chunk.size(), 0);
                open = count > 0 &&
                       ::send(ends[1 - i].fd, chunk.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL) ==
                           count;
            }
        }
    }
    ::close(other);
}

LoopbackServer::LoopbackServer(Script script) : script_(std::move(script)), tls_(nullptr, SSL_CTX_free) {
    listen();
}

LoopbackServer::LoopbackServer(
    Script script, const TestIdentity& identity, const std::string& client_authority
)
    : script_(std::move(script)), tls_(tls_context(identity, client_authority), SSL_CTX_free) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets that may be closed
    listen();
}

void LoopbackServer::listen() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);
    require(
        listener_ >= 0 && ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
            ::listen(listener_, 512) == 0 &&
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0,
        "listening"
    );
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
}

LoopbackServer::~LoopbackServer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
    }
    ::shutdown(listener_, SHUT_RDWR);  // ends accept()
    acceptor_.join();
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
}

std::string LoopbackServer::url(std::string_view target, std::string_view host) const {
    return std::string(tls_ != nullptr ? "https://" : "http://") + std::string(host) + ":" +
           std::to_string(port_) + std::string(target);
}

void LoopbackServer::accept_all() {
    while (true) {
        const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) return;
        const std::lock_guard lock(mutex_);
        if (stopping_) {
            ::close(socket);
            return;
        }
        open_.push_back(socket);
        threads_.emplace_back([this, socket, number = ++connections_] { serve(socket, number); });
    }
}

void LoopbackServer::serve(int socket, int connection) {
    SSL* tls = nullptr;
    if (tls_ != nullptr) {
        tls = SSL_new(tls_.get());
        SSL_set_fd(tls, socket);
    }
    if (tls == nullptr || SSL_accept(tls) == 1) {
        LoopbackPeer peer(socket, tls);
        script_(peer, connection);
        if (tls != nullptr) SSL_shutdown(tls);
    }
    SSL_free(tls);
    const std::lock_guard lock(mutex_);
    open_.remove(socket);
    ::close(socket);
}

}  // namespace stagedoor::support
