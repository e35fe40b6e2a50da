// SPDX-License-Identifier: Apache-2.0
#include "module/win/process_tree.h"

#include <windows.h>
//
#include <tlhelp32.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "module/win/handle.h"

namespace zoo::module {
namespace {

constexpr UINT kKilled = 0xDEAD;
constexpr int kMostRounds = 16;  // for processes that start others while they are being ended
constexpr DWORD kRights = PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_TERMINATE | SYNCHRONIZE;

std::uint64_t begun(HANDLE process) {
  FILETIME creation{};
  FILETIME others[3];
  if (!::GetProcessTimes(process, &creation, &others[0], &others[1], &others[2])) return UINT64_MAX;
  return std::uint64_t{creation.dwHighDateTime} << 32 | creation.dwLowDateTime;
}

struct Ancestor {
  DWORD id;
  std::uint64_t begun;
};

std::vector<PROCESSENTRY32W> all_processes() {
  std::vector<PROCESSENTRY32W> all;
  const Handle list(::CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
  PROCESSENTRY32W entry{};
  entry.dwSize = sizeof(entry);
  for (BOOL more = list && ::Process32FirstW(list.get(), &entry); more; more = ::Process32NextW(list.get(), &entry)) {
    all.push_back(entry);
  }
  return all;
}

bool is_known(const std::vector<Ancestor>& ancestors, DWORD id, std::uint64_t time) {
  return std::ranges::any_of(ancestors, [&](const Ancestor& known) { return known.id == id && known.begun == time; });
}

// The number of a parent that has ended may belong to another process by now: no child is older than its parent.
bool end_children(std::vector<Ancestor>& ancestors) {
  bool found = false;
  for (const PROCESSENTRY32W& entry : all_processes()) {
    const auto parent = std::ranges::find(ancestors, entry.th32ParentProcessID, &Ancestor::id);
    if (parent == ancestors.end() || entry.th32ProcessID == ::GetCurrentProcessId()) continue;
    const Handle process(::OpenProcess(kRights, FALSE, entry.th32ProcessID));
    const std::uint64_t time = process ? begun(process.get()) : UINT64_MAX;
    if (time == UINT64_MAX || time < parent->begun || is_known(ancestors, entry.th32ProcessID, time)) continue;
    ::TerminateProcess(process.get(), kKilled);
    ancestors.push_back({entry.th32ProcessID, time});
    found = true;
  }
  return found;
}

}  // namespace

void end_descendants(void* process) {
  std::vector<Ancestor> ancestors = {{::GetProcessId(process), begun(process)}};
  for (int round = 0; round < kMostRounds && end_children(ancestors); ++round) {
  }
}

void end_process_tree(void* process) {
  ::TerminateProcess(process, kKilled);
  end_descendants(process);
}

void guard_process(void* parent, void* child) {
  const std::array<HANDLE, 2> both = {child, parent};
  if (::WaitForMultipleObjects(2, both.data(), FALSE, INFINITE) == WAIT_OBJECT_0 + 1) end_process_tree(child);
}

}  // namespace zoo::module
