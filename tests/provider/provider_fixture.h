#pragma once

#include "base/url.h"
#include "http/form.h"
#include "provider/registry.h"
#include "support/capturing_log.h"
#include "support/fake_client.h"
#include "support/manual_clock.h"
#include "support/run_task.h"
#include "support/signed_token.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace stagedoor::provider {

inline constexpr std::string_view kIssuer = "https://idp.example";

// A provider against a scripted other side. `answers` maps the URL (without query) to what is answered there.
class ProviderTest : public testing::Test {
 protected:
    using Answer = std::function<http::ClientResponse(const http::ClientRequest&)>;

    ProviderTest() {
        client.answer = [this](const http::ClientRequest& request) -> base::Result<http::ClientResponse> {
            const auto found = answers.find(request.url.substr(0, request.url.find('?')));
            if (found == answers.end())
                return http::ClientResponse{.status = 404, .fields = {}, .body = {}, .repeated = false};
            return found->second(request);
        };
    }

    static Settings settings_for(std::string provider) {
        Settings settings;
        settings.provider = std::move(provider);
        settings.environment = "production";
        settings.client_id = "client";
        settings.client_secret = base::Secret("secret");
        settings.redirect_uri = "https://auth.example.com/api/auth/" + settings.provider + "/handler/frame";
        return settings;
    }
    // An OpenID provider at kIssuer that has everything.
    static Settings oidc_settings() {
        auto settings = settings_for("oidc");
        settings.metadata_url = std::string(kIssuer);
        return settings;
    }
    void serve_metadata() {
        answer("/.well-known/openid-configuration", [](const http::ClientRequest&) {
            return support::json_answer(R"({"issuer":"https://idp.example",
                "authorization_endpoint":"https://idp.example/auth", "token_endpoint":"https://idp.example/token",
                "userinfo_endpoint":"https://idp.example/me", "revocation_endpoint":"https://idp.example/revoke",
                "jwks_uri":"https://idp.example/jwks", "authorization_response_iss_parameter_supported":true})"
            );
        });
        serve_keys(support::rsa_key());
        answer("/me", [](const http::ClientRequest&) {
            return support::json_answer(
                R"({"sub":"alice","name":"Alice","email":"alice@example.com","email_verified":true,"picture":"https://idp.example/a.png"})"
            );
        });
    }
    void serve_keys(const support::IssuerKey& key) {
        answer("/jwks", [&key](const http::ClientRequest&) {
            return support::json_answer(support::key_set_json({key.jwk()}));
        });
    }
    void answer(std::string_view path, Answer answer) {
        answers[std::string(kIssuer) + std::string(path)] = std::move(answer);
    }
    void answer_token(boost::json::object body, int status = 200) {
        answer("/token", [text = boost::json::serialize(body), status](const http::ClientRequest&) {
            return support::json_answer(text, status);
        });
    }

    boost::json::object claims(std::string_view nonce = "the-nonce") const {
        const auto now = base::to_unix_seconds(clock.now());
        boost::json::object claims{
            {"iss", kIssuer},
            {"sub", "alice"},
            {"aud", "client"},
            {"exp", now + 300},
            {"iat", now},
            {"sid", "sid-1"}
        };
        if (!nonce.empty()) claims["nonce"] = nonce;
        return claims;
    }
    static std::string sign(
        const boost::json::object& claims, const support::IssuerKey& key = support::rsa_key()
    ) {
        return key.sign(crypto::Algorithm::rs256, boost::json::serialize(claims));
    }
    boost::json::object token_answer() const {
        return {
            {"access_token", "at-1"},
            {"token_type", "Bearer"},
            {"expires_in", 3600},
            {"refresh_token", "rt-1"},
            {"id_token", sign(claims())},
            {"scope", "openid profile email"}
        };
    }

    std::unique_ptr<Provider> make(Settings settings) {
        return make_provider(
            std::move(settings),
            {.executor = loop.get_executor(), .client = client, .clock = clock, .log = log}
        );
    }
    template <class T>
    T run(base::Task<T> task) {
        return support::run_task(loop, std::move(task));
    }
    static http::Parameters callback_parameters(
        std::string_view query = "code=the-code&iss=https%3A%2F%2Fidp.example"
    ) {
        return http::Parameters::parse(query).value();
    }
    base::Result<Grant> exchange(
        Provider& provider, const http::Parameters& parameters, std::string issuer = std::string(kIssuer)
    ) {
        return run(provider.exchange({
            .parameters = parameters,
            .code_verifier = base::Secret("the-verifier"),
            .nonce = "the-nonce",
            .issuer = std::move(issuer),
            .requested = {"openid", "profile", "email"},
        }));
    }
    static RefreshRequest refresh_request() {
        RefreshRequest request;
        request.credential = base::Secret("rt-1");
        request.granted = {"openid", "profile", "email"};
        request.subject = "alice";
        request.issuer = kIssuer;
        return request;
    }
    http::Parameters form_sent_to(std::string_view path) const {
        const auto sent = client.sent_to(std::string(kIssuer) + std::string(path));
        if (sent.empty()) return {};
        return http::Parameters::parse(sent.back().body).value();
    }
    static std::string field(const http::ClientRequest& request, std::string_view name) {
        for (const auto& each : request.fields) {
            if (each.name == name) return each.value;
        }
        return {};
    }

    boost::asio::io_context loop;
    support::ManualClock clock;
    support::CapturingLog log;
    support::FakeClient client;
    std::map<std::string, Answer> answers;
};

}  // namespace stagedoor::provider
