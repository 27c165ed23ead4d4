#pragma once

#include "base/result.h"
#include "jose/jwk.h"

#include <optional>
#include <string_view>
#include <vector>

namespace stagedoor::jose {

// The keys that an issuer has published (RFC 7517, section 5).
class KeySet {
 public:
    // A key that we do not understand is left out, as section 5 wants it: other types, other curves, broken
    // members. Error: jwks.invalid, for text that is no JSON object with an array `keys`, is over 256 KiB, or
    // has over 100 keys. A set without any usable key is no error here; nothing is verified with it.
    [[nodiscard]] static base::Result<KeySet> parse(std::string_view json);

    // The keys to check a signature with: those that fit the algorithm, and have this kid if the token names
    // one. Several keys can share a kid if their types differ (section 4.5), and a token without kid may fit
    // several.
    [[nodiscard]] std::vector<const Jwk*> candidates(std::optional<std::string_view> kid, Algorithm algorithm)
        const;
    [[nodiscard]] bool contains(std::string_view kid) const;
    [[nodiscard]] const std::vector<Jwk>& keys() const { return keys_; }

 private:
    std::vector<Jwk> keys_;
};

}  // namespace stagedoor::jose
