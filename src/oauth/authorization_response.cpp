#include "oauth/authorization_response.h"

#include "oauth/errors.h"
#include "oauth/provider_message.h"

#include <string_view>

namespace stagedoor::oauth {
namespace {

// RFC 6749, section 3.1: "Request and response parameters MUST NOT be included more than once."
base::Result<void> check_duplicates(const http::Parameters& parameters) {
    for (const std::string_view name : {"code", "state", "error", "error_description", "iss"}) {
        if (parameters.count(name) > 1) {
            return base::fail(
                errors::kAuthorizationDuplicateParameter,
                "The identity provider's answer has the parameter " + std::string(name) + " twice"
            );
        }
    }
    return {};
}

// RFC 9207, section 2.4: an `iss` is compared by simple string comparison, and a response without one is
// refused if the server is known to send it; "if the value does not match the expected issuer identifier,
// clients MUST reject the authorization response and MUST NOT proceed with the authorization grant". Error
// responses are no exception.
base::Result<void> check_issuer(
    const http::Parameters& parameters, const AuthorizationResponseExpectations& expected
) {
    const auto iss = parameters.get("iss");
    if (!iss && !expected.iss_required) return {};
    // A provider without an issuer to compare with may still say whatever it likes in a parameter of this
    // name.
    if (!expected.issuer && !expected.iss_required) return {};
    if (iss && iss == expected.issuer) return {};
    return base::fail(
        errors::kAuthorizationIssuerMismatch,
        iss ? "The answer is from another identity provider than the login was started with"
            : "The identity provider's answer does not say who it is from"
    );
}

}  // namespace

base::Result<AuthorizationCode> process_authorization_response(
    const http::Parameters& parameters, const AuthorizationResponseExpectations& expected
) {
    STAGEDOOR_CHECK(check_duplicates(parameters));
    STAGEDOOR_CHECK(check_issuer(parameters, expected));

    if (const auto error = parameters.get("error")) {
        auto reason = clean_provider_text(parameters.value("error_description"));
        if (reason.empty()) reason = clean_provider_text(*error);
        if (*error == "access_denied") {
            return base::fail(errors::kAuthorizationDenied, "Authentication rejected, " + reason);
        }
        return base::fail(errors::kAuthorizationFailed, "Authentication failed, " + reason);
    }
    const auto code = parameters.value("code");
    if (code.empty()) return base::fail(errors::kAuthorizationUnexpected, "Unexpected redirect");
    return AuthorizationCode(base::Secret(std::string(code)));
}

}  // namespace stagedoor::oauth
