# Some compilers miscompile "if (co_await f())" and aggregate temporaries in a coroutine without a word.
# Behaviour is tested, not a version: see CONTRIBUTING.md, "Compiler".
if(NOT DEFINED STAGEDOOR_COROUTINES_WORK)
  try_run(probe_ran probe_compiled
    ${CMAKE_BINARY_DIR}/coroutine_probe ${CMAKE_CURRENT_LIST_DIR}/coroutine_probe.cpp
    CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON)
  if(NOT probe_compiled OR NOT probe_ran STREQUAL "0")
    message(FATAL_ERROR
      "This compiler (${CMAKE_CXX_COMPILER}) does not run C++ coroutines correctly: the probe in "
      "cmake/coroutine_probe.cpp failed. Use clang 19 (apt install clang-19 lld-19) and configure with "
      "a preset, for example: cmake --preset release")
  endif()
  set(STAGEDOOR_COROUTINES_WORK TRUE CACHE INTERNAL "the coroutine probe has passed")
endif()
