#pragma once

#include "base/result.h"
#include "oauth/scope.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stagedoor::oauth {

// An authorization request for a code (RFC 6749, section 4.1.1).
struct AuthorizationRequest {
    std::string client_id;
    std::string redirect_uri;
    ScopeSet scope;  // no `scope` is sent if this is empty
    std::string state;
    std::optional<std::string> code_challenge;  // RFC 7636, section 4.3; always of method S256
    std::optional<std::string> nonce;           // OpenID Connect Core 1.0, section 3.1.2.1
    std::optional<std::string> response_mode;   // "form_post"
    // Further parameters of this provider, in order: "access_type", "prompt", "login_hint", ...
    std::vector<std::pair<std::string, std::string>> extra;
};

// The URL to send the browser to: `authorization_endpoint` with its own query kept (section 3.1) and the
// request added. A name is sent once (section 3.1): the request's own parameters win over `extra`, which
// can't set any of them even if the request leaves it out, and both win over the endpoint's query. Error:
// url.malformed, for an endpoint that is no URL or has a fragment.
[[nodiscard]] base::Result<std::string> authorization_url(
    std::string_view authorization_endpoint, const AuthorizationRequest& request
);

}  // namespace stagedoor::oauth
