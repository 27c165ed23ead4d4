#pragma once

#include "http/client/curl_client.h"
#include "support/capturing_log.h"
#include "support/loopback_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

namespace stagedoor::http {

using Outcome = base::Result<ClientResponse>;

inline base::Task<> send_into(Client& client, ClientRequest request, std::optional<Outcome>& outcome) {
    outcome = co_await client.send(std::move(request));
}

// A loop of its own for each test, and an environment without proxies.
class CurlClientTest : public ::testing::Test {
 protected:
    CurlClientTest() {
        for (const char* name : kProxyVariables) ::unsetenv(name);
    }
    ~CurlClientTest() override {
        for (const char* name : kProxyVariables) ::unsetenv(name);
    }

    // The client is made at its first use, so that a test can change `settings` before.
    Client& client() {
        if (client_ == nullptr) client_ = std::make_unique<CurlClient>(loop, settings, log);
        return *client_;
    }
    void destroy_client() { client_.reset(); }

    // Begins a call; its outcome is there after run().
    void start(ClientRequest request, std::optional<Outcome>& outcome) {
        boost::asio::co_spawn(loop, send_into(client(), std::move(request), outcome), boost::asio::detached);
    }
    void run() {
        loop.restart();
        loop.run();
    }
    Outcome call(ClientRequest request) {
        std::optional<Outcome> outcome;
        start(std::move(request), outcome);
        run();
        return std::move(outcome.value());
    }
    // The code of the error that a call must end with.
    std::string failure(ClientRequest request) {
        const Outcome outcome = call(std::move(request));
        return outcome ? "status " + std::to_string(outcome->status) : std::string(outcome.error().code());
    }

    static ClientRequest get(std::string url) {
        ClientRequest request;
        request.url = std::move(url);
        request.allow_loopback_http = true;
        return request;
    }
    static ClientRequest post(std::string url, std::string body) {
        ClientRequest request = get(std::move(url));
        request.method = Method::post;
        request.body = std::move(body);
        return request;
    }

    boost::asio::io_context loop{1};
    support::CapturingLog log;
    CurlSettings settings;

 private:
    static constexpr const char* kProxyVariables[] = {
        "http_proxy",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
        "no_proxy",
        "NO_PROXY",
    };
    std::unique_ptr<CurlClient> client_;  // goes before the loop
};

}  // namespace stagedoor::http
