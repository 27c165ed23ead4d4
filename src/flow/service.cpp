#include "flow/service.h"

#include "base/encoding.h"
#include "flow/errors.h"
#include "flow/logout.h"
#include "flow/refresh.h"
#include "flow/result.h"
#include "flow/start.h"
#include "flow/wire.h"
#include "session/errors.h"
#include "session/login_state.h"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>

namespace stagedoor::flow {

namespace {

// Where a Backstage backend has its auth plugin, whatever path a proxy in front of it adds.
constexpr std::string_view kUsualMount = "/api/auth";
constexpr std::string_view kCallbackAction = "handler/frame";

base::Url parse_or_throw(const std::string& text) {
    auto url = base::Url::parse(text);
    if (!url) throw std::invalid_argument("not a URL: " + url.error().message());
    return std::move(*url);
}

std::string without_trailing_slash(std::string_view path) {
    while (path.ends_with('/')) path.remove_suffix(1);
    return std::string(path);
}

std::optional<session::SessionCookie::Unsealed> unsealed_cookies(
    const ServiceSettings& settings, const provider::Provider& provider
) {
    if (!settings.accept_unsealed_cookies) return std::nullopt;
    return session::SessionCookie::Unsealed{
        .session_duration = provider.settings().session_duration,
        .access_token_prefix = std::string(provider.backstage_access_token_prefix()),
    };
}

std::string_view content_type(const http::Request& request) {
    const auto value = request.field("Content-Type");
    auto type = value.substr(0, value.find(';'));
    while (type.ends_with(' ')) type.remove_suffix(1);
    return type;
}

}  // namespace

Service::Service(
    ServiceSettings settings,
    const Context& context,
    const provider::Registry& providers,
    const std::atomic<Phase>& phase
)
    : settings_(std::move(settings)), context_(context), phase_(phase) {
    if (settings_.cors) cors_.emplace(*settings_.cors);
    const auto base_path = without_trailing_slash(parse_or_throw(settings_.base_url).path());
    mounts_.push_back(base::to_lower(base_path));
    if (mounts_.front() != kUsualMount) mounts_.emplace_back(kUsualMount);

    for (const auto& entry : providers.entries()) {
        auto& targets = providers_.emplace_back(std::make_unique<ProviderTargets>());
        targets->id = entry.id;
        for (const auto& [environment, provider] : entry.environments) {
            const auto& configured = provider->settings();
            const auto redirect_uri = parse_or_throw(configured.redirect_uri);
            targets->environments.emplace(
                environment,
                Target{
                    .provider = *provider,
                    .cookies = CookiePolicy(redirect_uri, base_path, entry.id, configured.form_post),
                    .session = session::SessionCookie(
                        context.keys, entry.id, environment, unsealed_cookies(settings_, *provider)
                    ),
                }
            );
            const auto usual = fmt::format("{}/{}/{}", base_path, entry.id, kCallbackAction);
            if (redirect_uri.path() != usual)
                custom_callbacks_.emplace_back(redirect_uri.path(), targets.get());
        }
    }
}

base::Task<http::Response> Service::handle(const http::Request& request) {
    if (auto answer = health(request)) {
        settings_.security_headers.apply(*answer);
        co_return std::move(*answer);
    }
    http::Response response;
    if (request.method == http::Method::options && cors_) {
        response = cors_->preflight(request);
    } else {
        response = co_await dispatch(request);
        if (cors_) cors_->apply(request, response);
    }
    settings_.security_headers.apply(response);
    co_return response;
}

base::Task<http::Response> Service::dispatch(const http::Request& request) {
    const auto found = route(request.path);
    const auto mount = found ? found->mount : std::string_view();
    base::Result<http::Response> response = base::fail(errors::kNotFound, "Not found");
    if (const auto* custom = custom_callback(request)) {
        auto query = http::Parameters::parse(request.query);
        if (query) {
            response = co_await serve_callback(request, *query, *custom);
        } else {
            response = base::fail(std::move(query.error()));
        }
    } else if (found && found->provider.empty()) {
        co_return http::Response{
            .status = 404, .fields = {}, .body = {}, .error_code = errors::kNotFound.code
        };
    } else if (found) {
        response = co_await serve(request, *found);
    }
    if (response) co_return std::move(*response);
    co_return error_response(response.error(), request, mount);
}

base::Task<base::Result<http::Response>> Service::serve(const http::Request& request, const Route& route) {
    STAGEDOOR_CO_TRY(const auto* provider, find_provider(route.provider));
    const bool is_get = request.method == http::Method::get;
    const bool is_post = request.method == http::Method::post;
    const auto is = [&](std::string_view action) { return base::equal_ignoring_case(route.action, action); };

    const bool is_callback = is(kCallbackAction) && (is_get || is_post);
    const bool is_start = is("start") && is_get;
    const bool is_refresh = is("refresh") && (is_get || is_post);
    const bool is_logout = is("logout") && is_post;
    const bool is_result = is("flow") && is_get;
    if (!is_callback && !is_start && !is_refresh && !is_logout && !is_result) {
        co_return base::fail(
            errors::kUnknownProvider, fmt::format("Unknown auth provider '{}'", provider->id)
        );
    }
    STAGEDOOR_CO_TRY(const auto query, http::Parameters::parse(request.query));
    if (is_callback) co_return co_await serve_callback(request, query, *provider);
    STAGEDOOR_CO_TRY(const auto* target, select(*provider, query));
    const Exchange exchange{
        .request = request, .query = query, .target = *target, .mount = route.mount, .phase = phase_
    };
    if (is_start) co_return co_await start(context_, exchange);
    if (is_refresh) co_return co_await refresh(context_, exchange);
    if (is_result) co_return co_await result(context_, exchange);
    co_return co_await logout(context_, exchange);
}

base::Task<base::Result<http::Response>> Service::serve_callback(
    const http::Request& request, const http::Parameters& query, const ProviderTargets& provider
) {
    auto parameters = query;
    // OAuth 2.0 Form Post Response Mode: the parameters come in the body, alone or beside those of the
    // address.
    if (request.method == http::Method::post &&
        base::equal_ignoring_case(content_type(request), "application/x-www-form-urlencoded")) {
        STAGEDOOR_CO_TRY(const auto form, http::Parameters::parse(request.body));
        for (const auto& [name, value] : form.pairs()) parameters.add(name, value);
    }
    co_return co_await callback(context_, request, parameters, provider);
}

std::optional<Service::Route> Service::route(std::string_view path) const {
    for (const auto& mount : mounts_) {
        if (path.size() < mount.size() || !base::equal_ignoring_case(path.substr(0, mount.size()), mount))
            continue;
        auto rest = path.substr(mount.size());
        if (!rest.empty() && rest.front() != '/') continue;
        const auto taken = path.substr(0, mount.size());
        while (rest.starts_with('/')) rest.remove_prefix(1);
        while (rest.ends_with('/')) rest.remove_suffix(1);
        const auto slash = std::min(rest.find('/'), rest.size());
        return Route{
            .mount = taken,
            .provider = rest.substr(0, slash),
            .action = rest.substr(std::min(slash + 1, rest.size())),
        };
    }
    return std::nullopt;
}

base::Result<const ProviderTargets*> Service::find_provider(std::string_view id) const {
    for (const auto& provider : providers_) {
        if (base::equal_ignoring_case(provider->id, id)) return provider.get();
    }
    const auto decoded = base::percent_decode(id).value_or(std::string(id));
    const auto known = std::ranges::find_if(settings_.known_providers, [&](const std::string& each) {
        return base::equal_ignoring_case(each, decoded);
    });
    if (known != settings_.known_providers.end()) {
        return base::fail(
            errors::kUnknownProvider, fmt::format("No auth provider registered for '{}'", *known)
        );
    }
    return base::fail(errors::kUnknownProvider, fmt::format("Unknown auth provider '{}'", decoded));
}

base::Result<const Target*> Service::select(const ProviderTargets& provider, const http::Parameters& query)
    const {
    STAGEDOOR_TRY(const auto given, single(query, "env"));
    STAGEDOOR_TRY(const auto sealed, single(query, "state"));
    std::string environment(given);
    if (environment.empty()) {
        if (sealed.empty()) {
            return base::fail(errors::kEnvironmentMissing, "Must specify 'env' query to select environment");
        }
        auto state = session::open_state(context_.keys, provider.id, sealed);
        if (!state) {
            return base::fail(
                base::Error(session::errors::kStateInvalid, "OAuth state is invalid, missing env")
                    .caused_by(std::move(state.error()))
            );
        }
        environment = std::move(state->environment);
    }
    const auto found = provider.environments.find(environment);
    if (found == provider.environments.end()) {
        return base::fail(
            errors::kEnvironmentUnknown,
            fmt::format("No configuration available for the '{}' environment of this provider.", environment)
        );
    }
    return &found->second;
}

const ProviderTargets* Service::custom_callback(const http::Request& request) const {
    if (request.method != http::Method::get && request.method != http::Method::post) return nullptr;
    const ProviderTargets* last = nullptr;
    for (const auto& [path, provider] : custom_callbacks_) {
        if (path != request.path) continue;
        last = provider;
        // Providers may share a path: the one whose state opens is meant. Without a state, any of them says
        // so.
        const auto query = http::Parameters::parse(request.query);
        const auto form = http::Parameters::parse(request.body);
        for (const auto* parameters : {&query, &form}) {
            if (*parameters &&
                session::open_state(context_.keys, provider->id, (*parameters)->value("state"))) {
                return provider;
            }
        }
    }
    return last;
}

std::optional<http::Response> Service::health(const http::Request& request) const {
    constexpr std::string_view kPrefix = "/.backstage/health/v1/";
    if (!request.path.starts_with(kPrefix)) return std::nullopt;
    if (request.method != http::Method::get && request.method != http::Method::head) return std::nullopt;
    const auto probe = request.path.substr(kPrefix.size());
    if (probe != "liveness" && probe != "readiness") return std::nullopt;
    const auto phase = phase_.load(std::memory_order_relaxed);
    if (probe == "liveness" || phase == Phase::serving) return json_response(R"({"status":"ok"})");
    auto response = json_response(
        phase == Phase::starting ? R"({"status":"error","message":"Backend has not started yet"})"
                                 : R"({"status":"error","message":"Backend is shutting down"})"
    );
    response.status = 503;
    response.error_code = errors::kShuttingDown.code;
    return response;
}

}  // namespace stagedoor::flow
