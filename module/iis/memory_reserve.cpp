// SPDX-License-Identifier: Apache-2.0
// Memory for the language's own runtime when there is none left. To throw an exception GCC's runtime needs some: the
// exception, what it keeps for a thread that throws for the first time, a mutex that is made when it is first locked.
// Where it gets none, it ends the process, which is the server. So the runtime's malloc (the linker puts the functions
// below in the place of malloc and its kin, see CMakeLists.txt) falls back on a reserve, and operator new, by which
// this module gets its memory, does not: it throws, and the request ends.
#include <array>
#include <bitset>
#include <cstddef>
#include <cstring>
#include <functional>
#include <mutex>
#include <new>

#include "module/win/mutex.h"

// The linker's option --wrap names them so.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
void* __real_malloc(std::size_t size);
void* __real_calloc(std::size_t count, std::size_t size);
void* __real_realloc(void* memory, std::size_t size);
void __real_free(void* memory);
}

namespace {

// What the runtime asks for at once is some hundred bytes for each thread that throws.
constexpr std::size_t kBlockSize = 1024;
constexpr std::size_t kBlocks = 512;

struct alignas(std::max_align_t) Block {
  std::array<std::byte, kBlockSize> bytes;
};

std::array<Block, kBlocks> blocks;
std::bitset<kBlocks> taken;
zoo::module::Mutex mutex;

bool is_block(const void* memory) noexcept {
  return std::less_equal<>()(static_cast<const void*>(blocks.data()), memory) &&
         std::less<>()(memory, static_cast<const void*>(blocks.data() + blocks.size()));
}

void* take_block(std::size_t size) noexcept {
  if (size > kBlockSize) return nullptr;
  const std::lock_guard lock(mutex);
  for (std::size_t i = 0; i < kBlocks; ++i) {
    if (taken[i]) continue;
    taken[i] = true;
    return &blocks[i];
  }
  return nullptr;
}

void return_block(const void* memory) noexcept {
  const std::lock_guard lock(mutex);
  taken[static_cast<std::size_t>(static_cast<const Block*>(memory) - blocks.data())] = false;
}

}  // namespace

extern "C" void* __wrap_malloc(std::size_t size) {
  void* const memory = __real_malloc(size);
  return memory != nullptr ? memory : take_block(size);
}

extern "C" void* __wrap_calloc(std::size_t count, std::size_t size) {
  void* const memory = __real_calloc(count, size);
  if (memory != nullptr || (size != 0 && count > kBlockSize / size)) return memory;
  void* const block = take_block(count * size);
  if (block != nullptr) std::memset(block, 0, kBlockSize);
  return block;
}

extern "C" void* __wrap_realloc(void* memory, std::size_t size) {
  if (!is_block(memory)) {
    void* const grown = __real_realloc(memory, size);
    return grown != nullptr || memory != nullptr ? grown : take_block(size);
  }
  if (size <= kBlockSize) return memory;
  void* const moved = __real_malloc(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, memory, kBlockSize);
  return_block(memory);
  return moved;
}

extern "C" void __wrap_free(void* memory) {
  if (is_block(memory)) {
    return_block(memory);
  } else {
    __real_free(memory);
  }
}

// NOLINTEND(bugprone-reserved-identifier)

void* operator new(std::size_t size) {
  void* const memory = __real_malloc(size != 0 ? size : 1);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return __real_malloc(size != 0 ? size : 1);
}

void operator delete(void* memory) noexcept {
  __real_free(memory);
}

void operator delete(void* memory, std::size_t) noexcept {
  __real_free(memory);
}
