#include "crypto/algorithm.h"

#include <array>

namespace stagedoor::crypto {
namespace {

struct Row {
    std::string_view name;
    Hash hash;
};

// In the order of the enumeration.
constexpr std::array<Row, 13> kRows{{
    {"RS256", Hash::sha256},
    {"RS384", Hash::sha384},
    {"RS512", Hash::sha512},
    {"PS256", Hash::sha256},
    {"PS384", Hash::sha384},
    {"PS512", Hash::sha512},
    {"ES256", Hash::sha256},
    {"ES384", Hash::sha384},
    {"ES512", Hash::sha512},
    {"EdDSA", Hash::sha512},
    {"HS256", Hash::sha256},
    {"HS384", Hash::sha384},
    {"HS512", Hash::sha512},
}};

const Row& row(Algorithm algorithm) {
    return kRows[static_cast<std::size_t>(algorithm)];
}

}  // namespace

std::string_view to_string(Algorithm algorithm) {
    return row(algorithm).name;
}

std::optional<Algorithm> parse_algorithm(std::string_view name) {
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (kRows[i].name == name) return static_cast<Algorithm>(i);
    }
    return std::nullopt;
}

Hash hash_of(Algorithm algorithm) {
    return row(algorithm).hash;
}

bool is_symmetric(Algorithm algorithm) {
    return algorithm == Algorithm::hs256 || algorithm == Algorithm::hs384 || algorithm == Algorithm::hs512;
}

}  // namespace stagedoor::crypto
