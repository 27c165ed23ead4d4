#include "crypto/signature.h"

#include "crypto/digest_method.h"
#include "crypto/errors.h"
#include "crypto/key_material.h"
#include "crypto/openssl.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include <optional>
#include <stdexcept>
#include <utility>

namespace stagedoor::crypto {
namespace {

using openssl::require;

constexpr int kGeneratedRsaBits = 2048;

using EcdsaSignature = std::unique_ptr<ECDSA_SIG, openssl::Free<ECDSA_SIG_free>>;

bool is_elliptic(KeyType type) {
    return type == KeyType::p256 || type == KeyType::p384 || type == KeyType::p521;
}

KeyType key_type_of(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::es256:
            return KeyType::p256;
        case Algorithm::es384:
            return KeyType::p384;
        case Algorithm::es512:
            return KeyType::p521;
        case Algorithm::eddsa:
            return KeyType::ed25519;
        default:
            return KeyType::rsa;
    }
}

// Ed25519 hashes by itself, and wants no method named (EVP_SIGNATURE-ED25519(7)).
const EVP_MD* method_of(Algorithm algorithm) {
    return algorithm == Algorithm::eddsa ? nullptr : digest_method(hash_of(algorithm));
}

bool set_padding(EVP_PKEY_CTX* context, Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::rs256:
        case Algorithm::rs384:
        case Algorithm::rs512:
            return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
        case Algorithm::ps256:
        case Algorithm::ps384:
        case Algorithm::ps512:
            // "The size of the salt value is the same size as the hash function output" (RFC 7518,
            // section 3.5).
            return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
                   EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
        default:
            return true;
    }
}

// JWS writes r and s side by side, each of the curve's size (RFC 7518, section 3.4); OpenSSL wants them in
// DER. Nothing if the size is another one.
std::optional<std::string> ecdsa_to_der(std::string_view signature, std::size_t size) {
    if (signature.size() != 2 * size) return std::nullopt;
    const int length = static_cast<int>(size);
    openssl::Number r(BN_bin2bn(openssl::bytes(signature.data()), length, nullptr));
    openssl::Number s(BN_bin2bn(openssl::bytes(signature.data() + size), length, nullptr));
    const EcdsaSignature parsed(ECDSA_SIG_new());
    require(
        r != nullptr && s != nullptr && parsed != nullptr &&
            ECDSA_SIG_set0(parsed.get(), r.get(), s.get()) == 1,
        "ECDSA_SIG_set0"
    );
    (void)r.release();  // ECDSA_SIG_set0 took them
    (void)s.release();
    std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(parsed.get(), nullptr)), '\0');
    unsigned char* out = openssl::bytes(der.data());
    require(i2d_ECDSA_SIG(parsed.get(), &out) == static_cast<int>(der.size()), "i2d_ECDSA_SIG");
    return der;
}

std::string ecdsa_from_der(std::string_view der, std::size_t size) {
    const unsigned char* in = openssl::bytes(der.data());
    const EcdsaSignature parsed(d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size())));
    require(parsed != nullptr, "d2i_ECDSA_SIG");
    std::string signature(2 * size, '\0');
    const int length = static_cast<int>(size);
    require(
        BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), openssl::bytes(signature.data()), length) == length &&
            BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), openssl::bytes(signature.data() + size), length) ==
                length,
        "BN_bn2binpad"
    );
    return signature;
}

EVP_PKEY* generate_key(KeyType type) {
    switch (type) {
        case KeyType::rsa:
            return EVP_RSA_gen(kGeneratedRsaBits);
        case KeyType::p256:
            return EVP_EC_gen("P-256");
        case KeyType::p384:
            return EVP_EC_gen("P-384");
        case KeyType::p521:
            return EVP_EC_gen("P-521");
        case KeyType::ed25519:
            return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    }
    std::unreachable();
}

}  // namespace

bool PublicKey::fits(Algorithm algorithm) const {
    return !is_symmetric(algorithm) && key_type_of(algorithm) == type_;
}

bool PublicKey::verify(Algorithm algorithm, std::string_view message, std::string_view signature) const {
    if (!fits(algorithm)) return false;
    const openssl::ErrorScope errors;
    std::optional<std::string> der;
    if (is_elliptic(type_)) {
        der = ecdsa_to_der(signature, coordinate_size(type_));
        if (!der) return false;
        signature = *der;
    }
    const openssl::DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* key_context = nullptr;  // the digest context owns it
    require(
        context != nullptr &&
            EVP_DigestVerifyInit(context.get(), &key_context, method_of(algorithm), nullptr, key_.get()) ==
                1 &&
            set_padding(key_context, algorithm),
        "EVP_DigestVerifyInit"
    );
    const int verdict = EVP_DigestVerify(
        context.get(),
        openssl::bytes(signature.data()),
        signature.size(),
        openssl::bytes(message.data()),
        message.size()
    );
    return verdict == 1;
}

PrivateKey PrivateKey::generate(KeyType type) {
    openssl::Key key(generate_key(type));
    require(key != nullptr, "generating a key");
    return PrivateKey(PublicKey(type, std::shared_ptr<evp_pkey_st>(std::move(key))));
}

base::Result<std::string> PrivateKey::sign(Algorithm algorithm, std::string_view message) const {
    if (!public_.fits(algorithm)) {
        return base::fail(errors::kKeyAlgorithmMismatch, "the algorithm does not fit the key");
    }
    const openssl::ErrorScope errors;
    const openssl::DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY* key = public_.key_.get();
    EVP_PKEY_CTX* key_context = nullptr;
    require(
        context != nullptr &&
            EVP_DigestSignInit(context.get(), &key_context, method_of(algorithm), nullptr, key) == 1 &&
            set_padding(key_context, algorithm),
        "EVP_DigestSignInit"
    );
    std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
    std::size_t length = signature.size();
    require(
        EVP_DigestSign(
            context.get(),
            openssl::bytes(signature.data()),
            &length,
            openssl::bytes(message.data()),
            message.size()
        ) == 1,
        "EVP_DigestSign"
    );
    signature.resize(length);
    if (is_elliptic(type())) return ecdsa_from_der(signature, coordinate_size(type()));
    return signature;
}

}  // namespace stagedoor::crypto
