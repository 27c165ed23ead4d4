#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "http/form.h"

#include <optional>
#include <string>
#include <utility>

namespace stagedoor::oauth {

struct AuthorizationResponseExpectations {
    // The issuer that the flow was started with. Nothing for a provider that has none.
    std::optional<std::string> issuer;
    // The issuer's metadata announce `iss` in every response.
    bool iss_required = false;
};

// An authorization code from a response that passed its checks, and from nowhere else.
class AuthorizationCode {
 public:
    [[nodiscard]] const base::Secret& value() const { return value_; }

 private:
    friend base::Result<AuthorizationCode>
    process_authorization_response(const http::Parameters&, const AuthorizationResponseExpectations&);
    explicit AuthorizationCode(base::Secret value) : value_(std::move(value)) {}
    base::Secret value_;
};

// Judges the parameters of the redirect back (RFC 6749, section 4.1.2), from the query or a posted form.
// `state` is the caller's to check, and before this: which flow a response belongs to decides what is
// expected here.
//
// The checks, in this order:
//  1. authorization.duplicate_parameter: code, state, error, error_description or iss twice (section 3.1)
//  2. authorization.issuer_mismatch: `iss` that is not the issuer byte by byte, or is missing though
//  required, also
//     when the response is an error (RFC 9207, section 2.4)
//  3. authorization.denied ("Authentication rejected, …") for error=access_denied, authorization.failed
//     ("Authentication failed, …") for any other, also when there is a code as well; the message ends with
//     the error_description, or the error if there is none, cleaned (see provider_message.h)
//  4. authorization.unexpected ("Unexpected redirect"): no code
[[nodiscard]] base::Result<AuthorizationCode> process_authorization_response(
    const http::Parameters& parameters, const AuthorizationResponseExpectations& expected
);

}  // namespace stagedoor::oauth
