#include "http/server/raw_client.h"
#include "http/server/running_server.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace stagedoor::http {
namespace {

std::string get(std::string_view target, std::string_view lines = "") {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a.example\r\n" + std::string(lines) + "\r\n";
}

TEST(Connection, ServesManyRequestsOneAfterTheOther) {
    RunningServer server;
    RawClient client(server.port());
    for (int i = 0; i < 100; ++i) {
        const auto target = "/echo?" + std::to_string(i);
        const auto response = client.ask(get(target));
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.body, "GET " + target + "|");
        EXPECT_EQ(response.field("Connection"), "");
    }
    EXPECT_EQ(server.server().connections(), 1U);
}

TEST(Connection, ReadsBodies) {
    RunningServer server;
    RawClient client(server.port());
    const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\n";
    EXPECT_EQ(client.ask(head + "Content-Length: 3\r\n\r\nabc").body, "POST /echo|abc");
    EXPECT_EQ(
        client.ask(head + "Transfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n").body, "POST /echo|de"
    );
    const std::string large(65'536, 'x');
    EXPECT_EQ(client.ask(head + "Content-Length: 65536\r\n\r\n" + large).body, "POST /echo|" + large);
}

TEST(Connection, AnswersAPipelineInOrder) {
    RunningServer server;
    RawClient client(server.port());
    std::string requests;
    for (int i = 0; i < 300; ++i) requests += get("/echo?" + std::to_string(i));
    client.send(
        requests + "POST /echo?last HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
    );
    for (int i = 0; i < 300; ++i)
        ASSERT_EQ(client.read_response().body, "GET /echo?" + std::to_string(i) + "|");
    const auto last = client.read_response();
    EXPECT_EQ(last.body, "POST /echo?last|ok");
    EXPECT_EQ(last.field("Connection"), "close");
    EXPECT_TRUE(client.is_ended());
}

TEST(Connection, HeadHasTheLengthOfGetAndNoBody) {
    RunningServer server;
    RawClient client(server.port());
    client.send("HEAD /large?5000 HTTP/1.1\r\nHost: a\r\n\r\n" + get("/echo"));
    const auto head = client.read_response(true);
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.field("Content-Length"), "5000");
    EXPECT_EQ(client.read_response().body, "GET /echo|");
}

TEST(Connection, AnswersWithoutBodyDoNotConfuseTheNext) {
    RunningServer server;
    RawClient client(server.port());
    client.send(get("/no-content") + get("/not-modified") + get("/echo"));
    EXPECT_EQ(client.read_response().status, 204);
    EXPECT_EQ(client.read_response().status, 304);
    EXPECT_EQ(client.read_response().body, "GET /echo|");
}

TEST(Connection, Http10IsClosedUnlessAskedOtherwise) {
    RunningServer server;
    RawClient closing(server.port());
    EXPECT_EQ(closing.ask("GET / HTTP/1.0\r\nHost: a\r\n\r\n").field("Connection"), "close");
    EXPECT_TRUE(closing.is_ended());
    RawClient staying(server.port());
    for (int i = 0; i < 2; ++i) {
        const auto response = staying.ask("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
        EXPECT_EQ(response.field("Connection"), "keep-alive");
    }
}

TEST(Connection, SendsLargeAnswers) {
    RunningServer server;
    RawClient client(server.port(), 4096);
    const auto response = client.ask(get("/large?8000000"));
    EXPECT_EQ(response.body, std::string(8'000'000, 'x'));
    EXPECT_EQ(client.ask(get("/echo")).body, "GET /echo|");
}

TEST(Connection, AnswersAClientThatHasEndedItsSide) {
    RunningServer server;
    RawClient client(server.port());
    client.send(get("/echo"));
    client.end_sending();
    EXPECT_EQ(client.read_response().body, "GET /echo|");
    EXPECT_TRUE(client.is_ended());
}

TEST(Connection, EveryRequestHasAnIdOfItsOwn) {
    RunningServer server;
    RawClient client(server.port());
    std::set<std::string> ids;
    for (int i = 0; i < 100; ++i)
        ids.insert(client.ask(get("/", "X-Request-Id: mine\r\n")).field("X-Request-Id"));
    EXPECT_EQ(ids.size(), 100U);
    for (const auto& id : ids) EXPECT_EQ(id.size(), 22U);
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 100U);
    for (const auto& line : requests) EXPECT_TRUE(ids.contains(line.at("id")));
}

TEST(Connection, LogsOneLineForEachRequest) {
    RunningServer server;
    RawClient client(server.port());
    client.ask(get("/echo?code=secret"));
    client.ask(get("/failed"));
    const auto lines = server.requests();
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].at("method"), "GET");
    EXPECT_EQ(lines[0].at("path"), "/echo");
    EXPECT_EQ(lines[0].at("status"), "200");
    EXPECT_EQ(lines[0].at("bytes"), "22");
    EXPECT_EQ(lines[0].at("remote"), "127.0.0.1");
    EXPECT_TRUE(lines[0].contains("duration_ms"));
    EXPECT_FALSE(lines[0].contains("error"));
    EXPECT_EQ(lines[1].at("error"), "client.connect");
    EXPECT_EQ(server.log().text().find("secret"), std::string::npos);
}

TEST(Connection, AHandlerThatThrowsIsA500AndTheServerLivesOn) {
    RunningServer server;
    RawClient client(server.port());
    const auto response = client.ask(get("/throw"));
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(
        response.body,
        R"({"error":{"name":"Error","message":"An internal error occurred"},"response":{"statusCode":500}})"
    );
    EXPECT_TRUE(client.is_ended());
    EXPECT_EQ(RawClient(server.port()).ask(get("/echo")).status, 200);
    EXPECT_EQ(server.requests().at(0).at("error"), "http.handler_failed");
    EXPECT_NE(server.log().text().find("the handler is broken"), std::string::npos);
}

TEST(Connection, AnInjectedFieldNeverLeaves) {
    RunningServer server;
    RawClient client(server.port());
    client.send(get("/inject"));
    const auto all = client.read_to_end();
    EXPECT_TRUE(all.starts_with("HTTP/1.1 500 ")) << all;
    EXPECT_EQ(all.find("Set-Cookie"), std::string::npos);
    EXPECT_EQ(server.requests().at(0).at("error"), "http.response_invalid");
    EXPECT_NE(server.log().text().find("Location"), std::string::npos);
}

// Behind each of these waits a request that must never be answered.
TEST(Connection, NothingBehindARefusedRequestIsServed) {
    RunningServer server;
    const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\n";
    const std::string refused[] = {
        head + "Transfer-Encoding: xchunked\r\n\r\n",
        head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        head + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        head + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
        head + "Content-Length: 0, 0\r\n\r\n",
        head + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        head + "Host: b\r\n\r\n",
        "POST /echo HTTP/1.1\r\n\r\n",
        "POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET http://b/echo HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /echo#a HTTP/1.1\r\nHost: a\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
        head + "Expect: 100-continue\r\nContent-Length: 0\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/3.0\r\nHost: a\r\n\r\n",
    };
    for (const auto& request : refused) {
        RawClient client(server.port());
        client.send(request + get("/echo?smuggled"));
        const auto response = client.read_response();
        EXPECT_GE(response.status, 400) << request;
        EXPECT_EQ(response.field("Connection"), "close") << request;
        EXPECT_EQ(response.field("Content-Type"), "application/json; charset=utf-8");
        EXPECT_NE(response.body.find("\"statusCode\":" + std::to_string(response.status)), std::string::npos);
        client.end_sending();
        EXPECT_TRUE(client.is_ended()) << request;
    }
    for (const auto& line : server.requests())
        EXPECT_TRUE(line.at("error").starts_with("http.")) << line.at("error");
}

TEST(Connection, AnEmptyLineBeforeARequestIsTolerated) {
    RunningServer server;
    RawClient client(server.port());
    EXPECT_EQ(client.ask(get("/echo") + "\r\n").body, "GET /echo|");
    EXPECT_EQ(client.ask(get("/echo?2")).body, "GET /echo?2|");
}

TEST(Connection, ConnectionsThatSayNothingLeaveNoTrace) {
    RunningServer server;
    RawClient(server.port()).close();
    EXPECT_EQ(RawClient(server.port()).ask(get("/echo")).status, 200);
    EXPECT_EQ(server.requests().size(), 1U);
}

}  // namespace
}  // namespace stagedoor::http
