// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace zoo {

/// A place in a text: which source of a SourceSet, and the byte offset in its UTF-8 text.
struct SourcePos {
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;
  std::uint32_t source = kNone;
  std::uint32_t offset = 0;
  bool known() const { return source != kNone; }
};

/// A text of the user's, kept to show positions. Lines and columns count from 1; columns count UTF-8 code points.
class SourceText {
 public:
  SourceText(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {}

  struct LineColumn {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
  };
  const std::string& path() const { return path_; }
  std::string_view text() const { return text_; }
  /// Thread-safe; the line table is made at the first call.
  LineColumn line_column(std::uint32_t offset) const;
  /// The line (without its end) that holds `offset`.
  std::string_view line_at(std::uint32_t offset) const;
  /// Byte offset of line and column (1-based) as other parsers give them, `column` in bytes.
  std::uint32_t offset_of(std::uint32_t line, std::uint32_t byte_column) const;

 private:
  std::size_t line_index(std::uint32_t offset) const;
  void make_table() const;
  std::string path_;
  std::string text_;
  mutable std::once_flag once_;
  mutable std::vector<std::uint32_t> line_starts_;
};

/// The sources of one run. Addresses of its elements stay valid. Not thread-safe while add() runs.
class SourceSet {
 public:
  /// `path` is what messages show; `text` must be UTF-8 of less than 4 GiB.
  std::uint32_t add(std::string path, std::string text);
  const SourceText& at(std::uint32_t index) const { return *sources_.at(index); }
  std::size_t size() const { return sources_.size(); }

 private:
  std::vector<std::unique_ptr<SourceText>> sources_;
};

}  // namespace zoo
