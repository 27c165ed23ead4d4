// The reference point of /refresh: the program's own HTTP server and client, and between them nothing. It
// answers any request with the token endpoint's answer to the refresh request that /refresh would have sent,
// byte for byte.
#include "crypto/system_random.h"
#include "http/client/curl_client.h"
#include "http/server/server.h"
#include "oauth/token_request.h"
#include "support/arguments.h"
#include "telemetry/log.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace stagedoor::bench {

namespace {

class Forwarder final : public http::Handler {
 public:
    Forwarder(http::Client& client, http::ClientRequest request)
        : client_(client), request_(std::move(request)) {}

    base::Task<http::Response> handle(const http::Request& /*request*/) override {
        auto answer = co_await client_.send(request_);
        http::Response response;
        if (answer) {
            response.status = answer->status;
            response.add("Content-Type", answer->field("Content-Type"));
            response.body = std::move(answer->body);
        } else {
            response.status = 502;
            response.error_code = answer.error().code();
        }
        co_return response;
    }

 private:
    http::Client& client_;
    const http::ClientRequest request_;
};

struct Arguments {
    std::uint16_t port;
    std::string token_endpoint;
    std::string refresh_token;
    std::string scope;
    std::string client_id;
    std::string client_secret;
};

Arguments parse_arguments(int argc, char** argv) {
    if (argc != 7) {
        throw std::invalid_argument(
            "usage: forwarder PORT TOKEN_ENDPOINT REFRESH_TOKEN SCOPE CLIENT_ID CLIENT_SECRET"
        );
    }
    return {parse_number<std::uint16_t>(argv[1]), argv[2], argv[3], argv[4], argv[5], argv[6]};
}

void serve(const Arguments& arguments) {
    std::signal(SIGPIPE, SIG_IGN);
    const base::RealClock clock;
    telemetry::AsyncLog log({.format = telemetry::LogFormat::json}, clock);
    crypto::SystemRandom random;
    auto request = oauth::refresh_request(
        arguments.token_endpoint,
        base::Secret(arguments.refresh_token),
        oauth::ScopeSet::parse(arguments.scope),
        {.client_id = arguments.client_id,
         .client_secret = base::Secret(arguments.client_secret),
         .method = oauth::ClientAuthenticationMethod::client_secret_post}
    );
    request.allow_loopback_http = true;

    boost::asio::io_context loop(1);
    http::CurlClient client(loop, {}, log);
    Forwarder forwarder(client, std::move(request));
    http::Server server(loop, forwarder, {}, log, clock, random);
    server.listen({.host = "127.0.0.1", .port = arguments.port});
    loop.run();
}

}  // namespace

}  // namespace stagedoor::bench

int main(int argc, char** argv) {
    try {
        stagedoor::bench::serve(stagedoor::bench::parse_arguments(argc, argv));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
