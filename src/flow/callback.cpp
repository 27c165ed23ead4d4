#include "flow/callback.h"

#include "flow/destination.h"
#include "flow/errors.h"
#include "flow/result.h"
#include "flow/session_update.h"
#include "page/error_page.h"
#include "session/errors.h"
#include "session/login_state.h"

#include <fmt/core.h>

namespace stagedoor::flow {

namespace {

// A login that can be continued: its state was opened, and its cookie matched.
struct Login {
    session::LoginState state;
    session::FlowSecrets secrets;
    Destination destination;
};

std::string advice_for(const base::Error& error) {
    if (error.is(session::errors::kFlowCookieMissing)) {
        return "Close this window and log in again from the app. If this happens again, allow cookies for "
               "this site: "
               "the one that was set when the login began did not come back, or it was used already.";
    }
    return "Close this window and log in again from the app.";
}

http::Response page_for_nobody(const base::Error& error, const http::Request& request) {
    auto response = page::error_page({
        .status = error.status(),
        .title = "This login can't be completed",
        .message = error.message(),
        .what_to_do = advice_for(error),
        .code = std::string(error.code()),
        .request_id = std::string(request.id),
        .link = {},
    });
    response.error_code = error.code();
    return response;
}

base::Result<Destination> destination_of(const Context& context, const session::LoginState& state) {
    STAGEDOOR_TRY(const auto origin, context.origins.admit(state.origin));
    Destination destination{.origin = origin, .redirect_url = {}, .channel = {}};
    if (state.flow == "redirect") {
        // It was allowed when the login began; the list may have changed since.
        STAGEDOOR_TRY(auto url, context.origins.admit_redirect(state.redirect_url));
        destination.redirect_url = std::move(url);
    }
    return destination;
}

base::Result<Login> match(
    const Context& context, const Target& target, session::LoginState state, const http::Cookies& cookies
) {
    STAGEDOOR_TRY(
        auto secrets,
        session::match_flow(context.keys, target.settings().provider, state, cookies, context.clock.now())
    );
    STAGEDOOR_TRY(auto destination, destination_of(context, state));
    destination.channel = secrets.channel;
    return Login{
        .state = std::move(state), .secrets = std::move(secrets), .destination = std::move(destination)
    };
}

// A login always replaces the session of its provider, also if it has no credential to put in its place.
base::Task<base::Result<void>> replace_session(
    const Context& context,
    const Target& target,
    const http::Cookies& cookies,
    const base::Origin& app,
    const provider::Grant& grant,
    std::vector<http::SetCookie>& set
) {
    const auto& settings = target.settings();
    const auto now = context.clock.now();
    const auto former = target.session.read(cookies, now);
    if (former) co_await context.sessions.retire(settings.provider, settings.environment, *former);
    const auto attributes = target.cookies.session(app);
    const auto record = begin_session(grant, settings, now, context.random);
    if (!record) {
        target.session.erase(set, cookies, attributes);
        co_return base::Result<void>();
    }
    const bool stored = co_await context.sessions.begin(settings.provider, settings.environment, *record);
    const auto form = stored ? context.cookie_form : session::CookieForm::record;
    co_return target.session.write(set, cookies, attributes, *record, form, now, context.random);
}

void log_failure(const Context& context, const Target& target, const base::Error& error) {
    context.log.warning(
        "login.failed",
        {{"provider", target.settings().provider},
         {"environment", target.settings().environment},
         {"error", error.code()},
         {"reason", error.describe()}}
    );
}

base::Task<Delivery> complete(
    const Context& context,
    const Target& target,
    Login login,
    const http::Parameters& parameters,
    const http::Cookies& cookies
) {
    auto grant = co_await target.provider.exchange({
        .parameters = parameters,
        .code_verifier = login.secrets.code_verifier,
        .nonce = login.secrets.oidc_nonce,
        .issuer = login.secrets.issuer,
        .requested = oauth::ScopeSet::parse(login.state.scope),
    });
    if (!grant) {
        log_failure(context, target, grant.error());
        co_return deliver_error(context, login.destination, grant.error());
    }
    std::vector<http::SetCookie> set;
    const auto kept =
        co_await replace_session(context, target, cookies, login.destination.origin, *grant, set);
    if (!kept) {
        log_failure(context, target, kept.error());
        co_return deliver_error(context, login.destination, kept.error());
    }
    context.log.info(
        "login.completed",
        {{"provider", target.settings().provider},
         {"environment", target.settings().environment},
         {"flow", login.state.flow},
         {"refreshable", grant->credential.has_value()}}
    );
    const auto scope = grant->scope.to_string();
    const auto profile = grant->profile.value_or(oauth::Profile());
    auto delivery = deliver(
        context,
        login.destination,
        {.access_token = grant->access_token,
         .id_token = grant->id_token,
         .expires_in = grant->expires_in,
         .scope = scope,
         .profile = profile}
    );
    set_cookies(delivery.response, set, context.clock.now());
    co_return delivery;
}

// Goes through with a login that was matched. `end` becomes the cookie that takes the place of the flow's
// own, if this is more than its removal.
base::Task<http::Response> finish(
    const Context& context,
    const Target& target,
    Login login,
    const http::Parameters& parameters,
    const http::Cookies& cookies,
    http::SetCookie& end
) {
    session::ChannelFlow flow{
        .flow_id = login.secrets.flow_id,
        .channel = login.secrets.channel,
        .origin = login.destination.origin.to_string(),
    };
    const auto attributes = target.cookies.flow(login.destination.origin);
    auto delivery = co_await complete(context, target, std::move(login), parameters, cookies);
    if (!flow.channel.empty() && !delivery.message.empty()) {
        end = co_await keep_result(context, target, std::move(flow), attributes, std::move(delivery.message));
    }
    co_return std::move(delivery.response);
}

}  // namespace

base::Task<base::Result<http::Response>> callback(
    const Context& context,
    const http::Request& request,
    const http::Parameters& parameters,
    const ProviderTargets& provider
) {
    STAGEDOOR_CO_TRY(const auto environment, single(parameters, "env"));
    if (!environment.empty() && !provider.environments.contains(environment)) {
        co_return base::fail(
            errors::kEnvironmentUnknown,
            fmt::format("No configuration available for the '{}' environment of this provider.", environment)
        );
    }
    const auto sealed = single(parameters, "state");
    if (!sealed) co_return page_for_nobody(sealed.error(), request);
    if (sealed->empty() && environment.empty()) {
        co_return base::fail(errors::kEnvironmentMissing, "Must specify 'env' query to select environment");
    }
    auto state = session::open_state(context.keys, provider.id, *sealed);
    if (!state) co_return page_for_nobody(state.error(), request);
    const auto target = provider.environments.find(state->environment);
    if (target == provider.environments.end() ||
        (!environment.empty() && environment != state->environment)) {
        co_return page_for_nobody(
            base::Error(session::errors::kStateInvalid, "OAuth state is of another environment"), request
        );
    }

    const http::Cookies cookies(request);
    const auto cookie_name = session::flow_cookie_name(provider.id, state->flow_id);
    const auto app = context.origins.admit(state->origin);
    auto login = match(context, target->second, std::move(*state), cookies);
    const auto attributes = target->second.cookies.flow(app.value_or(context.origins.app()));
    http::SetCookie end{
        .name = cookie_name,
        .value = {},
        .max_age = {},
        .path = attributes.path,
        .secure = attributes.secure,
        .same_site = attributes.same_site,
    };
    http::Response response;
    if (login) {
        response = co_await finish(context, target->second, std::move(*login), parameters, cookies, end);
    } else {
        log_failure(context, target->second, login.error());
        response = page_for_nobody(login.error(), request);
    }
    // The marker of a login that has ended stays when its last page is loaded again: the result may not have
    // been fetched yet.
    const auto cookie = cookies.get(cookie_name);
    if (cookies.has(cookie_name) && !(cookie && session::is_done_marker(*cookie))) {
        set_cookies(response, {end}, context.clock.now());
    }
    co_return response;
}

}  // namespace stagedoor::flow
