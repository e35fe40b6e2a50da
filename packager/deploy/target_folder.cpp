// SPDX-License-Identifier: Apache-2.0
#include "packager/deploy/target_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "feedgen/catalog/values.h"

namespace zoo::deploy {
namespace {

constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr unsigned kMaxDepth = 200;  ///< Folders in each other, each a descriptor while it is listed.

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

tl::unexpected<Error> io_error(std::string_view what, std::string_view name) {
  return fail(ExitCode::kIo, fmt::format("cannot {} {}: {}", what, name, std::strerror(errno)));
}

Result<std::vector<std::string_view>> parts_of(std::string_view name) {
  if (!name.empty() && name.back() == '/') name.remove_suffix(1);
  std::vector<std::string_view> parts = catalog::split(name, '/');
  for (const std::string_view part : parts) {
    if (part.empty() || part == "." || part == ".." || part.find('\0') != std::string_view::npos) {
      return fail(ExitCode::kVerification, fmt::format("refused to write {}: the name leads elsewhere", name));
    }
  }
  return parts;
}

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// The file's content is `content`.
bool has_content(int folder, const char* name, std::string_view content) {
  const Fd fd(::openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  struct stat info = {};
  if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  if (static_cast<std::uint64_t>(info.st_size) != content.size()) return false;
  std::array<char, 64U << 10U> buffer{};
  while (!content.empty()) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got <= 0) return false;
    const std::string_view piece(buffer.data(), static_cast<std::size_t>(got));
    if (content.substr(0, piece.size()) != piece) return false;
    content.remove_prefix(piece.size());
  }
  return true;
}

Result<void> list_into(int fd, const std::string& prefix, unsigned depth, std::vector<std::string>& out) {
  if (depth > kMaxDepth) return fail(ExitCode::kIo, fmt::format("{} is nested too deeply", prefix));
  DIR* raw = ::fdopendir(fd);
  if (raw == nullptr) {
    ::close(fd);
    return io_error("read", prefix);
  }
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(raw, ::closedir);
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    const int child = ::openat(::dirfd(folder.get()), entry->d_name, kFolderFlags);
    if (child < 0) {
      out.push_back(prefix + std::string(name));
      continue;
    }
    out.push_back(fmt::format("{}{}/", prefix, name));
    const std::string below = out.back();
    if (auto done = list_into(child, below, depth + 1, out); !done) return done;
  }
  return {};
}

}  // namespace

TargetFolder::TargetFolder(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
TargetFolder::~TargetFolder() {
  if (fd_ >= 0) ::close(fd_);
}
TargetFolder::TargetFolder(TargetFolder&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
TargetFolder& TargetFolder::operator=(TargetFolder&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  return *this;
}

Result<TargetFolder> TargetFolder::open(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return fail(ExitCode::kIo, fmt::format("cannot make folder {}: {}", path, error.message()));
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return io_error("open", path);
  return TargetFolder(fd, path);
}

Result<int> TargetFolder::step_into(int at, std::string_view part, bool make) {
  const std::string name(part);
  int fd = ::openat(at, name.c_str(), kFolderFlags);
  if (fd >= 0 || !make) return fd;
  // A link or a file in the place of a folder.
  if (errno == ELOOP || errno == ENOTDIR) (void)::unlinkat(at, name.c_str(), 0);
  if (::mkdirat(at, name.c_str(), 0777) != 0 && errno != EEXIST) return io_error("make folder", name);
  fd = ::openat(at, name.c_str(), kFolderFlags);
  if (fd < 0) return io_error("open", name);
  return fd;
}

Result<int> TargetFolder::folder_of(const std::vector<std::string_view>& parts) {
  int at = ::fcntl(fd_, F_DUPFD_CLOEXEC, 0);
  if (at < 0) return io_error("open", path_);
  for (const std::string_view part : parts) {
    Result<int> next = step_into(at, part, true);
    ::close(at);
    if (!next) return next;
    at = *next;
  }
  return at;
}

Result<void> TargetFolder::make_folder(std::string_view name) {
  const auto parts = parts_of(name);
  if (!parts) return tl::unexpected(parts.error());
  const Result<int> made = folder_of(*parts);
  if (!made) return tl::unexpected(made.error());
  ::close(*made);
  return {};
}

Result<TargetFolder::Change> TargetFolder::put(std::string_view name, std::string_view content, std::int64_t seconds) {
  auto parts = parts_of(name);
  if (!parts) return tl::unexpected(parts.error());
  const std::string file(parts->back());
  parts->pop_back();
  const Result<int> opened = folder_of(*parts);
  if (!opened) return tl::unexpected(opened.error());
  const Fd folder(*opened);
  if (has_content(folder.get(), file.c_str(), content)) return Change::kUnchanged;
  struct stat old = {};
  const bool was_there = ::fstatat(folder.get(), file.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0;
  const std::string aside = fmt::format(".zoo-{}.tmp", ::getpid());
  (void)::unlinkat(folder.get(), aside.c_str(), 0);
  const mode_t mode = was_there && S_ISREG(old.st_mode) ? old.st_mode & 0777U : 0666U;
  const Fd fd(::openat(folder.get(), aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (fd.get() < 0) return io_error("write", name);
  const std::array<timespec, 2> times = {timespec{seconds, 0}, timespec{seconds, 0}};
  const bool written = write_all(fd.get(), content) && ::futimens(fd.get(), times.data()) == 0;
  if (!written || ::renameat(folder.get(), aside.c_str(), folder.get(), file.c_str()) != 0) {
    auto failed = io_error("write", name);
    (void)::unlinkat(folder.get(), aside.c_str(), 0);
    return failed;
  }
  return was_there ? Change::kUpdated : Change::kAdded;
}

Result<std::vector<std::string>> TargetFolder::list() const {
  std::vector<std::string> out;
  const int fd = ::openat(fd_, ".", kFolderFlags);
  if (fd < 0) return io_error("read", path_);
  if (const auto done = list_into(fd, {}, 0, out); !done) return tl::unexpected(done.error());
  std::sort(out.begin(), out.end());
  return out;
}

Result<void> TargetFolder::remove(std::string_view name) {
  const bool is_folder = !name.empty() && name.back() == '/';
  const auto parts = parts_of(name);
  if (!parts) return tl::unexpected(parts.error());
  int at = ::fcntl(fd_, F_DUPFD_CLOEXEC, 0);
  for (std::size_t i = 0; i + 1 < parts->size() && at >= 0; ++i) {
    Result<int> next = step_into(at, (*parts)[i], false);
    ::close(at);
    at = *next;
  }
  if (at < 0) return {};  // it went with its folder
  const Fd folder(at);
  const std::string last(parts->back());
  if (::unlinkat(at, last.c_str(), is_folder ? AT_REMOVEDIR : 0) == 0) return {};
  if (errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST) return {};
  return io_error("remove", name);
}

}  // namespace zoo::deploy
