// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/xml.h"
#include "feedgen/catalog/product.h"
#include "feedgen/feed/webpi_names.h"

/// The feed as the client sees it after its own preprocessing (webpi-feed 1 templates, 2 productVersions). Nothing is
/// copied: an Element is a place in the document together with the template call through which it was reached.
namespace zoo::feed::webpi {

/// One template call on the way to an element.
struct Frame {
  std::string_view template_id;
  std::vector<std::pair<std::string_view, std::string_view>> arguments;  ///< name, value
  SourcePos call;                                                        ///< The outermost call.
  const Frame* outer = nullptr;
  unsigned depth = 1;
};

/// An element with the template call that it stands in; as cheap to copy as XmlNode.
struct Element {
  XmlNode node;
  const Frame* frame = nullptr;
  explicit operator bool() const { return static_cast<bool>(node); }
};

/// Walks a document with template calls and product versions expanded. Reports ZF08xx. Not thread-safe; lives as long
/// as the reading takes.
class Expander {
 public:
  static constexpr unsigned kMaxCalls = 64;             ///< Calls within calls.
  static constexpr std::size_t kMaxExpanded = 200'000;  ///< Elements reached through templates and versions,
  static constexpr std::size_t kMaxPerEntry = 1'000;    ///< these more for each entry of the feed,
  static constexpr std::size_t kMaxInAll = 20'000'000;  ///< but no more than these.
  static constexpr std::size_t kMaxText = 64U << 20U;   ///< Bytes of text with arguments put in.

  Expander(std::shared_ptr<XmlDocument> document, Diagnostics& diagnostics)
      : document_(std::move(document)), diagnostics_(diagnostics) {}

  /// Learns the definitions of a feed's `templates` element.
  void define(XmlNode templates);
  /// What names of the Atom namespace begin with ("a:"), when the feed uses a prefix; otherwise empty.
  void set_prefix(std::string prefix) { prefix_ = std::move(prefix); }
  /// The version whose `productVersion` contents are read; empty: none.
  void set_version(std::string_view version) { version_ = version; }
  /// True when `productVersions` was passed while no version was set, since the last call.
  bool take_passed_versions() { return std::exchange(passed_versions_, false); }
  /// True when a bound was hit: what was read last is incomplete.
  bool exhausted() const { return expanded_ >= limit_; }
  void set_entries(std::size_t entries) { limit_ = std::min(kMaxInAll, kMaxExpanded + kMaxPerEntry * entries); }

  Name name(XmlNode node) const;
  /// The name as written, without the feed's own prefix.
  std::string_view local_name(XmlNode node) const;
  /// Calls visit(Name, Element) for each child element of the Atom namespace.
  template <typename Visit>
  void children(const Element& parent, Visit&& visit);

  std::string_view text(const Element& element);
  std::string_view attribute(const Element& element, std::string_view name);
  /// Text with its place.
  catalog::Field field(const Element& element) { return {text(element), pos(element)}; }
  /// An attribute as a field; not present when missing.
  catalog::Field field(const Element& element, std::string_view attribute_name);
  SourcePos pos(const Element& element) const { return element.frame ? element.frame->call : element.node.pos(); }
  bool has_children(const Element& element) const { return static_cast<bool>(element.node.first_child()); }
  std::string_view keep(std::string text) const { return document_->keep(std::move(text)); }

 private:
  struct Definition {
    XmlNode node;
    std::vector<std::string_view> arguments;
  };
  /// The element whose children take the place of a call or of `productVersions`; none when there is nothing to read.
  Element enter(Name name, const Element& element);
  Element enter_template(const Element& call);
  Element enter_version(const Element& versions);
  bool is_foreign(XmlNode node) const;
  bool within_budget(const Element& element);
  void exhaust(SourcePos pos, std::string message);
  std::string_view expanded(std::string_view text, const Frame* frame);
  void report(std::string_view rule_id, SourcePos pos, std::string message);

  std::shared_ptr<XmlDocument> document_;
  Diagnostics& diagnostics_;
  std::unordered_map<std::string_view, Definition> definitions_;
  std::deque<Frame> frames_;
  std::string prefix_;
  std::string_view version_;
  bool passed_versions_ = false;
  std::size_t limit_ = kMaxExpanded;
  std::size_t expanded_ = 0;
  std::size_t expanded_text_ = 0;
};

template <typename Visit>
void Expander::children(const Element& parent, Visit&& visit) {
  for (XmlNode node = parent.node.first_child(); node; node = node.next()) {
    const Element child{node, parent.frame};
    if ((child.frame != nullptr || !version_.empty()) && !within_budget(child)) return;
    const Name found = name(node);
    if (found == Name::kTemplate || found == Name::kProductVersions) {
      if (const Element inner = enter(found, child)) children(inner, visit);
    } else if (!node.first_attribute() || !is_foreign(node)) {
      visit(found, child);
    }
  }
}

}  // namespace zoo::feed::webpi
