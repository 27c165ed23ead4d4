#include "crypto/system_random.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

namespace stagedoor::crypto {
namespace {

void draw(std::span<std::uint8_t> out) {
    if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) {
        throw std::runtime_error("OpenSSL has no randomness");
    }
}

}  // namespace

SystemRandom::~SystemRandom() {
    OPENSSL_cleanse(buffer_.data(), buffer_.size());
}

void SystemRandom::fill(std::span<std::uint8_t> out) {
    while (!out.empty()) {
        if (used_ == buffer_.size()) {
            draw(buffer_);
            used_ = 0;
        }
        const std::size_t count = std::min(out.size(), buffer_.size() - used_);
        const std::span taken = std::span(buffer_).subspan(used_, count);
        std::ranges::copy(taken, out.begin());
        // What was handed out may be a key: nobody shall find it here.
        OPENSSL_cleanse(taken.data(), taken.size());
        used_ += count;
        out = out.subspan(count);
    }
}

}  // namespace stagedoor::crypto
