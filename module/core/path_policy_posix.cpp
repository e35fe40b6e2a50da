// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "module/core/config_text.h"
#include "module/core/path_policy.h"

namespace zoo::module {
namespace {

constexpr std::array<std::string_view, 14> kLists = {
    "PATH",     "PYTHONPATH", "NODE_PATH", "GEM_PATH",        "RUBYLIB", "PERL5LIB",      "PERLLIB",
    "MOJO_LIB", "CLASSPATH",  "LUA_PATH",  "LD_LIBRARY_PATH", "MANPATH", "XDG_DATA_DIRS", "INCLUDE_PATH"};
constexpr std::array<std::string_view, 16> kPaths = {
    "DEPLOY_FILE", "DEPLOY_LOG", "ERROR_LOG_DIR", "ERROR_LOG_FILE", "CURRENT_DIRECTORY", "POST_CACHE_DIR",
    "APP_WORKER",  "HOME",       "GEM_HOME",      "VIRTUAL_ENV",    "WAR_FILE",          "PYTHONHOME",
    "TEMP",        "TMP",        "TMPDIR",        "BUNDLE_GEMFILE"};
// Names that people make up end like this.
constexpr std::array<std::string_view, 5> kPathEnds = {"_WORKER", "_DIR", "_HOME", "_FILE", "_FOLDER"};

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view known) { return equal_nocase(known, name); });
}

bool names_path(std::string_view name) {
  return holds(kPaths, name) || std::any_of(kPathEnds.begin(), kPathEnds.end(),
                                            [&](std::string_view end) { return ends_with_nocase(name, end); });
}

bool written_with_path(std::string_view written) {
  return contains_nocase(written, "_PHYSICAL_PATH%") || contains_nocase(written, "%APPL_PHYSICAL_SHORT_PATH%");
}

bool is_windows_absolute(std::string_view path) {
  return path.size() >= 2 && path[1] == ':' && to_lower(path.substr(0, 1)) >= "a" && to_lower(path.substr(0, 1)) <= "z";
}

class PosixPaths final : public PathPolicy {
 public:
  std::string path(std::string_view value) const override {
    std::string out(value);
    std::replace(out.begin(), out.end(), '\\', '/');
    return out;
  }

  std::string variable(std::string_view name, std::string_view written, std::string_view value) const override {
    if (holds(kLists, name) || (written_with_path(written) && value.find(';') != std::string_view::npos)) {
      return list(value);
    }
    // A dotted module name has no '\', so that this is safe for DJANGO_SETTINGS_MODULE, which may be either.
    const bool settings = equal_nocase(name, "DJANGO_SETTINGS_MODULE") || equal_nocase(name, "WATCH_FILE_CHANGES_MASK");
    if (settings || names_path(name) || written_with_path(written)) return path(value);
    return std::string(value);
  }

  std::string arguments(std::string_view value) const override {
    std::string out(value);
    for (std::size_t i = 0; i < out.size(); ++i) {
      // Before a quotation mark it quotes the mark.
      if (out[i] == '\\' && (i + 1 == out.size() || out[i + 1] != '"')) out[i] = '/';
    }
    return out;
  }

  std::string absolute(std::string_view base, std::string_view value) const override {
    std::string part = path(value);
    if (part.starts_with('/') || is_windows_absolute(part)) return part;
    std::string joined = path(base);
    if (!joined.ends_with('/')) joined += '/';
    return joined + part;
  }

  bool case_sensitive() const override { return true; }

 private:
  /// Elements that the process's own variable brought along are separated by ':' already.
  std::string list(std::string_view value) const {
    std::string out;
    for (const std::string_view element : split_list(value, ';')) {
      for (const std::string_view part : split_list(element, ':')) {
        if (!out.empty()) out += ':';
        out += path(part);
      }
    }
    return out;
  }
};

}  // namespace

const PathPolicy& posix_paths() {
  static const PosixPaths policy;
  return policy;
}

}  // namespace zoo::module
