#include "http/server/raw_client.h"
#include "http/server/running_server.h"

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <system_error>

namespace stagedoor::http {
namespace {

using std::chrono::seconds;

const std::string kHold = "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kEcho = "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(Lifecycle, AClientThatGoesAwayCancelsTheHandler) {
    RunningServer server;
    RawClient client(server.port());
    client.send(kHold);
    ASSERT_TRUE(server.events().wait("held"));
    client.close();
    EXPECT_TRUE(server.events().wait("cancelled"));
    const auto lines = server.requests();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].at("error"), "http.client_closed");
}

TEST(Lifecycle, AClientThatGoesAwayBehindAPipelineCancelsTheHandler) {
    RunningServer server;
    RawClient client(server.port());
    client.send(kHold + kEcho);
    ASSERT_TRUE(server.events().wait("held"));
    client.send(kEcho);
    client.close();
    EXPECT_TRUE(server.events().wait("cancelled"));
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Lifecycle, RequestsThatComeWhileAHandlerWorksAreServedAfterwards) {
    RunningServer server;
    RawClient client(server.port());
    client.send(kHold + kEcho.substr(0, 10));
    ASSERT_TRUE(server.events().wait("held"));
    client.send(kEcho.substr(10) + kEcho);
    server.release();
    EXPECT_EQ(client.read_response().body, "held");
    EXPECT_EQ(client.read_response().body, "GET /echo|");
    EXPECT_EQ(client.read_response().body, "GET /echo|");
}

TEST(Lifecycle, OneHandlerThatWaitsHoldsUpNobodyElse) {
    RunningServer server;
    RawClient waiting(server.port());
    waiting.send(kHold);
    ASSERT_TRUE(server.events().wait("held"));
    EXPECT_EQ(RawClient(server.port()).ask(kEcho).status, 200);
    server.release();
    EXPECT_EQ(waiting.read_response().body, "held");
}

TEST(Lifecycle, DrainEndsIdleConnectionsAndFinishesRequests) {
    RunningServer server;
    RawClient idle(server.port());
    EXPECT_EQ(idle.ask(kEcho).status, 200);
    RawClient silent(server.port());
    RawClient busy(server.port());
    busy.send(kHold);
    ASSERT_TRUE(server.events().wait("held"));
    RawClient sending(server.port());
    sending.send(kEcho + kEcho.substr(0, 10));
    EXPECT_EQ(sending.read_response().status, 200);

    auto drained = server.drain(seconds(20));
    EXPECT_TRUE(idle.is_ended());
    EXPECT_TRUE(silent.is_ended());
    EXPECT_THROW(RawClient{server.port()}, std::system_error);
    EXPECT_EQ(drained.wait_for(seconds(0)), std::future_status::timeout);

    server.release();
    const auto held = busy.read_response();
    EXPECT_EQ(held.body, "held");
    EXPECT_EQ(held.field("Connection"), "close");
    busy.close();
    sending.send(kEcho.substr(10));
    const auto response = sending.read_response();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.field("Connection"), "close");
    sending.close();
    EXPECT_EQ(drained.get(), 0U);
    EXPECT_EQ(server.server().connections(), 0U);
}

TEST(Lifecycle, DrainOfAnIdleServerIsDoneAtOnce) {
    RunningServer server;
    EXPECT_EQ(server.drain(seconds(20)).get(), 0U);
}

TEST(Lifecycle, DrainCutsWhatIsLeftAtItsDeadline) {
    RunningServer server;
    RawClient busy(server.port());
    busy.send(kHold);
    ASSERT_TRUE(server.events().wait("held"));
    EXPECT_EQ(server.drain(std::chrono::milliseconds(1)).get(), 1U);
    EXPECT_TRUE(server.events().wait("cancelled"));
    EXPECT_TRUE(busy.is_ended());
    EXPECT_EQ(server.requests().at(0).at("error"), "http.server_stopped");
}

TEST(Lifecycle, AServerCanGoWithConnectionsOpen) {
    auto server = std::make_unique<RunningServer>();
    RawClient idle(server->port());
    EXPECT_EQ(idle.ask(kEcho).status, 200);
    RawClient busy(server->port());
    busy.send(kHold);
    ASSERT_TRUE(server->events().wait("held"));
    server.reset();
    EXPECT_TRUE(idle.is_ended());
    EXPECT_TRUE(busy.is_ended());
}

TEST(Lifecycle, ALoopCanGoWithConnectionsOpen) {
    Events events;
    ScriptedHandler handler(events);
    support::CapturingLog log;
    const base::RealClock clock;
    support::SeededRandom random;
    std::vector<RawClient> clients;
    {
        boost::asio::io_context context(1);
        Server server(context, handler, {}, log, clock, random);
        server.listen({.host = "127.0.0.1", .port = 0});
        clients.emplace_back(server.port());
        clients.emplace_back(server.port()).send(kHold);
        clients.emplace_back(server.port()).send(kEcho.substr(0, 10));
        while (server.connections() < 3) context.run_one();
        context.poll();
        // Now the loop ends with all three in the middle of things.
    }
    for (auto& client : clients) EXPECT_TRUE(client.is_ended());
}

class Listening : public testing::Test {
 protected:
    Server& make_server() {
        servers_.push_back(std::make_unique<Server>(context_, handler_, Limits{}, log_, clock_, random_));
        return *servers_.back();
    }

    Events events_;
    ScriptedHandler handler_{events_};
    support::CapturingLog log_;
    base::RealClock clock_;
    support::SeededRandom random_;
    boost::asio::io_context context_{1};
    std::vector<std::unique_ptr<Server>> servers_;
};

TEST_F(Listening, LoopsShareAPort) {
    Server& first = make_server();
    first.listen({.host = "127.0.0.1", .port = 0});
    ASSERT_NE(first.port(), 0);
    Server& second = make_server();
    second.listen({.host = "127.0.0.1", .port = first.port()});
    EXPECT_EQ(second.port(), first.port());
}

TEST_F(Listening, TakesAddressesAndNames) {
    for (const auto* host : {"127.0.0.1", "0.0.0.0", "localhost", "::"}) {
        Server& server = make_server();
        EXPECT_NO_THROW(server.listen({.host = host, .port = 0})) << host;
        EXPECT_NO_THROW(RawClient{server.port()}) << host;
    }
}

TEST_F(Listening, SaysWhereItCannotListen) {
    try {
        // RFC 5737: an address for documentation, which no machine has.
        make_server().listen({.host = "192.0.2.1", .port = 7007});
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string(error.what()).find("192.0.2.1 port 7007"), std::string::npos) << error.what();
    }
    EXPECT_THROW(make_server().listen({.host = "no such host", .port = 0}), std::system_error);
}

TEST_F(Listening, AnAddressInUseIsSeenBeforeItIsShared) {
    Server& server = make_server();
    server.listen({.host = "127.0.0.1", .port = 0});
    const ListenAddress taken{.host = "127.0.0.1", .port = server.port()};
    EXPECT_THROW(Server::require_free(taken), std::system_error);
    servers_.clear();
    EXPECT_NO_THROW(Server::require_free(taken));
}

}  // namespace
}  // namespace stagedoor::http
