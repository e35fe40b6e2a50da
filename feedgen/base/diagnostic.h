// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/source.h"

namespace zoo {

enum class Severity { kNote, kWarning, kError };

/// What a finding does to a user of the feed; kNone for findings about our own files.
enum class Effect {
  kNone,
  kRejects,  ///< The client drops the whole feed.
  kHides,    ///< The product is not shown or not offered.
  kFails,    ///< The installation fails or is wrongly reported.
  kIgnored   ///< The client reads past it: it has no effect.
};

/// One problem in the user's data.
struct Diagnostic {
  Severity severity = Severity::kError;
  std::string code;     ///< Rule id, e.g. "ZF0101".
  std::string message;  ///< One sentence without full stop.
  std::string hint;     ///< What to do, or empty.
  Effect effect = Effect::kNone;
  SourcePos pos;           ///< Unknown for findings without a place.
  std::string product_id;  ///< The product concerned, or empty.
};

/// Collects diagnostics. Not thread-safe. Keeps at most `limit` and counts the rest.
class Diagnostics {
 public:
  static constexpr std::size_t kDefaultLimit = 10000;
  explicit Diagnostics(std::size_t limit = kDefaultLimit) : limit_(limit) {}

  void add(Diagnostic diagnostic);
  void error(std::string code, std::string message, SourcePos pos = {}, std::string hint = {});
  void warning(std::string code, std::string message, SourcePos pos = {}, std::string hint = {});

  const std::vector<Diagnostic>& items() const { return items_; }
  std::size_t errors() const { return errors_; }
  std::size_t warnings() const { return warnings_; }
  std::size_t dropped() const { return dropped_; }
  bool has_errors() const { return errors_ != 0; }
  bool has(std::string_view code) const;
  /// Orders by source, offset, code; equal diagnostics are kept once.
  void sort();

 private:
  std::size_t limit_;
  std::vector<Diagnostic> items_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
  std::size_t dropped_ = 0;
};

std::string_view name(Severity severity);  ///< "note", "warning", "error"
std::string_view name(Effect effect);      ///< "", "rejects the feed", "hides the product", ...

/// The text form: `file:line:column: error ZF0101: message`, the source line, a caret, the hint; colours by ANSI codes.
std::string to_text(const Diagnostic& diagnostic, const SourceSet& sources, bool color);
/// A JSON array (schema in docs/formats/diagnostics.md): severity, code, message, hint, effect, file, line, column,
/// product.
std::string to_json(const Diagnostics& diagnostics, const SourceSet& sources);
/// One SARIF 2.1.0 run (OASIS, section 3.14 and on) named after `tool`.
std::string to_sarif(const Diagnostics& diagnostics, const SourceSet& sources, std::string_view tool,
                     std::string_view version);

}  // namespace zoo
