#include "app/problems.h"

#include <fmt/core.h>

#include <cstdio>

namespace stagedoor::app {

void print_problems(const std::vector<config::Problem>& problems) {
    for (const auto& problem : problems) fmt::print(stderr, "error: {}\n", problem.to_string());
    fmt::print(
        stderr,
        "{} in the configuration. docs/configuration.md describes every key.\n",
        problems.size() == 1 ? "1 problem" : fmt::format("{} problems", problems.size())
    );
}

}  // namespace stagedoor::app
