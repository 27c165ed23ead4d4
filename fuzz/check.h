#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace stagedoor::fuzz {

// Ends the process if a promise does not hold, so that the fuzzer keeps the input.
inline void require(bool holds, std::string_view promise) {
    if (holds) return;
    std::fprintf(stderr, "broken promise: %.*s\n", static_cast<int>(promise.size()), promise.data());
    std::abort();
}

struct Split {
    std::string_view line;
    std::string_view rest;
};

// What stands before and after the first line end; all of it is the line if there is none.
inline Split split_line(std::string_view input) {
    const auto end = input.find('\n');
    if (end == std::string_view::npos) return {input, {}};
    return {input.substr(0, end), input.substr(end + 1)};
}

}  // namespace stagedoor::fuzz
