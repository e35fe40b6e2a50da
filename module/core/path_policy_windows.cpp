// SPDX-License-Identifier: Apache-2.0
#include "module/core/path_policy.h"

namespace zoo::module {
namespace {

bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_separator(char c) noexcept {
  return c == '\\' || c == '/';
}

class WindowsPaths final : public PathPolicy {
 public:
  std::string path(std::string_view value) const override { return std::string(value); }
  std::string variable(std::string_view, std::string_view, std::string_view value) const override {
    return std::string(value);
  }
  std::string arguments(std::string_view value) const override { return std::string(value); }
  std::string absolute(std::string_view base, std::string_view value) const override {
    if (value.size() >= 2 && is_letter(value[0]) && value[1] == ':') return std::string(value);
    if (value.size() >= 2 && is_separator(value[0]) && is_separator(value[1])) return std::string(value);
    std::string joined(base);
    if (!joined.empty() && !is_separator(joined.back())) joined += '\\';
    // "\log" and "/log" are meant below the application too: nobody writes logs to the root of a drive.
    while (!value.empty() && is_separator(value.front())) value.remove_prefix(1);
    return joined.append(value);
  }
  bool case_sensitive() const override { return false; }
};

}  // namespace

const PathPolicy& windows_paths() {
  static const WindowsPaths policy;
  return policy;
}

}  // namespace zoo::module
