#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "jose/algorithm.h"
#include "jose/key_set.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stagedoor::jose {

inline constexpr std::size_t kMaxJwsBytes = 64 * 1024;

struct JwsHeader {
    std::string alg;  // as sent; no algorithm is believed because a header names it
    std::optional<std::string> kid;
    std::optional<std::string> typ;
};

// What a signature may be checked with. An HS* signature is checked with the secret alone, and any other with
// the keys alone, so that a public key can never serve as an HMAC key. What is null is not there.
struct VerificationKeys {
    const KeySet* keys = nullptr;
    const base::Secret* client_secret = nullptr;
};

// A signed message in the compact serialization (RFC 7515, section 7.1). Its payload is reached through
// verify() alone.
class Jws {
 public:
    // Errors: jws.malformed, for anything but three base64url parts with a JSON object in the first, or over
    // 64 KiB; jws.critical_header, for a `crit` member (section 4.1.11: none of its extensions is understood
    // here) and for `b64` (RFC 7797).
    [[nodiscard]] static base::Result<Jws> parse(std::string_view compact);

    // Not verified: good for choosing a key, and for nothing else.
    [[nodiscard]] const JwsHeader& header() const { return header_; }

    // The payload, once a signature check has passed (section 5.2). Errors: jws.algorithm_refused, for an
    // `alg` that is not in `allowed` (so `none` never passes), or that needs a kind of key that was not
    // given; jws.key_not_found, if no key fits kid and alg; jws.signature_invalid.
    [[nodiscard]] base::Result<std::string> verify(
        const VerificationKeys& keys, std::span<const Algorithm> allowed
    ) const;

 private:
    Jws() = default;
    [[nodiscard]] bool verify_with_keys(const std::vector<const Jwk*>& candidates, Algorithm algorithm) const;
    [[nodiscard]] bool verify_with_secret(const base::Secret& secret, Algorithm algorithm) const;

    JwsHeader header_;
    std::string signing_input_;
    std::string payload_;
    std::string signature_;
};

}  // namespace stagedoor::jose
