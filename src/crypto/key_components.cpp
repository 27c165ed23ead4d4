// The way between keys and the members of a JSON Web Key.
#include "crypto/errors.h"
#include "crypto/key_material.h"
#include "crypto/openssl.h"
#include "crypto/signature.h"

#include <openssl/core_names.h>

namespace stagedoor::crypto {
namespace {

using openssl::require;

// A number of the key in big-endian octets: of `size`, or as few as it has if that is 0.
std::string number_of(const EVP_PKEY* key, const char* name, std::size_t size = 0) {
    BIGNUM* raw = nullptr;
    require(EVP_PKEY_get_bn_param(key, name, &raw) == 1, "EVP_PKEY_get_bn_param");
    const openssl::Number number(raw);
    std::string out(size != 0 ? size : static_cast<std::size_t>(BN_num_bytes(raw)), '\0');
    const int length = static_cast<int>(out.size());
    require(BN_bn2binpad(raw, openssl::bytes(out.data()), length) == length, "BN_bn2binpad");
    return out;
}

using RawKey = int (*)(const EVP_PKEY*, unsigned char*, std::size_t*);

std::string raw_key(const EVP_PKEY* key, RawKey get) {
    std::string out(coordinate_size(KeyType::ed25519), '\0');
    std::size_t length = out.size();
    require(
        get(key, openssl::bytes(out.data()), &length) == 1 && length == out.size(), "EVP_PKEY_get_raw_key"
    );
    return out;
}

}  // namespace

base::Result<PublicKey> PublicKey::from_components(const PublicComponents& components) {
    auto key = make_key(components, nullptr);
    if (key == nullptr) return base::fail(errors::kKeyInvalid, "the public key is not valid, or too weak");
    return PublicKey(components.type, std::move(key));
}

PublicComponents PublicKey::components() const {
    PublicComponents out;
    out.type = type_;
    if (type_ == KeyType::rsa) {
        out.n = number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N);
        out.e = number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E);
    } else if (type_ == KeyType::ed25519) {
        out.x = raw_key(key_.get(), EVP_PKEY_get_raw_public_key);
    } else {
        out.x = number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, coordinate_size(type_));
        out.y = number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, coordinate_size(type_));
    }
    return out;
}

base::Result<PrivateKey> PrivateKey::from_components(
    const PublicComponents& public_part, const PrivateComponents& private_part
) {
    auto key = make_key(public_part, &private_part);
    if (key == nullptr) return base::fail(errors::kKeyInvalid, "the private key is not valid, or too weak");
    return PrivateKey(PublicKey(public_part.type, std::move(key)));
}

PrivateComponents PrivateKey::components() const {
    const EVP_PKEY* key = public_.key_.get();
    PrivateComponents out;
    if (type() == KeyType::rsa) {
        out.d = base::Secret(number_of(key, OSSL_PKEY_PARAM_RSA_D));
        out.p = base::Secret(number_of(key, OSSL_PKEY_PARAM_RSA_FACTOR1));
        out.q = base::Secret(number_of(key, OSSL_PKEY_PARAM_RSA_FACTOR2));
        out.dp = base::Secret(number_of(key, OSSL_PKEY_PARAM_RSA_EXPONENT1));
        out.dq = base::Secret(number_of(key, OSSL_PKEY_PARAM_RSA_EXPONENT2));
        out.qi = base::Secret(number_of(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1));
    } else if (type() == KeyType::ed25519) {
        out.d = base::Secret(raw_key(key, EVP_PKEY_get_raw_private_key));
    } else {
        out.d = base::Secret(number_of(key, OSSL_PKEY_PARAM_PRIV_KEY, coordinate_size(type())));
    }
    return out;
}

}  // namespace stagedoor::crypto
