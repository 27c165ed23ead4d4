// What goes out and what comes back.
#include "http/client/curl_client.h"

#include "http/client/client_fixture.h"

#include <mutex>
#include <vector>

namespace stagedoor::http {
namespace {

using support::LoopbackPeer;
using support::LoopbackServer;
using support::ReceivedRequest;

// Answers everything with 200, and keeps what it received.
class RecordingServer {
 public:
    std::string url(std::string_view target = "/") const { return server_.url(target); }
    int connections() const { return server_.connections(); }
    std::vector<ReceivedRequest> received() const {
        const std::lock_guard lock(mutex_);
        return received_;
    }

 private:
    mutable std::mutex mutex_;
    std::vector<ReceivedRequest> received_;
    LoopbackServer server_{[this](LoopbackPeer& peer, int /*connection*/) {
        while (const auto request = peer.read_request()) {
            {
                const std::lock_guard lock(mutex_);
                received_.push_back(*request);
            }
            // A HEAD request's answer has no body.
            if (request->method == "HEAD") {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
            } else {
                peer.answer("hello");
            }
        }
    }};
};

// Answers with these octets and closes.
LoopbackServer answering(std::string octets) {
    return LoopbackServer([octets = std::move(octets)](LoopbackPeer& peer, int /*connection*/) {
        if (peer.read_request()) peer.send(octets);
    });
}

TEST_F(CurlClientTest, SendsAPostAndReadsTheAnswer) {
    RecordingServer server;
    settings.user_agent = "stagedoor/1.2.3";
    ClientRequest request = post(server.url("/token?a=b"), "grant_type=refresh_token");
    request.fields = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
    const Outcome outcome = call(std::move(request));
    ASSERT_TRUE(outcome) << outcome.error().describe();
    EXPECT_EQ(outcome->status, 200);
    EXPECT_EQ(outcome->body, "hello");
    EXPECT_FALSE(outcome->repeated);

    const ReceivedRequest received = server.received().at(0);
    EXPECT_EQ(received.method, "POST");
    EXPECT_EQ(received.target, "/token?a=b");
    EXPECT_EQ(received.body, "grant_type=refresh_token");
    EXPECT_EQ(received.field("Content-Type"), "application/x-www-form-urlencoded");
    EXPECT_EQ(received.field("Accept"), "application/json");
    EXPECT_EQ(received.field("User-Agent"), "stagedoor/1.2.3");
    EXPECT_EQ(received.field("Content-Length"), "24");
    EXPECT_FALSE(received.field("Expect"));
    EXPECT_FALSE(received.field("Accept-Encoding"));
}

TEST_F(CurlClientTest, ALargeBodyGoesOutWithoutWaitingForContinue) {
    RecordingServer server;
    const std::string body(2'000'000, 'x');  // libcurl asks for leave from 1 MiB on
    ASSERT_TRUE(call(post(server.url(), body)));
    EXPECT_EQ(server.received().at(0).body, body);
    EXPECT_FALSE(server.received().at(0).field("Expect"));
}

TEST_F(CurlClientTest, ABodyMayHoldAnyOctet) {
    RecordingServer server;
    std::string body;
    for (int i = 0; i < 256; ++i) body.push_back(static_cast<char>(i));
    ASSERT_TRUE(call(post(server.url(), body)));
    EXPECT_EQ(server.received().at(0).body, body);
}

TEST_F(CurlClientTest, NothingOfARequestStaysInTheHandleForTheNextOne) {
    RecordingServer server;
    const Method methods[] = {
        Method::post,
        Method::get,
        Method::head,
        Method::get,
        Method::put,
        Method::options,
        Method::get,
        Method::delete_,
        Method::post,
        Method::patch,
        Method::head,
        Method::post,
        Method::get
    };
    for (const Method method : methods) {
        ClientRequest request = get(server.url());
        request.method = method;
        const bool has_body = method == Method::post || method == Method::put || method == Method::patch;
        if (has_body) {
            request.body = "body";
            request.fields = {{"Content-Type", "text/plain"}, {"Authorization", "Bearer secret"}};
        }
        const Outcome outcome = call(std::move(request));
        ASSERT_TRUE(outcome) << outcome.error().describe();
        EXPECT_EQ(outcome->body, method == Method::head ? "" : "hello");

        const ReceivedRequest received = server.received().back();
        EXPECT_EQ(received.method, to_string(method));
        EXPECT_EQ(received.body, has_body ? "body" : "") << received.method;
        EXPECT_EQ(received.field("Content-Type").has_value(), has_body) << received.method;
        EXPECT_EQ(received.field("Authorization").has_value(), has_body) << received.method;
    }
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(CurlClientTest, AnEmptyPostHasALengthAndNoType) {
    RecordingServer server;
    ASSERT_TRUE(call(post(server.url(), "")));
    const ReceivedRequest received = server.received().at(0);
    EXPECT_EQ(received.method, "POST");
    EXPECT_EQ(received.field("Content-Length"), "0");
    EXPECT_FALSE(received.field("Content-Type"));
}

TEST_F(CurlClientTest, FieldsWithEmptyAndWithOddValuesGoOutAsTheyAre) {
    RecordingServer server;
    ClientRequest request = get(server.url());
    request.fields = {{"X-Empty", ""}, {"X-Semicolon", "a;b: c"}, {"Authorization", "Basic YTpi"}};
    ASSERT_TRUE(call(std::move(request)));
    const ReceivedRequest received = server.received().at(0);
    EXPECT_EQ(received.field("X-Empty"), "");
    EXPECT_EQ(received.field("X-Semicolon"), "a;b: c");
    EXPECT_EQ(received.field("Authorization"), "Basic YTpi");
}

TEST_F(CurlClientTest, ThePathGoesOutAsItIsAndTheFragmentDoesNot) {
    RecordingServer server;
    ASSERT_TRUE(call(get(server.url("/a/../b/./%2e%2e/c?q=%20#fragment"))));
    EXPECT_EQ(server.received().at(0).target, "/a/../b/./%2e%2e/c?q=%20");
}

TEST_F(CurlClientTest, FieldsThatCouldSmuggleARequestAreRefused) {
    RecordingServer server;
    const std::vector<Field> fields{
        {"X-Test", "a\r\nX-Other: b"},
        {"X-Test", "a\nb"},
        {"X-Test", "a\rb"},
        {"X-Test", std::string("a\0b", 3)},
        {"X-Test\r\nX", "a"},
        {"X Test", "a"},
        {"X-Test:", "a"},
        {"", "a"},
        {"X-T\xc3\xa9st", "a"},
        {std::string("X\0Y", 3), "a"},
        {"Host", "other"},
        {"host", "other"},
        {"Content-Length", "0"},
        {"Transfer-Encoding", "chunked"},
        {"Connection", "close"},
        {"Expect", "100-continue"},
        {"Upgrade", "h2c"},
    };
    for (const Field& field : fields) {
        ClientRequest request = post(server.url(), "body");
        request.fields = {field};
        EXPECT_EQ(failure(std::move(request)), "client.request_invalid") << field.name;
    }
    EXPECT_EQ(server.connections(), 0);
}

TEST_F(CurlClientTest, MalformedUrlsAreRefused) {
    for (const char* url :
         {"",
          "example.com",
          "https://",
          "https://user@example.com/",
          "https://exa mple.com/",
          "https://example.com\\@evil.example/",
          "https://example.com:0/",
          "https://0x7f.1/"}) {
        EXPECT_EQ(failure(get(url)), "client.request_invalid") << url;
    }
}

TEST_F(CurlClientTest, FieldsOfTheAnswerAreTrimmedAndFoundWhateverTheirCase) {
    LoopbackServer server = answering(
        "HTTP/1.1 404 Not Found\r\nContent-Type:\tapplication/json  \r\nX-Empty:\r\nX-Folded: a\r\n  b\r\n"
        "DPoP-Nonce: one\r\nDPoP-Nonce: two\r\nContent-Length: 2\r\n\r\n{}"
    );
    const Outcome outcome = call(get(server.url()));
    ASSERT_TRUE(outcome) << outcome.error().describe();
    EXPECT_EQ(outcome->status, 404);
    EXPECT_EQ(outcome->field("content-type"), "application/json");
    EXPECT_EQ(outcome->field("X-EMPTY"), "");
    EXPECT_EQ(outcome->field("x-folded"), "a b");
    EXPECT_EQ(outcome->field("dpop-nonce"), "one");
    EXPECT_EQ(outcome->field("absent"), "");
    EXPECT_EQ(outcome->fields.size(), 6U);
}

TEST_F(CurlClientTest, FieldsOfInterimAnswersAndTrailersAreLeftOut) {
    LoopbackServer server = answering(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Final: yes\r\n\r\n5\r\nhello\r\n0\r\nX-Trailer: "
        "a\r\n\r\n"
    );
    const Outcome outcome = call(get(server.url()));
    ASSERT_TRUE(outcome) << outcome.error().describe();
    EXPECT_EQ(outcome->status, 200);
    EXPECT_EQ(outcome->body, "hello");
    EXPECT_EQ(outcome->field("X-Final"), "yes");
    EXPECT_EQ(outcome->field("Link"), "");
    EXPECT_EQ(outcome->field("X-Trailer"), "");
}

TEST_F(CurlClientTest, RedirectsAreNotFollowed) {
    RecordingServer target;
    LoopbackServer server =
        answering("HTTP/1.1 302 Found\r\nLocation: " + target.url() + "\r\nContent-Length: 0\r\n\r\n");
    const Outcome outcome = call(get(server.url()));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->status, 302);
    EXPECT_EQ(outcome->field("Location"), target.url());
    EXPECT_EQ(target.connections(), 0);
}

TEST_F(CurlClientTest, CookiesAreNeitherKeptNorSent) {
    std::mutex mutex;
    std::vector<ReceivedRequest> received;
    LoopbackServer server([&](LoopbackPeer& peer, int /*connection*/) {
        while (const auto request = peer.read_request()) {
            const std::lock_guard lock(mutex);
            received.push_back(*request);
            peer.send("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
        }
    });
    ASSERT_TRUE(call(get(server.url())));
    ASSERT_TRUE(call(get(server.url())));
    const std::lock_guard lock(mutex);
    EXPECT_FALSE(received.at(1).field("Cookie"));
}

TEST_F(CurlClientTest, CallsOneAfterTheOtherShareAConnection) {
    RecordingServer server;
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(call(get(server.url())));
    EXPECT_EQ(server.connections(), 1);
}

TEST_F(CurlClientTest, TwoHundredCallsAtOnceAllSucceed) {
    RecordingServer server;
    std::vector<std::optional<Outcome>> outcomes(200);
    for (auto& outcome : outcomes) start(post(server.url(), "body"), outcome);
    run();
    for (const auto& outcome : outcomes) {
        ASSERT_TRUE(outcome);
        ASSERT_TRUE(*outcome) << outcome->error().describe();
        EXPECT_EQ((*outcome)->body, "hello");
    }
    EXPECT_EQ(server.received().size(), 200U);
    // Afterwards the pool is there to be used.
    const int before = server.connections();
    ASSERT_TRUE(call(get(server.url())));
    EXPECT_EQ(server.connections(), before);
}

}  // namespace
}  // namespace stagedoor::http
