#include "oauth/metadata.h"

#include "base/url.h"

#include "check.h"
#include "targets.h"

namespace stagedoor::fuzz {

namespace {

void require_https(const std::optional<std::string>& endpoint) {
    if (!endpoint) return;
    const auto url = base::Url::parse(*endpoint);
    require(url && url->scheme() == "https", "an endpoint is an https URL");
}

}  // namespace

void metadata(std::string_view input) {
    const auto [address, body] = split_line(input);
    const auto configured = base::Url::parse(address);
    if (!configured) return;  // the configuration takes nothing else
    const oauth::MetadataExpectations expected{.issuer_or_metadata_url = std::string(address), .issuer = {}};
    const http::ClientResponse response{.status = 200, .fields = {}, .body = std::string(body)};
    const auto metadata =
        oauth::process_metadata_response(response, expected, base::from_unix_seconds(1'800'000'000));
    if (!metadata) {
        require(metadata.error().status() == 503, "bad metadata are the issuer's fault, not a user's");
        return;
    }
    const auto issuer = base::Url::parse(metadata->issuer);
    require(issuer && issuer->origin() == configured->origin(), "the issuer is where its metadata are");
    require_https(metadata->authorization_endpoint);
    require_https(metadata->token_endpoint);
    require_https(metadata->userinfo_endpoint);
    require_https(metadata->revocation_endpoint);
    require_https(metadata->end_session_endpoint);
    require_https(metadata->jwks_uri);
}

}  // namespace stagedoor::fuzz
