#include "oauth/token_response.h"

#include "base/encoding.h"
#include "http/form.h"
#include "oauth/errors.h"
#include "oauth/provider_answer.h"
#include "oauth/provider_message.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace stagedoor::oauth {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kMaxLifetimeSeconds = 10LL * 365 * 24 * 60 * 60;

// RFC 6749, section 5.2, and what providers say in its place.
constexpr std::array<std::pair<std::string_view, const base::ErrorKind*>, 13> kVerdicts{{
    {"invalid_grant", &errors::kTokenInvalidGrant},
    {"bad_verification_code", &errors::kTokenInvalidGrant},  // GitHub, of a code
    {"bad_refresh_token", &errors::kTokenInvalidGrant},      // GitHub, of a refresh token
    {"interaction_required", &errors::kTokenInteractionRequired},
    {"login_required", &errors::kTokenInteractionRequired},
    {"consent_required", &errors::kTokenInteractionRequired},
    {"account_selection_required", &errors::kTokenInteractionRequired},
    {"invalid_client", &errors::kTokenInvalidClient},
    {"incorrect_client_credentials", &errors::kTokenInvalidClient},  // GitHub
    {"unauthorized_client", &errors::kTokenUnauthorizedClient},
    {"invalid_scope", &errors::kTokenInvalidScope},
    {"temporarily_unavailable", &errors::kTokenUnavailable},
    {"server_error", &errors::kTokenUnavailable},
}};

const base::ErrorKind& kind_of(std::string_view error) {
    const auto* found =
        std::ranges::find(kVerdicts, error, &std::pair<std::string_view, const base::ErrorKind*>::first);
    return found == kVerdicts.end() ? errors::kTokenRefused : *found->second;
}

base::Error malformed(std::string message) {
    return base::Error(errors::kTokenMalformedResponse, std::move(message)).retry_in(kDefaultRetryAfter);
}

bool is_form(const http::ClientResponse& response) {
    return media_type(response) == "application/x-www-form-urlencoded";
}

// The members of either kind of body. A form's are all strings.
base::Result<jose::JsonObject> read_body(const http::ClientResponse& response) {
    constexpr auto kMessage = "The identity provider's token endpoint gave an answer that can't be read";
    if (!is_form(response)) {
        auto object = jose::JsonObject::parse(response.body);
        if (!object) return base::fail(malformed(kMessage).caused_by(std::move(object.error())));
        return std::move(*object);
    }
    auto form = http::Parameters::parse(response.body);
    if (!form) return base::fail(malformed(kMessage).caused_by(std::move(form.error())));
    boost::json::object object;
    for (const auto& [name, value] : form->pairs()) {
        if (!object.emplace(name, value).second) return base::fail(malformed(kMessage));
    }
    return jose::JsonObject(std::move(object));
}

// An error that the provider names, whatever the status. One that is no text (an object, as some APIs have
// it) is an error without a name.
std::optional<base::Error> error_of(const jose::JsonObject& body) {
    if (!body.has("error") || body.is_null("error") || body.string("error") == "") return std::nullopt;
    const auto error = body.string("error").value_or("");
    auto message = provider_message(error, body.string("error_description").value_or(""));
    if (message.empty()) message = "The identity provider refused to give a token";
    const auto& kind = kind_of(error);
    auto result = base::Error(kind, std::move(message));
    return kind.status == 503 ? std::move(result).retry_in(kDefaultRetryAfter) : std::move(result);
}

// RFC 6749, appendices A.12 and A.17: tokens are visible ASCII characters. Nothing for a member that is
// missing, null or empty.
base::Result<std::optional<std::string>> token_member(const jose::JsonObject& body, std::string_view name) {
    if (!body.has(name) || body.is_null(name)) return std::nullopt;
    const auto text = body.string(name);
    const bool visible = text && std::ranges::all_of(*text, [](char c) { return c >= 0x20 && c <= 0x7e; });
    if (!visible) {
        return base::fail(malformed("The identity provider sent a malformed " + std::string(name)));
    }
    return text->empty() ? std::nullopt : std::optional<std::string>(*text);
}

// A number, or digits in a string.
std::optional<seconds> lifetime(const jose::JsonObject& body) {
    double value = -1;
    if (const auto number = body.number("expires_in")) {
        value = *number;
    } else if (const auto text = body.string("expires_in")) {
        const auto* end = text->data() + text->size();
        const auto parsed = std::from_chars(text->data(), end, value);
        if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    }
    // Written so that NaN, which from_chars reads, is outside.
    if (!(value >= 0 && value <= static_cast<double>(kMaxLifetimeSeconds))) return std::nullopt;
    return seconds(static_cast<std::int64_t>(value));
}

std::optional<ScopeSet> granted_scope(const jose::JsonObject& body) {
    if (const auto text = body.string("scope")) return ScopeSet::parse_lenient(*text);
    const auto list = body.strings("scope");
    if (!list) return std::nullopt;
    ScopeSet scope;
    for (const auto& value : *list) scope.add(value);
    return scope;
}

// RFC 6749, section 7.1: "The client MUST NOT use an access token if it does not understand the token type."
// It is compared without regard to case (section 5.1). Form answers are older than the RFC, and may leave it
// out.
base::Result<std::string> read_token_type(const jose::JsonObject& body, bool form) {
    const auto type = body.string("token_type");
    if (!type && form) return std::string("bearer");
    if (type && base::equal_ignoring_case(*type, "bearer")) return std::string(*type);
    return base::fail(base::Error(
                          errors::kTokenUnsupportedType,
                          "The identity provider sent a token of a type that is not supported"
    )
                          .with_detail("token_type: " + clean_provider_text(type.value_or("missing")))
                          .retry_in(kDefaultRetryAfter));
}

base::Result<TokenResponse> read_tokens(const jose::JsonObject& body, bool form) {
    STAGEDOOR_TRY(auto access_token, token_member(body, "access_token"));
    if (!access_token) return base::fail(malformed("The identity provider sent no access token"));
    TokenResponse tokens;
    tokens.access_token = base::Secret(std::move(*access_token));
    STAGEDOOR_TRY(tokens.token_type, read_token_type(body, form));
    STAGEDOOR_TRY(auto refresh_token, token_member(body, "refresh_token"));
    if (refresh_token) tokens.refresh_token = base::Secret(std::move(*refresh_token));
    STAGEDOOR_TRY(tokens.id_token, token_member(body, "id_token"));
    tokens.expires_in = lifetime(body);
    tokens.scope = granted_scope(body);
    return tokens;
}

}  // namespace

base::Result<TokenResponse> process_token_response(
    const http::ClientResponse& response, base::SystemTime now
) {
    if (is_transient(response.status)) {
        const bool names_a_pause = !response.field("Retry-After").empty();
        const auto& kind = names_a_pause ? errors::kTokenPaused : errors::kTokenUnavailable;
        return base::fail(unavailable(kind, response, now));
    }
    STAGEDOOR_TRY(const auto body, read_body(response));
    if (auto error = error_of(body)) return base::fail(std::move(*error));
    if (response.status < 200 || response.status > 299) {
        return base::fail(malformed(
            "The identity provider's token endpoint answered with status " + std::to_string(response.status) +
            " and no error"
        ));
    }
    return read_tokens(body, is_form(response));
}

}  // namespace stagedoor::oauth
