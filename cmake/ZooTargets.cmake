# SPDX-License-Identifier: Apache-2.0
# Warnings, sanitizers and the helpers that every folder's CMakeLists.txt uses.

add_library(zoo_options INTERFACE)
target_include_directories(zoo_options INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(zoo_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Woverloaded-virtual -Wnull-dereference -Wformat=2 -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports -Wnull-dereference and friends inside inlined standard headers at -O2; clang-tidy covers our own code.
  # -Wrestrict of GCC 12 is wrong about "text" + std::string at -O2 and above (GCC bug 105651).
  target_compile_options(zoo_options INTERFACE -Wduplicated-cond -Wlogical-op -Wno-null-dereference -Wno-restrict)
endif()
foreach(sanitizer IN LISTS ZOO_SANITIZE)
  target_compile_options(zoo_options INTERFACE -fsanitize=${sanitizer} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(zoo_options INTERFACE -fsanitize=${sanitizer})
endforeach()
if(ZOO_FUZZERS)
  target_compile_options(zoo_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# zoo_library(NAME LIBS...): one folder, one library target; every *.cpp of the folder except main.cpp.
function(zoo_library name)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(${name} STATIC ${sources})
  target_link_libraries(${name} PUBLIC zoo_options ${ARGN})
endfunction()

# zoo_test(NAME LIBS...): a Catch2 program from every *.cpp of the folder, run by ctest.
function(zoo_test name)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE zoo_catch_main ${ARGN})
  # To optimise a test takes longer than to run it.
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O0>)
  target_compile_definitions(${name} PRIVATE ZOO_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name})
endfunction()
