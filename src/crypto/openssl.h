#pragma once

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <memory>

// What the files of this folder share of OpenSSL; nobody else includes it.
namespace stagedoor::crypto::openssl {

// Calls OpenSSL's free function of a type.
template <auto kFree>
struct Free {
    template <class T>
    void operator()(T* object) const {
        kFree(object);
    }
};

using Digest = std::unique_ptr<EVP_MD, Free<EVP_MD_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Mac = std::unique_ptr<EVP_MAC, Free<EVP_MAC_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Free<EVP_MAC_CTX_free>>;
using Cipher = std::unique_ptr<EVP_CIPHER, Free<EVP_CIPHER_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Free<EVP_CIPHER_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
// BN_clear_free: a number of a private key is wiped with its memory.
using Number = std::unique_ptr<BIGNUM, Free<BN_clear_free>>;

// Failed calls leave notes in a queue of the thread, which TLS on the same thread would take for its own
// (SSL_get_error(3)). This empties it at the end of a scope.
class ErrorScope {
 public:
    ErrorScope() = default;
    ~ErrorScope() { ERR_clear_error(); }
    ErrorScope(const ErrorScope&) = delete;
    ErrorScope& operator=(const ErrorScope&) = delete;
};

// Throws std::runtime_error if `ok` is false: for calls that fail only without memory, or with a broken
// OpenSSL.
void require(bool ok, const char* what);

inline const unsigned char* bytes(const char* data) {
    return reinterpret_cast<const unsigned char*>(data);
}
inline unsigned char* bytes(char* data) {
    return reinterpret_cast<unsigned char*>(data);
}

}  // namespace stagedoor::crypto::openssl
