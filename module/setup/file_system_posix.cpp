// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "module/setup/file_system.h"

namespace zoo::setup {
namespace {

namespace fs = std::filesystem;

tl::unexpected<SetupError> failed(const std::string& what) {
  return fail(SetupExit::kIo, what + ": " + std::generic_category().message(errno));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  bool ok() const { return number_ >= 0; }

 private:
  int number_;
};

class PosixLock : public FolderLock {
 public:
  explicit PosixLock(int folder) : folder_(folder) {}
  bool take() const { return folder_.ok() && ::flock(folder_.get(), LOCK_EX) == 0; }

 private:
  Descriptor folder_;
};

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Owner and mode of `like`; the owner only as far as we may.
bool take_rights(int file, const std::string& like) {
  struct stat old {};
  if (::stat(like.c_str(), &old) != 0) return false;
  if (::fchown(file, old.st_uid, old.st_gid) != 0 && errno != EPERM) return false;
  return ::fchmod(file, old.st_mode & 07777U) == 0;
}

bool sync_folder(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  const Descriptor folder(::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.ok() && ::fsync(folder.get()) == 0;
}

class PosixFiles : public FileSystem {
 public:
  bool exists(const std::string& path) override {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(path, ignored));
  }

  std::vector<std::string> names_in(const std::string& folder) override {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
      names.push_back(it->path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }

  SetupResult<std::string> read(const std::string& path) override {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.ok()) return failed("cannot read " + path);
    std::string bytes;
    std::string block(1U << 16U, '\0');
    for (;;) {
      const ssize_t count = ::read(file.get(), block.data(), block.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return failed("cannot read " + path);
      if (count == 0) return bytes;
      bytes.append(block, 0, static_cast<std::size_t>(count));
    }
  }

  SetupResult<void> create(const std::string& path, std::string_view bytes, const std::string& like) override {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!file.ok() || (!like.empty() && !take_rights(file.get(), like)) || !write_all(file.get(), bytes) ||
        ::fsync(file.get()) != 0) {
      return failed("cannot write " + path);
    }
    return {};
  }

  SetupResult<void> replace(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0 || !sync_folder(to)) return failed("cannot write " + to);
    return {};
  }

  SetupResult<void> remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return failed("cannot remove " + path);
    return {};
  }

  SetupResult<void> make_folder(const std::string& path) override {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) return fail(SetupExit::kIo, "cannot make the folder " + path + ": " + error.message());
    return {};
  }

  SetupResult<std::unique_ptr<FolderLock>> lock(const std::string& folder) override {
    auto lock = std::make_unique<PosixLock>(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock->take()) return failed("cannot lock " + folder);
    return std::unique_ptr<FolderLock>(std::move(lock));
  }
};

}  // namespace

std::unique_ptr<FileSystem> native_files() {
  return std::make_unique<PosixFiles>();
}

std::string join(const std::string& folder, std::string_view name) {
  return folder + (folder.ends_with('/') ? "" : "/") + std::string(name);
}

}  // namespace zoo::setup
