#include "flow/start.h"

#include "flow/destination.h"
#include "flow/errors.h"
#include "flow/guard.h"
#include "flow/loop_guard.h"
#include "flow/result.h"
#include "oauth/pkce.h"
#include "page/error_page.h"
#include "session/login_state.h"

namespace stagedoor::flow {

namespace {

// All of the state comes back in the address of the callback, and has to fit there.
constexpr std::size_t kMaxScopeBytes = 2048;
constexpr std::size_t kMaxRedirectUrlBytes = 2048;

struct StartRequest {
    Destination destination;
    oauth::ScopeSet scope;
    bool select_account = false;
};

base::Result<StartRequest> read_request(const Context& context, const Exchange& exchange) {
    STAGEDOOR_CHECK(admit_navigation(exchange.request));
    STAGEDOOR_TRY(const auto origin_text, single(exchange.query, "origin"));
    STAGEDOOR_TRY(const auto scope, single(exchange.query, "scope"));
    STAGEDOOR_TRY(const auto flow, single(exchange.query, "flow"));
    STAGEDOOR_TRY(const auto redirect_url, single(exchange.query, "redirectUrl"));
    STAGEDOOR_TRY(const auto channel, single(exchange.query, "channel"));
    STAGEDOOR_TRY(const auto select_account, single(exchange.query, "selectAccount"));
    if (scope.size() > kMaxScopeBytes || redirect_url.size() > kMaxRedirectUrlBytes) {
        return base::fail(
            errors::kParameterTooLong, "Parameters 'scope' and 'redirectUrl' take 2048 characters each"
        );
    }
    if (!channel.empty() && !session::is_channel(channel)) return base::fail(channel_invalid());
    const bool by_redirect = flow == "redirect";
    StartRequest request{
        .destination = {.origin = context.origins.app(), .redirect_url = {}, .channel = {}},
        .scope = oauth::ScopeSet::parse_lenient(scope),
        .select_account = select_account == "true",
    };
    if (!by_redirect) request.destination.channel = channel;
    if (!origin_text.empty()) {
        STAGEDOOR_TRY(request.destination.origin, context.origins.admit(origin_text));
    }
    if (redirect_url.empty()) {
        if (by_redirect) {
            return base::fail(
                errors::kRedirectUrlMissing, "No redirectUrl provided in request query parameters"
            );
        }
        return request;
    }
    // Judged for a popup as well, which has no use for it: an address that is not allowed is never accepted
    // in silence.
    STAGEDOOR_TRY(auto url, context.origins.admit_redirect(redirect_url));
    if (by_redirect) request.destination.redirect_url = std::move(url);
    return request;
}

// The scopes of the session that this browser has, if any.
base::Task<oauth::ScopeSet> granted_before(
    const Context& context, const Target& target, const http::Cookies& cookies
) {
    const auto presented = target.session.read(cookies, context.clock.now());
    if (!presented) co_return oauth::ScopeSet();
    const auto record = co_await context.sessions.look_up(
        target.settings().provider, target.settings().environment, *presented
    );
    co_return record ? oauth::ScopeSet::parse(record->granted_scope) : oauth::ScopeSet();
}

http::Response loop_page(const Context& context, const Exchange& exchange) {
    // The address to go back to is the app's own: the one that was asked for may be what keeps the loop
    // going.
    auto response = page::error_page({
        .status = errors::kLoginLoop.status,
        .title = "This login keeps repeating",
        .message =
            "The app has sent you here several times within half a minute, and each login has succeeded "
            "without ending the matter.",
        .what_to_do =
            "Allow cookies for this site and for the app, then go back and log in again. If that does not "
            "help, tell the people who run the app: the session cookie does not come back to "
            "this service.",
        .code = std::string(errors::kLoginLoop.code),
        .request_id = std::string(exchange.request.id),
        .link = {},
    });
    response.error_code = errors::kLoginLoop.code;
    context.log.warning("login.loop", {{"provider", exchange.target.settings().provider}});
    return response;
}

// What /start makes for one login.
struct Preparation {
    session::LoginState state;
    session::FlowSecrets secrets;
};

Preparation prepare(
    const Context& context, const Target& target, const StartRequest& request, std::string issuer
) {
    const auto now = context.clock.now();
    Preparation preparation;
    auto& [state, secrets] = preparation;
    secrets.flow_id = session::make_flow_id(now, context.random);
    secrets.nonce = session::make_nonce(context.random);
    secrets.code_verifier = oauth::make_code_verifier(context.random);
    secrets.oidc_nonce = session::make_nonce(context.random);
    secrets.issuer = std::move(issuer);
    secrets.channel = request.destination.channel;
    secrets.origin = request.destination.origin.to_string();
    secrets.started_at = now;
    state.flow_id = secrets.flow_id;
    state.nonce = secrets.nonce;
    state.environment = target.settings().environment;
    state.origin = secrets.origin;
    state.flow = request.destination.redirect_url ? "redirect" : "popup";
    if (request.destination.redirect_url) state.redirect_url = request.destination.redirect_url->to_string();
    return preparation;
}

std::vector<http::SetCookie> flow_cookies(
    const Context& context,
    const Target& target,
    const http::Cookies& present,
    const session::CookieAttributes& attributes,
    const session::FlowSecrets& secrets
) {
    const auto& settings = target.settings();
    http::SetCookie cookie{
        .name = session::flow_cookie_name(settings.provider, secrets.flow_id),
        .value = session::seal_flow(
            context.keys, settings.provider, settings.environment, secrets, context.random
        ),
        .max_age = session::kLoginLifetime,
        .path = attributes.path,
        .secure = attributes.secure,
        .same_site = attributes.same_site,
    };
    std::vector<http::SetCookie> cookies;
    for (auto& name : session::surplus_flow_cookies(present, settings.provider)) {
        auto removal = cookie;
        removal.name = std::move(name);
        removal.value.clear();
        removal.max_age = std::chrono::seconds::zero();
        cookies.push_back(std::move(removal));
    }
    cookies.push_back(std::move(cookie));
    return cookies;
}

// The page that waits is known and allowed: it is told that there is no login, so that nobody sits in front
// of raw JSON.
base::Task<http::Response> tell_failure(
    const Context& context, const Target& target, const Destination& destination, const base::Error& error
) {
    auto delivery = deliver_error(context, destination, error);
    if (!destination.channel.empty()) {
        const auto marker = co_await keep_result(
            context,
            target,
            {.flow_id = session::make_flow_id(context.clock.now(), context.random),
             .channel = destination.channel,
             .origin = destination.origin.to_string()},
            target.cookies.flow(destination.origin),
            std::move(delivery.message)
        );
        set_cookies(delivery.response, {marker}, context.clock.now());
    }
    co_return std::move(delivery.response);
}

}  // namespace

base::Task<base::Result<http::Response>> start(const Context& context, Exchange exchange) {
    const auto& target = exchange.target;
    STAGEDOOR_CO_TRY(const auto request, read_request(context, exchange));
    const http::Cookies cookies(exchange.request);
    const auto attributes = target.cookies.flow(request.destination.origin);
    std::vector<http::SetCookie> set;
    if (request.destination.redirect_url) {
        auto verdict = count_login(
            context.keys, target.settings().provider, cookies, attributes, context.clock.now(), context.random
        );
        set.push_back(std::move(verdict.cookie));
        if (verdict.is_loop) {
            auto response = loop_page(context, exchange);
            set_cookies(response, set, context.clock.now());
            co_return response;
        }
    }

    auto issuer = co_await target.provider.issuer();
    base::Result<std::string> url = base::fail(errors::kNotFound, "");
    if (!issuer) {
        url = base::fail(std::move(issuer.error()));
    } else {
        auto [state, secrets] = prepare(context, target, request, std::move(*issuer));
        const auto granted = co_await granted_before(context, target, cookies);
        const auto scope = target.provider.scope_of_login(request.scope, granted);
        state.scope = scope.to_string();
        url = co_await target.provider.authorization_url({
            .scope = scope,
            .state = session::seal_state(context.keys, target.settings().provider, state, context.random),
            .code_challenge = oauth::code_challenge_s256(secrets.code_verifier),
            .nonce = secrets.oidc_nonce,
            .select_account = request.select_account,
        });
        for (auto& cookie : flow_cookies(context, target, cookies, attributes, secrets))
            set.push_back(std::move(cookie));
    }
    if (!url) {
        context.log.warning(
            "login.not_started",
            {{"provider", target.settings().provider},
             {"environment", target.settings().environment},
             {"error", url.error().code()},
             {"reason", url.error().describe()}}
        );
        if (is_navigation(exchange.request))
            co_return co_await tell_failure(context, target, request.destination, url.error());
        co_return base::fail(std::move(url.error()));
    }
    http::Response response;
    response.status = 302;
    response.add("Location", *url);
    response.add("Cache-Control", "no-store");
    set_cookies(response, set, context.clock.now());
    co_return response;
}

}  // namespace stagedoor::flow
