#include "oauth/client_authentication.h"

#include "base/encoding.h"

#include <utility>

namespace stagedoor::oauth {

std::optional<ClientAuthenticationMethod> parse_client_authentication_method(std::string_view name) {
    using enum ClientAuthenticationMethod;
    for (const auto method : {client_secret_basic, client_secret_post, none}) {
        if (name == to_string(method)) return method;
    }
    return std::nullopt;
}

std::string_view to_string(ClientAuthenticationMethod method) {
    switch (method) {
        case ClientAuthenticationMethod::client_secret_basic:
            return "client_secret_basic";
        case ClientAuthenticationMethod::client_secret_post:
            return "client_secret_post";
        case ClientAuthenticationMethod::none:
            return "none";
    }
    std::unreachable();
}

void authenticate(
    http::ClientRequest& request, http::Parameters& form, const ClientCredentials& credentials
) {
    switch (credentials.method) {
        case ClientAuthenticationMethod::client_secret_basic: {
            // RFC 6749, section 2.3.1: both are form-encoded first, so that a colon in the id can't move the
            // border.
            const auto pair = base::form_encode(credentials.client_id) + ":" +
                              base::form_encode(credentials.client_secret.reveal());
            request.fields.push_back({"Authorization", "Basic " + base::base64_encode(pair)});
            return;
        }
        case ClientAuthenticationMethod::client_secret_post:
            form.set("client_id", credentials.client_id);
            form.set("client_secret", credentials.client_secret.reveal());
            return;
        case ClientAuthenticationMethod::none:
            form.set("client_id", credentials.client_id);
            return;
    }
}

http::ClientRequest authenticated_post(
    std::string_view endpoint, http::Parameters form, const ClientCredentials& credentials
) {
    http::ClientRequest request;
    request.method = http::Method::post;
    request.url = endpoint;
    request.fields.push_back({"Content-Type", "application/x-www-form-urlencoded"});
    request.fields.push_back({"Accept", "application/json"});
    authenticate(request, form, credentials);
    request.body = form.to_string();
    return request;
}

}  // namespace stagedoor::oauth
