// What an OpenID provider with fixed answers has: an ID token (RS256), good for a day, and the key set (RFC
// 7517) that it is checked with. Prints the token; the key set goes to a file.
#include "base/clock.h"
#include "base/encoding.h"
#include "crypto/signature.h"
#include "support/main.h"

#include <fmt/core.h>

#include <fstream>
#include <stdexcept>
#include <string>

namespace stagedoor::bench {

namespace {

int run(int argc, char** argv) {
    if (argc != 5) throw std::invalid_argument("usage: openid ISSUER CLIENT_ID SUBJECT KEY_SET_FILE");
    const auto key = crypto::PrivateKey::generate(crypto::KeyType::rsa);
    const auto parts = key.public_key().components();
    std::ofstream(argv[4]) << fmt::format(
        R"({{"keys":[{{"kty":"RSA","kid":"bench","use":"sig","alg":"RS256","n":"{}","e":"{}"}}]}})",
        base::base64url_encode(parts.n),
        base::base64url_encode(parts.e)
    );
    const auto now = std::chrono::floor<std::chrono::seconds>(base::RealClock().now());
    const auto claims = fmt::format(
        R"({{"iss":"{}","aud":"{}","sub":"{}","iat":{},"exp":{},"name":"A User of the Bench",)"
        R"("email":"user@example.com","email_verified":true,"picture":"https://example.com/picture.png"}})",
        argv[1],
        argv[2],
        argv[3],
        now.time_since_epoch().count(),
        (now + std::chrono::days(1)).time_since_epoch().count()
    );
    const auto input =
        base::base64url_encode(R"({"alg":"RS256","kid":"bench"})") + "." + base::base64url_encode(claims);
    const auto signature = key.sign(crypto::Algorithm::rs256, input);
    if (!signature) throw std::runtime_error(signature.error().describe());
    fmt::print("{}.{}\n", input, base::base64url_encode(*signature));
    return 0;
}

}  // namespace

}  // namespace stagedoor::bench

int main(int argc, char** argv) {
    return stagedoor::bench::run_program("openid", stagedoor::bench::run, argc, argv);
}
