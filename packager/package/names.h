// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

/// Names of files in a package: what Windows and Web Deploy take, and when two of them are the same file.
namespace zoo::package {

enum class NameProblem {
  kNone,
  kOutside,    ///< A ".." part: Web Deploy writes outside the site (web-deploy section 2).
  kLost,       ///< Absolute, or with an empty or "." part: silently lost or read as another kind of package.
  kBackslash,  ///< Web Deploy knows forward slashes only.
  kWindows,    ///< Reserved by Windows: device names, characters, trailing dots and spaces, too long a part.
  kNotUtf8     ///< Becomes U+FFFD.
};

struct NameVerdict {
  NameProblem problem = NameProblem::kNone;
  std::string reason;  ///< "has the part \"..\""; empty without a problem.
  explicit operator bool() const { return problem != NameProblem::kNone; }
};

/// The worst problem of a name as it stands in a zip; a folder's ends with a slash.
NameVerdict judge_name(std::string_view name);

bool is_utf8(std::string_view text);
/// Bytes that are no UTF-8 become U+FFFD each, as Web Deploy reads names.
std::string to_utf8(std::string_view name);

/// Equal for names that are one file on Windows: case folded one character at a time, no slash at the end. Independent
/// of the user's locale.
std::string folded_name(std::string_view name);

/// Names that must not be the same file on Windows.
class NameSet {
 public:
  struct Clash {
    std::string other;     ///< The name that was there first.
    bool folders = false;  ///< Both are folders, spelled differently: Windows merges them.
  };
  /// Adds a name with its folders; tells what it clashes with. The same folder again is no clash.
  std::optional<Clash> add(std::string_view name);

 private:
  std::optional<Clash> put(std::string_view name, bool folder);
  struct Known {
    std::string name;
    bool folder = false;
  };
  std::unordered_map<std::string, Known> known_;  ///< By folded name.
};

/// The folder of a name, "" at the root: "a/b/c" and "a/b/c/" both give "a/b".
std::string_view parent_of(std::string_view name);

}  // namespace zoo::package
