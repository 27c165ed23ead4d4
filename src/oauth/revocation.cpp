#include "oauth/revocation.h"

#include "jose/json.h"
#include "oauth/errors.h"
#include "oauth/provider_answer.h"
#include "oauth/provider_message.h"

#include <utility>

namespace stagedoor::oauth {

http::ClientRequest revocation_request(
    std::string_view revocation_endpoint,
    const base::Secret& token,
    TokenTypeHint token_type_hint,
    const ClientCredentials& credentials
) {
    http::Parameters form;
    form.add("token", token.reveal());
    form.add(
        "token_type_hint", token_type_hint == TokenTypeHint::access_token ? "access_token" : "refresh_token"
    );
    return authenticated_post(revocation_endpoint, std::move(form), credentials);
}

base::Result<void> process_revocation_response(const http::ClientResponse& response, base::SystemTime now) {
    if (response.status == 200 || response.status == 204) return {};
    if (is_transient(response.status)) {
        return base::fail(unavailable(errors::kRevocationUnavailable, response, now));
    }
    const auto body = jose::JsonObject::parse(response.body).value_or(jose::JsonObject());
    const auto error = body.string("error").value_or("");
    if (response.status == 400 && error == "invalid_token") return {};

    auto message = provider_message(error, body.string("error_description").value_or(""));
    if (message.empty()) message = "status " + std::to_string(response.status);
    return base::fail(
        errors::kRevocationRefused, "The identity provider did not revoke the token: " + message
    );
}

}  // namespace stagedoor::oauth
