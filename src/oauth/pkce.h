#pragma once

#include "base/random.h"
#include "base/secret.h"

#include <string>

// Proof Key for Code Exchange (RFC 7636), with the method S256 alone: "plain" protects nothing against
// someone who reads the authorization request, and is not offered even to a server that knows nothing better.
namespace stagedoor::oauth {

inline constexpr std::string_view kCodeChallengeMethod = "S256";

// 32 random octets as 43 base64url characters (section 4.1).
[[nodiscard]] base::Secret make_code_verifier(base::Random& random);

// BASE64URL(SHA256(code_verifier)) (section 4.2).
[[nodiscard]] std::string code_challenge_s256(const base::Secret& code_verifier);

}  // namespace stagedoor::oauth
