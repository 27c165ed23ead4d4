#include "crypto/hkdf.h"

#include "crypto/digest.h"

#include <cstdint>
#include <stdexcept>
#include <string>

namespace stagedoor::crypto {
namespace {

constexpr std::size_t kHashLength = 32;

}  // namespace

base::Secret hkdf_extract(std::string_view salt, std::string_view input_key) {
    return base::Secret(hmac_sha256(salt, input_key));
}

base::Secret hkdf_expand(const base::Secret& key, std::string_view info, std::size_t length) {
    if (length > 255 * kHashLength) throw std::invalid_argument("hkdf_expand: more than 255 blocks");
    // T(i) = HMAC(key, T(i-1) | info | i), and the output is the first `length` octets of T(1) | T(2) | ...
    std::string output;
    output.reserve(length + kHashLength);
    std::string input;
    input.reserve(kHashLength + info.size() + 1);
    input.append(info);
    for (std::uint8_t counter = 1; output.size() < length; ++counter) {
        input.push_back(static_cast<char>(counter));
        std::string block = hmac_sha256(key.reveal(), input);
        output.append(block);
        input.assign(block).append(info);
        base::wipe(block);
    }
    base::wipe(input);
    output.resize(length);
    return base::Secret(std::move(output));
}

}  // namespace stagedoor::crypto
