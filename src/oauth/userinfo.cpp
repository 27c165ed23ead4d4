#include "oauth/userinfo.h"

#include "oauth/errors.h"
#include "oauth/provider_answer.h"

#include <string>
#include <utility>

namespace stagedoor::oauth {

http::ClientRequest userinfo_request(std::string_view userinfo_endpoint, const base::Secret& access_token) {
    http::ClientRequest request;
    request.url = userinfo_endpoint;
    request.fields.push_back({"Authorization", "Bearer " + access_token.reveal()});
    request.fields.push_back({"Accept", "application/json"});
    return request;
}

base::Result<jose::JsonObject> process_userinfo_response(
    const http::ClientResponse& response, std::optional<std::string_view> expected_sub, base::SystemTime now
) {
    if (is_transient(response.status)) {
        return base::fail(unavailable(errors::kUserinfoUnavailable, response, now));
    }
    if (response.status == 401) {
        return base::fail(
            errors::kUserinfoInvalidToken, "The identity provider did not accept the access token"
        );
    }
    if (response.status != 200) {
        return base::fail(
            errors::kUserinfoRefused,
            "The identity provider refused the user's profile with status " + std::to_string(response.status)
        );
    }
    if (media_type(response) == "application/jwt") {
        return base::fail(
            errors::kUserinfoSigned,
            "The identity provider sent the user's profile signed, which is not supported"
        );
    }
    auto claims = jose::JsonObject::parse(response.body);
    if (!claims) {
        return base::fail(
            base::Error(errors::kUserinfoMalformed, "The identity provider sent a profile that is not JSON")
                .retry_in(kDefaultRetryAfter)
                .caused_by(std::move(claims.error()))
        );
    }
    if (expected_sub && claims->string("sub") != *expected_sub) {
        return base::fail(
            errors::kUserinfoSubjectMismatch, "The profile is about another user than the ID token"
        );
    }
    return std::move(*claims);
}

}  // namespace stagedoor::oauth
