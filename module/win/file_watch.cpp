// SPDX-License-Identifier: Apache-2.0
#include "module/win/file_watch.h"

#include <winsock2.h>
//
#include <windows.h>

#include <algorithm>
#include <array>
#include <asio/windows/overlapped_ptr.hpp>
#include <asio/windows/stream_handle.hpp>
#include <chrono>
#include <cstring>
#include <utility>

#include "module/win/event_loop_impl.h"
#include "module/win/text.h"

namespace zoo::module {
namespace {

constexpr Duration kQuiet = std::chrono::milliseconds(250);
constexpr std::size_t kMaxReported = 1000;
constexpr DWORD kFilter = FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME | FILE_NOTIFY_CHANGE_SIZE |
                          FILE_NOTIFY_CHANGE_LAST_WRITE;

}  // namespace

struct FileWatch::Impl : std::enable_shared_from_this<Impl> {
  Impl(EventLoop& loop, Callback c)
      : context(loop.impl().context), folder(context), callback(std::move(c)), quiet(loop, [this] { report(); }) {}

  void wait() {
    asio::windows::overlapped_ptr operation(
        context, [self = shared_from_this()](const asio::error_code& error, std::size_t count) {
          if (!error && self->callback) self->on_changes(count);
        });
    const BOOL done = ::ReadDirectoryChangesW(folder.native_handle(), buffer.data(), static_cast<DWORD>(sizeof(buffer)),
                                              TRUE, kFilter, nullptr, operation.get(), nullptr);
    if (done) {
      operation.release();
    } else {
      operation.complete(asio::error_code(static_cast<int>(::GetLastError()), asio::error::get_system_category()), 0);
    }
  }

  void on_changes(std::size_t size) {
    if (size == 0) add({});  // more than the buffer holds
    const auto* bytes = static_cast<const char*>(static_cast<const void*>(buffer.data()));
    for (std::size_t at = 0; at < size;) {
      FILE_NOTIFY_INFORMATION info{};
      std::memcpy(&info, bytes + at, offsetof(FILE_NOTIFY_INFORMATION, FileName));
      std::wstring name(info.FileNameLength / sizeof(wchar_t), L'\0');
      std::memcpy(name.data(), bytes + at + offsetof(FILE_NOTIFY_INFORMATION, FileName), info.FileNameLength);
      add(to_utf8(name));
      if (info.NextEntryOffset == 0) break;
      at += info.NextEntryOffset;
    }
    quiet.set(std::chrono::steady_clock::now() + kQuiet);
    wait();
  }

  void add(std::string path) {
    if (changed.size() < kMaxReported && std::ranges::find(changed, path) == changed.end()) {
      changed.push_back(std::move(path));
    }
  }

  void report() {
    std::vector<std::string> paths;
    paths.swap(changed);
    if (!paths.empty() && callback) callback(paths);
  }

  asio::io_context& context;
  asio::windows::stream_handle folder;
  Callback callback;
  Timer quiet;
  std::array<DWORD, std::size_t{16} * 1024> buffer{};
  std::vector<std::string> changed;
};

FileWatch::FileWatch(EventLoop& loop, const std::string& folder, Callback callback)
    : impl_(std::make_shared<Impl>(loop, std::move(callback))) {
  HANDLE handle = ::CreateFileW(to_wide(folder).c_str(), FILE_LIST_DIRECTORY,
                                FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                                FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED, nullptr);
  if (handle == INVALID_HANDLE_VALUE) return;
  asio::error_code error;
  impl_->folder.assign(handle, error);
  if (!error) impl_->wait();
}

FileWatch::~FileWatch() {
  impl_->callback = nullptr;
  asio::error_code ignored;
  impl_->folder.close(ignored);
}

}  // namespace zoo::module
