#include "flow/refresh.h"

#include "flow/errors.h"
#include "flow/guard.h"
#include "flow/renewal.h"
#include "flow/session_update.h"
#include "flow/wire.h"
#include "session/errors.h"

#include <fmt/core.h>

namespace stagedoor::flow {

namespace {

using session::Presented;
using session::Refreshed;

constexpr std::chrono::seconds kDefaultRetryAfter{5};
// A cookie is removed only if its answer was quick: meanwhile a person could have logged in again in another
// tab, and it would be the new cookie that goes.
constexpr std::chrono::seconds kQuick{2};

// The answer says what the browser's code has to know: is the session over (401), or is it worth another try
// (503)?
base::Error wrap(const base::Error& error) {
    const auto& kind = error.status() == 503   ? errors::kRefreshUnavailable
                       : error.status() >= 500 ? errors::kRefreshBroken
                                               : errors::kRefreshFailed;
    auto wrapped =
        base::Error(kind, fmt::format("Refresh failed; caused by {}: {}", error.name(), error.message()))
            .caused_by(error);
    if (kind.status == 503)
        return std::move(wrapped).retry_in(error.retry_after().value_or(kDefaultRetryAfter));
    return wrapped;
}

// A session that its user signed out of has no cookie any more, but for one that belongs to a newer login.
bool is_end(const base::Error& error) {
    return provider::is_verdict(error) || error.is(session::errors::kSessionExpired) ||
           error.is(session::errors::kSessionEnded);
}

struct Arrival {
    const http::Cookies& cookies;
    const base::Origin& app;
    base::SteadyTime at;
};

http::Response failure(
    const Context& context, const Exchange& exchange, const Arrival& arrival, const base::Error& error
) {
    const auto& target = exchange.target;
    auto response = error_response(wrap(error), exchange.request, exchange.mount);
    if (is_end(error) && context.clock.steady() - arrival.at < kQuick) {
        std::vector<http::SetCookie> set;
        target.session.erase(set, arrival.cookies, target.cookies.session(arrival.app));
        set_cookies(response, set, context.clock.now());
    }
    // A page that loads asks for a session that may not be there: no event.
    if (!error.is(session::errors::kSessionMissing)) {
        context.log.warning(
            is_end(error) ? "session.ended" : "refresh.failed",
            {{"provider", target.settings().provider},
             {"environment", target.settings().environment},
             {"error", error.code()},
             {"reason", error.describe()}}
        );
    }
    return response;
}

// The form in which the session travels from now on. What is not in the store has to be in the cookie.
session::CookieForm form_of(const Context& context, const Refreshed& refreshed) {
    return refreshed.stored ? context.cookie_form : session::CookieForm::record;
}

bool needs_cookie(const Presented& presented, const Refreshed& refreshed, session::CookieForm form) {
    if (!presented.is_up_to_date) return true;
    if (form == session::CookieForm::record) return presented.record != refreshed.record;
    return presented.record.has_value() || presented.expires_at != refreshed.record.expires_at;
}

http::Response success(const Context& context, const Refreshed& refreshed) {
    const auto& answer = refreshed.answer;
    std::optional<std::chrono::seconds> expires_in;
    if (answer.expires_at) {
        expires_in = std::chrono::round<std::chrono::seconds>(*answer.expires_at - context.clock.now());
    }
    auto response = json_response(session_json(
        {.access_token = answer.access_token,
         .id_token = answer.id_token,
         .expires_in = expires_in,
         .scope = answer.scope,
         .profile = refreshed.record.profile}
    ));
    if (refreshed.stale) response.add("Stagedoor-Stale", "1");
    return response;
}

session::Renew renewer(const Context& context, const Target& target, oauth::ScopeSet scope) {
    return [&context, &target, scope = std::move(scope)](
               session::SessionRecord record, session::HoldsLease holds_lease
           ) { return renew(context, target, std::move(record), scope, std::move(holds_lease)); };
}

session::RefreshCall make_call(
    const Context& context, const Target& target, Presented presented, const oauth::ScopeSet& scope
) {
    const auto& settings = target.settings();
    return {
        .provider = settings.provider,
        .environment = settings.environment,
        .presented = std::move(presented),
        .variant = variant_of(scope),
        .lifetime = lifetime_of(settings),
        .renew = renewer(context, target, scope),
        .discard =
            [&target](const session::SessionRecord& record) {
                return target.provider.revoke(
                    record.credential, record.kind == session::CredentialKind::access_token
                );
            },
    };
}

}  // namespace

base::Task<base::Result<http::Response>> refresh(const Context& context, Exchange exchange) {
    const auto& target = exchange.target;
    STAGEDOOR_CO_TRY(const auto app, admit_script(exchange.request, context.origins));
    STAGEDOOR_CO_TRY(const auto scope, single(exchange.query, "scope"));
    const http::Cookies cookies(exchange.request);
    const Arrival arrival{.cookies = cookies, .app = app, .at = context.clock.steady()};
    auto presented = target.session.read(cookies, context.clock.now());
    if (!presented) co_return failure(context, exchange, arrival, presented.error());

    const auto result = co_await context.rotation.refresh(
        make_call(context, target, *presented, oauth::ScopeSet::parse_lenient(scope))
    );
    if (!result) co_return failure(context, exchange, arrival, result.error());
    const auto& refreshed = **result;

    auto response = success(context, refreshed);
    const auto form = form_of(context, refreshed);
    if (needs_cookie(*presented, refreshed, form)) {
        std::vector<http::SetCookie> set;
        const auto attributes = target.cookies.session(app);
        const auto now = context.clock.now();
        const auto written =
            target.session.write(set, cookies, attributes, refreshed.record, form, now, context.random);
        if (!written) co_return failure(context, exchange, arrival, written.error());
        set_cookies(response, set, now);
    }
    co_return response;
}

}  // namespace stagedoor::flow
