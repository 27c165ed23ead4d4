#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "http/client/client.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Authorization server metadata (RFC 8414; OpenID Connect Discovery 1.0).
namespace stagedoor::oauth {

struct Metadata {
    std::string issuer;
    std::string authorization_endpoint;
    std::string token_endpoint;
    std::optional<std::string> userinfo_endpoint;
    std::optional<std::string> revocation_endpoint;
    std::optional<std::string> end_session_endpoint;
    std::optional<std::string> jwks_uri;
    // What is omitted has the default of the specification here: client_secret_basic for the authentication
    // methods, and an empty list for the others.
    std::vector<std::string> token_endpoint_auth_methods_supported;
    std::vector<std::string> code_challenge_methods_supported;
    std::vector<std::string> id_token_signing_alg_values_supported;
    std::vector<std::string> scopes_supported;
    // The issuer promises `iss` in every authorization response (RFC 9207, section 3).
    bool authorization_response_iss_parameter_supported = false;
};

// `issuer_or_metadata_url` itself if it contains "/.well-known/", else with
// "/.well-known/openid-configuration" put behind it (OpenID Connect Discovery 1.0, section 4.1: a slash at
// its end goes first).
[[nodiscard]] std::string metadata_url(std::string_view issuer_or_metadata_url);

// GET with Accept: application/json, of at most 256 KiB. The caller sets the deadline and
// allow_loopback_http.
[[nodiscard]] http::ClientRequest metadata_request(std::string_view issuer_or_metadata_url);

struct MetadataExpectations {
    // As the operator wrote it: what metadata_request() was made from.
    std::string issuer_or_metadata_url;
    // The issuer, where it is known apart from that URL: compared byte by byte. Without it, the issuer must
    // be the one whose metadata belong at this URL (RFC 8414, section 3.3): with or without a slash at its
    // end, and with the well-known part behind its path (OpenID) or before it (RFC 8414, section 3.1).
    //
    // Exception: a URL that follows neither form, because it has a query or another document name (Azure AD
    // B2C: "…/.well-known/openid-configuration?p=policy"), says nothing about its issuer. Then the issuer
    // must be of the same origin as the URL.
    std::optional<std::string> issuer;
    // Plain http is accepted in an endpoint whose host is a loopback address.
    bool allow_loopback_http = false;
};

// Errors: metadata.unavailable, for a status other than 200; metadata.malformed, for what is no JSON object,
// or a member of a wrong type; metadata.issuer_mismatch; metadata.endpoint_missing, for no
// authorization_endpoint or token_endpoint; metadata.endpoint_refused, for an endpoint that is no https URL.
[[nodiscard]] base::Result<Metadata> process_metadata_response(
    const http::ClientResponse& response, const MetadataExpectations& expected, base::SystemTime now
);

// The endpoint, or metadata.endpoint_missing with `name` ("userinfo_endpoint") in its message.
[[nodiscard]] base::Result<std::string> require_endpoint(
    const std::optional<std::string>& endpoint, std::string_view name
);

}  // namespace stagedoor::oauth
