#pragma once

#include "base/secret.h"

#include <string_view>

namespace stagedoor::crypto {

// HKDF-Extract with SHA-256 (RFC 5869, section 2.2): a pseudorandom key of 32 octets.
[[nodiscard]] base::Secret hkdf_extract(std::string_view salt, std::string_view input_key);

// HKDF-Expand with SHA-256 (RFC 5869, section 2.3). `length` is at most 255 * 32 octets;
// std::invalid_argument if more.
[[nodiscard]] base::Secret hkdf_expand(const base::Secret& key, std::string_view info, std::size_t length);

}  // namespace stagedoor::crypto
