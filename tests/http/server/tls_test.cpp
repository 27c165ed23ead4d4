#include "crypto/tls_context.h"
#include "http/server/raw_client.h"
#include "http/server/running_server.h"
#include "support/test_certificates.h"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <fstream>
#include <memory>
#include <string>

namespace stagedoor::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string kEcho = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";

// A blocking TLS client over a RawClient's socket. It believes any certificate, and tells which one it was
// shown.
class TlsClient {
 public:
    struct Options {
        int max_version = TLS1_3_VERSION;
        std::string protocols = "\x08http/1.1";  // as ALPN writes them
    };
    TlsClient(std::uint16_t port, const Options& options)
        : raw_(port), context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free), ssl_(nullptr, &SSL_free) {
        SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context_.get(), options.max_version);
        SSL_CTX_set_cipher_list(context_.get(), "ALL:@SECLEVEL=0");
        ssl_.reset(SSL_new(context_.get()));
        const auto* const protocols = reinterpret_cast<const unsigned char*>(options.protocols.data());
        SSL_set_alpn_protos(ssl_.get(), protocols, static_cast<unsigned>(options.protocols.size()));
        SSL_set_fd(ssl_.get(), raw_.descriptor());
        connected_ = SSL_connect(ssl_.get()) == 1;
        ERR_clear_error();
    }
    explicit TlsClient(std::uint16_t port) : TlsClient(port, Options()) {}

    [[nodiscard]] bool connected() const { return connected_; }
    [[nodiscard]] std::string version() const { return SSL_get_version(ssl_.get()); }
    [[nodiscard]] std::string protocol() const {
        const unsigned char* name = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(ssl_.get(), &name, &size);
        return {reinterpret_cast<const char*>(name), size};
    }
    // The common name of the authority that issued the server's certificate.
    [[nodiscard]] std::string issuer() const {
        const std::unique_ptr<X509, decltype(&X509_free)> shown(
            SSL_get1_peer_certificate(ssl_.get()), &X509_free
        );
        char name[100] = "";
        if (!shown) return name;
        X509_NAME_get_text_by_NID(X509_get_issuer_name(shown.get()), NID_commonName, name, sizeof name);
        return name;
    }
    void send(std::string_view bytes) {
        ASSERT_EQ(
            SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())),
            static_cast<int>(bytes.size())
        );
    }
    // Reads until `size` bytes behind the head have come, or the end.
    std::string read_body(std::size_t size) {
        std::string all;
        std::size_t wanted = std::string::npos;
        char bytes[16384];
        while (all.size() < wanted) {
            const int received = SSL_read(ssl_.get(), bytes, sizeof bytes);
            if (received <= 0) break;
            all.append(bytes, static_cast<std::size_t>(received));
            const auto head_end = all.find("\r\n\r\n");
            if (head_end != std::string::npos) wanted = head_end + 4 + size;
        }
        return all.substr(all.find("\r\n\r\n") + 4);
    }
    // True if the server has ended the session as TLS wants it, with close_notify.
    bool is_ended() {
        char byte = 0;
        return SSL_get_error(ssl_.get(), SSL_read(ssl_.get(), &byte, 1)) == SSL_ERROR_ZERO_RETURN;
    }
    RawClient& raw() { return raw_; }

 private:
    RawClient raw_;
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
    std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
    bool connected_ = false;
};

class Tls : public testing::Test {
 protected:
    Tls() { write_certificate("first"); }

    // Replaces the server's files by a certificate of this authority.
    void write_certificate(const std::string& authority) {
        const auto identity = support::TestAuthority(authority).issue({"localhost"});
        std::ofstream(certificate_.path()) << identity.certificate;
        std::ofstream(key_.path()) << identity.key;
    }

    [[nodiscard]] std::shared_ptr<crypto::TlsContext> context() {
        return std::make_shared<crypto::TlsContext>(
            certificate_.path(), key_.path(), log_, clock_, milliseconds(0)
        );
    }

    support::TemporaryFile certificate_{""};
    support::TemporaryFile key_{""};
    support::CapturingLog log_;
    base::RealClock clock_;
};

TEST_F(Tls, ServesRequests) {
    RunningServer server({}, context());
    TlsClient client(server.port());
    ASSERT_TRUE(client.connected());
    EXPECT_EQ(client.version(), "TLSv1.3");
    EXPECT_EQ(client.protocol(), "http/1.1");
    for (int i = 0; i < 3; ++i) {
        client.send(kEcho);
        EXPECT_EQ(client.read_body(10), "GET /echo|");
    }
}

TEST_F(Tls, ServesLargeRequestsAndAnswers) {
    RunningServer server({}, context());
    TlsClient client(server.port());
    const std::string body(65'000, 'b');
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 65000\r\n\r\n" + body);
    EXPECT_EQ(client.read_body(65'011), "POST /echo|" + body);
    client.send("GET /large?3000000 HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.read_body(3'000'000), std::string(3'000'000, 'x'));
}

TEST_F(Tls, SpeaksTls12AndNothingOlder) {
    RunningServer server({}, context());
    TlsClient old(server.port(), {.max_version = TLS1_2_VERSION});
    ASSERT_TRUE(old.connected());
    EXPECT_EQ(old.version(), "TLSv1.2");
    old.send(kEcho);
    EXPECT_EQ(old.read_body(10), "GET /echo|");
    EXPECT_FALSE(TlsClient(server.port(), {.max_version = TLS1_1_VERSION}).connected());
}

TEST_F(Tls, RefusesClientsThatWantOtherProtocols) {
    RunningServer server({}, context());
    EXPECT_FALSE(TlsClient(server.port(), {.protocols = "\x02h2"}).connected());
    TlsClient either(server.port(), {.protocols = "\x02h2\x08http/1.1"});
    EXPECT_EQ(either.protocol(), "http/1.1");
}

TEST_F(Tls, EndsWithCloseNotify) {
    RunningServer server({}, context());
    TlsClient client(server.port());
    client.send("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(client.read_body(10), "GET /echo|");
    EXPECT_TRUE(client.is_ended());
}

TEST_F(Tls, LimitsHoldForTlsToo) {
    RunningServer server({.header_time = milliseconds(100)}, context());
    RawClient silent(server.port());
    EXPECT_TRUE(silent.is_ended()) << "a handshake that never begins";
    TlsClient slow(server.port());
    slow.send("GET / HTTP/1.1\r\n");
    EXPECT_NE(slow.read_body(10).find("error"), std::string::npos);
}

TEST_F(Tls, PlainHttpOnATlsPortIsClosed) {
    RunningServer server({}, context());
    RawClient client(server.port());
    client.send(kEcho);
    EXPECT_EQ(client.read_to_end().find("HTTP/1.1"), std::string::npos);
    EXPECT_EQ(TlsClient(server.port()).connected(), true);
    server.stop();
    EXPECT_TRUE(server.log().has("tls.handshake_failed"));
}

TEST_F(Tls, AClientThatGoesAwayCancelsTheHandler) {
    RunningServer server({}, context());
    TlsClient client(server.port());
    client.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(server.events().wait("held"));
    client.raw().close();
    EXPECT_TRUE(server.events().wait("cancelled"));
}

TEST_F(Tls, DrainEndsIdleSessions) {
    RunningServer server({}, context());
    TlsClient client(server.port());
    client.send(kEcho);
    EXPECT_EQ(client.read_body(10), "GET /echo|");
    auto drained = server.drain(seconds(20));
    EXPECT_TRUE(client.is_ended());
    EXPECT_EQ(drained.get(), 0U);
}

TEST_F(Tls, NewConnectionsGetTheNewCertificate) {
    RunningServer server({}, context());
    TlsClient before(server.port());
    EXPECT_EQ(before.issuer(), "first");
    write_certificate("second");
    EXPECT_EQ(TlsClient(server.port()).issuer(), "second");
    EXPECT_TRUE(log_.has("tls.reloaded"));
    before.send(kEcho);
    EXPECT_EQ(before.read_body(10), "GET /echo|")
        << "a session goes on with the certificate that it began with";
}

TEST_F(Tls, ABrokenNewCertificateLeavesTheFormerInUse) {
    RunningServer server({}, context());
    std::ofstream(certificate_.path()) << "broken";
    EXPECT_EQ(TlsClient(server.port()).issuer(), "first");
    EXPECT_EQ(TlsClient(server.port()).issuer(), "first");
    EXPECT_EQ(log_.lines().size(), 1U) << "one version of the files fails, one line says so";
    EXPECT_TRUE(log_.has("tls.reload_failed"));
    write_certificate("third");
    EXPECT_EQ(TlsClient(server.port()).issuer(), "third");
}

}  // namespace
}  // namespace stagedoor::http
