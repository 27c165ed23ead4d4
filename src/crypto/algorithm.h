#pragma once

#include "crypto/digest.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace stagedoor::crypto {

// The signature and MAC algorithms of JOSE that Stagedoor knows (RFC 7518, section 3.1; EdDSA: RFC 8037,
// section 3.1, with Ed25519 alone). "none" is not among them, so no value of this type can mean "unsigned".
enum class Algorithm : std::uint8_t {
    rs256,
    rs384,
    rs512,
    ps256,
    ps384,
    ps512,
    es256,
    es384,
    es512,
    eddsa,
    hs256,
    hs384,
    hs512,
};

// The registered name, as it stands in the `alg` header: "RS256".
[[nodiscard]] std::string_view to_string(Algorithm algorithm);

// The algorithm of a registered name; case matters (RFC 7515, section 4.1.1). Nothing for any other text.
[[nodiscard]] std::optional<Algorithm> parse_algorithm(std::string_view name);

// The hash that the algorithm's name ends in; SHA-512 for EdDSA, which is what Ed25519 uses inside (RFC 8032,
// section 5.1). It is also the hash of at_hash and c_hash (OpenID Connect Core, section 3.1.3.6).
[[nodiscard]] Hash hash_of(Algorithm algorithm);

// True for HS256, HS384 and HS512, whose key is a shared secret: they go through hmac(), never through a
// PublicKey.
[[nodiscard]] bool is_symmetric(Algorithm algorithm);

}  // namespace stagedoor::crypto
