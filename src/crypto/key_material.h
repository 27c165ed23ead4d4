#pragma once

#include "crypto/signature.h"

#include <memory>

namespace stagedoor::crypto {

// OpenSSL's key from the members of a JSON Web Key, or null if they are not a key that signature.h accepts.
// Without `private_part` it is a public key.
[[nodiscard]] std::shared_ptr<evp_pkey_st> make_key(
    const PublicComponents& public_part, const PrivateComponents* private_part
);

// Octets of a coordinate and of half an ECDSA signature: ceil(bits of the curve / 8). 0 for RSA, 32 for
// Ed25519.
[[nodiscard]] std::size_t coordinate_size(KeyType type);

}  // namespace stagedoor::crypto
