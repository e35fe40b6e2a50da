// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/hash.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace zoo {
namespace {

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

/// OpenSSL fails here only without memory or with a broken installation: nothing a caller could handle.
void require(bool ok) {
  if (ok) return;
  (void)std::fputs("OpenSSL cannot compute SHA-1 and SHA-256\n", stderr);
  std::abort();
}

Context new_context(const EVP_MD* algorithm) {
  Context context(EVP_MD_CTX_new());
  require(context && EVP_DigestInit_ex(context.get(), algorithm, nullptr) == 1);
  return context;
}

std::string hex_digest(EVP_MD_CTX* context) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes = {};
  unsigned size = 0;
  require(EVP_DigestFinal_ex(context, bytes.data(), &size) == 1);
  std::string out;
  out.reserve(std::size_t{2} * size);
  for (unsigned i = 0; i < size; ++i) {
    out.push_back(kDigits[bytes.at(i) >> 4U]);
    out.push_back(kDigits[bytes.at(i) & 15U]);
  }
  return out;
}

tl::unexpected<Error> cannot_read(const std::string& path, int number) {
  return fail(ExitCode::kIo, fmt::format("cannot read {}: {}", path, std::strerror(number)));
}

}  // namespace

struct Hasher::State {
  Context sha1 = new_context(EVP_sha1());
  Context sha256 = new_context(EVP_sha256());
  std::uint64_t size = 0;
};

Hasher::Hasher() : state_(std::make_unique<State>()) {}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(const void* data, std::size_t size) {
  require(EVP_DigestUpdate(state_->sha1.get(), data, size) == 1);
  require(EVP_DigestUpdate(state_->sha256.get(), data, size) == 1);
  state_->size += size;
}

FileHashes Hasher::finish() {
  return {hex_digest(state_->sha1.get()), hex_digest(state_->sha256.get()), state_->size};
}

Result<FileHashes> hash_file(const std::string& path) {
  constexpr std::size_t kChunk = std::size_t{256} << 10U;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return cannot_read(path, errno);
  struct stat info = {};
  if (::fstat(fd, &info) != 0 || S_ISFIFO(info.st_mode)) {
    ::close(fd);
    return fail(ExitCode::kIo, fmt::format("cannot read {}: not a regular file", path));
  }
  Hasher hasher;
  std::vector<unsigned char> buffer(kChunk);
  ssize_t got = 0;
  while ((got = ::read(fd, buffer.data(), buffer.size())) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) break;
    hasher.update(buffer.data(), static_cast<std::size_t>(got));
  }
  const int number = errno;
  ::close(fd);
  if (got < 0) return cannot_read(path, number);
  return hasher.finish();
}

}  // namespace zoo
