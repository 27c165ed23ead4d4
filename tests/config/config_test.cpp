#include "config/config.h"

#include "config/fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stagedoor::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Values : public ConfigTest {
 protected:
    std::string base_url_with(std::string_view more) {
        const auto loaded = load_with_base(more);
        return loaded ? auth_base_url(loaded->config) : errors_of(loaded);
    }
    Listen listen_of(std::string_view listen) {
        const auto loaded = load_text(
            "app: {baseUrl: 'https://example.com'}\nbackend: {baseUrl: 'https://example.com', listen: " +
            std::string(listen) + "}\n"
        );
        EXPECT_TRUE(loaded) << listen << " " << errors_of(loaded);
        return loaded ? loaded->config.backend.listen : Listen{};
    }
    Duration session_duration(std::string_view duration) {
        const auto loaded = load_with_base(
            "auth: {providers: {google: {d: {clientId: a, clientSecret: b, sessionDuration: " +
            std::string(duration) + "}}}}\n"
        );
        EXPECT_TRUE(loaded) << duration << " " << errors_of(loaded);
        return loaded ? *loaded->config.auth.providers.at(0).environments.at(0).session_duration
                      : Duration(-1);
    }
};

TEST_F(Values, TheBaseUrlComesFromTheBackendOrFromDiscovery) {
    EXPECT_EQ(base_url_with(""), "https://example.com/api/auth");
    EXPECT_EQ(
        base_url_with(
            "discovery: {endpoints: [{target: 'https://d.example/x/{{ pluginId }}/', plugins: [auth]}]}\n"
        ),
        "https://d.example/x/auth"
    );
    EXPECT_EQ(
        base_url_with("discovery: {endpoints: [{target: 'https://a.example/{{pluginId}}', plugins: ['*']}, "
                      "{target: 'https://b.example/{{pluginId}}', plugins: [catalog, auth]}]}\n"),
        "https://b.example/auth"
    );
    EXPECT_EQ(
        base_url_with("discovery: {endpoints: [{target: 'https://a.example/{{pluginId}}', plugins: ['*']}]}\n"
        ),
        "https://a.example/auth"
    );
    EXPECT_EQ(
        base_url_with("discovery: {endpoints: [{target: {internal: 'http://i.example'}, plugins: [auth]}]}\n"
        ),
        "https://example.com/api/auth"
    );
    EXPECT_EQ(
        base_url_with("discovery: {endpoints: [{target: 'https://a.example', plugins: [catalog]}]}\n"),
        "https://example.com/api/auth"
    );
}

TEST_F(Values, TheBaseUrlMayHaveAPath) {
    const auto loaded = load_text(
        "app: {baseUrl: 'https://example.com'}\nbackend: {baseUrl: 'https://example.com/portal//'}\n"
    );
    ASSERT_TRUE(loaded) << errors_of(loaded);
    EXPECT_EQ(auth_base_url(loaded->config), "https://example.com/portal/api/auth");
}

TEST_F(Values, TheCallbackUrlIsKeptAsWritten) {
    const auto loaded = load_with_base(
        "auth: {providers: {google: {a: {clientId: a, clientSecret: b, callbackUrl: "
        "'https://EXAMPLE.com:443/Cb'}, "
        "b: {clientId: a, clientSecret: b}}}}\n"
    );
    ASSERT_TRUE(loaded) << errors_of(loaded);
    const auto& environments = loaded->config.auth.providers.at(0).environments;
    EXPECT_EQ(callback_url(loaded->config, "google", environments.at(0)), "https://EXAMPLE.com:443/Cb");
    EXPECT_EQ(
        callback_url(loaded->config, "google", environments.at(1)),
        "https://example.com/api/auth/google/handler/frame"
    );
}

TEST_F(Values, AllowedOriginsAreTheAppAndThePatterns) {
    const auto loaded =
        load_with_base("auth: {experimentalExtraAllowedOrigins: ['https://*.preview.example.com']}\n");
    ASSERT_TRUE(loaded) << errors_of(loaded);
    const auto allowed = [&loaded](std::string_view origin) {
        return is_allowed_origin(loaded->config, *base::Origin::parse(origin));
    };
    EXPECT_TRUE(allowed("https://example.com"));
    EXPECT_TRUE(allowed("https://a.preview.example.com"));
    EXPECT_FALSE(allowed("http://example.com"));
    EXPECT_FALSE(allowed("https://preview.example.com"));
    EXPECT_FALSE(allowed("https://evil.com"));
}

TEST_F(Values, ListenTakesEveryFormOfBackstage) {
    EXPECT_EQ(listen_of("':7008'").port, 7008);
    EXPECT_EQ(listen_of("'7008'").port, 7008);
    EXPECT_EQ(listen_of("'127.0.0.1:7008'").host, "127.0.0.1");
    EXPECT_EQ(listen_of("'[::1]:7008'").host, "::1");
    EXPECT_EQ(listen_of("{host: localhost}").host, "localhost");
    EXPECT_EQ(listen_of("{host: localhost}").port, 7007);
    EXPECT_EQ(listen_of("{port: '7008'}").port, 7008);
}

TEST_F(Values, ListenRefusesWhatIsNoAddress) {
    for (const char* listen :
         {"'::1:7007'", "'7007x'", "':70000'", "'localhost'", "7007", "{port: 65536}", "{port: 1.5}"}) {
        const auto loaded = load_text(
            "app: {baseUrl: 'https://example.com'}\nbackend: {baseUrl: 'https://example.com', listen: " +
            std::string(listen) + "}\n"
        );
        EXPECT_THAT(errors_of(loaded), HasSubstr("backend.listen")) << listen;
    }
}

TEST_F(Values, DurationsTakeEveryFormOfBackstage) {
    using namespace std::chrono_literals;
    EXPECT_EQ(session_duration("{days: 30}"), 24h * 30);
    EXPECT_EQ(session_duration("{hours: 1.5, minutes: '1'}"), 91min);
    EXPECT_EQ(session_duration("{years: 1, months: 1, weeks: 1}"), 24h * (365 + 30 + 7));
    EXPECT_EQ(session_duration("2 days"), 48h);
    EXPECT_EQ(session_duration("PT30M"), 30min);
}

TEST_F(Values, DurationsWithoutASensibleMeaningAreRefused) {
    for (const char* duration :
         {"30", "'30'", "{}", "{day: 1}", "{days: -1}", "{days: x}", "-1s", "{years: 101}", "0s"}) {
        const auto loaded = load_with_base(
            "auth: {providers: {google: {d: {clientId: a, clientSecret: b, sessionDuration: " +
            std::string(duration) + "}}}}\n"
        );
        EXPECT_THAT(errors_of(loaded), HasSubstr("sessionDuration")) << duration;
    }
}

TEST_F(Values, LimitsAndClientAreOptional) {
    const auto none = load_with_base("");
    ASSERT_TRUE(none);
    EXPECT_EQ(none->config.backend.limits.body_bytes, std::nullopt);
    EXPECT_EQ(none->config.backend.drain, std::chrono::seconds(20));
    const auto some = load_text(
        "app: {baseUrl: 'https://example.com'}\n"
        "backend:\n"
        "  baseUrl: https://example.com\n"
        "  limits: {headerBytes: 1, headerCount: 2, targetBytes: 3, bodyBytes: 4, connections: 5,\n"
        "    requestsPerConnection: 6, idleTimeout: 7s, headerTimeout: 8s, byteTimeout: 9s, requestTimeout: "
        "10s,\n"
        "    handlerTimeout: 11s, writeTimeout: 12s}\n"
        "  client: {caFile: ca.pem, certificateFile: c.pem, keyFile: k.pem, proxy: "
        "'http://u:p@proxy.example:1',\n"
        "    noProxy: x, connectTimeout: 1s, timeout: 2s}\n"
        "auth: {providers: {google: {a: {clientId: a, clientSecret: b}, b: {clientId: a, clientSecret: b, "
        "timeout: 3s}}}}\n"
    );
    ASSERT_TRUE(some) << errors_of(some);
    const Limits& limits = some->config.backend.limits;
    EXPECT_EQ(limits.header_bytes, 1U);
    EXPECT_EQ(limits.header_count, 2U);
    EXPECT_EQ(limits.target_bytes, 3U);
    EXPECT_EQ(limits.body_bytes, 4U);
    EXPECT_EQ(limits.connections, 5U);
    EXPECT_EQ(limits.requests_per_connection, 6U);
    EXPECT_EQ(limits.idle_timeout, std::chrono::seconds(7));
    EXPECT_EQ(limits.header_timeout, std::chrono::seconds(8));
    EXPECT_EQ(limits.byte_timeout, std::chrono::seconds(9));
    EXPECT_EQ(limits.request_timeout, std::chrono::seconds(10));
    EXPECT_EQ(limits.handler_timeout, std::chrono::seconds(11));
    EXPECT_EQ(limits.write_timeout, std::chrono::seconds(12));
    const Client& client = some->config.backend.client;
    EXPECT_EQ(*client.ca_file, folder_ / "ca.pem");
    EXPECT_EQ(*client.certificate_file, folder_ / "c.pem");
    EXPECT_EQ(*client.key_file, folder_ / "k.pem");
    EXPECT_EQ(client.proxy.reveal(), "http://u:p@proxy.example:1");
    EXPECT_EQ(client.no_proxy, "x");
    EXPECT_EQ(client.connect_timeout, std::chrono::seconds(1));
    const auto& environments = some->config.auth.providers.at(0).environments;
    EXPECT_EQ(environments.at(0).timeout, std::chrono::seconds(2));
    EXPECT_EQ(environments.at(1).timeout, std::chrono::seconds(3));
}

TEST_F(Values, EveryKeyOfAProviderArrives) {
    const auto loaded = load_with_base(
        "auth:\n"
        "  popup: {announceOrigin: false}\n"
        "  logout: {revocation: skip}\n"
        "  session: {secret: [new-secret-new-secret-new-secret-12, old-secret-old-secret-old-secret-34]}\n"
        "  providers:\n"
        "    oidc:\n"
        "      d:\n"
        "        clientId: a\n"
        "        clientSecret: b\n"
        "        metadataUrl: https://i.example\n"
        "        tokenEndpointAuthMethod: client_secret_basic\n"
        "        tokenSignedResponseAlg: ES256\n"
        "        prompt: login\n"
        "        responseMode: form_post\n"
        "        profileMaxAge: 5m\n"
        "        additionalScopes: [a b, 'c|d']\n"
        "        endpoints:\n"
        "          issuer: https://I.example/\n"
        "          authorization: https://i.example/a\n"
        "          token: https://i.example/t\n"
        "          userinfo: https://i.example/u\n"
        "          revocation: https://i.example/r\n"
        "          jwks: https://i.example/j\n"
    );
    ASSERT_TRUE(loaded) << errors_of(loaded);
    const Auth& auth = loaded->config.auth;
    EXPECT_FALSE(auth.announce_origin);
    EXPECT_EQ(auth.revocation, Revocation::skip);
    ASSERT_EQ(auth.session_secrets.size(), 2U);
    EXPECT_EQ(auth.session_secrets[0].reveal(), "new-secret-new-secret-new-secret-12");
    const auto& oidc = auth.providers.at(0).environments.at(0);
    EXPECT_EQ(oidc.metadata_url->to_string(), "https://i.example/");
    EXPECT_EQ(oidc.token_endpoint_auth_method, ClientAuthentication::client_secret_basic);
    EXPECT_EQ(oidc.token_signed_response_alg, "ES256");
    EXPECT_EQ(oidc.prompt, "login");
    EXPECT_EQ(oidc.response_mode, ResponseMode::form_post);
    EXPECT_EQ(oidc.profile_max_age, std::chrono::minutes(5));
    EXPECT_THAT(oidc.additional_scopes, ElementsAre("a", "b", "c", "d"));
    EXPECT_EQ(oidc.endpoints.issuer, "https://I.example/");
    EXPECT_EQ(oidc.endpoints.authorization->path(), "/a");
    EXPECT_EQ(oidc.endpoints.token->path(), "/t");
    EXPECT_EQ(oidc.endpoints.userinfo->path(), "/u");
    EXPECT_EQ(oidc.endpoints.revocation->path(), "/r");
    EXPECT_EQ(oidc.endpoints.jwks->path(), "/j");
}

}  // namespace
}  // namespace stagedoor::config
