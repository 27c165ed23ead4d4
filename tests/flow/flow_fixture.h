#pragma once

#include "base/encoding.h"
#include "flow/service.h"
#include "http/form.h"
#include "oauth/errors.h"
#include "provider/registry.h"
#include "support/browser.h"
#include "support/capturing_log.h"
#include "support/fake_client.h"
#include "support/manual_clock.h"
#include "support/manual_waiter.h"
#include "support/memory_store.h"
#include "support/run_task.h"
#include "support/seeded_random.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <deque>

namespace stagedoor::flow {

// A provider that does as the test says: the real ones have tests of their own.
class ScriptedProvider final : public provider::Provider {
 public:
    explicit ScriptedProvider(provider::Settings settings) : settings_(std::move(settings)) {}

    base::Result<std::string> issuer_result{"https://idp.example"};
    std::function<base::Result<provider::Grant>(const provider::LoginAnswer&)> on_exchange;
    std::function<base::Task<base::Result<provider::Grant>>(provider::RefreshRequest)> on_refresh;
    base::Result<void> revoke_result{};
    std::vector<provider::LoginRequest> logins;
    std::vector<provider::RefreshRequest> refreshes;
    std::vector<std::string> revoked;
    std::vector<provider::LoginAnswer> answers;

    [[nodiscard]] const provider::Settings& settings() const override { return settings_; }
    [[nodiscard]] oauth::ScopeSet scope_of_login(
        const oauth::ScopeSet& requested, const oauth::ScopeSet& granted
    ) const override {
        return requested.merge(granted);
    }
    base::Task<base::Result<std::string>> issuer() override { co_return issuer_result; }
    base::Task<base::Result<std::string>> authorization_url(provider::LoginRequest request) override {
        logins.push_back(request);
        co_return "https://idp.example/auth?state=" + request.state;
    }
    base::Task<base::Result<provider::Grant>> exchange(provider::LoginAnswer answer) override {
        answers.push_back(answer);
        co_return on_exchange(answer);
    }
    base::Task<base::Result<provider::Grant>> refresh(provider::RefreshRequest request) override {
        refreshes.push_back(request);
        return on_refresh(std::move(request));
    }
    base::Task<base::Result<void>> revoke(base::Secret credential, bool) override {
        revoked.push_back(credential.reveal());
        co_return revoke_result;
    }

 private:
    provider::Settings settings_;
};

struct Answer {
    int status = 0;
    std::vector<http::Field> fields;
    std::string body;
    [[nodiscard]] std::string field(std::string_view name) const {
        for (const auto& each : fields) {
            if (base::equal_ignoring_case(each.name, name)) return each.value;
        }
        return {};
    }
    [[nodiscard]] std::vector<std::string> set_cookies() const {
        std::vector<std::string> all;
        for (const auto& each : fields) {
            if (each.name == "Set-Cookie") all.push_back(each.value);
        }
        return all;
    }
    [[nodiscard]] boost::json::object json() const { return boost::json::parse(body).as_object(); }
    [[nodiscard]] std::string message() const {
        return std::string(json().at("error").at("message").as_string());
    }
    [[nodiscard]] std::string name() const { return std::string(json().at("error").at("name").as_string()); }
    [[nodiscard]] std::string code() const { return std::string(json().at("error").at("code").as_string()); }
    // What the popup's page posts: the second literal of its script, decoded.
    [[nodiscard]] boost::json::object posted() const;
    [[nodiscard]] bool posts() const { return body.find("authorization_response") != std::string::npos; }
};

inline boost::json::object Answer::posted() const {
    const auto at = body.find("%7B%22type%22%3A%22authorization_response%22");
    if (at == std::string::npos) throw std::runtime_error("nothing is posted: " + body);
    const auto literal = body.substr(at, body.find('\'', at) - at);
    return boost::json::parse(base::percent_decode(literal).value()).as_object();
}

// The service with two providers, "p" (production and development) and "q", of an app at
// https://app.example.com.
class FlowTest : public testing::Test {
 protected:
    struct Options {
        std::string base_url = "https://auth.example.com/api/auth";
        std::optional<std::string> redirect_uri;
        bool form_post = false;
        bool announce_origin = true;
        session::CookieForm cookie_form = session::CookieForm::record;
        bool accept_unsealed_cookies = false;
        std::chrono::milliseconds replay_window = std::chrono::minutes(10);
        std::optional<std::chrono::seconds> idle_limit{};
        std::optional<std::chrono::seconds> absolute_limit{};
    };

    FlowTest() { build({}); }

    void build(const Options& options) {
        service.reset();
        registry = {};
        add_provider("p", "production", options);
        add_provider("p", "development", options);
        add_provider("q", "production", options);
        rotation.emplace(
            session::RotationSettings{.replay_window = options.replay_window},
            store,
            shared,
            keys,
            clock,
            waiter,
            random,
            log
        );
        auto path = base::Url::parse(options.base_url)->path();
        context.emplace(Context{
            .executor = loop.get_executor(),
            .clock = clock,
            .random = random,
            .log = log,
            .keys = keys,
            .store = store,
            .sessions = sessions,
            .rotation = *rotation,
            .breakers = breakers,
            .waiter = waiter,
            .origins = origins,
            .cookie_form = options.cookie_form,
            .announce_origin = options.announce_origin,
            .base_path = path,
        });
        CorsSettings cors;
        cors.origins = {base::OriginPattern::parse("https://*.example.com").value()};
        cors.credentials = true;
        service.emplace(
            ServiceSettings{
                .base_url = options.base_url,
                .known_providers = {"p", "q", "unused"},
                .cors = cors,
                .accept_unsealed_cookies = options.accept_unsealed_cookies,
                .security_headers = page::SecurityHeaders::make({}).value(),
            },
            *context,
            registry,
            phase
        );
    }

    ScriptedProvider& add_provider(
        const std::string& id, const std::string& environment, const Options& options
    ) {
        provider::Settings settings;
        settings.provider = id;
        settings.environment = environment;
        settings.client_id = "client";
        settings.redirect_uri = options.redirect_uri.value_or(options.base_url + "/" + id + "/handler/frame");
        settings.form_post = options.form_post;
        settings.session_idle_limit = options.idle_limit;
        settings.session_absolute_limit = options.absolute_limit;
        auto made = std::make_unique<ScriptedProvider>(settings);
        auto& provider = *made;
        provider.on_exchange = [](const provider::LoginAnswer&) -> base::Result<provider::Grant> {
            return grant();
        };
        provider.on_refresh = [this](provider::RefreshRequest) { return renewed("rt-2"); };
        registry.add(std::move(made));
        return provider;
    }
    ScriptedProvider& provider(std::string_view id = "p", std::string_view environment = "production") {
        return dynamic_cast<ScriptedProvider&>(*registry.find(id)->environments.find(environment)->second);
    }

    static provider::Grant grant(const std::string& credential = "rt-1") {
        provider::Grant grant;
        grant.access_token = base::Secret("at-1");
        grant.id_token = "id-1";
        grant.expires_in = std::chrono::seconds(3600);
        grant.scope = {"openid", "email"};
        if (!credential.empty()) grant.credential = base::Secret(credential);
        grant.subject = "alice";
        grant.profile = oauth::Profile{.email = "alice@example.com", .picture = {}, .display_name = "Alice"};
        return grant;
    }
    base::Task<base::Result<provider::Grant>> renewed(std::string credential) {
        auto result = grant(credential);
        result.access_token = base::Secret("at-" + credential);
        result.profile.reset();
        co_return result;
    }
    static base::Task<base::Result<provider::Grant>> with_defect() {
        provider::Grant result;
        result.credential = base::Secret("rt-defect");
        result.defect = base::Error(oauth::errors::kIdTokenExpired, "The ID token has expired");
        co_return result;
    }
    base::Task<base::Result<provider::Grant>> long_lived() {
        auto result = grant("rt-long");
        result.expires_in = std::chrono::hours(24);
        co_return result;
    }
    static base::Task<base::Result<provider::Grant>> failing(base::Error error) {
        co_return base::fail(std::move(error));
    }

    using Fields = std::vector<http::FieldView>;
    // A request of a browser: its cookies are sent, and what is set is kept.
    base::Task<Answer> exchange(
        http::Method method, std::string target, Fields fields, support::Browser& from, std::string body
    ) {
        const auto path = target.substr(0, target.find('?'));
        const auto cookies = from.cookies_for(path);
        if (!cookies.empty()) fields.push_back({"Cookie", cookies});
        http::Request request;
        request.method = method;
        request.target = target;
        request.path = std::string_view(target).substr(0, path.size());
        request.query = path.size() < target.size() ? std::string_view(target).substr(path.size() + 1)
                                                    : std::string_view();
        request.fields = fields;
        request.body = body;
        request.id = "request-1";
        auto response = co_await service->handle(request);
        from.receive(response);
        co_return Answer{
            .status = response.status, .fields = std::move(response.fields), .body = std::move(response.body)
        };
    }
    Answer send(
        http::Method method,
        std::string target,
        const Fields& fields = {},
        support::Browser* sender = nullptr,
        std::string body = {}
    ) {
        auto& from = sender != nullptr ? *sender : browser;
        return support::run_task(
            loop,
            exchange(method, std::move(target), fields, from, std::move(body)),
            [this] { return waiter.advance_to_next(); }
        );
    }
    Answer get(const std::string& target, const Fields& fields = {}) {
        return send(http::Method::get, target, fields);
    }

    static Fields script() {
        return {{"X-Requested-With", "XMLHttpRequest"}, {"Origin", "https://app.example.com"}};
    }
    Answer refresh(const std::string& query = "env=production", support::Browser* sender = nullptr) {
        return send(http::Method::get, "/api/auth/p/refresh?" + query, script(), sender);
    }
    Answer logout() { return send(http::Method::post, "/api/auth/p/logout?env=production", script()); }
    Answer start(const std::string& query = "origin=https%3A%2F%2Fapp.example.com&flow=popup&scope=openid") {
        return get("/api/auth/p/start?env=production&" + query);
    }
    static std::string state_of(const Answer& start) {
        const auto location = start.field("Location");
        return location.substr(location.find("state=") + 6);
    }
    static std::string callback(const std::string& state, const std::string& more = "&code=c") {
        return "/api/auth/p/handler/frame?state=" + state + more;
    }
    Answer finish(const std::string& state, const std::string& more = "&code=c") {
        return get(callback(state, more));
    }
    // Long enough after the last refresh for its answer not to be given again.
    Answer refresh_later(const std::string& query = "env=production") {
        clock.advance(std::chrono::minutes(11));
        return refresh(query);
    }
    void log_in() { ASSERT_TRUE(finish(state_of(start())).posts()); }

    boost::asio::io_context loop;
    support::ManualClock clock;
    support::SeededRandom random;
    support::CapturingLog log;
    support::Browser browser;
    std::vector<base::Secret> secrets{base::Secret("a secret that is long enough for this")};
    crypto::KeyRing keys{secrets};
    support::ManualWaiter waiter{clock};
    support::MemoryStore store{clock};
    session::RotationShared shared;
    provider::CircuitBreakers breakers{clock};
    session::SessionKeeper sessions{store, shared.memory, keys, clock, waiter, random, log};
    std::optional<session::Rotation> rotation;
    AllowedOrigins origins{
        base::Origin::parse("https://app.example.com").value(),
        {base::OriginPattern::parse("https://*.preview.example.com").value()},
    };
    std::atomic<Phase> phase{Phase::serving};
    provider::Registry registry;
    std::optional<Context> context;
    std::optional<Service> service;
};

}  // namespace stagedoor::flow
