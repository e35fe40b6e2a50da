// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace zoo::package {

/// A regular expression as parameters.xml has them: .NET's, without regard to case. PCRE2 reads the same language but
/// for details (look-behinds of changing length are refused here). Matching is bounded in time and memory, whatever the
/// expression. Thread-safe.
class Regex {
 public:
  /// Nothing, with what is wrong in `problem`.
  static std::optional<Regex> compile(std::string_view expression, std::string& problem);
  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

  /// True when it matches anywhere. A match that costs too much counts as none.
  bool search(std::string_view text) const;
  /// Every match replaced by `value` as it stands; `count` gets their number.
  std::string replace(std::string_view text, std::string_view value, std::size_t& count) const;

 private:
  struct State;
  explicit Regex(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace zoo::package
