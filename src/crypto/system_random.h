#pragma once

#include "base/random.h"

#include <array>

namespace stagedoor::crypto {

// The operating system's and OpenSSL's randomness (RAND_bytes). A call of it costs more than the few bytes
// that one message needs, so bytes are drawn ahead, handed out once and wiped as they go. One object belongs
// to one thread. A process that forks must not use it on both sides.
class SystemRandom final : public base::Random {
 public:
    SystemRandom() = default;
    ~SystemRandom() override;
    SystemRandom(const SystemRandom&) = delete;
    SystemRandom& operator=(const SystemRandom&) = delete;

    // Throws std::runtime_error if OpenSSL has no randomness to give.
    void fill(std::span<std::uint8_t> out) override;

 private:
    std::array<std::uint8_t, 4096> buffer_{};
    std::size_t used_ = sizeof(buffer_);
};

}  // namespace stagedoor::crypto
