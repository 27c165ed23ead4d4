#include "flow/renewal.h"

#include "flow/errors.h"
#include "flow/session_update.h"
#include "http/errors.h"
#include "oauth/errors.h"

#include <algorithm>

namespace stagedoor::flow {

namespace {

using std::chrono::milliseconds;

constexpr int kAttempts = 3;
constexpr milliseconds kFirstPause{150};

bool is_transient(const base::Error& error) {
    return error.status() == errors::kRefreshUnavailable.status;
}

// A call that ran into its deadline has taken long enough, and may still be under way over there.
bool is_worth_another_try(const base::Error& error) {
    return is_transient(error) && !error.is(http::errors::kClientTimeout) &&
           !error.is(oauth::errors::kTokenPaused) && !error.is(http::errors::kClientCancelled);
}

// Between one and two times `pause`.
milliseconds with_jitter(milliseconds pause, base::Random& random) {
    constexpr int kByteValues = 256;
    return pause + pause * random.bytes<1>()[0] / kByteValues;
}

base::Task<base::Result<provider::Grant>> call(
    const Context& context, const Target& target, const session::SessionRecord& record, oauth::ScopeSet scope
) {
    const auto& settings = target.settings();
    auto& breaker = context.breakers.of(settings.provider, settings.environment);
    if (const auto wait = breaker.admit()) {
        co_return base::fail(
            base::Error(errors::kProviderPaused, "The identity provider fails, and is left alone for a while")
                .retry_in(std::chrono::ceil<std::chrono::seconds>(*wait))
        );
    }
    auto grant = co_await target.provider.refresh({
        .credential = record.credential,
        .credential_is_access_token = record.kind == session::CredentialKind::access_token,
        .requested = std::move(scope),
        .granted = oauth::ScopeSet::parse(record.granted_scope),
        .subject = record.subject,
        .issuer = record.issuer,
        .profile_is_fresh = context.clock.now() - record.profile_read_at < settings.profile_max_age,
    });
    if (grant || !is_transient(grant.error())) {
        breaker.success();
    } else {
        const bool is_wish = grant.error().is(oauth::errors::kTokenPaused);
        breaker.failure(is_wish ? grant.error().retry_after() : std::nullopt, context.random);
    }
    co_return grant;
}

session::Answer answer_of(const provider::Grant& grant, std::string variant, base::SystemTime now) {
    session::Answer answer{
        .variant = std::move(variant),
        .access_token = grant.access_token,
        .id_token = grant.id_token,
        .made_at = now,
        .expires_at = {},
        .complete_until = {},
        .scope = grant.scope.to_string(),
    };
    if (grant.expires_in) answer.expires_at = now + *grant.expires_in;
    answer.complete_until = answer.expires_at;
    if (const auto end = grant.id_token_expires_at) {
        answer.complete_until = std::min(*end, answer.expires_at.value_or(*end));
    }
    return answer;
}

}  // namespace

std::string variant_of(const oauth::ScopeSet& scope) {
    std::vector<std::string> values(scope.begin(), scope.end());
    std::ranges::sort(values);
    std::string variant;
    for (const auto& value : values) variant.append(variant.empty() ? "" : " ").append(value);
    return variant;
}

base::Task<session::RenewalResult> renew(
    const Context& context,
    const Target& target,
    session::SessionRecord record,
    oauth::ScopeSet scope,
    session::HoldsLease holds_lease
) {
    auto pause = kFirstPause;
    auto grant = co_await call(context, target, record, scope);
    for (int attempt = 1; attempt < kAttempts && !grant && is_worth_another_try(grant.error()); ++attempt) {
        co_await context.waiter.wait_for(with_jitter(pause, context.random));
        pause *= 3;
        // This process may have been stopped meanwhile, and another replica have spent the credential.
        const bool is_held = co_await holds_lease();
        if (!is_held) break;
        auto again = co_await call(context, target, record, scope);
        if (!again && again.error().is(errors::kProviderPaused)) break;
        grant = std::move(again);
    }
    if (!grant) {
        const bool is_verdict = provider::is_verdict(grant.error());
        co_return std::unexpected(
            session::RenewalFailure{.error = std::move(grant.error()), .is_verdict = is_verdict}
        );
    }
    const auto now = context.clock.now();
    auto renewed = renew_session(std::move(record), *grant, target.settings(), now);
    if (grant->defect) {
        co_return session::Renewal{
            .record = std::move(renewed), .answer = base::fail(std::move(*grant->defect))
        };
    }
    co_return session::Renewal{
        .record = std::move(renewed), .answer = answer_of(*grant, variant_of(scope), now)
    };
}

}  // namespace stagedoor::flow
