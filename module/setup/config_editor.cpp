// SPDX-License-Identifier: Apache-2.0
#include "module/setup/config_editor.h"

#include <algorithm>

namespace zoo::setup {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

// How many blanks an end tag gets: see the class.
constexpr std::size_t kWasEmptyTag = 1;
constexpr std::size_t kWasEmpty = 2;
constexpr std::size_t kWasMissing = 3;

bool is_all_blank(std::string_view text) {
  return text.find_first_not_of(kBlanks) == std::string_view::npos;
}

std::string end_tag(std::string_view name, std::size_t blanks) {
  return "</" + std::string(name) + std::string(blanks, ' ') + ">";
}

}  // namespace

SetupResult<ConfigEditor> ConfigEditor::open(std::string text, std::string name) {
  ConfigEditor editor;
  editor.name_ = std::move(name);
  editor.text_ = std::make_unique<const std::string>(std::move(text));
  SetupResult<XmlScan> scan = scan_xml(*editor.text_, editor.name_);
  if (!scan) return tl::unexpected(scan.error());
  editor.scan_ = std::move(*scan);
  editor.find_layout();
  return editor;
}

/// New lines look like the file's own: its line ends and the indentation of its first nested element.
void ConfigEditor::find_layout() {
  const std::size_t line = text_->find('\n');
  if (line != std::string::npos) line_end_ = line > 0 && (*text_)[line - 1] == '\r' ? "\r\n" : "\n";
  const ElementId first = scan_.at(kRoot).first_child;
  if (first == kNoElement) return;
  const std::string indent = indent_of(scan_.at(first));
  if (!indent.empty()) unit_ = indent;
}

SetupResult<void> ConfigEditor::splice(std::size_t begin, std::size_t end, std::string_view text) {
  std::string changed;
  changed.reserve(text_->size() + text.size());
  changed.append(*text_, 0, begin).append(text).append(*text_, end);
  auto stored = std::make_unique<const std::string>(std::move(changed));
  SetupResult<XmlScan> scan = scan_xml(*stored, name_);
  if (!scan) return tl::unexpected(scan.error());
  text_ = std::move(stored);
  scan_ = std::move(*scan);
  return {};
}

std::string_view ConfigEditor::content(const ScannedElement& element) const {
  return std::string_view(*text_).substr(element.open_end, element.close_begin - element.open_end);
}

/// The blanks before an element that begins its line; else nothing.
std::string ConfigEditor::indent_of(const ScannedElement& element) const {
  std::size_t begin = element.begin;
  while (begin > 0 && ((*text_)[begin - 1] == ' ' || (*text_)[begin - 1] == '\t')) --begin;
  if (begin > 0 && (*text_)[begin - 1] != '\n') return {};
  return text_->substr(begin, element.begin - begin);
}

std::string ConfigEditor::child_indent(const ScannedElement& parent) const {
  if (parent.last_child != kNoElement) {
    std::string indent = indent_of(scan_.at(parent.last_child));
    if (!indent.empty()) return indent;
  }
  return indent_of(parent) + unit_;
}

/// `lines`: children stand on lines of their own.
std::string ConfigEditor::render(const NewElement& element, const std::string& indent, bool lines) const {
  std::string out = "<" + element.name;
  for (const auto& [name, value] : element.attributes) out += " " + name + "=\"" + escape_attribute(value) + "\"";
  if (element.children.empty()) return out + " />";
  out += ">";
  for (const NewElement& child : element.children) {
    if (lines) out += line_end_ + indent + unit_;
    out += render(child, indent + unit_, lines);
  }
  if (lines) out += line_end_ + indent;
  return out + end_tag(element.name, element.passing ? kWasMissing : 0);
}

/// `<a/>` and `<a></a>` get an end tag that tells which of both they were.
SetupResult<void> ConfigEditor::fill_empty(const ScannedElement& parent, const NewElement& element) {
  const std::string indent = child_indent(parent);
  const std::string inner = line_end_ + indent + render(element, indent, true) + line_end_ + indent_of(parent);
  const std::string tag = end_tag(parent.name, parent.self_closing ? kWasEmptyTag : kWasEmpty);
  if (parent.self_closing) return splice(parent.end - 2, parent.end, ">" + inner + tag);
  return splice(parent.open_end, parent.end, inner + tag);
}

SetupResult<void> ConfigEditor::append(ElementId parent_id, const NewElement& element) {
  const ScannedElement parent = scan_.at(parent_id);
  const std::string_view inside = content(parent);
  if (inside.empty()) return fill_empty(parent, element);
  const std::size_t last = inside.find_last_not_of(kBlanks);
  const std::size_t at = parent.open_end + (last == std::string_view::npos ? 0 : last + 1);
  if (inside.find('\n') == std::string_view::npos) return splice(at, at, render(element, {}, false));
  const std::string indent = child_indent(parent);
  return splice(at, at, line_end_ + indent + render(element, indent, true));
}

SetupResult<void> ConfigEditor::insert_first(ElementId parent_id, const NewElement& element) {
  const ScannedElement parent = scan_.at(parent_id);
  const std::string_view inside = content(parent);
  if (inside.empty()) return fill_empty(parent, element);
  const std::size_t at = parent.open_end;
  if (inside.find('\n') == std::string_view::npos) return splice(at, at, render(element, {}, false));
  const std::string indent = child_indent(parent);
  return splice(at, at, line_end_ + indent + render(element, indent, true));
}

SetupResult<void> ConfigEditor::replace(ElementId old, const NewElement& element) {
  const ScannedElement found = scan_.at(old);
  const std::string indent = indent_of(found);
  return splice(found.begin, found.end, render(element, indent, true));
}

SetupResult<void> ConfigEditor::remove(ElementId id) {
  const ScannedElement element = scan_.at(id);
  std::size_t begin = element.begin;
  while (begin > 0 && ((*text_)[begin - 1] == ' ' || (*text_)[begin - 1] == '\t')) --begin;
  const bool first = begin > 0 && (*text_)[begin - 1] == '\n';
  const std::size_t after = std::min(text_->find_first_not_of(" \t", element.end), text_->size());
  const std::string_view rest = std::string_view(*text_).substr(after);
  const bool last = rest.starts_with('\r') || rest.starts_with('\n') || rest.starts_with("</");
  if (!first || !last) {
    begin = element.begin;
  } else {
    begin -= begin > 1 && (*text_)[begin - 2] == '\r' ? 2U : 1U;
  }
  SetupResult<void> done = splice(begin, element.end, {});
  return done && element.parent != kNoElement ? collapse(element.parent) : done;
}

SetupResult<void> ConfigEditor::collapse(ElementId id) {
  const ScannedElement element = scan_.at(id);
  const std::size_t blanks = element.end - element.close_begin - element.name.size() - 3;
  if (element.self_closing || blanks == 0 || !is_all_blank(content(element))) return {};
  if (blanks == kWasEmptyTag) return splice(element.open_end - 1, element.end, "/>");
  if (blanks == kWasEmpty) return splice(element.open_end, element.end, end_tag(element.name, 0));
  return blanks == kWasMissing ? remove(id) : SetupResult<void>();
}

}  // namespace zoo::setup
