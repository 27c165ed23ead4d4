// Certificates, proxies, and addresses behind TLS.
#include "http/client/client_fixture.h"
#include "http/client/curl_client.h"
#include "support/test_certificates.h"

namespace stagedoor::http {
namespace {

using support::LoopbackPeer;
using support::LoopbackServer;
using support::TemporaryFile;
using support::TestAuthority;

void hello(LoopbackPeer& peer, int /*connection*/) {
    while (peer.read_request()) peer.answer("hello");
}

class CurlTlsTest : public CurlClientTest {
 protected:
    CurlTlsTest() { settings.ca_file = authority_file.path(); }

    TestAuthority authority;
    TemporaryFile authority_file{authority.certificate()};
};

TEST_F(CurlTlsTest, ATrustedServerIsCalledByNameAndByAddress) {
    LoopbackServer server(hello, authority.issue({"localhost", "IP:127.0.0.1"}));
    for (const char* host : {"localhost", "127.0.0.1"}) {
        const Outcome outcome = call(get(server.url("/", host)));
        ASSERT_TRUE(outcome) << outcome.error().describe();
        EXPECT_EQ(outcome->body, "hello");
    }
}

TEST_F(CurlTlsTest, TheConnectionIsUsedAgain) {
    LoopbackServer server(hello, authority.issue({"inside.stagedoor.test"}));
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(call(get(server.url("/", "inside.stagedoor.test"))));
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(CurlTlsTest, ACertificateForAnotherNameIsRefused) {
    LoopbackServer server(hello, authority.issue({"other.example", "IP:127.0.0.2"}));
    for (const char* host : {"localhost", "127.0.0.1", "inside.stagedoor.test"}) {
        EXPECT_EQ(failure(get(server.url("/", host))), "client.tls") << host;
    }
}

TEST_F(CurlTlsTest, AnExpiredCertificateIsRefused) {
    LoopbackServer server(hello, authority.issue({"localhost"}, std::chrono::minutes(-1)));
    EXPECT_EQ(failure(get(server.url("/", "localhost"))), "client.tls");
}

TEST_F(CurlTlsTest, ACertificateOfAnotherAuthorityIsRefused) {
    const TestAuthority stranger;  // of the same name
    LoopbackServer server(hello, stranger.issue({"localhost"}));
    EXPECT_EQ(failure(get(server.url("/", "localhost"))), "client.tls");
}

TEST_F(CurlTlsTest, WithoutASettingTheSystemsAuthoritiesCount) {
    settings.ca_file.clear();
    LoopbackServer server(hello, authority.issue({"localhost"}));
    EXPECT_EQ(failure(get(server.url("/", "localhost"))), "client.tls");
}

TEST_F(CurlTlsTest, AMissingAuthorityFileTrustsNobody) {
    settings.ca_file = "/nonexistent/ca.pem";
    LoopbackServer server(hello, authority.issue({"localhost"}));
    EXPECT_EQ(failure(get(server.url("/", "localhost"))), "client.tls");
}

TEST_F(CurlTlsTest, APlainServerWhereTlsIsExpectedIsRefused) {
    LoopbackServer server([](LoopbackPeer& peer, int /*connection*/) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        peer.wait_for_close();
    });
    EXPECT_EQ(failure(get("https://localhost:" + std::to_string(server.port()) + "/")), "client.tls");
}

TEST_F(CurlTlsTest, AClientCertificateIsShownWhereAServerAsksForIt) {
    const TestAuthority clients("Clients");
    const support::TestIdentity own = clients.issue({"stagedoor"});
    LoopbackServer server(hello, authority.issue({"localhost"}), clients.certificate());
    EXPECT_FALSE(call(get(server.url("/", "localhost"))));
    destroy_client();

    const TemporaryFile certificate(own.certificate);
    const TemporaryFile key(own.key);
    settings.certificate_file = certificate.path();
    settings.key_file = key.path();
    const Outcome outcome = call(get(server.url("/", "localhost")));
    ASSERT_TRUE(outcome) << outcome.error().describe();
    EXPECT_EQ(outcome->body, "hello");
}

// A pooled connection was opened without the check of its address; it must not carry a call that demands it.
TEST_F(CurlTlsTest, PublicAddressesOnlyDoesNotUseAPooledConnectionToTheInside) {
    std::atomic<int> requests = 0;
    LoopbackServer server(
        [&](LoopbackPeer& peer, int /*connection*/) {
            while (peer.read_request()) {
                ++requests;
                peer.answer("hello");
            }
        },
        authority.issue({"inside.stagedoor.test"})
    );
    ClientRequest request = get(server.url("/", "inside.stagedoor.test"));
    ASSERT_TRUE(call(request));
    request.public_addresses_only = true;
    EXPECT_EQ(failure(request), "client.address_refused");
    EXPECT_EQ(requests, 1);
    // Other calls may still use it.
    request.public_addresses_only = false;
    EXPECT_TRUE(call(request));
}

// A CONNECT proxy (RFC 9110, section 9.3.6) that leads every tunnel to one server.
class TestProxy {
 public:
    explicit TestProxy(std::uint16_t port) : target_(port) {}

    [[nodiscard]] std::string url() const { return server_.url(""); }
    [[nodiscard]] int connections() const { return server_.connections(); }
    [[nodiscard]] std::optional<support::ReceivedRequest> last() const {
        const std::lock_guard lock(mutex_);
        return last_;
    }

 private:
    std::uint16_t target_;
    mutable std::mutex mutex_;
    std::optional<support::ReceivedRequest> last_;
    LoopbackServer server_{[this](LoopbackPeer& peer, int /*connection*/) {
        const auto request = peer.read_request();
        {
            const std::lock_guard lock(mutex_);
            last_ = request;
        }
        peer.send("HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n");
        peer.tunnel_to(target_);
    }};
};

class CurlProxyTest : public CurlTlsTest {
 protected:
    // No resolver knows this name: only a proxy can lead there.
    static constexpr const char* kOutside = "https://absent.stagedoor.test/";

    LoopbackServer server{hello, authority.issue({"absent.stagedoor.test", "inside.stagedoor.test"})};
    TestProxy proxy{server.port()};
    std::string inside = server.url("/", "inside.stagedoor.test");
};

TEST_F(CurlProxyTest, ASetProxyIsUsedAndTlsGoesThroughIt) {
    settings.proxy = base::Secret(proxy.url());
    const Outcome outcome = call(get(kOutside));
    ASSERT_TRUE(outcome) << outcome.error().describe();
    EXPECT_EQ(outcome->body, "hello");
    EXPECT_EQ(proxy.last()->method, "CONNECT");
    EXPECT_EQ(proxy.last()->target, "absent.stagedoor.test:443");
    // The proxy's own fields are not the answer's.
    EXPECT_EQ(outcome->field("X-Proxy"), "");
}

TEST_F(CurlProxyTest, TheProxyOfTheEnvironmentIsUsed) {
    ::setenv("HTTPS_PROXY", proxy.url().c_str(), 1);
    EXPECT_TRUE(call(get(kOutside)));
    EXPECT_EQ(proxy.connections(), 1);
}

TEST_F(CurlProxyTest, NoProxyOfTheEnvironmentIsCalledDirectly) {
    ::setenv("HTTPS_PROXY", proxy.url().c_str(), 1);
    ::setenv("NO_PROXY", "other.test,.stagedoor.test", 1);
    const Outcome outcome = call(get(inside));
    ASSERT_TRUE(outcome) << outcome.error().describe();
    EXPECT_EQ(proxy.connections(), 0);
}

TEST_F(CurlProxyTest, NoProxyOfTheSettingsIsCalledDirectly) {
    settings.proxy = base::Secret(proxy.url());
    settings.no_proxy = "inside.stagedoor.test";
    ASSERT_TRUE(call(get(inside)));
    EXPECT_EQ(proxy.connections(), 0);
    ASSERT_TRUE(call(get(kOutside)));
    EXPECT_EQ(proxy.connections(), 1);
}

TEST_F(CurlProxyTest, CredentialsOfTheProxyGoToTheProxyOnly) {
    std::string url = proxy.url();
    url.insert(std::string_view("http://").size(), "user:sesame@");
    settings.proxy = base::Secret(url);
    ASSERT_TRUE(call(get(kOutside)));
    EXPECT_EQ(proxy.last()->field("Proxy-Authorization"), "Basic dXNlcjpzZXNhbWU=");
}

TEST_F(CurlProxyTest, FieldsOfTheRequestDoNotGoToTheProxy) {
    settings.proxy = base::Secret(proxy.url());
    ClientRequest request = get(kOutside);
    request.fields = {{"Authorization", "Bearer sesame"}};
    ASSERT_TRUE(call(std::move(request)));
    EXPECT_EQ(proxy.last()->head.find("sesame"), std::string::npos);
}

TEST_F(CurlProxyTest, LoopbackCallsUseNoProxy) {
    settings.proxy = base::Secret(proxy.url());
    LoopbackServer plain(hello);
    EXPECT_TRUE(call(get(plain.url())));
    EXPECT_EQ(proxy.connections(), 0);
}

// The proxy itself may have an inside address; what it leads to is for it to judge.
TEST_F(CurlProxyTest, PublicAddressesOnlyGoesThroughTheProxyWhateverNoProxySays) {
    settings.proxy = base::Secret(proxy.url());
    settings.no_proxy = "*";
    ClientRequest request = get(kOutside);
    request.public_addresses_only = true;
    const Outcome outcome = call(request);
    ASSERT_TRUE(outcome) << outcome.error().describe();
    EXPECT_EQ(proxy.connections(), 1);
    request.url = "https://192.168.0.1/";
    EXPECT_EQ(failure(request), "client.address_refused");
    EXPECT_EQ(proxy.connections(), 1);
}

TEST_F(CurlProxyTest, PublicAddressesOnlyFindsTheProxyOfTheEnvironment) {
    ::setenv("https_proxy", proxy.url().c_str(), 1);
    ClientRequest request = get(kOutside);
    request.public_addresses_only = true;
    EXPECT_TRUE(call(request));
    EXPECT_EQ(proxy.connections(), 1);
}

TEST_F(CurlProxyTest, AProxyThatRefusesIsAConnectError) {
    LoopbackServer refusing([](LoopbackPeer& peer, int /*connection*/) {
        peer.read_request();
        peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    });
    settings.proxy = base::Secret(refusing.url(""));
    EXPECT_EQ(failure(get(kOutside)), "client.connect");
}

TEST_F(CurlProxyTest, AnUnknownProxyNameIsADnsError) {
    settings.proxy = base::Secret(std::string("http://absent.stagedoor.test:3128"));
    EXPECT_EQ(failure(get(kOutside)), "client.dns");
}

}  // namespace
}  // namespace stagedoor::http
