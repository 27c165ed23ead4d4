#include "http/server/raw_client.h"
#include "http/server/running_server.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

// Every limit is reached by a real socket. The limit under test is short, the others are far away: so the one
// that strikes is known, however slow the machine.
namespace stagedoor::http {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShort{100};
const std::string kRequest = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";

// Sends `bytes`, and expects this answer, the end of the connection, and this code in the log.
void expect_refusal(const Limits& limits, std::string_view bytes, int status, std::string_view code) {
    RunningServer server(limits);
    RawClient client(server.port());
    client.try_send(bytes);
    const auto response = client.read_response();
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(response.field("Connection"), "close");
    client.end_sending();
    EXPECT_TRUE(client.is_ended());
    EXPECT_EQ(RawClient(server.port()).ask(kRequest).status, 200) << "the server lives on";
    const auto lines = server.requests();
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].at("error"), code);
    EXPECT_EQ(lines[0].at("status"), std::to_string(status));
}

TEST(Limits, HeaderBytes) {
    std::string request = "GET / HTTP/1.1\r\nHost: a\r\n";
    while (request.size() <= Limits().header_bytes) request += "A: " + std::string(2000, 'a') + "\r\n";
    expect_refusal({}, request, 431, "http.header_too_large");
}

TEST(Limits, FieldWithoutEnd) {
    expect_refusal(
        {}, "GET / HTTP/1.1\r\nHost: a\r\nCookie: " + std::string(100'000, 'a'), 431, "http.header_too_large"
    );
}

TEST(Limits, TargetBytes) {
    expect_refusal(
        {}, "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414, "http.target_too_long"
    );
}

TEST(Limits, TargetWithoutEnd) {
    expect_refusal({}, "GET /" + std::string(100'000, 'a'), 414, "http.target_too_long");
}

TEST(Limits, Fields) {
    std::string request = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 64; ++i) request += "A: b\r\n";
    expect_refusal({}, request + "\r\n", 431, "http.too_many_fields");
}

// The client still sends while it is refused, and yet gets the answer.
TEST(Limits, BodyBytes) {
    const std::string request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n";
    expect_refusal({}, request + std::string(300'000, 'b'), 413, "http.body_too_large");
}

TEST(Limits, ChunkedBodyBytes) {
    std::string request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 65; ++i) request += "400\r\n" + std::string(1024, 'b') + "\r\n";
    expect_refusal({}, request, 413, "http.body_too_large");
}

TEST(Limits, IdleTimeOfANewConnection) {
    RunningServer server({.idle_time = kShort});
    RawClient client(server.port());
    EXPECT_TRUE(client.is_ended());
    EXPECT_TRUE(server.requests().empty());
}

TEST(Limits, IdleTimeAfterAnAnswer) {
    RunningServer server({.idle_time = kShort});
    RawClient client(server.port());
    EXPECT_EQ(client.ask(kRequest).status, 200);
    EXPECT_TRUE(client.is_ended());
}

TEST(Limits, IdleTimeAfterAnEmptyLine) {
    RunningServer server({.idle_time = kShort});
    RawClient client(server.port());
    client.send("\r\n");
    EXPECT_TRUE(client.is_ended());
}

TEST(Limits, HeaderTimeOfASlowHeader) {
    RunningServer server({.header_time = kShort});
    RawClient client(server.port());
    // A byte now and then: none of them late by itself.
    std::string_view drip =
        "GET / HTTP/1.1\r\nHost: a\r\nCookie: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    std::jthread sender([&](const std::stop_token& stop) {
        for (std::size_t i = 0; i < drip.size() && !stop.stop_requested(); ++i) {
            if (!client.try_send(drip.substr(i, 1))) return;
            std::this_thread::sleep_for(milliseconds(10));
        }
    });
    EXPECT_EQ(client.read_response().status, 408);
    sender.request_stop();
    sender.join();
    client.end_sending();
    EXPECT_TRUE(client.is_ended());
    EXPECT_EQ(server.requests().at(0).at("error"), "http.request_timeout");
}

TEST(Limits, ByteTimeWithinAHeader) {
    expect_refusal({.byte_time = kShort}, "GET / HTTP/1.1\r\nHost", 408, "http.request_timeout");
}

TEST(Limits, ByteTimeWithinABody) {
    expect_refusal(
        {.byte_time = kShort},
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc",
        408,
        "http.request_timeout"
    );
}

TEST(Limits, ByteTimeWithinAChunkedBody) {
    expect_refusal(
        {.byte_time = kShort},
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        408,
        "http.request_timeout"
    );
}

TEST(Limits, RequestTimeOfASlowBody) {
    RunningServer server({.request_time = kShort});
    RawClient client(server.port());
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n");
    std::jthread sender([&](const std::stop_token& stop) {
        while (!stop.stop_requested() && client.try_send("a")) std::this_thread::sleep_for(milliseconds(10));
    });
    EXPECT_EQ(client.read_response().status, 408);
    sender.request_stop();
    sender.join();
    EXPECT_EQ(server.requests().at(0).at("error"), "http.request_timeout");
}

TEST(Limits, HandlerTime) {
    RunningServer server({.handler_time = kShort});
    RawClient client(server.port());
    const auto response = client.ask("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(response.status, 503);
    EXPECT_NE(response.body.find("ServiceUnavailableError"), std::string::npos);
    EXPECT_TRUE(server.events().wait("cancelled"));
    EXPECT_TRUE(client.is_ended());
    EXPECT_EQ(server.requests().at(0).at("error"), "http.handler_timeout");
}

TEST(Limits, WriteTimeOfASlowReader) {
    RunningServer server({.write_time = kShort});
    RawClient client(server.port(), 4096);
    client.send("GET /large?50000000 HTTP/1.1\r\nHost: a\r\n\r\n" + kRequest);
    // The end of the only connection is what drain() waits for; the client has read nothing until then.
    ASSERT_TRUE(server.events().wait("large"));
    EXPECT_EQ(server.drain(std::chrono::seconds(20)).get(), 0U);
    EXPECT_LT(client.read_to_end().size(), 50'000'000U);
    const auto lines = server.requests();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].at("error"), "http.write_timeout");
}

TEST(Limits, RequestsOfAConnection) {
    RunningServer server({.requests_per_connection = 3});
    RawClient client(server.port());
    client.send(kRequest + kRequest + kRequest + kRequest);
    EXPECT_EQ(client.read_response().field("Connection"), "");
    EXPECT_EQ(client.read_response().field("Connection"), "");
    EXPECT_EQ(client.read_response().field("Connection"), "close");
    client.end_sending();
    EXPECT_TRUE(client.is_ended());
    EXPECT_EQ(server.requests().size(), 3U);
}

TEST(Limits, OneConnectionMoreTakesThePlaceOfTheOneIdleForTheLongestTime) {
    RunningServer server({.connections = 3});
    RawClient busy(server.port());
    busy.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(server.events().wait("held"));
    RawClient oldest(server.port());
    EXPECT_EQ(oldest.ask(kRequest).status, 200);
    RawClient younger(server.port());
    EXPECT_EQ(younger.ask(kRequest).status, 200);

    RawClient newcomer(server.port());
    EXPECT_EQ(newcomer.ask(kRequest).status, 200);
    EXPECT_TRUE(oldest.is_ended());
    EXPECT_EQ(younger.ask(kRequest).status, 200);
    server.release();
    EXPECT_EQ(busy.read_response().body, "held");
}

TEST(Limits, OneConnectionMoreThanAllBusyOnesIsRefused) {
    RunningServer server({.connections = 1});
    RawClient busy(server.port());
    busy.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(server.events().wait("held"));
    RawClient newcomer(server.port());
    const auto response = newcomer.read_response();
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.field("Connection"), "close");
    EXPECT_TRUE(newcomer.is_ended());
    server.release();
    EXPECT_EQ(busy.read_response().status, 200);
    server.stop();
    EXPECT_TRUE(server.log().has("http.too_many_connections"));
}

}  // namespace
}  // namespace stagedoor::http
