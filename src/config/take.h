#pragma once

#include "config/convert.h"
#include "config/value.h"

#include <string_view>
#include <type_traits>
#include <utility>

namespace stagedoor::config {

// Puts the value at `path` below `root` into `target`, converted; leaves `target` as it is if there is none.
template <class Target, class Convert>
void take(const Value& root, std::string_view path, Convert convert, Target& target) {
    const Value* value = find_path(root, path);
    if (value == nullptr) return;
    auto converted = convert(*value);
    if (!converted) return;
    if constexpr (std::is_arithmetic_v<Target>) {
        target = static_cast<Target>(*converted);  // its range was checked against the table of keys
    } else {
        target = std::move(*converted);
    }
}

}  // namespace stagedoor::config
