// SPDX-License-Identifier: Apache-2.0
#include "module/posix/file_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <utility>

namespace zoo::module {
namespace {

constexpr Duration kQuiet = std::chrono::milliseconds(250);
constexpr std::size_t kMaxFolders = 8192;
constexpr std::size_t kMaxReported = 1000;
constexpr std::uint32_t kMask =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ONLYDIR | IN_DONT_FOLLOW;

}  // namespace

FileWatch::FileWatch(EventLoop& loop, std::string folder, Callback callback)
    : folder_(std::move(folder)),
      callback_(std::move(callback)),
      descriptor_(loop, ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC), *this),
      quiet_(loop, [this] { report(); }) {
  add_folder({}, Contents::kKnown);
  descriptor_.want_read();
}

FileWatch::~FileWatch() = default;

// A folder that is made after its parent was read is found by its parent's event; both ways may find it, which is the
// same watch. What is in a new folder already, when its watch begins, comes with no event of its own.
void FileWatch::add_folder(const std::string& relative, Contents contents) {
  if (folders_.size() >= kMaxFolders) return;
  const std::string path = folder_ + "/" + relative;
  const int watch = ::inotify_add_watch(descriptor_.fd(), path.c_str(), kMask);
  if (watch < 0) return;
  folders_[watch] = relative;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(path, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    const std::string name = relative + entry->path().filename().string();
    if (!entry->is_symlink(ignored) && entry->is_directory(ignored)) {
      add_folder(name + "/", contents);
    } else if (contents == Contents::kNew) {
      note(name);
    }
  }
}

void FileWatch::note(const std::string& relative) {
  if (changed_.size() >= kMaxReported) report();
  if (std::ranges::find(changed_, relative) == changed_.end()) changed_.push_back(relative);
}

void FileWatch::on_readable() {
  std::array<char, std::size_t{16} * 1024> buffer;
  while (true) {
    const ssize_t count = ::read(descriptor_.fd(), buffer.data(), buffer.size());
    if (count <= 0) break;
    read_events(buffer.data(), static_cast<std::size_t>(count));
  }
  descriptor_.want_read();
}

void FileWatch::read_events(const char* data, std::size_t size) {
  for (std::size_t at = 0; at + sizeof(inotify_event) <= size;) {
    inotify_event event{};
    std::memcpy(&event, data + at, sizeof(event));
    const char* name = data + at + sizeof(event);
    at += sizeof(event) + event.len;
    if ((event.mask & IN_Q_OVERFLOW) != 0) add_folder({}, Contents::kNew);  // anything may have changed
    const auto folder = folders_.find(event.wd);
    if (folder == folders_.end()) continue;
    if ((event.mask & IN_IGNORED) != 0) {
      folders_.erase(folder);
      continue;
    }
    const std::string relative = folder->second + (event.len != 0 ? name : "");
    note(relative);
    const bool is_folder = (event.mask & IN_ISDIR) != 0;
    if (is_folder && (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0) add_folder(relative + "/", Contents::kNew);
  }
  if (!changed_.empty()) quiet_.set(std::chrono::steady_clock::now() + kQuiet);
}

void FileWatch::report() {
  std::vector<std::string> changed;
  changed.swap(changed_);
  if (!changed.empty()) callback_(changed);
}

}  // namespace zoo::module
