#pragma once

#include "base/secret.h"
#include "http/client/client.h"
#include "http/form.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stagedoor::oauth {

// How a client shows who it is (RFC 6749, section 2.3.1; OpenID Connect Core 1.0, section 9).
enum class ClientAuthenticationMethod : std::uint8_t { client_secret_basic, client_secret_post, none };

// The registered name of the method, "client_secret_basic". Nothing for any other.
[[nodiscard]] std::optional<ClientAuthenticationMethod> parse_client_authentication_method(
    std::string_view name
);
[[nodiscard]] std::string_view to_string(ClientAuthenticationMethod method);

struct ClientCredentials {
    std::string client_id;
    base::Secret client_secret;  // unused by `none`
    ClientAuthenticationMethod method = ClientAuthenticationMethod::client_secret_basic;
};

// Adds the credentials to a request: to its fields for client_secret_basic (id and secret form-encoded before
// base64), otherwise to `form`, which the caller makes the body. For basic, the body has no client_id:
// section 2.3 allows one method per request.
void authenticate(http::ClientRequest& request, http::Parameters& form, const ClientCredentials& credentials);

// A POST of `form` to an endpoint of the provider, with the client's credentials, and Accept:
// application/json.
[[nodiscard]] http::ClientRequest authenticated_post(
    std::string_view endpoint, http::Parameters form, const ClientCredentials& credentials
);

}  // namespace stagedoor::oauth
