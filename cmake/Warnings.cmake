add_library(stagedoor_options INTERFACE)
target_compile_features(stagedoor_options INTERFACE cxx_std_23)
target_include_directories(stagedoor_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(stagedoor_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wimplicit-fallthrough
  -fstack-protector-strong -fstack-clash-protection -fcf-protection)
# The environment of CI turns a warning into an error; a developer in the middle of a thought may see it first.
option(STAGEDOOR_WERROR "treat warnings as errors" OFF)
if(STAGEDOOR_WERROR)
  target_compile_options(stagedoor_options INTERFACE -Werror)
endif()
# Asio keeps two freed coroutine frames of a thread for the next ones; our requests have a dozen at a time.
target_compile_definitions(stagedoor_options INTERFACE
  _GLIBCXX_ASSERTIONS
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=16 BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE
  BOOST_BEAST_SEPARATE_COMPILATION BOOST_BEAST_USE_STD_STRING_VIEW)
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_definitions(stagedoor_options INTERFACE _FORTIFY_SOURCE=2)
endif()
target_link_options(stagedoor_options INTERFACE -fuse-ld=lld -Wl,-z,relro,-z,now)
