// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace zoo::feed {

/// Text made safe for element content and for attribute values in double quotes, in HTML as in XML: the five special
/// characters become references; what is no UTF-8, or no character of XML 1.0 (section 2.2), becomes U+FFFD.
std::string html_escaped(std::string_view text);

/// The trimmed address when a page may link to it: http, https or mailto, without white space and control characters;
/// otherwise "". Everything else (javascript:, data:, file:, ...) could run or read something on the reader's machine.
std::string linkable_url(std::string_view url);

/// The path when it is a plain relative one ("icons/python.png"): no scheme, no root, no "..", no backslash, no query;
/// otherwise "". Such a path can only name a file beside or below the page.
std::string relative_path(std::string_view path);

struct HtmlAttribute {
  std::string_view name;
  std::string_view value;  ///< Written escaped; a value without data (std::string_view()) leaves the attribute out.
};
using HtmlAttributes = std::initializer_list<HtmlAttribute>;

/// Builds HTML that is well-formed XML too: elements are closed in order and void elements end in "/>".
/// Not thread-safe. Element and attribute names are the caller's own; texts and values are escaped here.
class HtmlWriter {
 public:
  HtmlWriter& open(std::string_view name, HtmlAttributes attributes = {});
  HtmlWriter& close();
  HtmlWriter& text(std::string_view text);
  /// open, text, close.
  HtmlWriter& element(std::string_view name, HtmlAttributes attributes, std::string_view text);
  /// A void element: meta, link, img, br.
  HtmlWriter& empty(std::string_view name, HtmlAttributes attributes);
  /// Markup of our own writers, as it is.
  HtmlWriter& raw(std::string_view markup);

  const std::string& markup() const { return out_; }

 private:
  void start_tag(std::string_view name, HtmlAttributes attributes);
  std::string out_;
  std::vector<std::string> open_;
};

/// Opens an element and closes it at the end of the block.
class HtmlScope {
 public:
  HtmlScope(HtmlWriter& writer, std::string_view name, HtmlAttributes attributes = {}) : writer_(writer) {
    writer_.open(name, attributes);
  }
  ~HtmlScope() { writer_.close(); }
  HtmlScope(const HtmlScope&) = delete;
  HtmlScope& operator=(const HtmlScope&) = delete;

 private:
  HtmlWriter& writer_;
};

}  // namespace zoo::feed
