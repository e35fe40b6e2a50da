// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace zoo::module {

/// What the references in a text of a rewrite rule stand for.
class RewriteReferences {
 public:
  RewriteReferences() = default;
  RewriteReferences(const RewriteReferences&) = delete;
  RewriteReferences& operator=(const RewriteReferences&) = delete;
  virtual ~RewriteReferences() = default;

  /// {R:number} for kind 'R', {C:number} for 'C'; empty if there is none.
  virtual std::string capture(char kind, std::size_t number) const = 0;
  /// {NAME}: a server variable; empty if nobody has it.
  virtual std::string variable(std::string_view name) const = 0;
  /// {MAP:key}; empty if there is no such map.
  virtual std::string mapped(std::string_view map, std::string_view key) const = 0;
};

/// Replaces the references of `text`, which may stand in each other: {ToLower:{R:1}}. Braces that enclose nothing stay.
std::string expand_rewrite_text(std::string_view text, const RewriteReferences& references);

/// Percent-encodes what is not part of a path: '?', '#', '%', blanks, control characters and bytes above 0x7E.
std::string encode_url_path(std::string_view path);
/// The same for a whole address that may be encoded already: '%', '?' and '#' stay.
std::string encode_url(std::string_view url);

}  // namespace zoo::module
