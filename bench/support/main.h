#pragma once

#include <cstdio>
#include <exception>

namespace stagedoor::bench {

// What a program ends with: what `run` says, or 1 with the reason on standard error.
inline int run_program(const char* name, int (*run)(int, char**), int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", name, error.what());
        return 1;
    }
}

}  // namespace stagedoor::bench
