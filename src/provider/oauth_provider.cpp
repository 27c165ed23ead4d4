#include "provider/oauth_provider.h"

#include "base/encoding.h"
#include "base/url.h"
#include "http/errors.h"
#include "oauth/authorization_request.h"
#include "oauth/errors.h"
#include "oauth/revocation.h"
#include "oauth/token_request.h"
#include "oauth/userinfo.h"
#include "provider/errors.h"

#include <algorithm>
#include <array>

namespace stagedoor::provider {

namespace {

// The claims of an id_token that came from the token endpoint over TLS, without a check of its signature:
// enough for a name to show (OpenID Connect Core 1.0, section 3.1.3.7, step 6), and used for nothing else.
std::optional<jose::JsonObject> claims_for_display(std::string_view id_token) {
    const auto first = id_token.find('.');
    const auto second = id_token.find('.', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
    const auto payload = base::base64url_decode(id_token.substr(first + 1, second - first - 1));
    if (!payload) return std::nullopt;
    auto claims = jose::JsonObject::parse(*payload);
    if (!claims) return std::nullopt;
    return *claims;
}

// What an app shows when the code could not be traded.
base::Error login_failure(base::Error error) {
    auto message = "Authentication failed, " + error.message();
    const auto& kind = error.kind();
    return base::Error(kind, std::move(message)).caused_by(std::move(error));
}

// A login for which the user is to choose an account. Of a configured `prompt`, only `consent` stays, which
// providers give refresh tokens for (section 11): none would contradict, and login would leave no choice.
void ask_for_account(std::vector<std::pair<std::string, std::string>>& parameters) {
    const auto is_prompt = [](const auto& each) { return each.first == "prompt"; };
    const auto configured = std::ranges::find_if(parameters, is_prompt);
    const bool consent = configured != parameters.end() &&
                         (" " + configured->second + " ").find(" consent ") != std::string::npos;
    std::erase_if(parameters, is_prompt);
    parameters.emplace_back("prompt", consent ? "consent select_account" : "select_account");
}

bool is_transient(const base::Error& error) {
    return error.status() == 503;
}

}  // namespace

bool is_verdict(const base::Error& error) {
    // The outermost kind alone: an error that was caused by a verdict may say that it is not to be believed.
    constexpr std::array kVerdicts{
        &oauth::errors::kTokenInvalidGrant,
        &oauth::errors::kIdTokenSubjectChanged,
        &oauth::errors::kUserinfoSubjectMismatch,
        &errors::kAccessTokenInvalid,
        &errors::kSubjectChanged,
    };
    return std::ranges::any_of(kVerdicts, [&](const base::ErrorKind* kind) {
        return error.code() == kind->code;
    });
}

OAuthProvider::OAuthProvider(Settings settings, Description description, Network network)
    : settings_(std::move(settings)),
      description_(with_settings(std::move(description), settings_)),
      network_(network),
      label_(settings_.provider + "/" + settings_.environment),
      allow_loopback_http_(names_plain_http(description_)),
      issuer_(
          {.label = label_,
           .metadata_url = description_.metadata_url,
           .endpoints = description_.endpoints,
           .allow_loopback_http = allow_loopback_http_,
           .timeout = settings_.timeout},
          network
      ) {}

std::string_view OAuthProvider::backstage_access_token_prefix() const {
    return description_.keeps_access_token ? "access-token-v2." : "";
}

oauth::ScopeSet OAuthProvider::scope_of_login(
    const oauth::ScopeSet& requested, const oauth::ScopeSet& granted
) const {
    oauth::ScopeSet scope = requested;
    if (description_.keeps_scopes) scope = scope.merge(granted);
    scope = scope.merge(description_.required_scopes);
    for (const auto& additional : settings_.additional_scopes) scope.add(additional);
    return scope;
}

base::Task<base::Result<std::string>> OAuthProvider::issuer() {
    auto metadata = co_await issuer_.metadata();
    if (!metadata) co_return base::fail(std::move(metadata.error()));
    co_return (*metadata)->issuer;
}

base::Task<base::Result<std::string>> OAuthProvider::authorization_url(LoginRequest request) {
    auto metadata = co_await issuer_.metadata();
    if (!metadata) co_return base::fail(std::move(metadata.error()));
    oauth::AuthorizationRequest authorization{
        .client_id = settings_.client_id,
        .redirect_uri = settings_.redirect_uri,
        .scope = std::move(request.scope),
        .state = std::move(request.state),
        .code_challenge = std::move(request.code_challenge),
        .nonce = std::nullopt,
        .response_mode = std::nullopt,
        .extra = description_.authorization_parameters,
    };
    if (request.select_account && description_.knows_select_account) ask_for_account(authorization.extra);
    if (description_.openid) authorization.nonce = std::move(request.nonce);
    if (settings_.form_post) authorization.response_mode = "form_post";
    co_return oauth::authorization_url((*metadata)->authorization_endpoint, authorization);
}

base::Task<base::Result<Grant>> OAuthProvider::exchange(LoginAnswer answer) {
    auto metadata = co_await issuer_.metadata();
    if (!metadata) co_return base::fail(std::move(metadata.error()));
    oauth::AuthorizationResponseExpectations expected{
        .issuer = std::nullopt,
        .iss_required = (*metadata)->authorization_response_iss_parameter_supported,
    };
    if (!answer.issuer.empty()) expected.issuer = answer.issuer;
    STAGEDOOR_CO_TRY(const auto code, oauth::process_authorization_response(answer.parameters, expected));

    auto response = co_await network_.client.send(prepare(oauth::code_exchange_request(
        (*metadata)->token_endpoint, code, settings_.redirect_uri, &answer.code_verifier, credentials()
    )));
    if (!response) co_return base::fail(std::move(response.error()));
    auto token = oauth::process_token_response(*response, network_.clock.now());
    if (!token) co_return base::fail(login_failure(std::move(token.error())));
    Context context{
        .scope_if_omitted = answer.requested,
        .asked = answer.requested,
        .nonce = description_.openid ? std::move(answer.nonce) : std::string(),
        .refresh = nullptr,
    };
    co_return co_await complete(std::move(*token), std::move(context), **metadata);
}

base::Task<base::Result<Grant>> OAuthProvider::refresh(RefreshRequest request) {
    auto metadata = co_await issuer_.metadata();
    if (!metadata) co_return base::fail(std::move(metadata.error()));
    if (request.credential_is_access_token) co_return co_await refresh_by_access_token(request, **metadata);

    const auto scope = scope_of_refresh(request);
    auto response = co_await network_.client.send(
        prepare(oauth::refresh_request((*metadata)->token_endpoint, request.credential, scope, credentials()))
    );
    if (!response) co_return base::fail(std::move(response.error()));
    auto token = oauth::process_token_response(*response, network_.clock.now());
    if (!token) {
        if (response->repeated && is_verdict(token.error())) {
            // The first copy may have spent the refresh token, and its answer been lost with the connection.
            co_return base::fail(
                base::Error(errors::kRefreshRepeated, "The provider's answer to the refresh was lost")
                    .caused_by(std::move(token.error()))
                    .retry_in(std::chrono::seconds(1))
            );
        }
        co_return base::fail(std::move(token.error()));
    }
    Context context{
        .scope_if_omitted = scope ? *scope : request.granted,
        .asked = request.requested.merge(request.granted),
        .scope_is_complete = !scope,
        .nonce = {},
        .refresh = &request,
    };
    const auto successor = description_.uses_refresh_tokens ? token->refresh_token : std::nullopt;
    auto grant = co_await complete(std::move(*token), std::move(context), **metadata);
    if (grant || !successor || successor->empty() || is_verdict(grant.error())) co_return grant;
    // The former refresh token is spent. Whatever is wrong with the rest of the answer, the new one is good.
    Grant credential_alone;
    credential_alone.credential = successor;
    credential_alone.defect = std::move(grant.error());
    co_return credential_alone;
}

std::optional<oauth::ScopeSet> OAuthProvider::scope_of_refresh(const RefreshRequest& request) const {
    if (description_.refresh_scope == RefreshScope::omitted) return std::nullopt;
    auto wanted = scope_of_login(request.requested, {});
    // What was not granted may not be asked for here (RFC 6749, section 6). Without scopes the provider
    // renews all that it granted, and the app learns from the answer what is missing.
    if (wanted.empty() || !request.granted.contains_all(wanted)) return std::nullopt;
    return wanted;
}

base::Task<base::Result<Grant>> OAuthProvider::complete(
    oauth::TokenResponse token, Context context, const oauth::Metadata& metadata
) {
    Grant grant;
    grant.scope = granted_scope(token, context);
    grant.scope_is_complete = context.scope_is_complete;
    grant.access_token = std::move(token.access_token);
    grant.expires_in = token.expires_in;
    grant.id_token = std::move(token.id_token);
    if (token.refresh_token && description_.uses_refresh_tokens && !token.refresh_token->empty()) {
        grant.credential = std::move(token.refresh_token);
    } else if (context.refresh == nullptr && description_.keeps_access_token && !token.expires_in) {
        grant.credential = grant.access_token;
        grant.credential_is_access_token = true;
    }

    oauth::Profile profile;
    if (auto read = co_await read_id_token(grant, context, metadata, profile); !read) {
        co_return base::fail(std::move(read.error()));
    }
    if (auto read = co_await read_profile(grant, context, metadata, std::move(profile)); !read) {
        co_return base::fail(std::move(read.error()));
    }
    co_return grant;
}

base::Task<base::Result<void>> OAuthProvider::read_id_token(
    Grant& grant, const Context& context, const oauth::Metadata& metadata, oauth::Profile& profile
) {
    const bool verifiable = description_.openid || (!metadata.issuer.empty() && metadata.jwks_uri);
    if (!grant.id_token) {
        if (description_.openid && context.refresh == nullptr) {
            co_return base::fail(errors::kIdTokenMissing, "The provider's answer has no id_token");
        }
        co_return base::Result<void>();
    }
    const auto rule = description_.profile_source == ProfileSource::userinfo
                          ? oauth::EmailRule::if_verified
                          : oauth::EmailRule::unless_unverified;
    if (!verifiable) {
        if (const auto claims = claims_for_display(*grant.id_token)) {
            profile = oauth::profile_from_claims(*claims, rule);
        }
        co_return base::Result<void>();
    }
    oauth::IdTokenExpectations expected;
    expected.issuers = description_.further_issuers;
    expected.client_id = settings_.client_id;
    expected.algorithms = description_.id_token_algorithms;
    if (!context.nonce.empty()) expected.nonce = context.nonce;
    expected.access_token = grant.access_token;
    expected.now = network_.clock.now();
    if (context.refresh != nullptr && !context.refresh->subject.empty()) {
        expected.previous = {
            .iss = context.refresh->issuer, .sub = context.refresh->subject, .auth_time = {}, .nonce = {}
        };
    }
    auto verified = co_await issuer_.verify(*grant.id_token, settings_.client_secret, std::move(expected));
    if (verified) {
        grant.subject = verified->subject();
        grant.issuer = verified->issuer();
        grant.sid = verified->sid().value_or("");
        grant.id_token_expires_at = verified->expires_at();
        profile = oauth::profile_from_claims(verified->claims(), rule);
        co_return base::Result<void>();
    }
    if (context.refresh == nullptr || !is_transient(verified.error())) {
        co_return base::fail(std::move(verified.error()));
    }
    // The keys can't be had just now. The refresh has happened, and may have spent the former credential:
    // losing the new one over this would end the session. The token that nobody could check is left out.
    network_.log.warning(
        "refresh.id_token_unchecked", {{"provider", label_}, {"reason", verified.error().describe()}}
    );
    grant.id_token.reset();
    co_return base::Result<void>();
}

base::Task<base::Result<void>> OAuthProvider::read_profile(
    Grant& grant, const Context& context, const oauth::Metadata& metadata, oauth::Profile from_id_token
) {
    const bool is_refresh = context.refresh != nullptr;
    const bool has_userinfo =
        description_.profile_source != ProfileSource::id_token && metadata.userinfo_endpoint.has_value();
    const bool id_token_is_enough =
        from_id_token.complete() && (is_refresh || description_.profile_source != ProfileSource::userinfo);
    if (id_token_is_enough || !has_userinfo) {
        const bool nothing_new = is_refresh && from_id_token == oauth::Profile();
        if (!nothing_new) grant.profile = std::move(from_id_token);
        co_return base::Result<void>();
    }
    if (is_refresh && context.refresh->profile_is_fresh) co_return base::Result<void>();

    const auto known_subject = grant.subject.empty() && is_refresh ? context.refresh->subject : grant.subject;
    auto claims = co_await userinfo(grant.access_token, known_subject, metadata);
    if (!claims) {
        // As above: a refresh is not lost because a name could not be read again. A wrong subject is another
        // matter.
        if (is_refresh && is_transient(claims.error())) {
            network_.log.warning(
                "refresh.profile_unread", {{"provider", label_}, {"reason", claims.error().describe()}}
            );
            co_return base::Result<void>();
        }
        co_return base::fail(std::move(claims.error()));
    }
    auto profile = description_.map_profile(*claims);
    profile.fill_gaps(from_id_token);
    grant.profile = std::move(profile);
    if (grant.subject.empty() && description_.subject) grant.subject = description_.subject(*claims);
    if (is_refresh && !context.refresh->subject.empty() && !grant.subject.empty() &&
        grant.subject != context.refresh->subject) {
        co_return base::fail(errors::kSubjectChanged, "The provider answered for another user");
    }
    co_return base::Result<void>();
}

base::Task<base::Result<jose::JsonObject>> OAuthProvider::userinfo(
    const base::Secret& access_token, const std::string& subject, const oauth::Metadata& metadata
) {
    STAGEDOOR_CO_TRY(
        const auto endpoint, oauth::require_endpoint(metadata.userinfo_endpoint, "userinfo_endpoint")
    );
    auto response = co_await network_.client.send(prepare(oauth::userinfo_request(endpoint, access_token)));
    if (!response) co_return base::fail(std::move(response.error()));
    std::optional<std::string_view> expected_sub;
    if (description_.openid && !subject.empty()) expected_sub = subject;
    co_return oauth::process_userinfo_response(*response, expected_sub, network_.clock.now());
}

base::Task<base::Result<Grant>> OAuthProvider::refresh_by_access_token(
    const RefreshRequest& request, const oauth::Metadata& metadata
) {
    const auto wanted = scope_of_login(request.requested, {});
    if (!request.granted.contains_all(wanted)) {
        co_return base::fail(
            errors::kScopeNotGranted, "Refresh failed, session has not been granted the requested scope"
        );
    }
    // The profile is read every time: it is the one way to learn whether the token is still good.
    auto claims = co_await userinfo(request.credential, request.subject, metadata);
    if (!claims) {
        if (!claims.error().is(oauth::errors::kUserinfoInvalidToken))
            co_return base::fail(std::move(claims.error()));
        co_return base::fail(base::Error(errors::kAccessTokenInvalid, "Invalid access token")
                                 .caused_by(std::move(claims.error())));
    }
    Grant grant;
    grant.access_token = request.credential;
    grant.scope = request.granted;
    grant.subject = description_.subject ? description_.subject(*claims) : request.subject;
    grant.profile = description_.map_profile(*claims);
    if (!request.subject.empty() && grant.subject != request.subject) {
        co_return base::fail(errors::kSubjectChanged, "The provider answered for another user");
    }
    co_return grant;
}

base::Task<base::Result<void>> OAuthProvider::revoke(base::Secret credential, bool is_access_token) {
    if (!description_.revokes_on_logout || !settings_.revoke_on_logout) co_return base::Result<void>();
    auto metadata = co_await issuer_.metadata();
    if (!metadata) co_return base::fail(std::move(metadata.error()));
    if (!(*metadata)->revocation_endpoint) co_return base::Result<void>();
    const auto hint =
        is_access_token ? oauth::TokenTypeHint::access_token : oauth::TokenTypeHint::refresh_token;
    auto response = co_await network_.client.send(
        prepare(oauth::revocation_request(*(*metadata)->revocation_endpoint, credential, hint, credentials()))
    );
    if (!response) co_return base::fail(std::move(response.error()));
    co_return oauth::process_revocation_response(*response, network_.clock.now());
}

oauth::ScopeSet OAuthProvider::granted_scope(const oauth::TokenResponse& token, const Context& context)
    const {
    // An empty list is no scope by RFC 6749, section 3.3: those who send one mean that they do not speak of
    // scopes.
    if (!token.scope || token.scope->empty()) return context.scope_if_omitted;
    auto granted = oauth::ScopeSet::parse_lenient(token.scope->to_string());
    if (!description_.implied_scopes) return granted;
    const auto implied = description_.implied_scopes(granted);
    for (const auto& scope : context.asked) {
        if (implied.contains(scope)) granted.add(scope);
    }
    return granted;
}

oauth::ClientCredentials OAuthProvider::credentials() const {
    return {
        .client_id = settings_.client_id,
        .client_secret = settings_.client_secret,
        .method = description_.client_authentication,
    };
}

http::ClientRequest OAuthProvider::prepare(http::ClientRequest request) const {
    request.deadline = settings_.timeout;
    request.allow_loopback_http = allow_loopback_http_;
    return request;
}

}  // namespace stagedoor::provider
