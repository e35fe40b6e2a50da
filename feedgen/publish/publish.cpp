// SPDX-License-Identifier: Apache-2.0
#include "feedgen/publish/publish.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>

#include "feedgen/base/files.h"
#include "feedgen/base/hash.h"
#include "feedgen/catalog/values.h"

namespace zoo::publish {
namespace {

namespace fs = std::filesystem;
using Sums = std::map<std::string, std::string>;  // SHA-256 by name

constexpr std::string_view kFeed = "feed.xml", kSums = "SHA256SUMS";
/// What is read first is written last, in this order.
constexpr std::array<std::string_view, 4> kIndex = {"build.json", "index.html", kFeed, kSums};
constexpr std::size_t kHashDigits = 64, kNameInSums = 66;  // a line of sha256sum: the hash, two blanks, the name

bool is_index(std::string_view name) {
  return std::find(kIndex.begin(), kIndex.end(), name) != kIndex.end();
}

/// Names that lead elsewhere are left out: the list at the target is somebody else's text.
Sums read_sums(std::string_view text) {
  Sums out;
  for (const std::string_view line : catalog::split(text, '\n')) {
    if (line.size() <= kNameInSums || !catalog::is_hex(line.substr(0, kHashDigits), kHashDigits)) continue;
    const std::string_view name = line.substr(kNameInSums);
    if (catalog::is_relative_path(name)) out.emplace(name, line.substr(0, kHashDigits));
  }
  return out;
}

std::string content_type(std::string_view name) {
  const std::string extension = fs::path(name).extension().string();
  if (extension == ".xml") return "application/xml";
  if (extension == ".html") return "text/html; charset=utf-8";
  if (extension == ".png") return "image/png";
  if (extension == ".json") return "application/json";
  return name == kSums ? "text/plain; charset=utf-8" : "application/octet-stream";
}

class Publication {
 public:
  Publication(const std::string& folder, Storage& storage, const PublishOptions& options)
      : folder_(folder), storage_(storage), options_(options) {}

  Result<PublishReport> run() {
    if (const auto done = read_folder(); !done) return tl::unexpected(done.error());
    if (const auto done = read_target(); !done) return tl::unexpected(done.error());
    for (const auto& [name, digits] : mine_) {
      if (is_index(name)) continue;
      if (const auto done = put(name, {}); !done) return tl::unexpected(done.error());
    }
    for (const std::string_view name : kIndex) {
      if (mine_.count(std::string(name)) == 0) continue;
      const bool feed = name == kFeed;
      if (const auto done = put(std::string(name), feed ? std::optional(feed_there_) : std::nullopt); !done) {
        return tl::unexpected(done.error());
      }
    }
    if (const auto done = remove_old(); !done) return tl::unexpected(done.error());
    return std::move(report_);
  }

 private:
  std::string path_of(const std::string& name) const { return (fs::path(folder_) / name).string(); }

  /// The folder must be what was built and recorded.
  Result<void> read_folder() {
    const Result<std::string> text = read_file(path_of(std::string(kSums)), kMaxKept);
    if (!text)
      return fail(ExitCode::kUsage,
                  fmt::format("{} is no folder that build.sh made: {}", folder_, text.error().message));
    mine_ = read_sums(*text);
    if (mine_.count(std::string(kFeed)) == 0) return fail(ExitCode::kUsage, fmt::format("{} has no feed.xml", folder_));
    for (const auto& [name, digits] : mine_) {
      const Result<FileHashes> hashes = hash_file(path_of(name));
      if (!hashes) return tl::unexpected(hashes.error());
      if (hashes->sha256 != digits) {
        return fail(ExitCode::kVerification, fmt::format("{} was changed after SHA256SUMS was written", path_of(name)));
      }
    }
    Hasher hasher;
    hasher.update(text->data(), text->size());
    mine_[std::string(kSums)] = hasher.finish().sha256;
    return {};
  }

  Result<void> read_target() {
    const auto feed = storage_.get(std::string(kFeed));
    if (!feed) return tl::unexpected(feed.error());
    feed_there_ = *feed ? (*feed)->etag : std::string(kAbsent);
    const auto sums = storage_.get(std::string(kSums));
    if (!sums) return tl::unexpected(sums.error());
    if (!*sums) return {};
    theirs_ = read_sums((*sums)->bytes);
    Hasher hasher;
    hasher.update((*sums)->bytes.data(), (*sums)->bytes.size());
    theirs_[std::string(kSums)] = hasher.finish().sha256;
    // The feed itself is at hand: what it is counts, not what the list says of it.
    Hasher of_feed;
    if (*feed) of_feed.update((*feed)->bytes.data(), (*feed)->bytes.size());
    theirs_[std::string(kFeed)] = of_feed.finish().sha256;
    return {};
  }

  Result<void> put(const std::string& name, std::optional<std::string> expected) {
    const auto there = theirs_.find(name);
    if (there != theirs_.end() && there->second == mine_.at(name)) {
      ++report_.unchanged;
      return {};
    }
    if (options_.cancellation != nullptr && options_.cancellation->requested()) {
      return fail(ExitCode::kInterrupted, "interrupted");
    }
    if (options_.step) options_.step("put", name);
    report_.written.push_back(name);
    if (options_.dry) return {};
    return storage_.put(name, path_of(name), {content_type(name), is_index(name), std::move(expected)});
  }

  Result<void> remove_old() {
    if (!options_.remove_old) return {};
    for (const auto& [name, digits] : theirs_) {
      if (mine_.count(name) != 0) continue;
      if (options_.step) options_.step("remove", name);
      report_.removed.push_back(name);
      if (options_.dry) continue;
      if (auto done = storage_.remove(name); !done) return done;
    }
    return {};
  }

  const std::string& folder_;
  Storage& storage_;
  const PublishOptions& options_;
  PublishReport report_;
  Sums mine_, theirs_;
  std::string feed_there_;
};

}  // namespace

Result<PublishReport> publish(const std::string& folder, Storage& storage, const PublishOptions& options) {
  return Publication(folder, storage, options).run();
}

}  // namespace zoo::publish
