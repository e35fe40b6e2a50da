// SPDX-License-Identifier: Apache-2.0
#include "module/posix/body_store.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace zoo::module {
namespace {

constexpr std::size_t kKeepCapacity = 64U << 10U;

// Not /tmp, which often is memory.
std::string default_folder() {
  const char* folder = ::getenv("TMPDIR");
  if (folder != nullptr && *folder != '\0') return folder;
  return ::access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp";
}

}  // namespace

BodyStore::~BodyStore() {
  clear();
}

void BodyStore::start(std::size_t memory_limit, std::string_view folder) {
  clear();
  memory_limit_ = memory_limit;
  folder_ = folder;
}

void BodyStore::clear() noexcept {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
  size_ = 0;
  if (memory_.capacity() > kKeepCapacity) {
    std::string().swap(memory_);
  } else {
    memory_.clear();
  }
}

bool BodyStore::append(std::string_view data) {
  if (file_ < 0 && size_ + data.size() <= memory_limit_) {
    memory_.append(data);
  } else if ((file_ < 0 && !open_file()) || !write_all(data)) {
    return false;
  }
  size_ += data.size();
  return true;
}

bool BodyStore::open_file() {
  if (folder_.empty()) folder_ = default_folder();
  file_ = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file_ < 0) {  // not every file system has nameless files
    std::string name = folder_ + "/zoo-body-XXXXXX";
    file_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (file_ >= 0) ::unlink(name.c_str());
  }
  if (file_ < 0 || !write_all(memory_)) return false;
  std::string().swap(memory_);
  return true;
}

bool BodyStore::write_all(std::string_view data) {
  while (!data.empty()) {
    const ssize_t count = ::write(file_, data.data(), data.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    data.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::size_t BodyStore::read(std::uint64_t offset, std::span<char> out) {
  if (offset >= size_) return 0;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
  if (file_ < 0) {
    memory_.copy(out.data(), wanted, static_cast<std::size_t>(offset));
    return wanted;
  }
  std::size_t done = 0;
  while (done < wanted) {
    const ssize_t count = ::pread(file_, out.data() + done, wanted - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

}  // namespace zoo::module
