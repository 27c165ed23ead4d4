#include "oauth/pkce.h"

#include "base/encoding.h"
#include "crypto/digest.h"

namespace stagedoor::oauth {

base::Secret make_code_verifier(base::Random& random) {
    // Section 4.1: "It is RECOMMENDED that the output of a suitable random number generator be used to create
    // a 32-octet sequence. The octet sequence is then base64url-encoded".
    return base::Secret(base::base64url_encode(random.bytes<32>()));
}

std::string code_challenge_s256(const base::Secret& code_verifier) {
    return base::base64url_encode(crypto::sha256(code_verifier.reveal()));
}

}  // namespace stagedoor::oauth
