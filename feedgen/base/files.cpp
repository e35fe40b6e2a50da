// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace zoo {
namespace {

constexpr int kTemporaryNameTries = 100;

tl::unexpected<Error> io_error(std::string_view what, const std::string& path, int number) {
  return fail(ExitCode::kIo, fmt::format("cannot {} {}: {}", what, path, std::strerror(number)));
}

/// Closes its descriptor; close() reports the errors that a late write may have.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool close() {
    const int fd = fd_;
    fd_ = -1;
    return fd < 0 || ::close(fd) == 0;
  }

 private:
  int fd_;
};

/// Removes the temporary file unless it was renamed to its target.
class Temporary {
 public:
  explicit Temporary(std::string path) : path_(std::move(path)) {}
  ~Temporary() {
    if (!kept_) ::unlink(path_.c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  void keep() { kept_ = true; }

 private:
  std::string path_;
  bool kept_ = false;
};

/// Reads until the end or until `limit` + 1 bytes, so that a file that grows meanwhile is noticed. False on failure.
bool read_all(int fd, std::uint64_t expected, std::uint64_t limit, std::string& out) {
  constexpr std::size_t kChunk = 1U << 20U;
  out.clear();
  while (out.size() <= limit) {
    const std::size_t old_size = out.size();
    const std::size_t room = old_size <= expected ? expected + 1 - old_size : kChunk;
    out.resize(old_size + room);
    const ssize_t got = ::read(fd, out.data() + old_size, room);
    out.resize(old_size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno != EINTR) return false;
    if (got == 0) return true;
  }
  return true;
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

bool has_content(const std::string& path, std::string_view content) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  if (static_cast<std::uint64_t>(info.st_size) != content.size()) return false;
  const auto old = read_file(path, content.size());
  return old && *old == content;
}

/// The mode that a new file gets from the umask, or that of the file which is replaced.
mode_t mode_for(const std::string& path) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) == 0) return info.st_mode & 07777U;
  return 0666;
}

/// A new file beside the target: same file system, so that rename() is atomic.
int create_beside(const std::string& path, mode_t mode, std::string& temporary) {
  for (int i = 0; i < kTemporaryNameTries; ++i) {
    temporary = fmt::format("{}.{}.{}.tmp", path, ::getpid(), i);
    const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}

/// Makes the rename durable. Some file systems cannot sync a folder: that is no failure of the write.
void sync_folder(const std::filesystem::path& folder) {
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() >= 0) (void)::fsync(fd.get());
}

Result<std::filesystem::path> make_parent(const std::string& path) {
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) return std::filesystem::path(".");
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return io_error("make folder", folder.string(), error.value());
  return folder;
}

/// A symbolic link stays: what it points to is replaced.
std::string resolved(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_symlink(path, error)) return path;
  const auto target = std::filesystem::canonical(path, error);
  return error ? path : target.string();
}

}  // namespace

Result<void> read_file(const std::string& path, std::uint64_t limit, std::string& content) {
  content.clear();
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (fd.get() < 0) return io_error("open", path, errno);
  struct stat info = {};
  if (::fstat(fd.get(), &info) != 0) return io_error("read", path, errno);
  if (S_ISDIR(info.st_mode)) return io_error("read", path, EISDIR);
  if (!S_ISREG(info.st_mode)) return fail(ExitCode::kIo, fmt::format("cannot read {}: not a regular file", path));
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size <= limit && !read_all(fd.get(), size, limit, content)) return io_error("read", path, errno);
  if (size > limit || content.size() > limit) {
    return fail(ExitCode::kIo, fmt::format("cannot read {}: it has {} bytes, the limit is {}", path,
                                           std::max<std::uint64_t>(size, content.size()), limit));
  }
  return {};
}

Result<std::string> read_file(const std::string& path, std::uint64_t limit) {
  std::string content;
  if (const auto read = read_file(path, limit, content); !read) return tl::unexpected(read.error());
  return content;
}

Result<void> write_file(const std::string& path, std::string_view content) {
  if (has_content(path, content)) return {};
  const auto folder = make_parent(path);
  if (!folder) return tl::unexpected<Error>(folder.error());
  const std::string target = resolved(path);
  std::string temporary;
  Descriptor fd(create_beside(target, mode_for(target), temporary));
  if (fd.get() < 0) return io_error("write", path, errno);
  Temporary guard(temporary);
  if (!write_all(fd.get(), content) || ::fsync(fd.get()) != 0) return io_error("write", path, errno);
  if (!fd.close()) return io_error("write", path, errno);
  if (::rename(temporary.c_str(), target.c_str()) != 0) return io_error("replace", path, errno);
  guard.keep();
  sync_folder(std::filesystem::path(target).parent_path());
  return {};
}

}  // namespace zoo
