#include "flow/refresh.h"

#include "flow/errors.h"
#include "flow/guard.h"
#include "flow/session_update.h"
#include "flow/wire.h"
#include "session/errors.h"

#include <fmt/core.h>

#include <algorithm>

namespace stagedoor::flow {

namespace {

constexpr std::chrono::seconds kDefaultRetryAfter{5};
// Tabs that ask for different scopes take turns, since each refresh may spend the credential. One that had to
// wait so often is told to come again.
constexpr int kMaxTurns = 4;

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

http::Response failure(
    const Context& context,
    const Exchange& exchange,
    const http::Cookies& cookies,
    const base::Origin& app,
    const base::Error& error
) {
    const auto& target = exchange.target;
    const bool is_end = provider::is_verdict(error) || error.is(session::errors::kSessionExpired);
    auto response = error_response(wrap(error), exchange.request, exchange.mount);
    if (is_end) {
        std::vector<http::SetCookie> set;
        target.session.erase(set, cookies, target.cookies.session(app));
        set_cookies(response, set, context.clock.now());
    }
    // A page that loads asks for a session that may not be there: no event.
    if (!error.is(session::errors::kSessionMissing)) {
        context.log.warning(
            is_end ? "session.ended" : "refresh.failed",
            {{"provider", target.settings().provider},
             {"environment", target.settings().environment},
             {"error", error.code()},
             {"reason", error.describe()}}
        );
    }
    return response;
}

// One call to the provider, for whoever waits for its outcome.
base::Task<base::Result<RefreshOutcome>> renew(
    const Context& context, const Target& target, session::SessionRecord record, oauth::ScopeSet scope
) {
    const auto& settings = target.settings();
    auto grant = co_await target.provider.refresh({
        .credential = record.credential,
        .credential_is_access_token = record.kind == session::CredentialKind::access_token,
        .requested = std::move(scope),
        .granted = oauth::ScopeSet::parse(record.granted_scope),
        .subject = record.subject,
        .issuer = record.issuer,
        .profile_is_fresh = context.clock.now() - record.profile_read_at < settings.profile_max_age,
    });
    if (!grant) co_return base::fail(std::move(grant.error()));
    const auto now = context.clock.now();
    RefreshOutcome outcome;
    if (grant->expires_in) outcome.expires_at = now + *grant->expires_in;
    outcome.scope = grant->scope.to_string();
    outcome.record = renew_session(std::move(record), *grant, settings, now);
    outcome.access_token = std::move(grant->access_token);
    outcome.id_token = std::move(grant->id_token);
    outcome.successor_key = flight_key(settings.provider, settings.environment, outcome.record.credential);
    co_return outcome;
}

using Shared = std::shared_ptr<const RefreshOutcome>;

base::Task<base::Result<Shared>> share(
    const Context& context, const Target& target, session::SessionRecord record, oauth::ScopeSet scope
) {
    const auto& settings = target.settings();
    for (int turn = 0; turn < kMaxTurns; ++turn) {
        auto answer = co_await context.flights.run(
            flight_key(settings.provider, settings.environment, record.credential),
            scope.to_string(),
            [&context, &target, record, scope] { return renew(context, target, record, scope); }
        );
        if (answer.own_variant) co_return std::move(answer.result);
        // Somebody asked with the same credential for something else. Go on from the session as it is now.
        if (answer.result) record = (*answer.result)->record;
    }
    co_return base::fail(
        base::Error(errors::kRefreshUnavailable, "Too many different refreshes of one session at a time")
            .retry_in(std::chrono::seconds(1))
    );
}

}  // namespace

base::Task<base::Result<http::Response>> refresh(const Context& context, Exchange exchange) {
    const auto& target = exchange.target;
    STAGEDOOR_CO_TRY(const auto app, admit_script(exchange.request, context.origins));
    STAGEDOOR_CO_TRY(const auto scope, single(exchange.query, "scope"));
    const http::Cookies cookies(exchange.request);
    auto opened = target.session.read(cookies, context.clock.now());
    if (!opened) co_return failure(context, exchange, cookies, app, opened.error());

    const auto outcome =
        co_await share(context, target, opened->record, oauth::ScopeSet::parse_lenient(scope));
    if (!outcome) co_return failure(context, exchange, cookies, app, outcome.error());
    const auto& [access_token, id_token, expires_at, granted, record, successor_key] = **outcome;

    const auto now = context.clock.now();
    std::optional<std::chrono::seconds> expires_in;
    if (expires_at) expires_in = std::chrono::floor<std::chrono::seconds>(*expires_at - now);
    auto response = json_response(session_json(
        {.access_token = access_token,
         .id_token = id_token,
         .expires_in = expires_in,
         .scope = granted,
         .profile = record.profile}
    ));
    if (!(record == opened->record) || !opened->sealed_with_newest_key) {
        std::vector<http::SetCookie> set;
        const auto written =
            target.session.write(set, cookies, target.cookies.session(app), record, now, context.random);
        if (!written) co_return failure(context, exchange, cookies, app, written.error());
        set_cookies(response, set, now);
    }
    co_return response;
}

}  // namespace stagedoor::flow
