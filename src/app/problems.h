#pragma once

#include "config/load.h"

#include <vector>

namespace stagedoor::app {

// All that is wrong with a configuration, on standard error.
void print_problems(const std::vector<config::Problem>& problems);

}  // namespace stagedoor::app
