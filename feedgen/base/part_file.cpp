// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/part_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "feedgen/base/files.h"

namespace zoo {
namespace {

constexpr std::string_view kNoteHead = "zoo-part 1";
constexpr std::uint64_t kMaxNoteBytes = std::uint64_t{64} << 10U;

tl::unexpected<Error> io_error(std::string_view what, const std::string& path, int number) {
  return fail(ExitCode::kIo, fmt::format("cannot {} {}: {}", what, path, std::strerror(number)));
}

/// The rest of the line that begins with `key` and a blank.
std::string note_value(std::string_view note, std::string_view key) {
  const std::string head = fmt::format("\n{} ", key);
  const auto begin = note.find(head);
  if (begin == std::string_view::npos) return {};
  const auto value = note.substr(begin + head.size());
  return std::string(value.substr(0, value.find('\n')));
}

/// Another process may have renamed or removed the file between open() and flock().
bool still_at(const std::string& path, int fd) {
  struct stat opened = {};
  struct stat named = {};
  return ::fstat(fd, &opened) == 0 && ::stat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev;
}

}  // namespace

PartFile::~PartFile() {
  close_keeping();
}

PartFile::PartFile(PartFile&& other) noexcept
    : target_(std::move(other.target_)),
      url_(std::move(other.url_)),
      fd_(std::exchange(other.fd_, -1)),
      size_(other.size_),
      validator_(std::move(other.validator_)),
      if_range_(std::move(other.if_range_)),
      hasher_(std::move(other.hasher_)) {}

PartFile& PartFile::operator=(PartFile&& other) noexcept {
  if (this == &other) return *this;
  close_keeping();
  target_ = std::move(other.target_);
  url_ = std::move(other.url_);
  fd_ = std::exchange(other.fd_, -1);
  size_ = other.size_;
  validator_ = std::move(other.validator_);
  if_range_ = std::move(other.if_range_);
  hasher_ = std::move(other.hasher_);
  return *this;
}

/// Bytes that no later run can continue are worth nothing.
void PartFile::close_keeping() {
  if (fd_ < 0) return;
  if (size_ == 0 || if_range_.empty()) {
    discard();
  } else {
    ::close(std::exchange(fd_, -1));
  }
}

Result<PartFile> PartFile::open(std::string target, const std::string& url) {
  PartFile part;
  part.target_ = std::move(target);
  part.url_ = shown_url(url);
  const auto folder = std::filesystem::path(part.target_).parent_path();
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) return io_error("make folder", folder.string(), error.value());
  if (auto opened = part.open_locked(); !opened) return tl::unexpected<Error>(opened.error());
  if (auto adopted = part.adopt_kept_bytes(); !adopted) return tl::unexpected<Error>(adopted.error());
  return part;
}

Result<void> PartFile::open_locked() {
  const std::string path = part_path();
  while (fd_ < 0) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0) return io_error("write", path, errno);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
      ::close(fd);
      return fail(ExitCode::kIo, fmt::format("cannot write {}: another process is downloading it", path));
    }
    if (still_at(path, fd)) {
      fd_ = fd;
    } else {
      ::close(fd);
    }
  }
  return {};
}

bool PartFile::read_note() {
  const auto note = read_file(note_path(), kMaxNoteBytes);
  if (!note || !note->starts_with(kNoteHead) || note_value(*note, "url") != url_) return false;
  validator_ = {note_value(*note, "etag"), note_value(*note, "modified")};
  if_range_ = note_value(*note, "if-range");
  return !if_range_.empty();
}

Result<void> PartFile::adopt_kept_bytes() {
  if (!read_note()) return restart({}, {});
  constexpr std::size_t kChunk = std::size_t{256} << 10U;
  std::vector<char> buffer(kChunk);
  for (;;) {
    const ssize_t got = ::read(fd_, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", part_path(), errno);
    if (got == 0) return {};
    hasher_.update(buffer.data(), static_cast<std::size_t>(got));
    size_ += static_cast<std::uint64_t>(got);
  }
}

Result<void> PartFile::write_note() const {
  return write_file(note_path(), fmt::format("{}\nurl {}\netag {}\nmodified {}\nif-range {}\n", kNoteHead, url_,
                                             validator_.etag, validator_.modified, if_range_));
}

Result<void> PartFile::restart(Validator validator, std::string if_range) {
  validator_ = std::move(validator);
  if_range_ = std::move(if_range);
  hasher_ = Hasher();
  size_ = 0;
  // The old note goes first: were this process killed here, the new bytes must not be taken for the old ones.
  if (::unlink(note_path().c_str()) != 0 && errno != ENOENT) return io_error("remove", note_path(), errno);
  if (::ftruncate(fd_, 0) != 0 || ::lseek(fd_, 0, SEEK_SET) != 0) return io_error("write", part_path(), errno);
  if (if_range_.empty()) return {};
  return write_note();
}

Result<void> PartFile::append(const char* data, std::size_t size) {
  while (size != 0) {
    const ssize_t written = ::write(fd_, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error("write", part_path(), errno);
    const auto count = static_cast<std::size_t>(written);
    hasher_.update(data, count);
    size_ += count;
    data += count;
    size -= count;
  }
  return {};
}

Result<void> PartFile::commit() {
  if (::fsync(fd_) != 0) return io_error("write", part_path(), errno);
  if (::rename(part_path().c_str(), target_.c_str()) != 0) return io_error("replace", target_, errno);
  ::unlink(note_path().c_str());
  ::close(std::exchange(fd_, -1));
  return {};
}

void PartFile::discard() {
  ::unlink(note_path().c_str());
  ::unlink(part_path().c_str());
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  size_ = 0;
  if_range_.clear();
}

}  // namespace zoo
