// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>

#include "feedgen/base/files.h"
#include "feedgen/base/hash.h"
#include "feedgen/publish/storage.h"

namespace zoo::publish {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxFile = 4ULL << 30U;

class LocalStorage : public Storage {
 public:
  explicit LocalStorage(std::string folder) : folder_(std::move(folder)) {}

  Result<std::optional<Kept>> get(const std::string& name) override {
    const std::string path = path_of(name);
    std::error_code error;
    if (!fs::exists(path, error) && !error) return std::optional<Kept>();
    Result<std::string> bytes = read_file(path, kMaxKept);
    if (!bytes) return tl::unexpected(bytes.error());
    std::string etag = etag_of(*bytes);
    return std::optional<Kept>(Kept{std::move(*bytes), std::move(etag)});
  }

  Result<void> put(const std::string& name, const std::string& path, const PutOptions& options) override {
    if (options.expected) {
      const auto there = get(name);
      if (!there) return tl::unexpected(there.error());
      if ((*there ? (*there)->etag : std::string(kAbsent)) != *options.expected) {
        return fail(ExitCode::kVerification, fmt::format("{} has changed meanwhile", path_of(name)));
      }
    }
    const Result<std::string> bytes = read_file(path, kMaxFile);
    if (!bytes) return tl::unexpected(bytes.error());
    return write_file(path_of(name), *bytes);
  }

  Result<void> remove(const std::string& name) override {
    std::error_code error;
    fs::remove(path_of(name), error);
    if (error) return fail(ExitCode::kIo, fmt::format("cannot remove {}: {}", path_of(name), error.message()));
    return {};
  }

 private:
  static std::string etag_of(std::string_view bytes) {
    Hasher hasher;
    hasher.update(bytes.data(), bytes.size());
    return hasher.finish().sha256;
  }
  std::string path_of(const std::string& name) const { return (fs::path(folder_) / name).string(); }

  std::string folder_;
};

}  // namespace

std::unique_ptr<Storage> local_storage(std::string folder) {
  return std::make_unique<LocalStorage>(std::move(folder));
}

}  // namespace zoo::publish
