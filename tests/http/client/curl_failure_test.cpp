// What goes wrong: limits, refusals, ends of connections, cancellation.
#include "http/client/client_fixture.h"
#include "http/client/curl_client.h"
#include "http/client/fake_resolver.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>

namespace stagedoor::http {
namespace {

using namespace std::chrono_literals;
using support::LoopbackPeer;
using support::LoopbackServer;

LoopbackServer answering(std::string octets) {
    return LoopbackServer([octets = std::move(octets)](LoopbackPeer& peer, int /*connection*/) {
        if (peer.read_request()) peer.send(octets);
    });
}

// Reads the request and never answers.
LoopbackServer silent() {
    return LoopbackServer([](LoopbackPeer& peer, int /*connection*/) { peer.wait_for_close(); });
}

std::string answer_of(std::size_t size) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + std::string(size, 'x');
}

TEST_F(CurlClientTest, PlainHttpIsRefused) {
    LoopbackServer server = answering(answer_of(1));
    ClientRequest request = get(server.url());
    request.allow_loopback_http = false;
    EXPECT_EQ(failure(request), "client.scheme_refused");
    for (const char* url :
         {"http://example.com/",
          "http://10.0.0.1/",
          "http://localhost.example.com/",
          "http://127.0.0.1.example.com/",
          "http://[::2]/",
          "http://inside.stagedoor.test/"}) {
        EXPECT_EQ(failure(get(url)), "client.scheme_refused") << url;
    }
    EXPECT_EQ(server.connections(), 0);
}

TEST_F(CurlClientTest, OtherSchemesAreNoUrls) {
    for (const char* url :
         {"file:///etc/passwd", "ftp://localhost/", "gopher://localhost/", "javascript:1"}) {
        EXPECT_EQ(failure(get(url)), "client.request_invalid") << url;
    }
}

TEST_F(CurlClientTest, PublicAddressesOnlyRefusesInsideAddressesByTheirText) {
    for (const char* host :
         {"127.0.0.1",
          "[::1]",
          "localhost",
          "a.localhost",
          "10.0.0.1",
          "169.254.169.254",
          "192.168.1.1",
          "[fe80::1]",
          "[::ffff:10.0.0.1]",
          "[64:ff9b::a00:1]",
          "0.0.0.0"}) {
        ClientRequest request = get("https://" + std::string(host) + "/");
        request.public_addresses_only = true;
        EXPECT_EQ(failure(request), "client.address_refused") << host;
    }
}

TEST_F(CurlClientTest, PublicAddressesOnlyRefusesANameWithAnInsideAddress) {
    LoopbackServer server = answering(answer_of(1));
    ClientRequest request = get("https://inside.stagedoor.test:" + std::to_string(server.port()) + "/");
    request.public_addresses_only = true;
    EXPECT_EQ(failure(request), "client.address_refused");
    EXPECT_EQ(server.connections(), 0);
}

TEST_F(CurlClientTest, AnUnknownNameAndAClosedPortHaveErrorsOfTheirOwn) {
    EXPECT_EQ(failure(get("https://absent.stagedoor.test/")), "client.dns");
    std::uint16_t port = 0;
    {
        const LoopbackServer server = silent();
        port = server.port();
    }
    EXPECT_EQ(failure(get("http://127.0.0.1:" + std::to_string(port) + "/")), "client.connect");
}

TEST_F(CurlClientTest, ErrorsNameTheHostAndNothingElseOfTheUrl) {
    ClientRequest request = post("https://absent.stagedoor.test/path?code=sesame", "client_secret=sesame");
    request.fields = {{"Authorization", "Bearer sesame"}};
    const Outcome outcome = call(std::move(request));
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().message().find("absent.stagedoor.test"), std::string::npos);
    EXPECT_EQ(outcome.error().describe().find("sesame"), std::string::npos);
    EXPECT_EQ(log.text().find("sesame"), std::string::npos);
}

TEST_F(CurlClientTest, AServerThatDoesNotAnswerRunsIntoTheDeadline) {
    LoopbackServer server = silent();
    ClientRequest request = get(server.url());
    request.deadline = 30ms;
    EXPECT_EQ(failure(std::move(request)), "client.timeout");
}

TEST_F(CurlClientTest, AnAnswerThatTricklesInRunsIntoTheDeadline) {
    LoopbackServer server([](LoopbackPeer& peer, int /*connection*/) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        peer.wait_for_close();
    });
    ClientRequest request = get(server.url());
    request.deadline = 30ms;
    EXPECT_EQ(failure(std::move(request)), "client.timeout");
}

TEST_F(CurlClientTest, TheConnectionOfATimedOutCallIsNotUsedAgain) {
    LoopbackServer server([](LoopbackPeer& peer, int connection) {
        while (peer.read_request()) {
            if (connection == 1) {
                peer.wait_for_close();
                return;
            }
            peer.answer("second");
        }
    });
    ClientRequest request = get(server.url());
    request.deadline = 30ms;
    EXPECT_EQ(failure(std::move(request)), "client.timeout");
    const Outcome outcome = call(get(server.url()));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->body, "second");
}

TEST_F(CurlClientTest, AnswersThatEndTooEarlyAreTruncated) {
    for (const char* octets : {
             "",
             "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
             "SSH-2.0-OpenSSH_9.2\r\n",
             "hello",
         }) {
        LoopbackServer server = answering(octets);
        EXPECT_EQ(failure(get(server.url())), "client.truncated") << octets;
    }
}

TEST_F(CurlClientTest, ABodyOfExactlyTheLimitIsRead) {
    LoopbackServer server = answering(answer_of(1000));
    ClientRequest request = get(server.url());
    request.max_response_bytes = 1000;
    const Outcome outcome = call(std::move(request));
    ASSERT_TRUE(outcome) << outcome.error().describe();
    EXPECT_EQ(outcome->body.size(), 1000U);
}

TEST_F(CurlClientTest, OneOctetMoreIsTooLarge) {
    LoopbackServer server = answering(answer_of(1001));
    ClientRequest request = get(server.url());
    request.max_response_bytes = 1000;
    EXPECT_EQ(failure(std::move(request)), "client.response_too_large");
}

TEST_F(CurlClientTest, ABodyWithoutEndIsCutOffAtTheLimit) {
    LoopbackServer server([](LoopbackPeer& peer, int /*connection*/) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        while (peer.send("400\r\n" + std::string(0x400, 'x') + "\r\n")) {
        }
    });
    EXPECT_EQ(failure(get(server.url())), "client.response_too_large");
}

TEST_F(CurlClientTest, FieldsHaveALimitOf64KiBTogether) {
    const auto with_fields = [](int count) {
        std::string octets = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
        for (int i = 0; i < count; ++i) octets += "X-Field: " + std::string(1013, 'x') + "\r\n";
        return octets + "\r\n";
    };
    LoopbackServer below = answering(with_fields(63));
    EXPECT_TRUE(call(get(below.url())));
    LoopbackServer above = answering(with_fields(64));
    EXPECT_EQ(failure(get(above.url())), "client.response_too_large");
}

TEST_F(CurlClientTest, FieldsOfInterimAnswersCountToo) {
    LoopbackServer server([](LoopbackPeer& peer, int /*connection*/) {
        peer.read_request();
        while (peer.send("HTTP/1.1 103 Early Hints\r\nLink: " + std::string(1000, 'x') + "\r\n\r\n")) {
        }
    });
    EXPECT_EQ(failure(get(server.url())), "client.response_too_large");
}

TEST_F(CurlClientTest, APooledConnectionThatWasClosedIsReplacedWithoutANotice) {
    LoopbackServer server([](LoopbackPeer& peer, int /*connection*/) {
        if (peer.read_request()) peer.answer("hello");
    });
    for (int i = 0; i < 3; ++i) {
        const Outcome outcome = call(post(server.url(), "body"));
        ASSERT_TRUE(outcome) << outcome.error().describe();
    }
}

// The first connection takes a second request and closes without a word, as a server does whose idle time ran
// out at that moment.
TEST_F(CurlClientTest, ARequestThatWentOutTwiceIsReportedAsRepeated) {
    std::atomic<int> requests = 0;
    LoopbackServer server([&](LoopbackPeer& peer, int connection) {
        for (int i = 0; peer.read_request(); ++i) {
            ++requests;
            if (connection == 1 && i == 1) return;
            peer.answer("hello");
        }
    });
    ASSERT_FALSE(call(post(server.url(), "first"))->repeated);
    ClientRequest second = post(server.url(), "refresh_token=sesame");
    second.fields = {{"Authorization", "Basic sesame"}};
    const Outcome outcome = call(std::move(second));
    ASSERT_TRUE(outcome) << outcome.error().describe();
    EXPECT_TRUE(outcome->repeated);
    EXPECT_EQ(requests, 3);
    EXPECT_TRUE(log.has("client.repeated"));
    EXPECT_EQ(log.text().find("sesame"), std::string::npos);
    // It does not stick.
    EXPECT_FALSE(call(post(server.url(), "third"))->repeated);
}

TEST_F(CurlClientTest, ASlowNameHoldsUpNobodyElse) {
    LoopbackServer server([](LoopbackPeer& peer, int /*connection*/) {
        while (peer.read_request()) peer.answer("hello");
    });
    const SlowNames slow;
    std::optional<Outcome> held_up;
    std::optional<Outcome> other;
    ClientRequest request = get("https://slow.stagedoor.test/");
    request.deadline = 100ms;
    start(std::move(request), held_up);
    start(get(server.url()), other);
    run();
    EXPECT_TRUE(other.value());
    ASSERT_FALSE(held_up.value());
    EXPECT_EQ(held_up->error().code(), "client.timeout");
    destroy_client();
    // Neither the end of the call nor the end of the client waited for the name.
    EXPECT_FALSE(slow.gave_up());
}

TEST_F(CurlClientTest, ConnectingHasATimeLimitOfItsOwn) {
    const SlowNames slow;
    settings.connect_timeout = 50ms;
    EXPECT_EQ(failure(get("https://slow.stagedoor.test/")), "client.timeout");
    EXPECT_FALSE(slow.gave_up());
}

TEST_F(CurlClientTest, CancellingTheTaskCancelsTheCall) {
    boost::asio::cancellation_signal signal;
    std::atomic<bool> closed = false;
    LoopbackServer server([&](LoopbackPeer& peer, int /*connection*/) {
        peer.read_request();
        boost::asio::post(loop, [&] { signal.emit(boost::asio::cancellation_type::terminal); });
        peer.wait_for_close();
        closed = true;
    });
    std::optional<Outcome> outcome;
    boost::asio::co_spawn(
        loop,
        send_into(client(), get(server.url()), outcome),
        boost::asio::bind_cancellation_slot(signal.slot(), boost::asio::detached)
    );
    run();
    ASSERT_TRUE(outcome);
    ASSERT_FALSE(*outcome);
    EXPECT_EQ(outcome->error().code(), "client.cancelled");
    // The client lives on, with the connection closed: only then does the script get here.
    while (!closed) std::this_thread::yield();
    destroy_client();
}

TEST_F(CurlClientTest, ManyCallsCancelledAtOnce) {
    boost::asio::cancellation_signal signals[20];
    std::atomic<int> requests = 0;
    LoopbackServer server([&](LoopbackPeer& peer, int /*connection*/) {
        peer.read_request();
        if (++requests == 20) {
            boost::asio::post(loop, [&] {
                for (auto& signal : signals) signal.emit(boost::asio::cancellation_type::terminal);
            });
        }
        peer.wait_for_close();
    });
    std::optional<Outcome> outcomes[20];
    for (int i = 0; i < 20; ++i) {
        boost::asio::co_spawn(
            loop,
            send_into(client(), get(server.url()), outcomes[i]),
            boost::asio::bind_cancellation_slot(signals[i].slot(), boost::asio::detached)
        );
    }
    run();
    for (const auto& outcome : outcomes) EXPECT_EQ(outcome.value().error().code(), "client.cancelled");
}

TEST_F(CurlClientTest, DestroyingTheClientEndsItsCalls) {
    LoopbackServer server([&](LoopbackPeer& peer, int /*connection*/) {
        peer.read_request();
        boost::asio::post(loop, [&] { destroy_client(); });
        peer.wait_for_close();
    });
    std::optional<Outcome> waiting;
    start(get(server.url()), waiting);
    run();
    ASSERT_TRUE(waiting);
    ASSERT_FALSE(*waiting);
    EXPECT_EQ(waiting->error().code(), "client.cancelled");
}

TEST_F(CurlClientTest, ALoopThatGoesWithCallsInItTakesThemAlong) {
    LoopbackServer server = silent();
    std::optional<Outcome> outcomes[3];
    for (auto& outcome : outcomes) start(get(server.url()), outcome);
    loop.poll();
    // The fixture destroys the client, and then the loop, which never runs again.
    for (const auto& outcome : outcomes) EXPECT_FALSE(outcome);
}

TEST_F(CurlClientTest, AClientWithoutCallsGivesTheLoopNothingToWaitFor) {
    LoopbackServer server([](LoopbackPeer& peer, int /*connection*/) {
        while (peer.read_request()) peer.answer("hello");
    });
    ASSERT_TRUE(call(get(server.url())));
    loop.restart();
    EXPECT_EQ(loop.poll(), 0U);
    EXPECT_TRUE(loop.stopped());
}

}  // namespace
}  // namespace stagedoor::http
