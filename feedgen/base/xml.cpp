// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/xml.h"

#include <expat.h>
#include <fmt/format.h>
#include <iconv.h>

#include <array>
#include <bit>
#include <cerrno>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <pugixml.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#include "feedgen/base/xml_fast_check.h"

namespace zoo {
namespace {

constexpr std::uint64_t kMaxXmlBytes = 0xFFFFFFF0ULL;
// Elements keep their only text themselves: a third fewer nodes in a feed.
constexpr unsigned kParseOptions =
    pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_wconv_attribute | pugi::parse_embed_pcdata;

// ---------------------------------------------------------------------------------------------------- encodings

/// XML 1.0 appendix F: byte order marks first, then the first bytes of "<?xml".
std::string_view encoding_by_bytes(std::string_view bytes) {
  using namespace std::string_view_literals;
  struct Mark {
    std::string_view bytes, encoding;
  };
  static constexpr std::array kMarks = {
      Mark{"\xEF\xBB\xBF"sv, "UTF-8"}, Mark{"\xFF\xFE\0\0"sv, "UTF-32LE"}, Mark{"\0\0\xFE\xFF"sv, "UTF-32BE"},
      Mark{"\xFF\xFE"sv, "UTF-16LE"},  Mark{"\xFE\xFF"sv, "UTF-16BE"},     Mark{"<\0?\0"sv, "UTF-16LE"},
      Mark{"\0<\0?"sv, "UTF-16BE"},
  };
  for (const Mark& mark : kMarks) {
    if (bytes.substr(0, mark.bytes.size()) == mark.bytes) return mark.encoding;
  }
  return {};
}

/// The encoding named by an XML declaration in ASCII bytes, or empty.
std::string declared_encoding(std::string_view bytes) {
  if (bytes.substr(0, 5) != "<?xml") return {};
  const std::string_view declaration = bytes.substr(0, std::min(bytes.find("?>"), std::size_t{512}));
  std::size_t at = declaration.find("encoding");
  if (at == std::string_view::npos) return {};
  at = declaration.find_first_of("'\"", at);
  if (at == std::string_view::npos) return {};
  const std::size_t end = declaration.find(declaration[at], at + 1);
  if (end == std::string_view::npos) return {};
  return std::string(declaration.substr(at + 1, end - at - 1));
}

bool is_utf8(std::string_view encoding) {
  const auto same = [&](std::string_view other) {
    return encoding.size() == other.size() &&
           std::equal(encoding.begin(), encoding.end(), other.begin(),
                      [](char a, char b) { return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 32) : a) == b; });
  };
  return encoding.empty() || same("UTF-8") || same("UTF8") || same("US-ASCII") || same("ASCII");
}

struct Converted {
  std::string text;
  bool known = true;
  bool clean = true;  ///< False when a byte sequence was no text in the encoding.
};

Converted convert(const std::string& bytes, const std::string& encoding) {
  Converted out;
  iconv_t converter = iconv_open("UTF-8", encoding.c_str());
  if (converter == reinterpret_cast<iconv_t>(-1)) {  // NOLINT(performance-no-int-to-ptr): POSIX's own convention
    out.known = false;
    return out;
  }
  std::string input = bytes;
  char* from = input.data();
  std::size_t left = input.size();
  std::vector<char> buffer(64U << 10U);
  while (left > 0 && out.clean) {
    char* to = buffer.data();
    std::size_t room = buffer.size();
    const std::size_t done = iconv(converter, &from, &left, &to, &room);
    out.text.append(buffer.data(), buffer.size() - room);
    out.clean = done != static_cast<std::size_t>(-1) || errno == E2BIG;
  }
  iconv_close(converter);
  return out;
}

std::optional<std::string> to_utf8(const std::string& path, std::string bytes, SourceSet& sources,
                                   Diagnostics& diagnostics) {
  std::string encoding(encoding_by_bytes(bytes));
  if (encoding.empty()) encoding = declared_encoding(bytes);
  std::string text;
  if (is_utf8(encoding)) {
    text = std::move(bytes);
  } else {
    Converted converted = convert(bytes, encoding);
    if (!converted.known || !converted.clean) {
      const SourcePos pos{sources.add(path, std::move(converted.text)), 0};
      diagnostics.error("ZX0102",
                        converted.known ? fmt::format("the text is not {} as its first bytes claim", encoding)
                                        : fmt::format("unknown encoding \"{}\"", encoding),
                        pos, "save the file as UTF-8");
      return std::nullopt;
    }
    text = std::move(converted.text);
  }
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.erase(0, 3);
  return text;
}

// ------------------------------------------------------------------------------------------------ well-formedness

struct Verdict {
  bool ok = true;
  std::string code, message, hint;
  std::uint32_t line = 0, byte_column = 0;
};

class WellFormedCheck {
 public:
  Verdict run(std::string_view text) {
    parser_ = XML_ParserCreateNS("UTF-8", '\n');
    if (parser_ == nullptr) return {false, "ZX0103", "out of memory", "", 0, 0};
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(parser_, on_start, on_end);
    XML_SetStartDoctypeDeclHandler(parser_, on_doctype);
    parse(text);
    XML_ParserFree(parser_);
    return std::move(verdict_);
  }

 private:
  /// In pieces: expat takes an int, and a piece that a stopped parser no longer sees costs nothing.
  void parse(std::string_view text) {
    constexpr std::size_t kPiece = 64U << 20U;
    do {
      const std::string_view piece = text.substr(0, kPiece);
      text.remove_prefix(piece.size());
      if (XML_Parse(parser_, piece.data(), static_cast<int>(piece.size()), text.empty() ? 1 : 0) == XML_STATUS_OK)
        continue;
      if (verdict_.ok) refuse("ZX0101", syntax_error(XML_GetErrorCode(parser_)), "");
      return;
    } while (!text.empty());
  }

  /// Expat's own words where they say enough.
  static std::string syntax_error(XML_Error code) {
    switch (code) {
      case XML_ERROR_NO_ELEMENTS:
        return "the file is empty or ends before its root element does";
      case XML_ERROR_SYNTAX:
        return "this is no XML: a document begins with a tag";
      case XML_ERROR_UNCLOSED_TOKEN:
        return "the file ends within this tag or text";
      case XML_ERROR_PARTIAL_CHAR:
        return "the file ends within a character";
      case XML_ERROR_INVALID_TOKEN:
        return "this character may not stand here, or is no UTF-8";
      case XML_ERROR_TAG_MISMATCH:
        return "this end tag does not close the element that is open";
      case XML_ERROR_JUNK_AFTER_DOC_ELEMENT:
        return "something follows the end of the root element";
      default:
        return XML_ErrorString(code);
    }
  }

  void refuse(std::string code, std::string message, std::string hint) {
    verdict_ = {false,
                std::move(code),
                std::move(message),
                std::move(hint),
                static_cast<std::uint32_t>(XML_GetCurrentLineNumber(parser_)),
                static_cast<std::uint32_t>(XML_GetCurrentColumnNumber(parser_) + 1)};
  }

  void stop(std::string code, std::string message, std::string hint) {
    refuse(std::move(code), std::move(message), std::move(hint));
    XML_StopParser(parser_, XML_FALSE);
  }

  static void on_start(void* self, const XML_Char*, const XML_Char**) {
    auto& check = *static_cast<WellFormedCheck*>(self);
    if (++check.depth_ > XmlDocument::kMaxDepth) {
      check.stop("ZX0104", fmt::format("elements are nested more than {} deep", XmlDocument::kMaxDepth), "");
    }
  }
  static void on_end(void* self, const XML_Char*) { --static_cast<WellFormedCheck*>(self)->depth_; }
  static void on_doctype(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int has_internal_subset) {
    if (has_internal_subset == 0) return;
    static_cast<WellFormedCheck*>(self)->stop("ZX0105", "a DOCTYPE with an internal subset is refused",
                                              "write the text of the entities in their place and drop the DOCTYPE");
  }

  XML_Parser parser_ = nullptr;
  unsigned depth_ = 0;
  Verdict verdict_;
};

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Offset of attribute `wanted` in the start tag whose element name begins at `at`, or `at`. The text is well-formed.
std::size_t attribute_offset(std::string_view text, std::size_t at, std::string_view wanted) {
  std::size_t i = at;
  while (i < text.size() && !is_space(text[i]) && text[i] != '>' && text[i] != '/') ++i;
  while (i < text.size()) {
    while (i < text.size() && is_space(text[i])) ++i;
    if (i >= text.size() || text[i] == '>' || text[i] == '/') return at;
    const std::size_t name = i;
    while (i < text.size() && !is_space(text[i]) && text[i] != '=') ++i;
    if (text.substr(name, i - name) == wanted) return name;
    i = text.find_first_of("'\"", i);
    if (i == std::string_view::npos) return at;
    i = text.find(text[i], i + 1);
    if (i == std::string_view::npos) return at;
    ++i;
  }
  return at;
}

// pugixml's handles are one pointer each, but its constructors and accessors are calls into the shared library. A feed
// of 10,000 products is walked by a million elements, where those calls cost as much as the work.
pugi::xml_node handle(pugi::xml_node_struct* raw) {
  return std::bit_cast<pugi::xml_node>(raw);
}
pugi::xml_attribute handle(pugi::xml_attribute_struct* raw) {
  return std::bit_cast<pugi::xml_attribute>(raw);
}
pugi::xml_node_struct* raw_of(pugi::xml_node node) {
  return std::bit_cast<pugi::xml_node_struct*>(node);
}
pugi::xml_attribute_struct* raw_of(pugi::xml_attribute attribute) {
  return std::bit_cast<pugi::xml_attribute_struct*>(attribute);
}

pugi::xml_node first_element(pugi::xml_node node) {
  while (raw_of(node) != nullptr && node.type() != pugi::node_element) node = node.next_sibling();
  return node;
}

bool is_text(pugi::xml_node node) {
  return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}

}  // namespace

struct XmlDocument::State {
  const SourceText* source = nullptr;
  std::string buffer;  ///< pugixml works in place.
  pugi::xml_document document;
  std::unordered_map<const pugi::xml_node_struct*, SourcePos> shown;  ///< copied nodes
  std::mutex mutex;
  std::deque<std::string> strings;
};

XmlDocument::XmlDocument() : state_(std::make_unique<State>()) {}
XmlDocument::~XmlDocument() = default;

std::shared_ptr<XmlDocument> XmlDocument::parse(std::string path, std::string bytes, SourceSet& sources,
                                                Diagnostics& diagnostics) {
  if (bytes.size() > kMaxXmlBytes) {
    diagnostics.error("ZX0106", fmt::format("{} is larger than 4 GiB", path));
    return nullptr;
  }
  std::optional<std::string> text = to_utf8(path, std::move(bytes), sources, diagnostics);
  if (!text) return nullptr;
  std::shared_ptr<XmlDocument> self(new XmlDocument());
  self->source_ = sources.add(std::move(path), std::move(*text));
  State& state = *self->state_;
  state.source = &sources.at(self->source_);

  // The two parsers read the same text at the same time; small texts are not worth a thread.
  constexpr std::size_t kWorthAThread = 256U << 10U;
  const std::string_view source_text = state.source->text();
  const auto policy = source_text.size() > kWorthAThread ? std::launch::async : std::launch::deferred;
  auto check = std::async(policy, [source_text] {
    if (surely_well_formed(source_text, kMaxDepth)) return Verdict{};
    return WellFormedCheck().run(source_text);
  });
  state.buffer = source_text;
  const auto parsed =
      state.document.load_buffer_inplace(state.buffer.data(), state.buffer.size(), kParseOptions, pugi::encoding_utf8);
  const Verdict verdict = check.get();
  if (!verdict.ok) {
    const SourcePos pos{self->source_, state.source->offset_of(verdict.line, verdict.byte_column)};
    diagnostics.error(verdict.code, verdict.message, pos, verdict.hint);
    return nullptr;
  }
  if (!parsed) {
    diagnostics.error("ZX0101", parsed.description(), {self->source_, static_cast<std::uint32_t>(parsed.offset)});
    return nullptr;
  }
  return self;
}

XmlNode XmlDocument::root() const {
  return {state_->document.document_element().internal_object(), this};
}

XmlNode XmlDocument::append_copy(XmlNode parent, XmlNode copied, XmlNode shown_at) {
  const pugi::xml_node made = handle(parent.raw_).append_copy(handle(copied.raw_));
  state_->shown.emplace(raw_of(made), shown_at.pos());
  return {raw_of(made), this};
}

std::string_view XmlDocument::keep(std::string text) const {
  const std::lock_guard lock(state_->mutex);
  return state_->strings.emplace_back(std::move(text));
}

std::string_view XmlAttribute::name() const {
  return handle(raw_).name();
}
std::string_view XmlAttribute::value() const {
  return handle(raw_).value();
}
XmlAttribute XmlAttribute::next() const {
  return XmlAttribute(raw_of(handle(raw_).next_attribute()));
}

std::string_view XmlNode::name() const {
  return handle(raw_).name();
}

XmlNode XmlNode::first_child() const {
  return {raw_of(first_element(handle(raw_).first_child())), document_};
}

XmlNode XmlNode::next() const {
  return {raw_of(first_element(handle(raw_).next_sibling())), document_};
}

XmlNode XmlNode::parent() const {
  const pugi::xml_node parent = handle(raw_).parent();
  if (parent.type() != pugi::node_element) return {};
  return {raw_of(parent), document_};
}

XmlNode XmlNode::child(std::string_view name) const {
  for (XmlNode c = first_child(); c; c = c.next()) {
    if (c.name() == name) return c;
  }
  return {};
}

XmlAttribute XmlNode::first_attribute() const {
  return XmlAttribute(raw_of(handle(raw_).first_attribute()));
}

XmlAttribute XmlNode::attribute(std::string_view name) const {
  for (XmlAttribute a = first_attribute(); a; a = a.next()) {
    if (a.name() == name) return a;
  }
  return {};
}

std::string_view XmlNode::text() const {
  const pugi::xml_node node = handle(raw_);
  const std::string_view embedded =
      node.value();  // parse_embed_pcdata: the first text, if it comes before all children
  std::string_view only = embedded;
  std::string joined;
  for (pugi::xml_node child = node.first_child(); raw_of(child) != nullptr; child = child.next_sibling()) {
    if (!is_text(child)) continue;
    const std::string_view piece = child.value();
    if (only.empty()) {
      only = piece;
    } else if (!piece.empty()) {
      if (joined.empty()) joined = only;
      joined += piece;
    }
  }
  if (!joined.empty()) return document_->keep(std::move(joined));
  return only.empty() ? std::string_view("") : only;
}

SourcePos XmlNode::pos() const {
  if (raw_ == nullptr) return {};
  const std::ptrdiff_t offset = handle(raw_).offset_debug();
  if (offset >= 0) return {document_->source_, static_cast<std::uint32_t>(offset)};
  const auto& shown = document_->state_->shown;
  const auto found = shown.find(raw_);
  return found != shown.end() ? found->second : parent().pos();
}

SourcePos XmlNode::pos(std::string_view attribute_name) const {
  const SourcePos element = pos();
  if (!element.known() || handle(raw_).offset_debug() < 0) return element;
  const std::size_t at = attribute_offset(document_->state_->source->text(), element.offset, attribute_name);
  return {element.source, static_cast<std::uint32_t>(at)};
}

}  // namespace zoo
