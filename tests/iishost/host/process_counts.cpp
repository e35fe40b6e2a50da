// SPDX-License-Identifier: Apache-2.0
#include "tests/iishost/host/process_counts.h"

#include <windows.h>
//
#include <psapi.h>
#include <winternl.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace iishost {
namespace {

// A list of the system's, whose size is known only when it has been big enough.
std::vector<std::max_align_t> query(SYSTEM_INFORMATION_CLASS what) {
  std::vector<std::max_align_t> out(1U << 14U);
  for (int tries = 0; tries < 8; ++tries, out.resize(out.size() * 2)) {
    const auto size = static_cast<ULONG>(out.size() * sizeof(out.front()));
    if (NT_SUCCESS(::NtQuerySystemInformation(what, out.data(), size, nullptr))) return out;
  }
  return {};
}

// GetProcessHandleCount would be simpler, but Wine's always tells 0, and what it tells with the processes is the size
// of a table.
unsigned long count_handles() {
  const std::vector<std::max_align_t> list = query(SystemHandleInformation);
  if (list.empty()) return 0;
  const auto* info = static_cast<const SYSTEM_HANDLE_INFORMATION*>(static_cast<const void*>(list.data()));
  const std::span<const SYSTEM_HANDLE_ENTRY> entries(&info->Handle[0], info->Count);
  return static_cast<unsigned long>(std::count_if(entries.begin(), entries.end(), [](const SYSTEM_HANDLE_ENTRY& entry) {
    return entry.OwnerPid == ::GetCurrentProcessId();
  }));
}

unsigned long count_threads() {
  const std::vector<std::max_align_t> list = query(SystemProcessInformation);
  const char* at = static_cast<const char*>(static_cast<const void*>(list.data()));
  while (!list.empty()) {
    const auto* entry = static_cast<const SYSTEM_PROCESS_INFORMATION*>(static_cast<const void*>(at));
    if (reinterpret_cast<std::uintptr_t>(entry->UniqueProcessId) == ::GetCurrentProcessId()) {
      return entry->NumberOfThreads;
    }
    if (entry->NextEntryOffset == 0) break;
    at += entry->NextEntryOffset;
  }
  return 0;
}

}  // namespace

ProcessCounts process_counts() {
  ProcessCounts counts;
  counts.handles = count_handles();
  counts.threads = count_threads();
  PROCESS_MEMORY_COUNTERS memory{};
  if (::GetProcessMemoryInfo(::GetCurrentProcess(), &memory, sizeof(memory))) {
    counts.private_bytes = memory.PagefileUsage;
  }
  return counts;
}

}  // namespace iishost
