#pragma once

#include "base/result.h"
#include "crypto/signature.h"
#include "jose/algorithm.h"
#include "jose/json.h"

#include <optional>
#include <string>
#include <utility>

namespace stagedoor::jose {

// A public key as JSON (RFC 7517): RSA and EC keys (RFC 7518, section 6) and Ed25519 (RFC 8037, section 2).
class Jwk {
 public:
    // A private key is read as its public half. Errors: jwk.unsupported, for a kty or crv that is not above
    // ("oct" included: a secret has no place in a published set); jwk.invalid, for a member that is missing,
    // not base64url, or of a size that its type does not have, a point that is not on its curve, or an RSA
    // key under 2048 bits.
    [[nodiscard]] static base::Result<Jwk> parse(const JsonObject& object);

    [[nodiscard]] const std::optional<std::string>& kid() const { return kid_; }
    [[nodiscard]] const crypto::PublicKey& key() const { return key_; }

    // True if a signature of this algorithm may be checked with this key: its type (and curve) is the
    // algorithm's, and none of `use`, `key_ops` and `alg` says otherwise (RFC 7517, sections 4.2 to 4.4).
    // Never true for HS*.
    [[nodiscard]] bool fits(Algorithm algorithm) const;

 private:
    explicit Jwk(crypto::PublicKey key) : key_(std::move(key)) {}

    crypto::PublicKey key_;
    std::optional<std::string> kid_;
    bool may_verify_ = true;                // by `use` and `key_ops`
    std::optional<std::string> algorithm_;  // `alg`
};

}  // namespace stagedoor::jose
