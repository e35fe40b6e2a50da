// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/source.h"

#include <algorithm>
#include <utility>

namespace zoo {

void SourceText::make_table() const {
  line_starts_.push_back(0);
  for (std::size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1)) {
    line_starts_.push_back(static_cast<std::uint32_t>(at + 1));
  }
}

std::size_t SourceText::line_index(std::uint32_t offset) const {
  std::call_once(once_, [this] { make_table(); });
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::size_t>(next - line_starts_.begin()) - 1;
}

SourceText::LineColumn SourceText::line_column(std::uint32_t offset) const {
  offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
  const std::size_t line = line_index(offset);
  const std::string_view before = std::string_view(text_).substr(line_starts_[line], offset - line_starts_[line]);
  const auto is_lead = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  const auto column = std::count_if(before.begin(), before.end(), is_lead) + 1;
  return {static_cast<std::uint32_t>(line + 1), static_cast<std::uint32_t>(column)};
}

std::string_view SourceText::line_at(std::uint32_t offset) const {
  const std::size_t line = line_index(std::min(offset, static_cast<std::uint32_t>(text_.size())));
  const std::size_t begin = line_starts_[line];
  std::size_t end = text_.find('\n', begin);
  if (end == std::string::npos) end = text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

std::uint32_t SourceText::offset_of(std::uint32_t line, std::uint32_t byte_column) const {
  line_index(0);
  const std::size_t index = std::min<std::size_t>(line == 0 ? 0 : line - 1, line_starts_.size() - 1);
  const std::size_t offset = line_starts_[index] + (byte_column == 0 ? 0 : byte_column - 1);
  return static_cast<std::uint32_t>(std::min(offset, text_.size()));
}

std::uint32_t SourceSet::add(std::string path, std::string text) {
  sources_.push_back(std::make_unique<SourceText>(std::move(path), std::move(text)));
  return static_cast<std::uint32_t>(sources_.size() - 1);
}

}  // namespace zoo
