#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "crypto/algorithm.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace stagedoor::crypto {

enum class KeyType : std::uint8_t { rsa, p256, p384, p521, ed25519 };

// The public members of a JSON Web Key as raw octets, base64url already taken off (RFC 7518, sections 6.2.1
// and 6.3.1; RFC 8037, section 2). RSA uses n and e, the P curves x and y, Ed25519 x alone.
struct PublicComponents {
    KeyType type = KeyType::rsa;
    std::string n;
    std::string e;
    std::string x;
    std::string y;
};

// The private members (RFC 7518, sections 6.2.2 and 6.3.2; RFC 8037, section 2). RSA needs all of them, the
// others d.
struct PrivateComponents {
    base::Secret d;
    base::Secret p;
    base::Secret q;
    base::Secret dp;
    base::Secret dq;
    base::Secret qi;
};

// A key that checks signatures. Immutable, cheap to copy, and safe to use from any thread.
class PublicKey {
 public:
    // Error: key.invalid, for RSA below 2048 or above 8192 bits (RFC 7518, section 3.3), an RSA exponent that
    // is even, below 3 or above 64 bits, coordinates that have not exactly the curve's size, and points that
    // are not on it.
    [[nodiscard]] static base::Result<PublicKey> from_components(const PublicComponents& components);

    [[nodiscard]] KeyType type() const { return type_; }
    // The members of its JSON Web Key; integers without leading zeros, coordinates of the curve's size.
    [[nodiscard]] PublicComponents components() const;

    // True if the algorithm is made for keys of this type: each EC algorithm for its one curve (RFC 7518,
    // section 3.4), RS* and PS* for RSA, EdDSA for Ed25519, and a symmetric algorithm for none of them.
    [[nodiscard]] bool fits(Algorithm algorithm) const;

    // True if `signature` (the raw octets of a JWS signature: r and s side by side for EC) is one of this key
    // over `message`. False for everything else, also for an algorithm that does not fit the key.
    [[nodiscard]] bool verify(Algorithm algorithm, std::string_view message, std::string_view signature)
        const;

 private:
    friend class PrivateKey;
    PublicKey(KeyType type, std::shared_ptr<evp_pkey_st> key) : type_(type), key_(std::move(key)) {}
    KeyType type_;
    std::shared_ptr<evp_pkey_st> key_;
};

// A key that signs. Immutable, cheap to copy, and safe to use from any thread.
class PrivateKey {
 public:
    // A new key from OpenSSL's randomness; RSA gets 2048 bits, which takes tens of milliseconds.
    [[nodiscard]] static PrivateKey generate(KeyType type);

    // Error: key.invalid, as PublicKey::from_components says, or when the two halves do not belong together.
    [[nodiscard]] static base::Result<PrivateKey> from_components(
        const PublicComponents& public_part, const PrivateComponents& private_part
    );

    [[nodiscard]] KeyType type() const { return public_.type(); }
    [[nodiscard]] const PublicKey& public_key() const { return public_; }
    [[nodiscard]] PrivateComponents components() const;

    // The JWS signature over `message` in raw octets. RSA takes about 0.4 ms, the others less than a tenth of
    // it. Error: key.algorithm_mismatch, if the algorithm does not fit the key.
    [[nodiscard]] base::Result<std::string> sign(Algorithm algorithm, std::string_view message) const;

 private:
    explicit PrivateKey(PublicKey key) : public_(std::move(key)) {}
    PublicKey public_;  // its handle holds both halves
};

}  // namespace stagedoor::crypto
