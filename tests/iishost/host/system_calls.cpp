// SPDX-License-Identifier: Apache-2.0
#include "tests/iishost/host/system_calls.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "module/win/text.h"
#include "tests/iishost/host/visitor.h"

namespace iishost {
namespace {

std::atomic<unsigned long> allocations_made{0};
std::atomic<unsigned long> first_to_fail{0};
std::atomic<unsigned long> count_to_fail{0};
std::atomic<unsigned long> have_failed{0};
std::atomic<unsigned long> as_visitor{0};
std::atomic<bool> jobs_denied{false};

// ---- Memory ----

bool may_allocate() {
  const unsigned long number = ++allocations_made;
  const unsigned long first = first_to_fail;
  if (first == 0 || number < first || number - first >= count_to_fail) return true;
  ++have_failed;
  return false;
}

void* allocate(std::size_t size) {
  return may_allocate() ? std::malloc(size) : nullptr;
}

void* allocate_zeroed(std::size_t count, std::size_t size) {
  return may_allocate() ? std::calloc(count, size) : nullptr;
}

void* reallocate(void* memory, std::size_t size) {
  return may_allocate() ? std::realloc(memory, size) : nullptr;
}

// ---- Job objects ----

BOOL WINAPI assign_to_job(HANDLE job, HANDLE process) {
  if (!jobs_denied) return ::AssignProcessToJobObject(job, process);
  ::SetLastError(ERROR_ACCESS_DENIED);
  return FALSE;
}

void note_caller(const char* function) {
  if (!is_visitor()) return;
  ++as_visitor;
  std::fprintf(stderr, "iishost: %s while the thread acts for a visitor\n", function);
}

// ---- The event log ----

struct EventSource {
  HANDLE log;
  std::string name;
};

HANDLE WINAPI register_source(LPCWSTR server, LPCWSTR name) {
  note_caller("RegisterEventSourceW");
  const HANDLE log = ::RegisterEventSourceW(server, name);
  return log == nullptr ? nullptr : new EventSource{log, zoo::module::to_utf8(name)};
}

const char* type_name(WORD type) {
  return type == EVENTLOG_ERROR_TYPE ? "error" : type == EVENTLOG_WARNING_TYPE ? "warning" : "information";
}

BOOL WINAPI report_event(HANDLE handle, WORD type, WORD category, DWORD id, PSID user, WORD count, DWORD size,
                         LPCWSTR* strings, LPVOID data) {
  const auto* source = static_cast<const EventSource*>(handle);
  std::string text;
  for (WORD i = 0; i < count; ++i) text += zoo::module::to_utf8(strings[i]);
  std::fprintf(stderr, "event %s %lu of %s: %s\n", type_name(type), id & 0xFFFF, source->name.c_str(), text.c_str());
  std::fflush(stderr);
  return ::ReportEventW(source->log, type, category, id, user, count, size, strings, data);
}

BOOL WINAPI deregister_source(HANDLE handle) {
  const auto* source = static_cast<const EventSource*>(handle);
  const BOOL done = ::DeregisterEventSource(source->log);
  delete source;
  return done;
}

// ---- Who opens what ----

/// One function that is watched; Number makes each a type of its own.
template <std::size_t Number, typename Function>
struct Watched;

template <std::size_t Number, typename Result, typename... Arguments>
struct Watched<Number, Result WINAPI(Arguments...)> {
  static inline Result(WINAPI* original)(Arguments...) = nullptr;
  static inline const char* name = nullptr;
  static Result WINAPI call(Arguments... arguments) {
    note_caller(name);
    return original(arguments...);
  }
};

FILE* open_stream(const wchar_t* file, const wchar_t* mode) {
  note_caller("_wfopen");
  return ::_wfopen(file, mode);
}

int open_file(const wchar_t* file, int flags, int mode) {
  note_caller("_wopen");
  return ::_wopen(file, flags, mode);
}

int make_folder(const wchar_t* folder) {
  note_caller("_wmkdir");
  return ::_wmkdir(folder);
}

// ---- The tables of imports ----

template <typename To, typename From>
To converted(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof(to));
  return to;
}

struct Replacement {
  const char* name;
  FARPROC with;
};

template <typename Function>
Replacement replace(const char* name, Function with) {
  return {name, converted<FARPROC>(with)};
}

template <std::size_t Number, typename Function>
Replacement watch(const char* name, Function* function) {
  using Entry = Watched<Number, Function>;
  Entry::original = function;
  Entry::name = name;
  return replace(name, &Entry::call);
}

const auto& replacements() {
  static const std::array all = {replace("malloc", &allocate),
                                 replace("calloc", &allocate_zeroed),
                                 replace("realloc", &reallocate),
                                 replace("AssignProcessToJobObject", &assign_to_job),
                                 replace("RegisterEventSourceW", &register_source),
                                 replace("ReportEventW", &report_event),
                                 replace("DeregisterEventSource", &deregister_source),
                                 replace("_wfopen", &open_stream),
                                 replace("_wopen", &open_file),
                                 replace("_wmkdir", &make_folder),
                                 watch<0>("CreateFileW", &::CreateFileW),
                                 watch<1>("CreateProcessW", &::CreateProcessW),
                                 watch<2>("CreateNamedPipeW", &::CreateNamedPipeW),
                                 watch<3>("CreateEventW", &::CreateEventW),
                                 watch<4>("CreateJobObjectW", &::CreateJobObjectW),
                                 watch<5>("DeleteFileW", &::DeleteFileW),
                                 watch<6>("MoveFileExW", &::MoveFileExW),
                                 watch<7>("OpenProcess", &::OpenProcess)};
  return all;
}

template <typename Type>
Type* at(HMODULE library, DWORD offset) {
  return converted<Type*>(converted<std::uintptr_t>(library) + offset);
}

void replace_function(IMAGE_THUNK_DATA& slot, const char* name) {
  for (const Replacement& replacement : replacements()) {
    if (std::strcmp(name, replacement.name) != 0) continue;
    DWORD before = 0;
    ::VirtualProtect(&slot, sizeof(slot), PAGE_READWRITE, &before);
    slot.u1.Function = converted<std::uintptr_t>(replacement.with);
    ::VirtualProtect(&slot, sizeof(slot), before, &before);
  }
}

}  // namespace

void stand_before_system(HMODULE library) {
  const auto* dos = at<IMAGE_DOS_HEADER>(library, 0);
  const auto* headers = at<IMAGE_NT_HEADERS>(library, static_cast<DWORD>(dos->e_lfanew));
  const IMAGE_DATA_DIRECTORY& directory = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
  if (directory.VirtualAddress == 0) return;
  const auto* table = at<IMAGE_IMPORT_DESCRIPTOR>(library, directory.VirtualAddress);
  for (; table->OriginalFirstThunk != 0; ++table) {
    const auto* names = at<IMAGE_THUNK_DATA>(library, table->OriginalFirstThunk);
    auto* slots = at<IMAGE_THUNK_DATA>(library, table->FirstThunk);
    for (; names->u1.AddressOfData != 0; ++names, ++slots) {
      if (IMAGE_SNAP_BY_ORDINAL(names->u1.Ordinal)) continue;
      const auto* entry = at<IMAGE_IMPORT_BY_NAME>(library, static_cast<DWORD>(names->u1.AddressOfData));
      replace_function(*slots, static_cast<const char*>(static_cast<const void*>(&entry->Name[0])));
    }
  }
}

void fail_allocations(unsigned long first, unsigned long count) {
  first_to_fail = 0;
  allocations_made = have_failed = 0;
  count_to_fail = count;
  first_to_fail = first;
}

unsigned long allocations() {
  return allocations_made;
}

unsigned long failed_allocations() {
  return have_failed;
}

void deny_jobs() {
  jobs_denied = true;
}

unsigned long calls_as_visitor() {
  return as_visitor;
}

}  // namespace iishost
