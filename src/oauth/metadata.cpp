#include "oauth/metadata.h"

#include "base/url.h"
#include "jose/json.h"
#include "oauth/errors.h"
#include "oauth/provider_answer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace stagedoor::oauth {
namespace {

constexpr std::string_view kWellKnown = "/.well-known/";

std::unexpected<base::Error> malformed(std::string_view member) {
    return base::fail(
        errors::kMetadataMalformed,
        "The identity provider's metadata have a " + std::string(member) + " of a wrong type"
    );
}

base::Result<std::optional<std::string>> text_member(
    const jose::JsonObject& document, std::string_view name
) {
    if (!document.has(name) || document.is_null(name)) return std::nullopt;
    const auto text = document.string(name);
    if (!text) return malformed(name);
    return std::string(*text);
}

base::Result<std::vector<std::string>> list_member(const jose::JsonObject& document, std::string_view name) {
    if (!document.has(name) || document.is_null(name)) return std::vector<std::string>{};
    auto list = document.strings(name);
    if (!list) return malformed(name);
    return std::move(*list);
}

base::Result<std::optional<std::string>> endpoint_member(
    const jose::JsonObject& document, std::string_view name, bool allow_loopback_http
) {
    STAGEDOOR_TRY(auto text, text_member(document, name));
    if (!text) return text;
    const auto url = base::Url::parse(*text);
    const bool accepted =
        url && (url->scheme() == "https" || (allow_loopback_http && url->origin().is_loopback()));
    if (!accepted) {
        return base::fail(
            errors::kMetadataEndpointRefused,
            "The identity provider's metadata have a " + std::string(name) + " that is not an https URL"
        );
    }
    return text;
}

base::Result<std::string> required_endpoint(
    const jose::JsonObject& document, std::string_view name, bool allow_loopback_http
) {
    STAGEDOOR_TRY(const auto endpoint, endpoint_member(document, name, allow_loopback_http));
    return require_endpoint(endpoint, name);
}

// The issuer (without a slash at its end) whose metadata belong at this URL; nothing if the URL does not say.
std::optional<std::string> issuer_of(std::string_view url) {
    if (url.find_first_of("?#") != std::string_view::npos) return std::nullopt;
    const auto position = url.find(kWellKnown);
    const auto before = url.substr(0, position);
    const auto after = url.substr(position + kWellKnown.size());
    for (const std::string_view document : {"openid-configuration", "oauth-authorization-server"}) {
        if (!after.starts_with(document)) continue;
        const auto path = after.substr(document.size());
        if (path.empty()) return std::string(before);
        // RFC 8414, section 3.1: the well-known part stands between the host and the issuer's path.
        if (path.starts_with("/") && before.find('/', before.find("//") + 2) == std::string_view::npos) {
            return std::string(before) + std::string(path.substr(0, path.find_last_not_of('/') + 1));
        }
    }
    return std::nullopt;
}

bool of_same_origin(std::string_view a, std::string_view b) {
    const auto first = base::Url::parse(a);
    const auto second = base::Url::parse(b);
    return first && second && first->origin() == second->origin();
}

// RFC 8414, section 3.3: "The issuer value returned MUST be identical to the authorization server's issuer
// identifier value into which the well-known URI string was inserted".
bool issuer_belongs(std::string_view issuer, const MetadataExpectations& expected) {
    if (expected.issuer) return issuer == *expected.issuer;
    const auto url = metadata_url(expected.issuer_or_metadata_url);
    if (const auto derived = issuer_of(url)) return issuer == *derived || issuer == *derived + "/";
    return of_same_origin(issuer, url);
}

base::Result<void> read_optional_members(
    const jose::JsonObject& document, bool allow_loopback_http, Metadata& metadata
) {
    for (const auto& [name, member] : {
             std::pair{"userinfo_endpoint", &Metadata::userinfo_endpoint},
             std::pair{"revocation_endpoint", &Metadata::revocation_endpoint},
             std::pair{"end_session_endpoint", &Metadata::end_session_endpoint},
             std::pair{"jwks_uri", &Metadata::jwks_uri},
         }) {
        STAGEDOOR_TRY(metadata.*member, endpoint_member(document, name, allow_loopback_http));
    }
    for (const auto& [name, member] : {
             std::pair{
                 "token_endpoint_auth_methods_supported", &Metadata::token_endpoint_auth_methods_supported
             },
             std::pair{"code_challenge_methods_supported", &Metadata::code_challenge_methods_supported},
             std::pair{
                 "id_token_signing_alg_values_supported", &Metadata::id_token_signing_alg_values_supported
             },
             std::pair{"scopes_supported", &Metadata::scopes_supported},
         }) {
        STAGEDOOR_TRY(metadata.*member, list_member(document, name));
    }
    if (metadata.token_endpoint_auth_methods_supported.empty()) {
        metadata.token_endpoint_auth_methods_supported = {"client_secret_basic"};
    }
    metadata.authorization_response_iss_parameter_supported =
        document.boolean("authorization_response_iss_parameter_supported").value_or(false);
    return {};
}

}  // namespace

std::string metadata_url(std::string_view issuer_or_metadata_url) {
    if (issuer_or_metadata_url.find(kWellKnown) != std::string_view::npos) {
        return std::string(issuer_or_metadata_url);
    }
    if (issuer_or_metadata_url.ends_with('/')) issuer_or_metadata_url.remove_suffix(1);
    return std::string(issuer_or_metadata_url) + "/.well-known/openid-configuration";
}

http::ClientRequest metadata_request(std::string_view issuer_or_metadata_url) {
    http::ClientRequest request;
    request.url = metadata_url(issuer_or_metadata_url);
    request.fields.push_back({"Accept", "application/json"});
    request.max_response_bytes = 256 * 1024;
    return request;
}

base::Result<Metadata> process_metadata_response(
    const http::ClientResponse& response, const MetadataExpectations& expected, base::SystemTime now
) {
    if (response.status != 200) return base::fail(unavailable(errors::kMetadataUnavailable, response, now));
    auto document = jose::JsonObject::parse(response.body);
    if (!document) {
        return base::fail(
            base::Error(errors::kMetadataMalformed, "The identity provider's metadata are not a JSON object")
                .caused_by(std::move(document.error()))
        );
    }
    Metadata metadata;
    STAGEDOOR_TRY(const auto issuer, text_member(*document, "issuer"));
    if (!issuer || !issuer_belongs(*issuer, expected)) {
        return base::fail(base::Error(
                              errors::kMetadataIssuerMismatch,
                              "The identity provider's metadata are of another issuer"
        )
                              .with_detail("issuer: " + issuer.value_or("missing")));
    }
    metadata.issuer = *issuer;
    const bool loopback = expected.allow_loopback_http;
    STAGEDOOR_TRY(
        metadata.authorization_endpoint, required_endpoint(*document, "authorization_endpoint", loopback)
    );
    STAGEDOOR_TRY(metadata.token_endpoint, required_endpoint(*document, "token_endpoint", loopback));
    STAGEDOOR_CHECK(read_optional_members(*document, loopback, metadata));
    return metadata;
}

base::Result<std::string> require_endpoint(
    const std::optional<std::string>& endpoint, std::string_view name
) {
    if (endpoint && !endpoint->empty()) return *endpoint;
    return base::fail(
        errors::kMetadataEndpointMissing, "The identity provider's metadata have no " + std::string(name)
    );
}

}  // namespace stagedoor::oauth
