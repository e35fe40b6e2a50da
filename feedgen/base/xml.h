// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/source.h"

// NOLINTBEGIN(readability-identifier-naming): pugixml's own names
namespace pugi {
struct xml_node_struct;
struct xml_attribute_struct;
}  // namespace pugi
// NOLINTEND(readability-identifier-naming)

namespace zoo {

class XmlDocument;

/// An attribute of an XmlNode; valid as long as its XmlDocument. A default one is absent: empty name and value.
class XmlAttribute {
 public:
  XmlAttribute() = default;
  explicit XmlAttribute(pugi::xml_attribute_struct* raw) : raw_(raw) {}
  explicit operator bool() const { return raw_ != nullptr; }
  std::string_view name() const;
  std::string_view value() const;
  XmlAttribute next() const;

 private:
  pugi::xml_attribute_struct* raw_ = nullptr;
};

/// An element. Cheap to copy; valid as long as its XmlDocument. Comments and processing instructions are never seen.
class XmlNode {
 public:
  XmlNode() = default;
  XmlNode(pugi::xml_node_struct* raw, const XmlDocument* document) : raw_(raw), document_(document) {}
  explicit operator bool() const { return raw_ != nullptr; }
  bool operator==(const XmlNode& other) const { return raw_ == other.raw_; }
  std::string_view name() const;
  XmlNode first_child() const;  ///< First child element.
  XmlNode next() const;         ///< Next sibling element.
  XmlNode parent() const;
  XmlNode child(std::string_view name) const;
  XmlAttribute attribute(std::string_view name) const;
  XmlAttribute first_attribute() const;
  /// The element's own character data, entities resolved, pieces around comments and CDATA joined; not trimmed.
  /// "" for an empty element, never a null pointer.
  std::string_view text() const;
  /// Position of the element's name.
  SourcePos pos() const;
  /// Position of an attribute's name within the start tag; the element's when absent.
  SourcePos pos(std::string_view attribute_name) const;

 private:
  friend class XmlDocument;
  pugi::xml_node_struct* raw_ = nullptr;
  const XmlDocument* document_ = nullptr;
};

/// Allows `for (XmlNode c : children(node))`.
class XmlChildren {
 public:
  explicit XmlChildren(XmlNode parent) : first_(parent.first_child()) {}
  class Iterator {
   public:
    explicit Iterator(XmlNode node) : node_(node) {}
    XmlNode operator*() const { return node_; }
    Iterator& operator++() {
      node_ = node_.next();
      return *this;
    }
    bool operator!=(const Iterator& other) const { return !(node_ == other.node_); }

   private:
    XmlNode node_;
  };
  Iterator begin() const { return Iterator(first_); }
  static Iterator end() { return Iterator(XmlNode()); }

 private:
  XmlNode first_;
};
inline XmlChildren children(XmlNode node) {
  return XmlChildren(node);
}

/// A parsed XML text with positions. pugixml builds the tree; expat decides, at the same time on a second thread,
/// whether the text is well-formed with namespaces, since pugixml accepts much that the clients' .NET reader rejects.
/// Refused as hostile: more than kMaxDepth nested elements, any internal DTD subset (entities), more than 4 GiB.
class XmlDocument {
 public:
  static constexpr unsigned kMaxDepth = 256;
  ~XmlDocument();
  XmlDocument(const XmlDocument&) = delete;
  XmlDocument& operator=(const XmlDocument&) = delete;

  /// Text in any encoding that XML 1.0 (appendix F) lets one detect (UTF-8, UTF-16, Latin-1, ASCII and what expat
  /// knows); it is added to `sources` as UTF-8 under `path`. Null after reporting ZX01xx errors to `diagnostics`.
  static std::shared_ptr<XmlDocument> parse(std::string path, std::string bytes, SourceSet& sources,
                                            Diagnostics& diagnostics);
  XmlNode root() const;
  std::uint32_t source() const { return source_; }
  /// A node copied into this document (template expansion) is shown at the place of the call.
  XmlNode append_copy(XmlNode parent, XmlNode copied, XmlNode shown_at);
  /// Keeps a string alive as long as the document.
  std::string_view keep(std::string text) const;

 private:
  friend class XmlNode;
  XmlDocument();
  struct State;
  std::unique_ptr<State> state_;
  std::uint32_t source_ = SourcePos::kNone;
};

}  // namespace zoo
