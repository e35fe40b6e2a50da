// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/config_model.h"

namespace zoo::module {

/// A compiled pattern of a rewrite rule: a regular expression of ECMAScript, a wildcard pattern whose stars are
/// captures, or an exact text. Matching takes bounded time and memory. Immutable; use it from any thread.
class UrlPattern {
 public:
  enum class Verdict {
    kNo,
    kYes,
    kTooHard  ///< Matching has been given up.
  };

  UrlPattern(RewriteRule::Syntax syntax, std::string_view pattern, bool ignore_case);
  ~UrlPattern();
  UrlPattern(UrlPattern&& other) noexcept;
  UrlPattern& operator=(UrlPattern&& other) noexcept;

  /// Why it cannot be used; empty: it can.
  const std::string& fault() const noexcept { return fault_; }

  /// Looks for the pattern anywhere in `text`, but for wildcards and exact texts, which must be all of it. On kYes
  /// `captures` are what was found and its groups, empty ones for those that took no part.
  Verdict match(std::string_view text, std::vector<std::string>& captures) const;

 private:
  struct Code;
  std::unique_ptr<Code> code_;
  std::string fault_;
};

}  // namespace zoo::module
