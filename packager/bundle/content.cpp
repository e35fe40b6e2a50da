// SPDX-License-Identifier: Apache-2.0
#include "packager/bundle/content.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "feedgen/base/files.h"
#include "feedgen/catalog/product.h"
#include "feedgen/catalog/values.h"
#include "packager/package/rules.h"

namespace zoo::bundle {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIgnoreFile = ".gitignore";

bool ends_with(std::string_view text, std::string_view tail) {
  return text.size() >= tail.size() && text.substr(text.size() - tail.size()) == tail;
}

std::string_view base_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

class Collector {
 public:
  Collector(const std::string& root, const std::string& prefix, Diagnostics& diagnostics, IgnoreList ignore)
      : root_(root), prefix_(prefix), diagnostics_(diagnostics), ignore_(std::move(ignore)) {}

  Result<Content> run() {
    if (const auto done = folder({}); !done) return tl::unexpected(done.error());
    out_.writable = ignore_.filled();
    return std::move(out_);
  }

 private:
  Result<void> folder(const std::string& relative) {
    std::error_code error;
    std::vector<fs::directory_entry> entries;
    for (fs::directory_iterator at(fs::path(root_) / relative, error), end; !error && at != end; at.increment(error)) {
      entries.push_back(*at);
    }
    if (error) return fail(ExitCode::kIo, fmt::format("cannot read {}/{}: {}", root_, relative, error.message()));
    std::sort(entries.begin(), entries.end());
    for (const fs::directory_entry& entry : entries) {
      const std::string name = (relative.empty() ? "" : relative + "/") + entry.path().filename().string();
      if (auto done = one(entry, name); !done) return done;
    }
    return {};
  }

  Result<void> one(const fs::directory_entry& entry, const std::string& name) {
    std::error_code error;
    const fs::file_type type = entry.symlink_status(error).type();
    if (error) return fail(ExitCode::kIo, fmt::format("cannot read {}: {}", entry.path().string(), error.message()));
    if (ignore_.ignores(name, type == fs::file_type::directory)) return {};
    if (type == fs::file_type::directory) {
      out_.items.push_back(package::folder_item(prefix_ + "/" + name));
      return folder(name);
    }
    if (type == fs::file_type::regular) {
      out_.items.push_back(package::file_item(prefix_ + "/" + name, entry.path().string()));
    } else if (type == fs::file_type::symlink) {
      package::report(diagnostics_, "ZP0113", fmt::format("{} is a symbolic link", entry.path().string()));
    } else {
      package::report(diagnostics_, "ZP0605", fmt::format("{} is neither file nor folder", entry.path().string()));
    }
    return {};
  }

  const std::string& root_;
  const std::string& prefix_;
  Diagnostics& diagnostics_;
  IgnoreList ignore_;
  Content out_;
};

}  // namespace

IgnoreList::IgnoreList(std::string_view text) {
  for (const std::string_view line : catalog::split(text, '\n')) {
    const std::string_view rule = catalog::trimmed(line);
    if (rule.empty() || rule.front() == '#') continue;
    rules_.emplace_back(rule);
    if (rule.front() == '/' && ends_with(rule, "/*")) filled_.emplace_back(rule.substr(1, rule.size() - 3));
  }
}

bool IgnoreList::matches(std::string_view rule, std::string_view path, bool folder) const {
  if (ends_with(rule, "/*")) {
    rule.remove_suffix(1);
    if (rule.front() == '/') rule.remove_prefix(1);
    return path.size() > rule.size() && path.substr(0, rule.size()) == rule &&
           path.find('/', rule.size()) == std::string_view::npos;
  }
  if (rule.back() == '/') {
    if (!folder) return false;
    rule.remove_suffix(1);
  }
  if (rule.front() == '/') return path == rule.substr(1);
  if (rule.front() == '*') return ends_with(base_name(path), rule.substr(1));
  return base_name(path) == rule;
}

bool IgnoreList::ignores(std::string_view path, bool folder) const {
  bool ignored = false;  // the last rule that matches counts
  for (const std::string& rule : rules_) {
    const bool kept = rule.front() == '!';
    if (matches(std::string_view(rule).substr(kept ? 1 : 0), path, folder)) ignored = !kept;
  }
  return ignored;
}

Result<Content> collect_content(const std::string& folder, const std::string& prefix, Diagnostics& diagnostics) {
  const std::string ignore_path = (fs::path(folder) / kIgnoreFile).string();
  std::string rules;
  if (fs::exists(ignore_path)) {
    Result<std::string> text = read_file(ignore_path, kMaxManifestBytes);
    if (!text) return tl::unexpected(text.error());
    rules = std::move(*text);
  }
  return Collector(folder, prefix, diagnostics, IgnoreList(rules)).run();
}

}  // namespace zoo::bundle
