#pragma once

#include "base/random.h"

#include <algorithm>
#include <chrono>

namespace stagedoor::session {

// Waits that grow, each a little different, so that those who wait do not come all at once.
class Backoff {
 public:
    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds most, base::Random& random)
        : next_(first), most_(most), random_(random) {}
    std::chrono::milliseconds next() {
        const auto half = next_ / 2;
        constexpr int kByteValues = 256;
        const auto wait = half + half * random_.bytes<1>()[0] / kByteValues;
        next_ = std::min(most_, next_ * 2);
        return wait;
    }

 private:
    std::chrono::milliseconds next_;
    std::chrono::milliseconds most_;
    base::Random& random_;
};

}  // namespace stagedoor::session
