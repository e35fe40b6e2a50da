// SPDX-License-Identifier: Apache-2.0
#include <windows.h>
// After windows.h.
#include <aclapi.h>

#include <algorithm>

#include "module/setup/file_system.h"
#include "module/setup/windows_text.h"

namespace zoo::setup {
namespace {

constexpr DWORD kLockWait = 60'000;  // Milliseconds.

tl::unexpected<SetupError> failed(const std::string& what, DWORD error) {
  return fail(SetupExit::kIo, what + ": " + windows_message(error));
}
tl::unexpected<SetupError> failed(const std::string& what) {
  return failed(what, ::GetLastError());
}

class Handle {
 public:
  explicit Handle(HANDLE handle) : handle_(handle) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (ok()) ::CloseHandle(handle_);
  }
  HANDLE get() const { return handle_; }
  bool ok() const { return handle_ != nullptr && handle_ != INVALID_HANDLE_VALUE; }

 private:
  HANDLE handle_;
};

class WindowsLock : public FolderLock {
 public:
  explicit WindowsLock(HANDLE mutex) : mutex_(mutex) {}
  ~WindowsLock() override {
    if (taken_) ::ReleaseMutex(mutex_.get());
  }
  /// A run that was ended in the middle abandons it, which is as good as released.
  bool take() {
    const DWORD result = mutex_.ok() ? ::WaitForSingleObject(mutex_.get(), kLockWait) : WAIT_FAILED;
    taken_ = result == WAIT_OBJECT_0 || result == WAIT_ABANDONED;
    return taken_;
  }

 private:
  Handle mutex_;
  bool taken_ = false;
};

/// The access list of `like`, with what it inherits; the owner stays ours.
DWORD take_rights(const std::wstring& path, const std::wstring& like) {
  PACL list = nullptr;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  DWORD error = ::GetNamedSecurityInfoW(like.c_str(), SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, nullptr, nullptr,
                                        &list, nullptr, &descriptor);
  if (error != ERROR_SUCCESS) return error;
  SECURITY_DESCRIPTOR_CONTROL control = 0;
  DWORD revision = 0;
  ::GetSecurityDescriptorControl(descriptor, &control, &revision);
  const SECURITY_INFORMATION inherits =
      (control & SE_DACL_PROTECTED) != 0 ? PROTECTED_DACL_SECURITY_INFORMATION : UNPROTECTED_DACL_SECURITY_INFORMATION;
  std::wstring target = path;
  error = ::SetNamedSecurityInfoW(target.data(), SE_FILE_OBJECT, DACL_SECURITY_INFORMATION | inherits, nullptr, nullptr,
                                  list, nullptr);
  ::LocalFree(descriptor);
  return error;
}

bool write_all(HANDLE file, std::string_view bytes) {
  while (!bytes.empty()) {
    const DWORD part = static_cast<DWORD>(std::min<std::size_t>(bytes.size(), 1U << 20U));
    DWORD written = 0;
    if (::WriteFile(file, bytes.data(), part, &written, nullptr) == 0 || written == 0) return false;
    bytes.remove_prefix(written);
  }
  return true;
}

class WindowsFiles : public FileSystem {
 public:
  bool exists(const std::string& path) override {
    return ::GetFileAttributesW(to_wide(path).c_str()) != INVALID_FILE_ATTRIBUTES;
  }

  std::vector<std::string> names_in(const std::string& folder) override {
    std::vector<std::string> names;
    WIN32_FIND_DATAW entry{};
    HANDLE search = ::FindFirstFileW(to_wide(join(folder, "*")).c_str(), &entry);
    if (search == INVALID_HANDLE_VALUE) return names;
    do {
      const std::string name = to_utf8(&entry.cFileName[0]);
      if (name != "." && name != "..") names.push_back(name);
    } while (::FindNextFileW(search, &entry) != 0);
    ::FindClose(search);
    std::ranges::sort(names);
    return names;
  }

  SetupResult<std::string> read(const std::string& path) override {
    const Handle file(::CreateFileW(to_wide(path).c_str(), GENERIC_READ,
                                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                                    FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!file.ok()) return failed("cannot read " + path);
    std::string bytes;
    std::string block(1U << 16U, '\0');
    for (;;) {
      DWORD count = 0;
      if (::ReadFile(file.get(), block.data(), static_cast<DWORD>(block.size()), &count, nullptr) == 0) {
        return failed("cannot read " + path);
      }
      if (count == 0) return bytes;
      bytes.append(block, 0, count);
    }
  }

  SetupResult<void> create(const std::string& path, std::string_view bytes, const std::string& like) override {
    const std::wstring wide = to_wide(path);
    {
      const Handle file(
          ::CreateFileW(wide.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr));
      if (!file.ok() || !write_all(file.get(), bytes) || ::FlushFileBuffers(file.get()) == 0) {
        return failed("cannot write " + path);
      }
    }
    const DWORD error = like.empty() ? ERROR_SUCCESS : take_rights(wide, to_wide(like));
    if (error != ERROR_SUCCESS) return failed("cannot give " + path + " the access rights of " + like, error);
    return {};
  }

  /// One rename on NTFS; ReplaceFile would take several steps.
  SetupResult<void> replace(const std::string& from, const std::string& to) override {
    const DWORD flags = MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH;
    if (::MoveFileExW(to_wide(from).c_str(), to_wide(to).c_str(), flags) == 0) return failed("cannot write " + to);
    return {};
  }

  SetupResult<void> remove(const std::string& path) override {
    if (::DeleteFileW(to_wide(path).c_str()) == 0) return failed("cannot remove " + path);
    return {};
  }

  SetupResult<void> make_folder(const std::string& path) override {
    if (::CreateDirectoryW(to_wide(path).c_str(), nullptr) != 0 || ::GetLastError() == ERROR_ALREADY_EXISTS) return {};
    return failed("cannot make the folder " + path);
  }

  /// One lock for the machine is enough.
  SetupResult<std::unique_ptr<FolderLock>> lock(const std::string& folder) override {
    auto lock = std::make_unique<WindowsLock>(::CreateMutexW(nullptr, FALSE, L"Global\\HeliconZooSetup"));
    if (!lock->take()) return failed("another zoosetup works on " + folder + ", and does not end");
    return std::unique_ptr<FolderLock>(std::move(lock));
  }
};

}  // namespace

std::unique_ptr<FileSystem> native_files() {
  return std::make_unique<WindowsFiles>();
}

std::string join(const std::string& folder, std::string_view name) {
  return folder + (folder.ends_with('\\') || folder.ends_with('/') ? "" : "\\") + std::string(name);
}

}  // namespace zoo::setup
