// SPDX-License-Identifier: Apache-2.0
#include "module/setup/xml_scan.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "module/setup/file_text.h"

namespace zoo::setup {
namespace {

// No configuration is deeper; a hostile one shall not make us slow.
constexpr std::size_t kDeepest = 200;
constexpr std::size_t kMostAttributes = 1000;

struct NamedReference {
  std::string_view name;
  char character;
};
constexpr std::array<NamedReference, 5> kReferences = {
    {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}}};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_name_char(char c) {
  return is_name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/// What decode_file() has decoded; ASCII is part of it.
bool is_known_encoding(std::string_view name) {
  std::string lower;
  for (const char c : name) lower.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  return lower == "utf-8" || lower == "utf-16" || lower == "us-ascii";
}

/// XML 1.0, production 2.
bool is_xml_char(std::uint32_t code) {
  return code == 9 || code == 10 || code == 13 || (code >= 0x20 && code < 0xD800) ||
         (code >= 0xE000 && code <= 0x10FFFF && code != 0xFFFE && code != 0xFFFF);
}

std::optional<std::uint32_t> numeric_reference(std::string_view digits) {
  const bool hex = digits.starts_with('x');
  if (hex) digits.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
  if (error != std::errc() || end != digits.data() + digits.size() || !is_xml_char(code)) return std::nullopt;
  return code;
}

/// Appends what "&body;" stands for.
bool append_reference(std::string& out, std::string_view body) {
  if (body.starts_with('#')) {
    const std::optional<std::uint32_t> code = numeric_reference(body.substr(1));
    if (code) append_utf8(out, *code);
    return code.has_value();
  }
  const auto* const found = std::ranges::find(kReferences, body, &NamedReference::name);
  if (found == kReferences.end()) return false;
  out.push_back(found->character);
  return true;
}

/// Values are normalised as XML 1.0, 3.3.3 says: each blank is a space.
std::optional<std::string> resolve(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size(); ++at) {
    if (raw[at] != '&') {
      out.push_back(is_blank(raw[at]) ? ' ' : raw[at]);
      continue;
    }
    const std::size_t end = raw.find(';', at);
    if (end == std::string_view::npos || !append_reference(out, raw.substr(at + 1, end - at - 1))) return std::nullopt;
    at = end;
  }
  return out;
}

class Scanner {
 public:
  Scanner(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  SetupResult<XmlScan> run() {
    if (!scan()) return fail(SetupExit::kFindings, place() + ": " + problem_);
    return std::move(scan_);
  }

 private:
  bool scan() {
    if (!check_characters()) return false;
    while (at_ < text_.size()) {
      if (text_[at_] != '<' ? !skip_text() : !skip_markup()) return false;
    }
    if (!open_.empty()) return bad("<" + std::string(scan_.at(open_.back()).name) + "> is not closed");
    return !scan_.elements.empty() || bad("there is no element");
  }

  bool check_characters() {
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 && !is_blank(c); };
    const auto* const found = std::ranges::find_if(text_, is_control);
    if (found == text_.end()) return true;
    at_ = static_cast<std::size_t>(found - text_.begin());
    return bad("control characters cannot be part of XML");
  }

  bool skip_text() {
    const std::size_t end = std::min(text_.find('<', at_), text_.size());
    const std::string_view part = text_.substr(at_, end - at_);
    if (open_.empty() && !std::ranges::all_of(part, is_blank)) return bad("there is text outside of the root element");
    if (part.find('&') != std::string_view::npos && !resolve(part)) return bad("this text has a bad reference");
    at_ = end;
    return true;
  }

  bool skip_markup() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("<!--")) return skip_comment();
    if (rest.starts_with("<![CDATA[")) return open_.empty() ? bad("CDATA outside of the root") : skip_to("]]>", 9);
    if (rest.starts_with("<!")) return bad("a DOCTYPE is not part of a configuration file");
    if (rest.starts_with("<?")) return skip_instruction();
    return rest.starts_with("</") ? close_tag() : open_tag();
  }

  bool skip_to(std::string_view end, std::size_t skipped) {
    const std::size_t found = text_.find(end, at_ + skipped);
    if (found == std::string_view::npos) return bad("\"" + std::string(end) + "\" is missing");
    at_ = found + end.size();
    return true;
  }

  bool skip_instruction() {
    const std::size_t begin = at_;
    at_ += 2;
    const std::string_view name = read_name();
    if (name.empty() || (name == "xml" && begin != 0)) return bad("the XML declaration stands at the beginning only");
    return name == "xml" ? skip_declaration() : skip_to("?>", 0);
  }

  /// version, encoding, standalone: read as attributes, which are then forgotten.
  bool skip_declaration() {
    const ScannedElement none;
    for (;;) {
      skip_blanks();
      if (text_.substr(at_, 2) == "?>") break;
      if (!read_attribute(none)) return false;
    }
    const bool known = std::ranges::all_of(scan_.attributes, [](const ScannedAttribute& attribute) {
      return attribute.name != "encoding" || is_known_encoding(attribute.raw);
    });
    scan_.attributes.clear();
    at_ += 2;
    return known || bad("the encoding must be UTF-8 or UTF-16");
  }

  /// Two hyphens may not be part of a comment.
  bool skip_comment() {
    const std::size_t found = text_.find("--", at_ + 4);
    if (found == std::string_view::npos) return bad("the comment does not end");
    if (found + 2 >= text_.size() || text_[found + 2] != '>') return bad("\"--\" cannot be part of a comment");
    at_ = found + 3;
    return true;
  }

  std::string_view read_name() {
    const std::size_t begin = at_;
    if (at_ < text_.size() && is_name_start(text_[at_])) {
      while (at_ < text_.size() && is_name_char(text_[at_])) ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  bool open_tag() {
    if (open_.empty() && !scan_.elements.empty()) return bad("there is a second root element");
    if (open_.size() >= kDeepest) return bad("elements are nested too deeply");
    ScannedElement element;
    element.begin = at_++;
    element.name = read_name();
    if (element.name.empty()) return bad("\"<\" must begin a tag here");
    element.first_attribute = scan_.attributes.size();
    if (!read_attributes(element)) return false;
    element.self_closing = text_[at_] == '/';
    at_ += element.self_closing ? 2U : 1U;
    element.open_end = element.close_begin = element.end = at_;
    add(element);
    return true;
  }

  /// Up to the ">" or "/>" of the tag.
  bool read_attributes(ScannedElement& element) {
    for (;;) {
      const std::size_t before = at_;
      skip_blanks();
      const std::string_view rest = text_.substr(at_, 2);
      if (rest.starts_with('>') || rest == "/>") break;
      if (before == at_) return bad("a blank is missing before this attribute, or the tag does not end");
      if (!read_attribute(element)) return false;
    }
    element.attribute_count = scan_.attributes.size() - element.first_attribute;
    return true;
  }

  bool read_attribute(const ScannedElement& element) {
    ScannedAttribute attribute{read_name(), {}};
    if (attribute.name.empty()) return bad("an attribute's name was expected");
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != '=') return bad("\"=\" was expected");
    ++at_;
    skip_blanks();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '"' && quote != '\'') return bad("the value must be quoted");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) return bad("the value does not end");
    attribute.raw = text_.substr(at_ + 1, end - at_ - 1);
    if (attribute.raw.find('<') != std::string_view::npos) return bad("\"<\" cannot be part of a value");
    if (!resolve(attribute.raw)) return bad("this value has a bad reference");
    if (scan_.attributes.size() - element.first_attribute >= kMostAttributes)
      return bad("there are too many attributes");
    const auto begin = scan_.attributes.begin() + static_cast<std::ptrdiff_t>(element.first_attribute);
    if (std::any_of(begin, scan_.attributes.end(), [&](const auto& other) { return other.name == attribute.name; })) {
      return bad("the attribute \"" + std::string(attribute.name) + "\" is given twice");
    }
    scan_.attributes.push_back(attribute);
    at_ = end + 1;
    return true;
  }

  void add(ScannedElement& element) {
    const ElementId id = scan_.elements.size();
    if (!open_.empty()) {
      element.parent = open_.back();
      ScannedElement& parent = scan_.elements[element.parent];
      if (parent.first_child == kNoElement) {
        parent.first_child = id;
      } else {
        scan_.elements[parent.last_child].next_sibling = id;
      }
      parent.last_child = id;
    }
    if (!element.self_closing) open_.push_back(id);
    scan_.elements.push_back(element);
  }

  bool close_tag() {
    const std::size_t begin = at_;
    at_ += 2;
    const std::string_view name = read_name();
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != '>') return bad("the end tag does not end");
    if (open_.empty() || scan_.at(open_.back()).name != name) {
      at_ = begin;
      return bad("</" + std::string(name) + "> closes nothing that is open here");
    }
    ScannedElement& element = scan_.elements[open_.back()];
    element.close_begin = begin;
    element.end = ++at_;
    open_.pop_back();
    return true;
  }

  bool bad(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  std::string place() const {
    const std::string_view before = text_.substr(0, std::min(at_, text_.size()));
    const auto lines = std::ranges::count(before, '\n');
    const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
    return file_ + ":" + std::to_string(lines + 1) + ":" + std::to_string(before.size() - line_begin + 1);
  }

  std::string_view text_;
  const std::string& file_;
  std::size_t at_ = 0;
  XmlScan scan_;
  std::vector<ElementId> open_;
  std::string problem_;
};

}  // namespace

std::vector<ElementId> XmlScan::children(ElementId parent) const {
  std::vector<ElementId> found;
  for (ElementId id = at(parent).first_child; id != kNoElement; id = at(id).next_sibling) found.push_back(id);
  return found;
}

ElementId XmlScan::child(ElementId parent, std::string_view name) const {
  ElementId id = at(parent).first_child;
  while (id != kNoElement && at(id).name != name) id = at(id).next_sibling;
  return id;
}

std::optional<std::string> XmlScan::attribute(ElementId element, std::string_view name) const {
  for (std::size_t i = 0; i < at(element).attribute_count; ++i) {
    const ScannedAttribute& attribute = attributes[at(element).first_attribute + i];
    if (attribute.name == name) return resolve(attribute.raw);
  }
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> XmlScan::all_attributes(ElementId element) const {
  std::vector<std::pair<std::string, std::string>> found;
  for (std::size_t i = 0; i < at(element).attribute_count; ++i) {
    const ScannedAttribute& attribute = attributes[at(element).first_attribute + i];
    found.emplace_back(attribute.name, resolve(attribute.raw).value_or(std::string()));
  }
  return found;
}

SetupResult<XmlScan> scan_xml(std::string_view text, const std::string& file_name) {
  return Scanner(text, file_name).run();
}

std::string escape_attribute(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "&#" + std::to_string(static_cast<int>(c)) + ";";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace zoo::setup
