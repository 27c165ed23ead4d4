#pragma once

#include <span>
#include <string_view>

namespace stagedoor::config {

// The known name that `name` is most likely a slip of, or empty. Case does not count, a transposition counts
// once, and the shorter the name the fewer slips are forgiven.
[[nodiscard]] std::string_view nearest(std::string_view name, std::span<const std::string_view> known);

}  // namespace stagedoor::config
