#include "oauth/authorization_request.h"

#include "base/errors.h"
#include "base/url.h"
#include "http/form.h"
#include "oauth/pkce.h"

#include <algorithm>
#include <array>

namespace stagedoor::oauth {
namespace {

constexpr std::array<std::string_view, 9> kOwnParameters{
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "response_mode",
};

bool is_own(std::string_view name) {
    return std::ranges::find(kOwnParameters, name) != kOwnParameters.end();
}

}  // namespace

base::Result<std::string> authorization_url(
    std::string_view authorization_endpoint, const AuthorizationRequest& request
) {
    STAGEDOOR_TRY(const auto endpoint, base::Url::parse(authorization_endpoint));
    // RFC 6749, section 3.1: "The endpoint URI MUST NOT include a fragment component."
    if (authorization_endpoint.find('#') != std::string_view::npos) {
        return base::fail(base::errors::kUrlMalformed, "The authorization endpoint has a fragment");
    }
    STAGEDOOR_TRY(auto parameters, http::Parameters::parse(endpoint.query()));
    for (const auto& [name, value] : request.extra) {
        if (!is_own(name)) parameters.set(name, value);
    }
    parameters.set("response_type", "code");
    parameters.set("client_id", request.client_id);
    parameters.set("redirect_uri", request.redirect_uri);
    if (!request.scope.empty()) parameters.set("scope", request.scope.to_string());
    parameters.set("state", request.state);
    if (request.code_challenge) {
        parameters.set("code_challenge", *request.code_challenge);
        parameters.set("code_challenge_method", kCodeChallengeMethod);
    }
    if (request.nonce) parameters.set("nonce", *request.nonce);
    if (request.response_mode) parameters.set("response_mode", *request.response_mode);
    return endpoint.origin().to_string() + endpoint.path() + "?" + parameters.to_string();
}

}  // namespace stagedoor::oauth
