#include "flow/errors.h"
#include "flow/flow_fixture.h"
#include "http/errors.h"
#include "oauth/errors.h"

#include <boost/asio/bind_cancellation_slot.hpp>

namespace stagedoor::flow {
namespace {

class RefreshTest : public FlowTest {
 protected:
    void answer_with(const base::ErrorKind& kind, std::string message = "no") {
        provider().on_refresh = [&kind, message](provider::RefreshRequest) {
            return failing(base::Error(kind, message));
        };
    }
    // The provider's answer waits until release().
    void hold() {
        provider().on_refresh = [this](provider::RefreshRequest request) { return held(std::move(request)); };
    }
    base::Task<base::Result<provider::Grant>> held(provider::RefreshRequest request) {
        const auto [released] = co_await gate.async_wait(base::kAwait);
        static_cast<void>(released);
        auto result = grant("next of " + request.credential.reveal());
        result.scope = request.requested.merge(result.scope);
        result.profile.reset();
        co_return result;
    }
    void release() { gate.cancel(); }
    // A request that is not waited for.
    struct Pending {
        std::string target;
        std::string cookies;
        Fields fields;
        http::Request request;
        std::optional<http::Response> response;
        boost::asio::cancellation_signal leaving;  // of the client
    };
    std::shared_ptr<Pending> begin_refresh(const std::string& query = "env=production") {
        auto pending = std::make_shared<Pending>();
        pending->target = "/api/auth/p/refresh?" + query;
        pending->cookies = browser.cookies_for("/api/auth/p/refresh");
        pending->fields = script();
        pending->fields.push_back({"Cookie", pending->cookies});
        pending->request.target = pending->target;
        pending->request.path = std::string_view(pending->target).substr(0, pending->target.find('?'));
        pending->request.query = query_of(pending->target);
        pending->request.fields = pending->fields;
        boost::asio::co_spawn(
            loop,
            service->handle(pending->request),
            boost::asio::bind_cancellation_slot(
                pending->leaving.slot(),
                [pending](const std::exception_ptr&, http::Response response) {
                    pending->response = std::move(response);
                }
            )
        );
        drive();
        return pending;
    }
    static std::string_view query_of(std::string_view target) { return target.substr(target.find('?') + 1); }
    void drive() {
        loop.restart();
        loop.poll();
    }

    boost::asio::steady_timer::rebind_executor<base::Executor>::other gate{
        loop, std::chrono::steady_clock::time_point::max()
    };
};

TEST_F(RefreshTest, FreshTokensComeWithoutTheUser) {
    log_in();
    const auto answer = refresh("env=production&scope=openid+email&optional");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.field("Content-Type"), "application/json; charset=utf-8");
    EXPECT_EQ(answer.field("Cache-Control"), "no-store");
    EXPECT_EQ(
        answer.body,
        R"({"profile":{"email":"alice@example.com","displayName":"Alice"},"providerInfo":{"idToken":"id-1","accessToken":"at-rt-2","scope":"openid email","expiresInSeconds":3600}})"
    );
    const auto& request = provider().refreshes.at(0);
    EXPECT_EQ(request.credential.reveal(), "rt-1");
    EXPECT_EQ(request.granted.to_string(), "openid email");
    EXPECT_EQ(request.subject, "alice");
    EXPECT_TRUE(request.profile_is_fresh);
    refresh_later();
    EXPECT_EQ(provider().refreshes.at(1).credential.reveal(), "rt-2");
}

TEST_F(RefreshTest, APostDoesTheSame) {
    log_in();
    EXPECT_EQ(send(http::Method::post, "/api/auth/p/refresh?env=production", script()).status, 200);
}

TEST_F(RefreshTest, ACookieIsSetOnlyIfTheSessionHasChanged) {
    log_in();
    EXPECT_EQ(refresh().set_cookies().size(), 1U);       // rt-2
    EXPECT_TRUE(refresh_later().set_cookies().empty());  // rt-2 again
}

TEST_F(RefreshTest, TheProfileIsReadAgainOnceItIsOld) {
    log_in();
    clock.advance(std::chrono::minutes(61));
    refresh();
    EXPECT_FALSE(provider().refreshes.at(0).profile_is_fresh);
}

TEST_F(RefreshTest, OnlyAScriptOfAnAdmittedPageGetsTokens) {
    log_in();
    struct Case {
        Fields fields;
        int status;
        std::string_view code;
    };
    const http::FieldView header{"X-Requested-With", "XMLHttpRequest"};
    const std::vector<Case> cases{
        {{}, 401, errors::kRequestedWithMissing.code},
        {{{"X-Requested-With", "xmlhttprequest"}}, 401, errors::kRequestedWithMissing.code},
        {{header, header}, 401, errors::kRequestedWithMissing.code},
        {{header, {"Origin", "https://evil.example"}}, 403, errors::kOriginNotAllowed.code},
        {{header, {"Origin", "null"}}, 403, errors::kOriginNotAllowed.code},
        {{header, {"Origin", "https://app.example.com"}, {"Origin", "https://evil.example"}},
         403,
         errors::kOriginNotAllowed.code},
        {{header, {"Sec-Fetch-Site", "cross-site"}}, 403, errors::kCrossSite.code},
        {{header, {"Sec-Fetch-Site", "same-site"}}, 403, errors::kCrossSite.code},
        {{header, {"Sec-Fetch-Mode", "navigate"}}, 403, errors::kCrossSite.code},
    };
    for (const auto& [fields, status, code] : cases) {
        for (const auto* action : {"refresh", "logout"}) {
            const auto method = action == std::string_view("logout") ? http::Method::post : http::Method::get;
            const auto answer =
                send(method, "/api/auth/p/" + std::string(action) + "?env=production", fields);
            EXPECT_EQ(answer.status, status) << action << " " << code;
            EXPECT_EQ(answer.code(), code);
        }
    }
    EXPECT_TRUE(provider().refreshes.empty());
    EXPECT_EQ(refresh().status, 200);
    EXPECT_EQ(
        get("/api/auth/p/refresh?env=production", {header, {"Sec-Fetch-Site", "same-origin"}}).status, 200
    );
    EXPECT_EQ(get("/api/auth/p/refresh?env=production", {header}).status, 200);
}

TEST_F(RefreshTest, WithoutASessionItSaysSo) {
    const auto answer = refresh();
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.name(), "AuthenticationError");
    EXPECT_EQ(answer.message(), "Refresh failed; caused by InputError: Missing session cookie");
    EXPECT_EQ(answer.json().at("error").at("cause").at("name").as_string(), "InputError");
    EXPECT_FALSE(log.has("refresh.failed"));
}

TEST_F(RefreshTest, ACookieThatWasTamperedWithIsNoSession) {
    log_in();
    auto field = browser.cookies_for("/api/auth/p/refresh");
    field.back() = field.back() == 'A' ? 'B' : 'A';
    browser = {};
    browser.receive(field + "; Path=/api/auth/p");
    EXPECT_EQ(refresh().message(), "Refresh failed; caused by InputError: Invalid session cookie");
    EXPECT_TRUE(browser.has("p-refresh-token"));  // another replica may have the key that is missing here
}

TEST_F(RefreshTest, TheSessionOfAnotherEnvironmentIsNotThisOnes) {
    log_in();
    EXPECT_EQ(refresh("env=development").status, 401);
    EXPECT_TRUE(provider("p", "development").refreshes.empty());
}

TEST_F(RefreshTest, OnlyTheProvidersVerdictEndsTheSession) {
    log_in();
    const std::vector<const base::ErrorKind*> no_verdicts{
        &http::errors::kClientTimeout,
        &http::errors::kClientDns,
        &http::errors::kClientTls,
        &http::errors::kClientTruncated,
        &oauth::errors::kTokenUnavailable,
        &oauth::errors::kTokenMalformedResponse,
        &oauth::errors::kTokenInvalidScope,
        &oauth::errors::kTokenInvalidClient,
        &oauth::errors::kMetadataUnavailable,
    };
    for (const auto* kind : no_verdicts) {
        answer_with(*kind);
        clock.advance(std::chrono::minutes(1));  // the provider is not left alone any more
        const auto answer = refresh();
        EXPECT_EQ(answer.status, kind->status) << kind->code;
        if (kind->status == 503) {
            EXPECT_EQ(answer.field("Retry-After"), "5");
            EXPECT_EQ(answer.name(), "ServiceUnavailableError");
        }
        EXPECT_TRUE(answer.message().starts_with("Refresh failed; caused by "));
        EXPECT_TRUE(answer.set_cookies().empty()) << kind->code;
    }
    clock.advance(std::chrono::minutes(1));
    answer_with(oauth::errors::kTokenInvalidGrant, "Token has been revoked (invalid_grant)");
    const auto answer = refresh();
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(
        answer.message(),
        "Refresh failed; caused by AuthenticationError: Token has been revoked (invalid_grant)"
    );
    EXPECT_FALSE(browser.has("p-refresh-token"));
    EXPECT_TRUE(log.has("session.ended"));
}

TEST_F(RefreshTest, TheProvidersRetryAfterIsPassedOn) {
    log_in();
    provider().on_refresh = [](provider::RefreshRequest) {
        return failing(
            base::Error(oauth::errors::kTokenUnavailable, "busy").retry_in(std::chrono::seconds(17))
        );
    };
    EXPECT_EQ(refresh().field("Retry-After"), "17");
}

TEST_F(RefreshTest, TabsThatComeTogetherShareOneCall) {
    log_in();
    hold();
    std::vector<std::shared_ptr<Pending>> tabs;
    for (int i = 0; i < 10; ++i) tabs.push_back(begin_refresh());
    release();
    drive();
    EXPECT_EQ(provider().refreshes.size(), 1U);
    for (const auto& tab : tabs) {
        ASSERT_TRUE(tab->response);
        EXPECT_EQ(tab->response->status, 200);
        EXPECT_NE(tab->response->field("Set-Cookie"), "");
    }
}

TEST_F(RefreshTest, ATabThatComesLateWithTheOldCookieGetsTheNewestSession) {
    log_in();
    auto late = browser;
    ASSERT_EQ(refresh().status, 200);
    provider().on_refresh = [this](provider::RefreshRequest) { return renewed("rt-3"); };
    ASSERT_EQ(refresh_later().status, 200);
    const auto answer = refresh("env=production", &late);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(provider().refreshes.size(), 2U);
    EXPECT_EQ(answer.json().at("providerInfo").at("accessToken").as_string(), "at-rt-3");
    // It holds the newest credential now.
    clock.advance(std::chrono::minutes(11));
    refresh("env=production", &late);
    EXPECT_EQ(provider().refreshes.back().credential.reveal(), "rt-3");
}

TEST_F(RefreshTest, ATabThatAsksForOtherScopesMakesItsOwnCallWithTheNewCredential) {
    log_in();
    hold();
    const auto first = begin_refresh("env=production&scope=a");
    const auto second = begin_refresh("env=production&scope=b");
    EXPECT_EQ(provider().refreshes.size(), 1U);
    release();
    drive();
    ASSERT_TRUE(first->response);
    EXPECT_FALSE(second->response);
    ASSERT_TRUE(waiter.advance_to_next());  // it looks again
    drive();
    ASSERT_EQ(provider().refreshes.size(), 2U);
    EXPECT_EQ(provider().refreshes[1].credential.reveal(), "next of rt-1");
    EXPECT_EQ(provider().refreshes[1].requested.to_string(), "b");
    release();
    drive();
    ASSERT_TRUE(second->response);
    EXPECT_EQ(second->response->status, 200);
}

TEST_F(RefreshTest, ATabThatIsClosedTakesNothingAway) {
    log_in();
    hold();
    const auto closed = begin_refresh();
    closed->leaving.emit(boost::asio::cancellation_type::all);
    drive();
    release();
    drive();
    const auto answer = refresh();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(provider().refreshes.size(), 1U);  // the answer that nobody took was kept
}

TEST_F(RefreshTest, WhatWasNotGrantedIsNotReported) {
    log_in();
    const auto answer = refresh("env=production&scope=calendar");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json().at("providerInfo").at("scope").as_string(), "openid email");
}

TEST_F(RefreshTest, AKeyThatIsNoLongerTheNewestIsReplacedAtTheNextRefresh) {
    log_in();
    refresh();
    clock.advance(std::chrono::minutes(11));
    const std::vector<base::Secret> ring{base::Secret("a new secret in front of the old one"), secrets[0]};
    keys = crypto::KeyRing(ring);
    EXPECT_EQ(refresh().set_cookies().size(), 1U);
    EXPECT_TRUE(refresh().set_cookies().empty());
}

TEST_F(RefreshTest, ASessionEndsWithItsTime) {
    log_in();
    clock.advance(std::chrono::days(1001));
    const auto answer = refresh();
    EXPECT_EQ(answer.status, 401);
    EXPECT_FALSE(browser.has("p-refresh-token"));
    EXPECT_TRUE(provider().refreshes.empty());
}

}  // namespace
}  // namespace stagedoor::flow
