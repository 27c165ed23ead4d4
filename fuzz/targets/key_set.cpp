#include "jose/key_set.h"

#include "check.h"
#include "targets.h"
#include <string>

namespace stagedoor::fuzz {

void key_set(std::string_view input) {
    using enum jose::Algorithm;
    const auto set = jose::KeySet::parse(input);
    if (!set) return;
    require(set->keys().size() <= 100, "the number of keys is within its limit");
    for (const auto& jwk : set->keys()) {
        const auto again = crypto::PublicKey::from_components(jwk.key().components());
        require(again && again->type() == jwk.key().type(), "the members of a key make that key");
        if (jwk.kid()) require(set->contains(*jwk.kid()), "a key is found by its kid");
    }
    const std::string message = "message";
    for (const auto algorithm : {rs256, ps384, es256, es384, es512, eddsa, hs256}) {
        for (const auto* jwk : set->candidates(std::nullopt, algorithm)) {
            require(jwk->fits(algorithm) && jwk->key().fits(algorithm), "a candidate fits its algorithm");
            require(!crypto::is_symmetric(algorithm), "no key fits a MAC");
            require(!jwk->key().verify(algorithm, message, std::string(64, 'x')), "no signature is made up");
        }
    }
}

}  // namespace stagedoor::fuzz
