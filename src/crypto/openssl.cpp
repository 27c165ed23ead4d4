#include "crypto/openssl.h"

#include <stdexcept>
#include <string>

namespace stagedoor::crypto::openssl {

void require(bool ok, const char* what) {
    if (ok) return;
    ERR_clear_error();
    throw std::runtime_error(std::string("OpenSSL: ") + what + " failed");
}

}  // namespace stagedoor::crypto::openssl
