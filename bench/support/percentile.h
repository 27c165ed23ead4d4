#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

namespace stagedoor::bench {

// The smallest value that at least `share` of the values don't exceed. Throws std::invalid_argument if there
// is none.
inline double percentile(std::vector<double> values, double share) {
    if (values.empty()) throw std::invalid_argument("nothing was measured");
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
    std::ranges::nth_element(values, at);
    return *at;
}

}  // namespace stagedoor::bench
