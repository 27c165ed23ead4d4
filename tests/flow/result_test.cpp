#include "flow/errors.h"
#include "flow/flow_fixture.h"
#include "oauth/errors.h"
#include "session/errors.h"
#include "session/login_channel.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <set>

namespace stagedoor::flow {
namespace {

const std::string kChannel = "Zm9vYmFyYmF6cXV4MTIzNA";
constexpr std::chrono::milliseconds kLookAgain{250};
constexpr auto kPreview = "https://pr-1.preview.example.com";

class ResultTest : public FlowTest {
 protected:
    static std::string start_target(const std::string& more = "", const std::string& channel = kChannel) {
        return "/api/auth/p/start?env=production&flow=popup&scope=openid&channel=" + channel + more;
    }
    static std::string flow_target(const std::string& more = "", const std::string& channel = kChannel) {
        return "/api/auth/p/flow?env=production&channel=" + channel + more;
    }
    std::string begin(support::Browser* sender = nullptr) {
        return state_of(send(http::Method::get, start_target(), {}, sender));
    }
    Answer ask(support::Browser* sender = nullptr, const std::string& more = "") {
        return send(http::Method::get, flow_target(more), script(), sender);
    }
    // The status of an answer that nobody may keep.
    static std::string status_of(const Answer& answer) {
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(answer.field("Cache-Control"), "no-store");
        return std::string(answer.json().at("status").as_string());
    }
    // A request that is held back, as far as it goes by itself; the answer, once it is there.
    std::shared_ptr<std::optional<Answer>> ask_and_wait(
        support::Browser& sender, boost::asio::cancellation_slot slot = {}
    ) {
        auto answer = std::make_shared<std::optional<Answer>>();
        boost::asio::co_spawn(
            loop,
            exchange(http::Method::get, flow_target("&wait=20"), script(), sender, {}),
            boost::asio::bind_cancellation_slot(
                slot, [answer](const std::exception_ptr&, Answer given) { *answer = std::move(given); }
            )
        );
        pass({});
        return answer;
    }
    void pass(std::chrono::milliseconds time) {
        waiter.advance(time);
        loop.restart();
        loop.poll();
    }
    [[nodiscard]] std::string cookie() const { return browser.cookies_for("/api/auth/p/flow"); }
    // Puts a cookie with this value into the place of the flow's.
    void replace_cookie(const std::string& value) {
        const auto field = cookie();
        browser.receive(field.substr(0, field.find('=') + 1) + value + "; Path=/api/auth/p; Max-Age=60");
    }
};

TEST_F(ResultTest, APageIsToldOncePendingThenDoneThenGone) {
    const auto state = begin();
    EXPECT_EQ(status_of(ask()), "pending");
    const auto page = finish(state);
    const auto answer = ask();
    EXPECT_EQ(status_of(answer), "done");
    EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "https://app.example.com");
    EXPECT_EQ(answer.json().at("message"), page.posted());
    EXPECT_EQ(
        answer.json().at("message").at("response").at("providerInfo").at("accessToken").as_string(), "at-1"
    );
    EXPECT_EQ(browser.names(), std::vector<std::string>{"p-refresh-token"});
    EXPECT_EQ(status_of(ask()), "gone");
    EXPECT_EQ(log.text().find("at-1"), std::string::npos);
    EXPECT_EQ(log.text().find(kChannel), std::string::npos);
}

TEST_F(ResultTest, TheMarkerTakesThePlaceOfTheFlowCookie) {
    const auto started = get(start_target());
    const auto before = started.set_cookies().at(0);
    std::string after;
    for (const auto& each : finish(state_of(started)).set_cookies()) {
        if (each.starts_with("p-nonce-")) after = each;
    }
    EXPECT_EQ(after.substr(0, after.find('=')), before.substr(0, before.find('=')));
    EXPECT_NE(after.find("; Max-Age=120; Path=/api/auth/p; "), std::string::npos) << after;
    EXPECT_TRUE(after.ends_with("; HttpOnly; Secure; SameSite=None")) << after;
    EXPECT_EQ(after.find(kChannel), std::string::npos);
}

TEST_F(ResultTest, TheStoreCannotReadWhatItKeeps) {
    finish(begin());
    const auto flow =
        session::find_channel_flow(keys, "p", "production", kChannel, http::Cookies(cookie()), clock.now());
    ASSERT_TRUE(flow);
    const auto kept = support::run_task(loop, store.collect(session::result_name("p", "production", *flow)));
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ((*kept)->find("at-1"), std::string::npos);
    EXPECT_EQ((*kept)->find("alice"), std::string::npos);
    // What somebody else has put into its place is no result.
    static_cast<void>(support::run_task(
        loop, store.deposit(session::result_name("p", "production", *flow), "{}", std::chrono::minutes(1))
    ));
    EXPECT_EQ(status_of(ask()), "gone");
}

TEST_F(ResultTest, AFailureIsToldWithItsCode) {
    provider().on_exchange = [](const provider::LoginAnswer&) -> base::Result<provider::Grant> {
        return base::fail(base::Error(oauth::errors::kAuthorizationFailed, "outer")
                              .caused_by(base::Error(oauth::errors::kAuthorizationDenied, "inner")));
    };
    finish(begin());
    const auto answer = ask();
    EXPECT_EQ(status_of(answer), "done");
    EXPECT_EQ(
        boost::json::serialize(answer.json().at("message")),
        R"({"type":"authorization_response","error":{"name":"Error","message":"outer","code":"authorization.denied"}})"
    );
}

TEST_F(ResultTest, AFailureAtTheStartIsToldAsWell) {
    provider().issuer_result = base::fail(base::Error(oauth::errors::kMetadataUnavailable, "down"));
    EXPECT_TRUE(get(start_target(), {{"Sec-Fetch-Mode", "navigate"}}).posts());
    const auto answer = ask();
    EXPECT_EQ(status_of(answer), "done");
    EXPECT_EQ(
        answer.json().at("message").at("error").at("code").as_string(),
        oauth::errors::kMetadataUnavailable.code
    );
    EXPECT_TRUE(browser.names().empty());
}

TEST_F(ResultTest, WithoutAChannelALoginIsAsItEverWas) {
    const auto state = state_of(start());
    EXPECT_EQ(status_of(ask()), "gone");
    EXPECT_TRUE(finish(state).posts());
    EXPECT_EQ(browser.names(), std::vector<std::string>{"p-refresh-token"});
    EXPECT_EQ(support::run_task(loop, store.status())->handovers, 0);
}

TEST_F(ResultTest, ARedirectHasNoUseForAChannel) {
    const auto state = state_of(
        get("/api/auth/p/"
            "start?env=production&flow=redirect&redirectUrl=https%3A%2F%2Fapp.example.com%2F&channel=" +
            kChannel)
    );
    EXPECT_EQ(status_of(ask()), "gone");
    EXPECT_EQ(finish(state).status, 302);
    EXPECT_EQ(browser.names(), (std::vector<std::string>{"p-redirects", "p-refresh-token"}));
}

// Somebody sends a victim a link with a channel that they know, and waits for the victim's tokens.
TEST_F(ResultTest, APreparedLinkBringsItsMakerNothing) {
    support::Browser attacker;
    const auto state = begin();
    EXPECT_EQ(status_of(ask(&attacker)), "gone");
    finish(state);
    EXPECT_EQ(status_of(ask(&attacker)), "gone");
    EXPECT_EQ(status_of(ask()), "done");
}

// The same with a flow of their own under way, so that they have a cookie for this channel.
TEST_F(ResultTest, AFlowOfOnesOwnWithTheSameChannelBringsNothingOfAnothers) {
    support::Browser attacker;
    const auto own = begin(&attacker);
    finish(begin());
    EXPECT_EQ(status_of(ask(&attacker)), "pending");
    provider().on_exchange = [](const provider::LoginAnswer&) -> base::Result<provider::Grant> {
        return base::fail(oauth::errors::kAuthorizationDenied, "no");
    };
    send(http::Method::get, callback(own), {}, &attacker);
    const auto answer = ask(&attacker);
    EXPECT_EQ(status_of(answer), "done");
    EXPECT_EQ(answer.json().at("message").at("error").at("code").as_string(), "authorization.denied");
    EXPECT_EQ(
        ask().json().at("message").at("response").at("providerInfo").at("accessToken").as_string(), "at-1"
    );
}

TEST_F(ResultTest, ThePageOfAnotherOriginIsRefused) {
    finish(begin());
    const auto from = [](std::string_view origin) {
        return Fields{{"X-Requested-With", "XMLHttpRequest"}, {"Origin", origin}};
    };
    for (const auto* origin : {kPreview, "https://evil.example", "null"}) {
        const auto answer = send(http::Method::get, flow_target(), from(origin));
        EXPECT_EQ(answer.status, 403) << origin;
        EXPECT_EQ(answer.code(), errors::kOriginNotAllowed.code);
        EXPECT_EQ(answer.field("Cache-Control"), "no-store");
        EXPECT_EQ(answer.body.find("at-1"), std::string::npos);
        EXPECT_EQ(answer.body.find(kChannel), std::string::npos);
    }
    EXPECT_EQ(status_of(ask()), "done");
}

TEST_F(ResultTest, ThePageOfTheOriginThatAskedIsTold) {
    const auto state = state_of(get(start_target("&origin=https%3A%2F%2Fpr-1.preview.example.com")));
    EXPECT_EQ(ask().status, 403);
    finish(state);
    EXPECT_EQ(ask().status, 403);
    EXPECT_EQ(
        status_of(send(
            http::Method::get, flow_target(), {{"X-Requested-With", "XMLHttpRequest"}, {"Origin", kPreview}}
        )),
        "done"
    );
}

TEST_F(ResultTest, APageOfThisServicesOwnOriginSendsNoOrigin) {
    finish(state_of(get(start_target("&origin=https%3A%2F%2Fpr-1.preview.example.com"))));
    const auto from_site = [](std::string_view site) {
        return Fields{{"X-Requested-With", "XMLHttpRequest"}, {"Sec-Fetch-Site", site}};
    };
    EXPECT_EQ(send(http::Method::get, flow_target(), from_site("cross-site")).status, 403);
    EXPECT_EQ(status_of(send(http::Method::get, flow_target(), from_site("same-origin"))), "done");
}

TEST_F(ResultTest, IsForScriptsAlone) {
    finish(begin());
    const auto plain = get(flow_target());
    EXPECT_EQ(plain.status, 401);
    EXPECT_EQ(plain.code(), errors::kRequestedWithMissing.code);
    auto fields = script();
    fields.push_back({"Sec-Fetch-Mode", "navigate"});
    EXPECT_EQ(get(flow_target(), fields).code(), errors::kCrossSite.code);
    EXPECT_EQ(send(http::Method::post, flow_target(), script()).status, 404);
    EXPECT_EQ(status_of(ask()), "done");
}

TEST_F(ResultTest, AnotherProviderOrEnvironmentKnowsNothingOfIt) {
    finish(begin());
    const auto elsewhere = [&](const std::string& path) {
        return status_of(send(http::Method::get, path + "&channel=" + kChannel, script()));
    };
    EXPECT_EQ(elsewhere("/api/auth/q/flow?env=production"), "gone");
    EXPECT_EQ(elsewhere("/api/auth/p/flow?env=development"), "gone");
    // The provider "q" is not even sent the cookie; here it is, under a name of its own.
    const auto field = cookie();
    const auto at = field.find("p-nonce-");
    browser.receive("q" + field.substr(at + 1, field.find(';', at) - at - 1) + "; Path=/; Max-Age=60");
    EXPECT_EQ(elsewhere("/api/auth/q/flow?env=production"), "gone");
    EXPECT_EQ(status_of(ask()), "done");
}

TEST_F(ResultTest, AnotherChannelIsGone) {
    finish(begin());
    EXPECT_EQ(
        status_of(send(http::Method::get, flow_target("", "Zm9vYmFyYmF6cXV4MTIzNB"), script())), "gone"
    );
}

TEST_F(ResultTest, TheMarkerCannotContinueALogin) {
    const auto state = begin();
    finish(state);
    // As when the popup is loaded again: the login is not repeated, and the result can still be fetched.
    const auto again = finish(state);
    EXPECT_EQ(again.status, 403);
    EXPECT_FALSE(again.posts());
    EXPECT_TRUE(again.set_cookies().empty());
    const auto marker = cookie();
    const auto value = marker.substr(marker.find("done."), marker.find(';') - marker.find("done."));
    ASSERT_TRUE(value.starts_with("done."));
    auto forger = browser;
    std::swap(browser, forger);
    replace_cookie(value.substr(5));
    EXPECT_EQ(finish(state).status, 403);
    std::swap(browser, forger);
    EXPECT_EQ(provider().answers.size(), 1U);
    EXPECT_EQ(status_of(ask()), "done");
}

TEST_F(ResultTest, AFlowCookieCannotPassForAMarker) {
    const auto state = begin();
    const auto field = cookie();
    replace_cookie("done." + field.substr(field.find('=') + 1));
    EXPECT_EQ(status_of(ask()), "gone");
}

TEST_F(ResultTest, AResultThatWasTakenIsNotHandedOutAgain) {
    const auto state = begin();
    auto with_flow_cookie = browser;
    finish(state);
    auto with_marker = browser;
    EXPECT_EQ(status_of(ask()), "done");
    EXPECT_EQ(status_of(ask(&with_marker)), "gone");
    EXPECT_EQ(status_of(ask(&with_flow_cookie)), "pending");  // until its own cookie is over
    EXPECT_TRUE(with_marker.has("p-refresh-token"));
    EXPECT_EQ(with_marker.names().size(), 1U);
    clock.advance(std::chrono::minutes(11));
    EXPECT_EQ(status_of(ask(&with_flow_cookie)), "gone");
}

TEST_F(ResultTest, AResultIsKeptForTwoMinutes) {
    const auto state = begin();
    auto with_flow_cookie = browser;
    finish(state);
    clock.advance(std::chrono::seconds(121));
    EXPECT_EQ(status_of(ask()), "gone");
    EXPECT_EQ(status_of(ask(&with_flow_cookie)), "pending");
}

TEST_F(ResultTest, AStateOfAnotherBrowserLeavesNoResult) {
    support::Browser attacker;
    const auto theirs = begin(&attacker);
    begin();
    EXPECT_EQ(finish(theirs).status, 403);
    EXPECT_EQ(status_of(ask()), "pending");
    EXPECT_EQ(support::run_task(loop, store.status())->handovers, 0);
}

TEST_F(ResultTest, ParametersAreHeldToTheirForm) {
    for (const auto& bad : std::vector<std::string>{
             "short",
             std::string(65, 'A'),
             std::string(22, '.'),
             std::string(22, 'A') + "%00",
             std::string(22, 'A') + "%0d%0a",
             "%C3%A4" + std::string(22, 'A')
         }) {
        EXPECT_EQ(get(start_target("", bad)).code(), errors::kChannelInvalid.code) << bad;
        EXPECT_EQ(
            send(http::Method::get, flow_target("", bad), script()).code(), errors::kChannelInvalid.code
        ) << bad;
    }
    EXPECT_EQ(
        send(http::Method::get, "/api/auth/p/flow?env=production", script()).code(),
        errors::kChannelInvalid.code
    );
    const auto repeated = errors::kParameterRepeated.code;
    EXPECT_EQ(get(start_target("&channel=" + kChannel)).code(), repeated);
    EXPECT_EQ(get(start_target("&selectAccount=true&selectAccount=false")).code(), repeated);
    EXPECT_EQ(ask(nullptr, "&channel=" + kChannel).code(), repeated);
    EXPECT_EQ(ask(nullptr, "&wait=1&wait=1").code(), repeated);
    for (const auto* wait : {"-1", "21", "1.5", "x", "1x", "99999999999999999999", "+1", "%201"}) {
        EXPECT_EQ(ask(nullptr, std::string("&wait=") + wait).code(), errors::kWaitInvalid.code) << wait;
    }
    EXPECT_EQ(status_of(ask(nullptr, "&wait=")), "gone");
    EXPECT_TRUE(browser.names().empty());
    EXPECT_TRUE(provider().logins.empty());
}

TEST_F(ResultTest, AResultOutOfAllProportionIsNotKept) {
    provider().on_exchange = [](const provider::LoginAnswer&) -> base::Result<provider::Grant> {
        auto big = grant();
        big.access_token = base::Secret(std::string(300'000, 'x'));
        return big;
    };
    EXPECT_TRUE(finish(begin()).posts());
    EXPECT_TRUE(log.has("login.result_not_kept"));
    EXPECT_EQ(status_of(ask()), "gone");
    EXPECT_EQ(browser.names(), std::vector<std::string>{"p-refresh-token"});
}

TEST_F(ResultTest, AStoreThatIsDownKeepsNoPopupFromItsResult) {
    const auto state = begin();
    store.fail(support::MemoryStore::Fault::before);
    const auto down = ask();
    EXPECT_EQ(down.status, 503);
    EXPECT_EQ(down.code(), session::errors::kStoreUnavailable.code);
    EXPECT_TRUE(finish(state).posts());
    EXPECT_TRUE(log.has("login.result_not_kept"));
    store.fail(support::MemoryStore::Fault::none);
    EXPECT_EQ(status_of(ask()), "gone");
}

TEST_F(ResultTest, AnAnswerIsHeldBackUntilTheResultComes) {
    const auto state = begin();
    auto page = browser;
    const auto waiting = ask_and_wait(page);
    for (int i = 0; i < 3; ++i) pass(kLookAgain);
    EXPECT_FALSE(waiting->has_value());
    EXPECT_TRUE(finish(state).posts());
    pass(kLookAgain);
    ASSERT_TRUE(waiting->has_value());
    EXPECT_EQ(status_of(**waiting), "done");
}

TEST_F(ResultTest, AnAnswerIsHeldBackNoLongerThanAskedFor) {
    begin();
    const auto time_of = [this](const std::string& more, support::Browser* sender = nullptr) {
        const auto before = clock.steady();
        EXPECT_EQ(status_of(ask(sender, more)), sender == nullptr ? "pending" : "gone");
        return clock.steady() - before;
    };
    EXPECT_EQ(time_of("&wait=2"), std::chrono::seconds(2));
    EXPECT_EQ(time_of("&wait=20"), std::chrono::seconds(20));
    EXPECT_EQ(time_of("&wait=0"), std::chrono::seconds(0));
    EXPECT_EQ(time_of(""), std::chrono::seconds(0));
    support::Browser other;
    EXPECT_EQ(time_of("&wait=20", &other), std::chrono::seconds(0));
    phase = Phase::draining;
    EXPECT_EQ(time_of("&wait=20"), std::chrono::seconds(0));
}

TEST_F(ResultTest, OfSeveralThatWaitOneIsHandedTheResult) {
    const auto state = begin();
    auto one = browser;
    auto other = browser;
    const auto first = ask_and_wait(one);
    const auto second = ask_and_wait(other);
    EXPECT_TRUE(finish(state).posts());
    pass(kLookAgain);
    EXPECT_NE(first->has_value(), second->has_value());
    pass(std::chrono::seconds(20));
    ASSERT_TRUE(first->has_value() && second->has_value());
    const std::set<std::string> outcomes{status_of(**first), status_of(**second)};
    EXPECT_EQ(outcomes, (std::set<std::string>{"done", "pending"}));
    EXPECT_EQ(status_of(ask()), "gone");
}

TEST_F(ResultTest, AClientThatLeavesEndsTheWaitAndTakesNothing) {
    const auto state = begin();
    auto page = browser;
    boost::asio::cancellation_signal leave;
    const auto waiting = ask_and_wait(page, leave.slot());
    EXPECT_TRUE(finish(state).posts());
    EXPECT_EQ(waiter.waiting(), 1U);
    leave.emit(boost::asio::cancellation_type::all);
    pass({});
    EXPECT_EQ(waiter.waiting(), 0U);
    EXPECT_TRUE(waiting->has_value());
    EXPECT_EQ(status_of(ask()), "done");
}

}  // namespace
}  // namespace stagedoor::flow
