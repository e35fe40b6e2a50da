// SPDX-License-Identifier: Apache-2.0
#include <windows.h>
// After windows.h.
#include <shlobj.h>

#include <algorithm>
#include <array>

#include "module/setup/file_system.h"
#include "module/setup/host_config.h"
#include "module/setup/machine.h"
#include "module/setup/windows_text.h"

namespace zoo::setup {
namespace {

constexpr const wchar_t* kProductKey = L"SOFTWARE\\Helicon\\Zoo";
constexpr DWORD kLongestText = 32768;

bool machine_is_x64() {
  SYSTEM_INFO info{};
  ::GetNativeSystemInfo(&info);
  return info.wProcessorArchitecture == PROCESSOR_ARCHITECTURE_AMD64;
}

std::string variable(const std::string& name) {
  std::wstring value(kLongestText, L'\0');
  const DWORD length = ::GetEnvironmentVariableW(to_wide(name).c_str(), value.data(), kLongestText);
  value.resize(std::min(length, kLongestText - 1));
  return to_utf8(value);
}

class Key {
 public:
  Key(RegistryView view, const std::string& path) {
    const REGSAM rights = KEY_READ | (view == RegistryView::k64 ? KEY_WOW64_64KEY : KEY_WOW64_32KEY);
    if (::RegOpenKeyExW(HKEY_LOCAL_MACHINE, to_wide(path).c_str(), 0, rights, &key_) != ERROR_SUCCESS) key_ = nullptr;
  }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() {
    if (key_ != nullptr) ::RegCloseKey(key_);
  }
  HKEY get() const { return key_; }

 private:
  HKEY key_ = nullptr;
};

class WindowsMachine : public Machine {
 public:
  bool is_x64() const override { return x64_; }

  std::vector<std::string> registry_keys(RegistryView view, const std::string& path) const override {
    std::vector<std::string> names;
    const Key key(view, path);
    std::array<wchar_t, 256> name{};  // The longest name of a key.
    for (DWORD index = 0; key.get() != nullptr; ++index) {
      auto length = static_cast<DWORD>(name.size());
      if (::RegEnumKeyExW(key.get(), index, name.data(), &length, nullptr, nullptr, nullptr, nullptr) !=
          ERROR_SUCCESS) {
        break;
      }
      names.push_back(to_utf8({name.data(), length}));
    }
    return names;
  }

  std::optional<std::string> registry_value(RegistryView view, const std::string& path,
                                            const std::string& name) const override {
    const Key key(view, path);
    if (key.get() == nullptr) return std::nullopt;
    std::wstring value(kLongestText, L'\0');
    DWORD bytes = kLongestText * sizeof(wchar_t);
    if (::RegGetValueW(key.get(), nullptr, to_wide(name).c_str(), RRF_RT_REG_SZ, nullptr, value.data(), &bytes) !=
        ERROR_SUCCESS) {
      return std::nullopt;
    }
    return to_utf8(value.c_str());
  }

  bool file_exists(const std::string& path) const override {
    const DWORD attributes = ::GetFileAttributesW(to_wide(path).c_str());
    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0;
  }

  std::vector<std::string> names_in(const std::string& folder) const override { return files_->names_in(folder); }

  std::string environment(const std::string& name) const override { return variable(name); }

  SetupResult<void> set_product_value(const std::string& name, const std::optional<std::string>& value) override {
    HKEY key = nullptr;
    const REGSAM rights = KEY_WRITE | (x64_ ? KEY_WOW64_64KEY : 0);
    LSTATUS status = ::RegCreateKeyExW(HKEY_LOCAL_MACHINE, kProductKey, 0, nullptr, 0, rights, nullptr, &key, nullptr);
    if (status == ERROR_SUCCESS) {
      status = write_value(key, to_wide(name), value);
      ::RegCloseKey(key);
    }
    if (status == ERROR_SUCCESS) return {};
    return fail(SetupExit::kIo, "cannot write HKEY_LOCAL_MACHINE\\" + to_utf8(kProductKey) + "\\" + name + ": " +
                                    windows_message(static_cast<DWORD>(status)));
  }

 private:
  static LSTATUS write_value(HKEY key, const std::wstring& name, const std::optional<std::string>& value) {
    if (!value) {
      const LSTATUS status = ::RegDeleteValueW(key, name.c_str());
      return status == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : status;
    }
    const std::wstring text = to_wide(*value);
    const auto* bytes = static_cast<const BYTE*>(static_cast<const void*>(text.c_str()));
    return ::RegSetValueExW(key, name.c_str(), 0, REG_SZ, bytes,
                            static_cast<DWORD>((text.size() + 1) * sizeof(wchar_t)));
  }

  bool x64_ = machine_is_x64();
  std::unique_ptr<FileSystem> files_ = native_files();
};

std::string windows_folder() {
  std::array<wchar_t, MAX_PATH> path{};
  const UINT length = ::GetSystemWindowsDirectoryW(path.data(), static_cast<UINT>(path.size()));
  return to_utf8({path.data(), length});
}

std::string program_folder() {
  std::wstring path(kLongestText, L'\0');
  path.resize(::GetModuleFileNameW(nullptr, path.data(), kLongestText));
  return std::string(folder_of(to_utf8(path)));
}

std::string documents_folder() {
  std::array<wchar_t, MAX_PATH> path{};
  if (::SHGetFolderPathW(nullptr, CSIDL_PERSONAL, nullptr, SHGFP_TYPE_CURRENT, path.data()) != S_OK) return {};
  return to_utf8(path.data());
}

}  // namespace

std::unique_ptr<Machine> this_machine() {
  return std::make_unique<WindowsMachine>();
}

SystemFolders system_folders() {
  SystemFolders folders;
  const std::string windows = windows_folder();
  BOOL redirected = FALSE;  // A 32-bit program on x64 sees SysWOW64 under the name System32.
  ::IsWow64Process(::GetCurrentProcess(), &redirected);
  folders.program = program_folder();
  folders.system = windows + (redirected != FALSE ? "\\Sysnative" : "\\System32");
  if (machine_is_x64()) folders.system_32 = windows + "\\SysWOW64";
  for (const char* name : {"ProgramW6432", "ProgramFiles", "ProgramFiles(x86)"}) {
    const std::string folder = variable(name);
    if (!folder.empty() && std::ranges::find(folders.program_files, folder) == folders.program_files.end()) {
      folders.program_files.push_back(folder);
    }
  }
  folders.documents = documents_folder();
  return folders;
}

}  // namespace zoo::setup
