#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace stagedoor::base {

// A source of unpredictable bytes. The real one is crypto::SystemRandom; tests have one that can be foretold.
class Random {
 public:
    virtual ~Random() = default;
    // Fills all of `out`. Throws if the system has no randomness: nothing sensible can be done without.
    virtual void fill(std::span<std::uint8_t> out) = 0;

    template <std::size_t N>
    std::array<std::uint8_t, N> bytes() {
        std::array<std::uint8_t, N> out{};
        fill(out);
        return out;
    }
};

}  // namespace stagedoor::base
