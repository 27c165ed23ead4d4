// The parts of a request that cost the most, one by one: where to look when bench/run shows a change.
#include "base/encoding.h"
#include "crypto/digest.h"
#include "crypto/seal.h"
#include "crypto/system_random.h"
#include "http/server/response_writer.h"
#include "oauth/authorization_request.h"
#include "page/security_headers.h"
#include "session/login_state.h"
#include "telemetry/log_line.h"

#include <benchmark/benchmark.h>

#include <array>
#include <string>

namespace stagedoor {

namespace {

const crypto::SealContext kContext{.purpose = "session", .provider = "google", .environment = "production"};

crypto::KeyRing make_keys() {
    const std::array secrets{base::Secret("a secret that protects nothing")};
    return crypto::KeyRing(secrets);
}

session::LoginState login_state() {
    return {
        .flow_id = std::string(26, 'f'),
        .nonce = std::string(22, 'n'),
        .environment = "production",
        .origin = "https://backstage.example.com",
        .flow = "popup",
        .redirect_url = {},
        .scope = "openid https://www.googleapis.com/auth/userinfo.email",
    };
}

void seal(benchmark::State& run) {
    const auto keys = make_keys();
    crypto::SystemRandom random;
    const std::string plaintext(static_cast<std::size_t>(run.range(0)), 'x');
    for (auto _ : run) benchmark::DoNotOptimize(keys.seal(kContext, plaintext, random));
}
BENCHMARK(seal)->Arg(200)->Arg(2000);

void open(benchmark::State& run) {
    const auto keys = make_keys();
    crypto::SystemRandom random;
    const std::string plaintext(static_cast<std::size_t>(run.range(0)), 'x');
    const auto sealed = keys.seal(kContext, plaintext, random);
    for (auto _ : run) benchmark::DoNotOptimize(keys.open(kContext, sealed));
}
BENCHMARK(open)->Arg(200)->Arg(2000);

void hmac_sha256(benchmark::State& run) {
    const std::string key(32, 'k');
    const std::string message(28, 'm');
    for (auto _ : run) benchmark::DoNotOptimize(crypto::hmac_sha256(key, message));
}
BENCHMARK(hmac_sha256);

void seal_state(benchmark::State& run) {
    const auto keys = make_keys();
    crypto::SystemRandom random;
    const auto state = login_state();
    for (auto _ : run) benchmark::DoNotOptimize(session::seal_state(keys, "google", state, random));
}
BENCHMARK(seal_state);

void authorization_url(benchmark::State& run) {
    const oauth::AuthorizationRequest request{
        .client_id = "1234567890-abcdefghijklmnopqrstuvwxyz012345.apps.googleusercontent.com",
        .redirect_uri = "https://auth.example.com/api/auth/google/handler/frame",
        .scope = oauth::ScopeSet::parse("openid https://www.googleapis.com/auth/userinfo.email"),
        .state = std::string(360, 's'),
        .code_challenge = std::string(43, 'c'),
        .nonce = std::string(22, 'n'),
        .response_mode = std::nullopt,
        .extra = {{"access_type", "offline"}, {"prompt", "consent"}},
    };
    for (auto _ : run) {
        benchmark::DoNotOptimize(
            oauth::authorization_url("https://accounts.google.com/o/oauth2/v2/auth", request)
        );
    }
}
BENCHMARK(authorization_url);

void write_response(benchmark::State& run) {
    http::Response response;
    response.status = 302;
    response.add("Location", "https://accounts.google.com/o/oauth2/v2/auth?state=" + std::string(900, 's'));
    response.add("Cache-Control", "no-store");
    response.add("Set-Cookie", "google-nonce-0123456789=" + std::string(480, 'c') + "; HttpOnly");
    const auto headers = page::SecurityHeaders::make({});
    headers->apply(response);
    const http::ResponseContext context{
        .date = "Sun, 06 Nov 1994 08:49:37 GMT", .request_id = "0123456789012345678901"
    };
    std::string out;
    for (auto _ : run) {
        out.clear();
        benchmark::DoNotOptimize(http::write_response(response, context, out));
    }
}
BENCHMARK(write_response);

void log_line(benchmark::State& run) {
    const std::array<base::LogField, 7> fields{{
        {"id", std::string_view("0123456789012345678901")},
        {"method", std::string_view("GET")},
        {"path", std::string_view("/api/auth/google/start")},
        {"status", std::int64_t{302}},
        {"duration_ms", 0.0375},
        {"bytes", std::int64_t{0}},
        {"remote", std::string_view("127.0.0.1")},
    }};
    const base::SystemTime time(std::chrono::milliseconds(1'767'323'045'678));
    for (auto _ : run) {
        benchmark::DoNotOptimize(
            telemetry::to_line(telemetry::LogFormat::json, time, base::LogLevel::info, "request", fields)
        );
    }
}
BENCHMARK(log_line);

void percent_encode(benchmark::State& run) {
    const std::string text(360, 's');
    for (auto _ : run) benchmark::DoNotOptimize(base::percent_encode(text));
}
BENCHMARK(percent_encode);

}  // namespace

}  // namespace stagedoor

BENCHMARK_MAIN();
