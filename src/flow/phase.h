#pragma once

#include <cstdint>

namespace stagedoor::flow {

// What the process is ready for, shared by all loops and the one who stops them.
enum class Phase : std::uint8_t { starting, serving, draining };

}  // namespace stagedoor::flow
