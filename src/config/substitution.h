#pragma once

#include "config/load.h"

#include <optional>
#include <string>
#include <string_view>

namespace stagedoor::config {

struct Substituted {
    std::optional<std::string> text;  // no value: a variable is not set, so the key is absent
    std::string missing;              // that variable, if no fallback was written for it
};

// Replaces ${NAME} by the variable's value, without the white space around it, and ${NAME:-fallback} by the
// fallback if the variable is not set or empty. $${ stands for ${.
[[nodiscard]] Substituted substitute(std::string_view text, const Environment& environment);

// The value of a variable as a configuration sees it: without white space around it.
[[nodiscard]] std::optional<std::string> variable(std::string_view name, const Environment& environment);

[[nodiscard]] std::string_view trim(std::string_view text);

}  // namespace stagedoor::config
