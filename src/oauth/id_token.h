#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "jose/algorithm.h"
#include "jose/jws.h"
#include "jose/jwt.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stagedoor::oauth {

// What the session's id_token said, for the check of a refreshed one (OpenID Connect Core 1.0, section 12.2).
// What is not remembered is not compared.
struct PreviousIdToken {
    std::string iss;
    std::string sub;
    std::optional<base::SystemTime> auth_time;
    std::optional<std::string> nonce;
};

struct IdTokenExpectations {
    // The provider's issuer. More than one only where a provider is known to use several
    // ("https://accounts.google.com" and "accounts.google.com").
    std::vector<std::string> issuers;
    std::string client_id;
    // The algorithms that may sign. HS* needs the client secret in the keys as well.
    std::vector<jose::Algorithm> algorithms{jose::Algorithm::rs256};
    // The nonce of the authorization request. If set, the token has to repeat it; not for refreshed tokens.
    std::optional<std::string> nonce;
    // The access token of the same answer, for at_hash. If not set, at_hash is not checked.
    std::optional<base::Secret> access_token;
    // The max_age of the authorization request. If set, auth_time is required.
    std::optional<std::chrono::seconds> max_age;
    // Set for a refreshed token, and for no other.
    std::optional<PreviousIdToken> previous;
    base::SystemTime now;
    std::chrono::seconds leeway{60};  // for a difference of the clocks
};

// An id_token that passed every check, and nothing else: there is no other way to make one.
class VerifiedIdToken {
 public:
    [[nodiscard]] const std::string& issuer() const { return *claims_.iss; }
    [[nodiscard]] const std::string& subject() const { return *claims_.sub; }
    [[nodiscard]] base::SystemTime expires_at() const { return *claims_.exp; }
    [[nodiscard]] base::SystemTime issued_at() const { return *claims_.iat; }
    [[nodiscard]] std::optional<base::SystemTime> auth_time() const { return auth_time_; }
    // The provider's session (OpenID Connect Back-Channel Logout 1.0, section 2.1).
    [[nodiscard]] std::optional<std::string_view> sid() const { return claims_.all.string("sid"); }
    [[nodiscard]] std::optional<std::string_view> nonce() const { return claims_.all.string("nonce"); }
    [[nodiscard]] const jose::JsonObject& claims() const { return claims_.all; }
    // What to remember for the check of the next one.
    [[nodiscard]] PreviousIdToken as_previous() const;

 private:
    friend base::Result<VerifiedIdToken>
    verify_id_token(std::string_view, const jose::VerificationKeys&, const IdTokenExpectations&);
    VerifiedIdToken(jose::Claims claims, std::optional<base::SystemTime> auth_time)
        : claims_(std::move(claims)), auth_time_(auth_time) {}

    jose::Claims claims_;
    std::optional<base::SystemTime> auth_time_;
};

// Validates an id_token of the token endpoint (OpenID Connect Core 1.0, section 3.1.3.7, and 12.2 for a
// refreshed one). The signature is always checked, although the specification lets TLS stand in for it.
// `keys`: the issuer's key set, and the client secret if HS* is among the algorithms.
//
// Errors: those of jose::Jws and jose::parse_claims, where jws.key_not_found is worth a fetch of the keys;
// one id_token.* kind per check.
[[nodiscard]] base::Result<VerifiedIdToken> verify_id_token(
    std::string_view token, const jose::VerificationKeys& keys, const IdTokenExpectations& expected
);

}  // namespace stagedoor::oauth
