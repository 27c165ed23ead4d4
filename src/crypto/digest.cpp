#include "crypto/digest.h"

#include "crypto/digest_method.h"
#include "crypto/openssl.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <array>

namespace stagedoor::crypto {
namespace {

using openssl::require;

constexpr std::array<const char*, 3> kNames{"SHA256", "SHA384", "SHA512"};

std::size_t index(Hash hash) {
    return static_cast<std::size_t>(hash);
}

// Looking a method up by name costs more than hashing a short text does, so it is done once.
EVP_MAC* hmac_method() {
    static const openssl::Mac method(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    require(method != nullptr, "fetching HMAC");
    return method.get();
}

}  // namespace

const EVP_MD* digest_method(Hash hash) {
    static const std::array<openssl::Digest, 3> methods{
        openssl::Digest(EVP_MD_fetch(nullptr, kNames[0], nullptr)),
        openssl::Digest(EVP_MD_fetch(nullptr, kNames[1], nullptr)),
        openssl::Digest(EVP_MD_fetch(nullptr, kNames[2], nullptr)),
    };
    const EVP_MD* method = methods[index(hash)].get();
    require(method != nullptr, "fetching SHA-2");
    return method;
}

std::size_t digest_size(Hash hash) {
    constexpr std::array<std::size_t, 3> kSizes{32, 48, 64};
    return kSizes[index(hash)];
}

std::string digest(Hash hash, std::string_view message) {
    std::string out(digest_size(hash), '\0');
    const int ok = EVP_Digest(
        message.data(), message.size(), openssl::bytes(out.data()), nullptr, digest_method(hash), nullptr
    );
    require(ok == 1, "SHA-2");
    return out;
}

std::string hmac(Hash hash, std::string_view key, std::string_view message) {
    const openssl::MacContext context(EVP_MAC_CTX_new(hmac_method()));
    require(context != nullptr, "HMAC");
    // OpenSSL's parameters are not const, but it only reads the name.
    const std::array parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(kNames[index(hash)]), 0),
        OSSL_PARAM_construct_end(),
    };
    // A null pointer would mean "keep the key", so an empty key needs an address too.
    const char* key_data = key.empty() ? "" : key.data();
    std::string out(digest_size(hash), '\0');
    std::size_t written = 0;
    const bool ok =
        EVP_MAC_init(context.get(), openssl::bytes(key_data), key.size(), parameters.data()) == 1 &&
        EVP_MAC_update(context.get(), openssl::bytes(message.data()), message.size()) == 1 &&
        EVP_MAC_final(context.get(), openssl::bytes(out.data()), &written, out.size()) == 1;
    require(ok && written == out.size(), "HMAC");
    return out;
}

}  // namespace stagedoor::crypto
