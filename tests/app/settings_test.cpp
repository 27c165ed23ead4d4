#include "app/settings.h"

#include "config/load.h"
#include "session/cookie_jar.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace stagedoor::app {
namespace {

class SettingsTest : public testing::Test {
 protected:
    SettingsTest() {
        std::string name = (std::filesystem::temp_directory_path() / "stagedoor-XXXXXX").string();
        folder = mkdtemp(name.data());
    }
    ~SettingsTest() override { std::filesystem::remove_all(folder); }
    config::Config load(const std::string& more) const {
        const auto file = folder / "app-config.yaml";
        std::ofstream(file) << "app: {baseUrl: 'https://app.example.com'}\n" << more;
        const auto loaded = config::load({file}, {});
        if (!loaded) throw std::runtime_error(loaded.error().at(0).to_string());
        return loaded->config;
    }
    std::filesystem::path folder;
};

constexpr auto kBackend = "backend: {baseUrl: 'https://auth.example.com'}\n";

TEST_F(SettingsTest, EveryKeyOfAProviderReachesIt) {
    const auto config = load(std::string(kBackend) + R"(
auth:
  providers:
    oidc:
      production:
        clientId: id
        clientSecret: secret
        metadataUrl: https://idp.example
        callbackUrl: https://auth.example.com/cb
        additionalScopes: groups
        sessionDuration: 30 days
        tokenEndpointAuthMethod: client_secret_post
        tokenSignedResponseAlg: ES256
        prompt: login
        timeout: 3s
        profileMaxAge: 10m
        startUrlSearchParams: {organization: acme, response_mode: form_post}
        endpoints: {issuer: 'https://issuer.example', jwks: 'https://idp.example/jwks'}
)");
    const auto all = provider_settings(config);
    ASSERT_EQ(all.size(), 1U);
    const auto& oidc = all[0];
    EXPECT_EQ(oidc.provider, "oidc");
    EXPECT_EQ(oidc.environment, "production");
    EXPECT_EQ(oidc.client_id, "id");
    EXPECT_EQ(oidc.client_secret.reveal(), "secret");
    EXPECT_EQ(oidc.redirect_uri, "https://auth.example.com/cb");
    EXPECT_EQ(oidc.additional_scopes, std::vector<std::string>{"groups"});
    EXPECT_EQ(oidc.session_duration, std::chrono::days(30));
    EXPECT_EQ(oidc.client_authentication, oauth::ClientAuthenticationMethod::client_secret_post);
    EXPECT_EQ(oidc.token_signed_response_alg, "ES256");
    EXPECT_EQ(oidc.prompt, "login");
    EXPECT_EQ(oidc.timeout, std::chrono::seconds(3));
    EXPECT_EQ(oidc.profile_max_age, std::chrono::minutes(10));
    EXPECT_TRUE(oidc.form_post);
    EXPECT_EQ(oidc.start_url_search_params, (std::map<std::string, std::string>{{"organization", "acme"}}));
    EXPECT_EQ(oidc.endpoints.issuer, "https://issuer.example");
    EXPECT_EQ(oidc.endpoints.jwks, "https://idp.example/jwks");
    EXPECT_TRUE(oidc.revoke_on_logout);
}

TEST_F(SettingsTest, TheLimitsAndTheListenerFollowTheConfiguration) {
    const auto config = load(R"(
backend:
  baseUrl: https://auth.example.com
  listen: '127.0.0.1:8443'
  limits: {headerBytes: 20000, headerCount: 30, targetBytes: 4000, bodyBytes: 1000, connections: 10,
    requestsPerConnection: 5, idleTimeout: 1s, headerTimeout: 2s, byteTimeout: 3s, requestTimeout: 4s, handlerTimeout: 5s,
    writeTimeout: 6s}
)");
    const auto address = listen_address(config.backend.listen);
    EXPECT_EQ(address.host, "127.0.0.1");
    EXPECT_EQ(address.port, 8443);
    const auto limits = server_limits(config.backend.limits);
    EXPECT_EQ(limits.header_bytes, 20000U);
    EXPECT_EQ(limits.fields, 30U);
    EXPECT_EQ(limits.target_bytes, 4000U);
    EXPECT_EQ(limits.body_bytes, 1000U);
    EXPECT_EQ(limits.connections, 10U);
    EXPECT_EQ(limits.requests_per_connection, 5U);
    EXPECT_EQ(limits.idle_time, std::chrono::seconds(1));
    EXPECT_EQ(limits.header_time, std::chrono::seconds(2));
    EXPECT_EQ(limits.byte_time, std::chrono::seconds(3));
    EXPECT_EQ(limits.request_time, std::chrono::seconds(4));
    EXPECT_EQ(limits.handler_time, std::chrono::seconds(5));
    EXPECT_EQ(limits.write_time, std::chrono::seconds(6));
}

TEST_F(SettingsTest, WithoutLimitsTheDefaultsOfTheServerHold) {
    const auto limits = server_limits(load(kBackend).backend.limits);
    EXPECT_EQ(limits.header_bytes, http::Limits().header_bytes);
    EXPECT_EQ(limits.handler_time, http::Limits().handler_time);
    EXPECT_EQ(listen_address(load(kBackend).backend.listen).port, 7007);
}

TEST_F(SettingsTest, TheBiggestSessionFitsIntoARequest) {
    // Otherwise its user could neither refresh nor sign out.
    EXPECT_GE(http::Limits().header_bytes, session::kMaxChunkedBytes + http::Limits().target_bytes + 4096);
}

TEST_F(SettingsTest, CorsAndTheSecurityPolicyFollowTheConfiguration) {
    const auto settings = service_settings(load(R"(
backend:
  baseUrl: https://auth.example.com/x/
  cors: {origin: ['https://*.example.com'], credentials: true, methods: [GET, POST], maxAge: 600}
  csp: {connect-src: ["'self'"], upgrade-insecure-requests: false}
)"));
    EXPECT_EQ(settings.base_url, "https://auth.example.com/x/api/auth");
    ASSERT_TRUE(settings.cors);
    EXPECT_EQ(settings.cors->origins.size(), 1U);
    EXPECT_TRUE(settings.cors->credentials);
    EXPECT_EQ(settings.cors->methods, (std::vector<std::string>{"GET", "POST"}));
    EXPECT_EQ(settings.cors->max_age, std::chrono::seconds(600));
    const auto& fields = settings.security_headers.fields();
    const auto policy = std::ranges::find(fields, "Content-Security-Policy", &http::Field::name);
    ASSERT_NE(policy, fields.end());
    EXPECT_NE(policy->value.find("connect-src 'self'"), std::string::npos);
    EXPECT_EQ(policy->value.find("upgrade-insecure-requests"), std::string::npos);
    EXPECT_FALSE(service_settings(load(kBackend)).cors);
}

TEST_F(SettingsTest, RevocationCanBeSwitchedOff) {
    const auto config = load(std::string(kBackend) + R"(
auth:
  logout: {revocation: skip}
  providers: {google: {production: {clientId: a, clientSecret: b}}}
)");
    EXPECT_FALSE(provider_settings(config).at(0).revoke_on_logout);
}

}  // namespace
}  // namespace stagedoor::app
