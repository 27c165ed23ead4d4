#include "jose/jws.h"

#include "jose/jwt.h"

#include "check.h"
#include "targets.h"
#include <array>

namespace stagedoor::fuzz {

namespace {

using jose::Algorithm;

constexpr std::array kAllowed{
    Algorithm::rs256,
    Algorithm::ps256,
    Algorithm::es256,
    Algorithm::es384,
    Algorithm::es512,
    Algorithm::eddsa,
    Algorithm::hs256,
};

}  // namespace

void jws(std::string_view input) {
    const auto [token, key_set] = split_line(input);
    static_cast<void>(jose::parse_claims(key_set));
    const auto jws = jose::Jws::parse(token);
    if (!jws) return;
    require(!jws->verify({}, kAllowed), "nothing is verified without keys");
    // Nobody who made an input knew this secret.
    const base::Secret secret("2c1f0e5a-a4c1-4e0c-8d3a-d7be6b7f9c55");
    require(!jws->verify({.client_secret = &secret}, kAllowed), "no signature is made up");

    const auto keys = jose::KeySet::parse(key_set);
    if (!keys) return;
    require(!jws->verify({.keys = &*keys}, {}), "no algorithm is allowed by itself");
    const auto payload = jws->verify({.keys = &*keys, .client_secret = &secret}, kAllowed);
    if (!payload) return;
    const auto algorithm = jose::parse_algorithm(jws->header().alg);
    require(algorithm && !crypto::is_symmetric(*algorithm), "a key set verifies no MAC");
    require(!keys->candidates(jws->header().kid, *algorithm).empty(), "a key of the set fits");
}

}  // namespace stagedoor::fuzz
