#include "oauth/key_set_request.h"

#include "oauth/errors.h"
#include "oauth/provider_answer.h"

namespace stagedoor::oauth {

http::ClientRequest key_set_request(std::string_view jwks_uri) {
    http::ClientRequest request;
    request.url = jwks_uri;
    request.fields.push_back({"Accept", "application/jwk-set+json, application/json"});
    request.max_response_bytes = 256 * 1024;
    return request;
}

base::Result<jose::KeySet> process_key_set_response(
    const http::ClientResponse& response, base::SystemTime now
) {
    if (response.status != 200) return base::fail(unavailable(errors::kKeysUnavailable, response, now));
    return jose::KeySet::parse(response.body);
}

}  // namespace stagedoor::oauth
