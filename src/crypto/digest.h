#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stagedoor::crypto {

enum class Hash : std::uint8_t { sha256, sha384, sha512 };

// Octets of a digest: 32, 48 or 64.
[[nodiscard]] std::size_t digest_size(Hash hash);

// SHA-2 (FIPS 180-4): the raw digest.
[[nodiscard]] std::string digest(Hash hash, std::string_view message);
[[nodiscard]] inline std::string sha256(std::string_view message) {
    return digest(Hash::sha256, message);
}
[[nodiscard]] inline std::string sha384(std::string_view message) {
    return digest(Hash::sha384, message);
}
[[nodiscard]] inline std::string sha512(std::string_view message) {
    return digest(Hash::sha512, message);
}

// HMAC (RFC 2104) over SHA-2: the raw code. Compare codes with base::equal_in_constant_time.
[[nodiscard]] std::string hmac(Hash hash, std::string_view key, std::string_view message);
[[nodiscard]] inline std::string hmac_sha256(std::string_view key, std::string_view message) {
    return hmac(Hash::sha256, key, message);
}

}  // namespace stagedoor::crypto
