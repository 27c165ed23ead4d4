#pragma once

#include "crypto/digest.h"

#include <openssl/evp.h>

namespace stagedoor::crypto {

// OpenSSL's implementation of a hash, looked up once for the process.
[[nodiscard]] const EVP_MD* digest_method(Hash hash);

}  // namespace stagedoor::crypto
