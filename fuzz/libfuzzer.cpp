#include "targets.h"
#include <cstddef>
#include <cstdint>

// The entry point that libFuzzer calls; STAGEDOOR_FUZZ_TARGET is the name of the target.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    stagedoor::fuzz::STAGEDOOR_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
    return 0;
}
