#include "crypto/tls_context.h"

#include "crypto/openssl.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace stagedoor::crypto {

namespace {

// OpenSSL's own socket BIO uses write(2), which raises SIGPIPE once the peer is gone.
int descriptor_of(BIO* bio) {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int bio_write(BIO* bio, const char* data, int size) {
    BIO_clear_retry_flags(bio);
    const auto sent = ::send(descriptor_of(bio), data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
    return static_cast<int>(sent);
}

int bio_read(BIO* bio, char* data, int size) {
    BIO_clear_retry_flags(bio);
    const auto received = ::recv(descriptor_of(bio), data, static_cast<std::size_t>(size), 0);
    if (received < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
    return static_cast<int>(received);
}

long bio_control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

using Method = std::unique_ptr<BIO_METHOD, openssl::Free<BIO_meth_free>>;

const BIO_METHOD* socket_method() {
    static const Method method = [] {
        Method made(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without SIGPIPE"));
        openssl::require(made != nullptr, "BIO_meth_new");
        BIO_meth_set_write(made.get(), bio_write);
        BIO_meth_set_read(made.get(), bio_read);
        BIO_meth_set_ctrl(made.get(), bio_control);
        return made;
    }();
    return method.get();
}

// The first note in the queue is the reason, those behind it are its consequences.
std::string why_it_failed() {
    const auto code = ERR_peek_error();
    if (code == 0) return errno != 0 ? std::generic_category().message(errno) : "no reason given";
    if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
    const char* reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : "OpenSSL error " + std::to_string(code);
}

// RFC 7301, section 3.2: a client that offers protocols, but not ours, is told so (no_application_protocol).
int select_protocol(
    SSL* /*ssl*/,
    const unsigned char** out,
    unsigned char* out_size,
    const unsigned char* offered,
    unsigned int offered_size,
    void* /*argument*/
) {
    static constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    unsigned char* selected = nullptr;
    const int found =
        SSL_select_next_proto(&selected, out_size, kHttp11, sizeof kHttp11, offered, offered_size);
    *out = selected;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// An encrypted key must not make the server ask for a password at a terminal.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*argument*/) {
    return -1;
}

void harden(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    // RFC 9325, section 4.2, for TLS 1.2; the suites of TLS 1.3 are all sound.
    openssl::require(
        SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK") == 1,
        "SSL_CTX_set_cipher_list"
    );
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // RELEASE_BUFFERS: an idle connection does without its 34 KiB of record buffers.
    SSL_CTX_set_mode(
        context,
        SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
    );
    // Tickets resume sessions without memory on our side.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
    SSL_CTX_set_default_passwd_cb(context, no_password);
}

void put_stamp(const std::string& file, std::span<std::int64_t, 4> out) {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) return;
    out[0] = static_cast<std::int64_t>(status.st_ino);
    out[1] = static_cast<std::int64_t>(status.st_size);
    out[2] = static_cast<std::int64_t>(status.st_mtim.tv_sec);
    out[3] = static_cast<std::int64_t>(status.st_mtim.tv_nsec);
}

}  // namespace

TlsSession::TlsSession(TlsSession&& other) noexcept
    : ssl_(std::exchange(other.ssl_, nullptr)), failure_(std::move(other.failure_)) {}

TlsSession& TlsSession::operator=(TlsSession&& other) noexcept {
    std::swap(ssl_, other.ssl_);
    std::swap(failure_, other.failure_);
    return *this;
}

TlsSession::~TlsSession() {
    SSL_free(ssl_);
}

TlsSession::Status TlsSession::judge(int result) {
    switch (SSL_get_error(ssl_, result)) {
        case SSL_ERROR_WANT_READ:
            return Status::wants_read;
        case SSL_ERROR_WANT_WRITE:
            return Status::wants_write;
        case SSL_ERROR_ZERO_RETURN:
            return Status::closed;
        default:
            break;
    }
    // An end without close_notify: to HTTP the same, since a request tells its own length.
    if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) return Status::closed;
    failure_ = why_it_failed();
    return Status::failed;
}

TlsSession::Status TlsSession::handshake() {
    const openssl::ErrorScope scope;
    errno = 0;
    const int result = SSL_accept(ssl_);
    return result == 1 ? Status::done : judge(result);
}

TlsSession::Transfer TlsSession::read(std::span<char> out) {
    const openssl::ErrorScope scope;
    errno = 0;
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_, out.data(), out.size(), &bytes);
    if (result == 1) return {Status::done, bytes};
    return {judge(result), 0};
}

TlsSession::Transfer TlsSession::write(std::span<const char> in) {
    const openssl::ErrorScope scope;
    errno = 0;
    std::size_t bytes = 0;
    const int result = SSL_write_ex(ssl_, in.data(), in.size(), &bytes);
    if (result == 1) return {Status::done, bytes};
    return {judge(result), 0};
}

void TlsSession::close_notify() {
    const openssl::ErrorScope scope;
    // After a fatal error the session must not be used again (SSL_get_error(3)).
    if (failure_.empty() && SSL_is_init_finished(ssl_) == 1) SSL_shutdown(ssl_);
}

void TlsContext::Free::operator()(SSL_CTX* context) const {
    SSL_CTX_free(context);
}

TlsContext::TlsContext(
    std::string certificate_chain_file,
    std::string private_key_file,
    base::Log& log,
    const base::Clock& clock,
    std::chrono::milliseconds check_interval
)
    : certificate_chain_file_(std::move(certificate_chain_file)),
      private_key_file_(std::move(private_key_file)),
      log_(log),
      clock_(clock),
      check_interval_(check_interval),
      loaded_(stamp()),
      checked_(clock.steady()) {
    context_ = load();
}

TlsContext::~TlsContext() = default;

TlsContext::Stamp TlsContext::stamp() const {
    Stamp stamp;
    put_stamp(certificate_chain_file_, std::span(stamp.parts).first<4>());
    put_stamp(private_key_file_, std::span(stamp.parts).last<4>());
    return stamp;
}

TlsContext::Context TlsContext::load() const {
    const openssl::ErrorScope scope;
    Context context(SSL_CTX_new(TLS_server_method()));
    openssl::require(context != nullptr, "SSL_CTX_new");
    harden(context.get());
    errno = 0;
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_chain_file_.c_str()) != 1) {
        throw std::runtime_error(
            "cannot use the TLS certificate " + certificate_chain_file_ + ": " + why_it_failed()
        );
    }
    // Checks as well that the key belongs to the certificate.
    if (SSL_CTX_use_PrivateKey_file(context.get(), private_key_file_.c_str(), SSL_FILETYPE_PEM) != 1) {
        throw std::runtime_error(
            "cannot use the TLS private key " + private_key_file_ + ": " + why_it_failed()
        );
    }
    return context;
}

void TlsContext::reload_if_changed() {
    const auto now = clock_.steady();
    if (now - checked_ < check_interval_) return;
    checked_ = now;
    // Taken before the files are read: a change in between is seen by the next check.
    const Stamp current = stamp();
    if (current == loaded_) return;
    try {
        context_ = load();
        loaded_ = current;
        log_.info("tls.reloaded", {{"certificate", std::string_view(certificate_chain_file_)}});
    } catch (const std::runtime_error& error) {
        // Tried again at every check, even if nothing has changed: a file may have been read half written.
        if (current != failed_) log_.error("tls.reload_failed", {{"detail", std::string_view(error.what())}});
        failed_ = current;
    }
}

TlsSession TlsContext::accept(int socket) {
    const std::scoped_lock lock(mutex_);
    reload_if_changed();
    TlsSession session(SSL_new(context_.get()));
    openssl::require(session.ssl_ != nullptr, "SSL_new");
    BIO* bio = BIO_new(socket_method());
    openssl::require(bio != nullptr, "BIO_new");
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
    BIO_set_init(bio, 1);
    SSL_set_bio(session.ssl_, bio, bio);
    return session;
}

}  // namespace stagedoor::crypto
