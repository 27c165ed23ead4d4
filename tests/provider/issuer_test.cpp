#include "provider/issuer.h"

#include "oauth/errors.h"
#include "provider/provider_fixture.h"

namespace stagedoor::provider {
namespace {

class IssuerTest : public ProviderTest {
 protected:
    IssuerTest() { serve_metadata(); }
    Issuer make_issuer(Endpoints overrides = {}) {
        return Issuer(
            {.label = "oidc/production",
             .metadata_url = oauth::metadata_url(kIssuer),
             .endpoints = std::move(overrides),
             .allow_loopback_http = false,
             .timeout = std::chrono::seconds(5)},
            {.executor = loop.get_executor(), .client = client, .clock = clock, .log = log}
        );
    }
    void break_metadata() {
        answer("/.well-known/openid-configuration", [](const http::ClientRequest&) {
            return support::json_answer("", 502);
        });
    }
    [[nodiscard]] std::size_t fetches() const {
        return client.sent_to("https://idp.example/.well-known").size();
    }
};

TEST_F(IssuerTest, NothingIsFetchedBeforeItIsNeeded) {
    auto issuer = make_issuer();
    loop.poll();
    EXPECT_EQ(fetches(), 0U);
    ASSERT_TRUE(run(issuer.metadata()));
    ASSERT_TRUE(run(issuer.metadata()));
    EXPECT_EQ(fetches(), 1U);
    EXPECT_EQ(client.requests[0].deadline, std::chrono::seconds(5));
}

TEST_F(IssuerTest, WhoAsksMeanwhileWaitsForTheSameFetch) {
    auto issuer = make_issuer();
    client.hold();
    int answered = 0;
    for (int i = 0; i < 5; ++i) {
        boost::asio::co_spawn(loop, issuer.metadata(), [&](const std::exception_ptr&, const auto& metadata) {
            if (metadata) ++answered;
        });
    }
    loop.restart();
    loop.poll();
    EXPECT_EQ(fetches(), 1U);
    client.release();
    loop.restart();
    loop.poll();
    EXPECT_EQ(answered, 5);
}

TEST_F(IssuerTest, AProviderThatIsDownIsTriedAgainAtTheNextRequest) {
    break_metadata();
    auto issuer = make_issuer();
    const auto failed = run(issuer.metadata());
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().status(), 503);
    EXPECT_TRUE(failed.error().retry_after());
    serve_metadata();
    EXPECT_TRUE(run(issuer.metadata()));
}

TEST_F(IssuerTest, WhatWasKnownStaysInUseWhenAFetchFails) {
    auto issuer = make_issuer();
    ASSERT_TRUE(run(issuer.metadata()));
    break_metadata();
    clock.advance(std::chrono::hours(2));
    EXPECT_TRUE(run(issuer.metadata()));  // and starts a fetch beside
    loop.restart();
    loop.poll();
    EXPECT_EQ(fetches(), 2U);
    EXPECT_TRUE(run(issuer.metadata()));
    EXPECT_TRUE(log.has("provider.metadata_failed"));
}

TEST_F(IssuerTest, ConfiguredEndpointsWin) {
    auto issuer = make_issuer(
        {.issuer = {},
         .authorization = {},
         .token = "https://other.example/token",
         .userinfo = {},
         .revocation = {},
         .jwks = {}}
    );
    const auto metadata = run(issuer.metadata());
    ASSERT_TRUE(metadata);
    EXPECT_EQ((*metadata)->token_endpoint, "https://other.example/token");
    EXPECT_EQ((*metadata)->authorization_endpoint, "https://idp.example/auth");
}

TEST_F(IssuerTest, MetadataOfAnotherIssuerAreRefused) {
    auto issuer = make_issuer(
        {.issuer = "https://another.example",
         .authorization = {},
         .token = {},
         .userinfo = {},
         .revocation = {},
         .jwks = {}}
    );
    const auto metadata = run(issuer.metadata());
    ASSERT_FALSE(metadata);
    EXPECT_EQ(metadata.error().code(), oauth::errors::kMetadataIssuerMismatch.code);
}

}  // namespace
}  // namespace stagedoor::provider
