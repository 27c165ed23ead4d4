#pragma once

#include "base/error.h"
#include "base/secret.h"
#include "http/message.h"
#include "oauth/profile.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace stagedoor::flow {

// The JSON that apps read. This is the one place where our values take the form of the wire.

struct TokenAnswer {
    const base::Secret& access_token;
    const std::optional<std::string>& id_token;
    std::optional<std::chrono::seconds> expires_in;
    std::string_view scope;
    const oauth::Profile& profile;
};

// {"profile":{...},"providerInfo":{...}}
[[nodiscard]] std::string session_json(const TokenAnswer& answer);
// {"type":"authorization_response","response":{...}}: what the popup posts after a login...
[[nodiscard]] std::string authorization_response_json(const TokenAnswer& answer);
// ... and after a failed one: {"type":"authorization_response","error":{"name","message","code"}}, with the
// code of the innermost cause.
[[nodiscard]] std::string authorization_error_json(const base::Error& error);

// 200 with a JSON body that may not be stored.
[[nodiscard]] http::Response json_response(std::string body);

// {"error":{"name","message","code"[,"cause"]},"request":{"method","url"},"response":{"statusCode"}} with the
// error's status, and Retry-After where the error has a time for it. `mount`: what is taken off the URL of
// the request.
[[nodiscard]] http::Response error_response(
    const base::Error& error, const http::Request& request, std::string_view mount
);

// The target of a request with the values of the parameters that carry a secret replaced.
[[nodiscard]] std::string without_secrets(std::string_view target);

}  // namespace stagedoor::flow
