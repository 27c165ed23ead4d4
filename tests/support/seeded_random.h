#pragma once

#include "base/random.h"

#include <random>

namespace stagedoor::support {

// Bytes that a test can foretell: the same seed gives the same bytes. Never use it outside of tests.
class SeededRandom final : public base::Random {
 public:
    explicit SeededRandom(std::uint64_t seed = 1) : engine_(seed) {}
    void fill(std::span<std::uint8_t> out) override {
        for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_());
    }

 private:
    std::mt19937_64 engine_;
};

}  // namespace stagedoor::support
