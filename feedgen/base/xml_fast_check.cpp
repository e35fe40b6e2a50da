// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/xml_fast_check.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

// Section numbers are those of XML 1.0 (fifth edition); names follow the stricter fourth, as expat does: ASCII is
// common to both. Everything unusual makes the answer "not sure", which keeps this short enough to be read against the
// grammar.
namespace zoo {
namespace {

using namespace std::string_view_literals;

// ---------------------------------------------------------------------------------------------- characters (2.2)

constexpr std::size_t kBlock = 64;

/// True when the block holds nothing but printable ASCII, tab, LF and CR. Written for the compiler's vectoriser.
bool is_plain_block(const char* block) {
  unsigned bad = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const auto c = static_cast<unsigned char>(block[i]);
    const unsigned control = static_cast<unsigned>(c < 0x20U) & static_cast<unsigned>(c != '\t') &
                             static_cast<unsigned>(c != '\n') & static_cast<unsigned>(c != '\r');
    bad |= control | static_cast<unsigned>(c >= 0x80U);
  }
  return bad == 0;
}

bool is_continuation(unsigned char c) {
  return (c & 0xC0U) == 0x80U;
}

/// Bytes of the XML character that `text` begins with, or 0 when it is none (RFC 3629, table 3-7 of Unicode).
std::size_t character_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned a = at(0);
  const unsigned b = at(1);
  if (a < 0x80U) return a >= 0x20U || a == '\t' || a == '\n' || a == '\r' ? 1 : 0;
  if (a < 0xC2U || !is_continuation(static_cast<unsigned char>(b))) return 0;
  if (a < 0xE0U) return 2;
  if (!is_continuation(static_cast<unsigned char>(at(2)))) return 0;
  if (a < 0xF0U) {
    const bool overlong = a == 0xE0U && b < 0xA0U;
    const bool surrogate = a == 0xEDU && b >= 0xA0U;
    const bool not_a_character = a == 0xEFU && b == 0xBFU && at(2) >= 0xBEU;
    return overlong || surrogate || not_a_character ? 0 : 3;
  }
  if (!is_continuation(static_cast<unsigned char>(at(3)))) return 0;
  const bool in_range = (a > 0xF0U || b >= 0x90U) && (a < 0xF4U || (a == 0xF4U && b < 0x90U));
  return in_range ? 4 : 0;
}

bool has_only_characters(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t end = std::min(i + kBlock, text.size());
    if (end - i == kBlock && is_plain_block(text.data() + i)) {
      i = end;
      continue;
    }
    while (i < end) {
      const std::size_t length = character_length(text.substr(i, 4));
      if (length == 0) return false;
      i += length;
    }
  }
  return true;
}

// ---------------------------------------------------------------------------------------------- markup (2.3 to 4.1)

enum Class : std::uint8_t { kNameStart = 1, kNamePart = 2, kTextEnd = 4, kValueEnd = 8, kSpace = 16 };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 0; c < 128; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    const bool digit = c >= '0' && c <= '9';
    if (letter) classes.at(c) |= kNameStart;
    if (letter || digit || c == '.' || c == '-') classes.at(c) |= kNamePart;
    if (c == '<' || c == '&' || c == ']') classes.at(c) |= kTextEnd;
    if (c == '<' || c == '&' || c == '"' || c == '\'') classes.at(c) |= kValueEnd;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') classes.at(c) |= kSpace;
  }
  return classes;
}
constexpr std::array<std::uint8_t, 256> kClasses = make_classes();

bool is(char c, Class wanted) {
  return (kClasses[static_cast<unsigned char>(c)] & wanted) != 0;
}

/// The value of one digit, or `base` when it is none.
unsigned digit_value(char c, unsigned base) {
  unsigned value = base;
  if (c >= '0' && c <= '9') value = static_cast<unsigned>(c - '0');
  if (base == 16 && c >= 'a' && c <= 'f') value = static_cast<unsigned>(c - 'a') + 10;
  if (base == 16 && c >= 'A' && c <= 'F') value = static_cast<unsigned>(c - 'A') + 10;
  return std::min(value, base);
}

bool is_character(std::uint32_t code) {
  if (code < 0x20U) return code == '\t' || code == '\n' || code == '\r';
  return code < 0xD800U || (code >= 0xE000U && code <= 0xFFFDU) || (code >= 0x10000U && code <= 0x10FFFFU);
}

class FastCheck {
 public:
  FastCheck(std::string_view text, unsigned max_depth)
      : at_(text.data()), end_(text.data() + text.size()), max_depth_(std::min<std::size_t>(max_depth, kMaxOpen)) {}

  /// [1] document, without doctypedecl and PI.
  bool document() {
    if (begins_with("<?xml"sv) && !declaration()) return false;
    if (!misc() || !take('<') || !start_tag()) return false;
    while (depth_ > 0) {
      if (!content()) return false;
    }
    return misc() && at_ == end_;
  }

 private:
  static constexpr std::size_t kMaxOpen = 256;
  static constexpr std::size_t kMaxAttributes = 16;

  bool begins_with(std::string_view wanted) const {
    return static_cast<std::size_t>(end_ - at_) >= wanted.size() && std::memcmp(at_, wanted.data(), wanted.size()) == 0;
  }
  bool take(std::string_view wanted) {
    if (!begins_with(wanted)) return false;
    at_ += wanted.size();
    return true;
  }
  bool take(char wanted) {
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }
  bool spaces() {
    const char* begin = at_;
    while (at_ != end_ && is(*at_, kSpace)) ++at_;
    return at_ != begin;
  }

  /// Up to and with `mark`, which must be there.
  bool skip_past(std::string_view mark) {
    const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    const std::size_t found = rest.find(mark);
    if (found == std::string_view::npos) return false;
    at_ += found + mark.size();
    return true;
  }

  /// [23] XMLDecl. The name of the encoding has done its work by now.
  bool declaration() {
    at_ += "<?xml"sv.size();
    std::string_view value;
    if (!pseudo_attribute("version"sv, value) || value != "1.0") return false;
    if (pseudo_attribute("encoding"sv, value)) {
      const bool good = !value.empty() && is(value[0], kNameStart) && value[0] != '_' &&
                        std::all_of(value.begin(), value.end(), [](char c) { return is(c, kNamePart); });
      if (!good) return false;
    }
    if (pseudo_attribute("standalone"sv, value) && value != "yes" && value != "no") return false;
    spaces();
    return take("?>"sv);
  }

  /// Space, name, "=" and a quoted value; nothing is taken when it is another one.
  bool pseudo_attribute(std::string_view name, std::string_view& value) {
    const char* begin = at_;
    if (spaces() && take(name) && take('=') && at_ != end_ && (*at_ == '"' || *at_ == '\'')) {
      const char quote = *at_++;
      const char* close = std::find(at_, end_, quote);
      if (close != end_) {
        value = {at_, static_cast<std::size_t>(close - at_)};
        at_ = close + 1;
        return true;
      }
    }
    at_ = begin;
    return false;
  }

  /// [27] Misc*: white space and comments around the root.
  bool misc() {
    spaces();
    while (take("<!--"sv)) {
      if (!comment()) return false;
      spaces();
    }
    return true;
  }

  /// [15] Comment after its "<!--": the first "--" must be that of "-->".
  bool comment() { return skip_past("--"sv) && take('>'); }

  /// [43] one step of content: text up to markup, and the markup.
  bool content() {
    if (!text() || at_ == end_) return false;
    ++at_;
    if (at_ == end_) return false;
    if (*at_ == '/') return end_tag();
    if (*at_ != '!') return start_tag();
    if (take("!--"sv)) return comment();
    return take("![CDATA["sv) && skip_past("]]>"sv);
  }

  /// [14] CharData and references: up to a "<".
  bool text() {
    for (;;) {
      while (at_ != end_ && !is(*at_, kTextEnd)) ++at_;
      if (at_ == end_ || *at_ == '<') return true;
      if (*at_ == ']') {
        if (begins_with("]]>"sv)) return false;
        ++at_;
      } else if (!reference()) {
        return false;
      }
    }
  }

  /// [67] Reference: the predefined entities, or a number of a character.
  bool reference() {
    ++at_;
    if (take('#')) return character_reference();
    return take("amp;"sv) || take("lt;"sv) || take("gt;"sv) || take("quot;"sv) || take("apos;"sv);
  }

  bool character_reference() {
    const unsigned base = take('x') ? 16 : 10;
    std::uint32_t code = 0;
    const char* begin = at_;
    for (; at_ != end_ && at_ - begin < 8; ++at_) {
      const unsigned digit = digit_value(*at_, base);
      if (digit == base) break;
      code = code * base + digit;
    }
    return at_ != begin && take(';') && is_character(code);
  }

  /// [5] Name of ASCII letters, without a colon; empty when there is none.
  std::string_view name() {
    const char* begin = at_;
    if (at_ == end_ || !is(*at_, kNameStart)) return {};
    while (at_ != end_ && is(*at_, kNamePart)) ++at_;
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

  /// [40] STag or [44] EmptyElemTag after the "<".
  bool start_tag() {
    const std::string_view element = name();
    if (element.empty() || depth_ == max_depth_) return false;
    attributes_ = 0;
    for (;;) {
      const bool spaced = spaces();
      if (take('>')) {
        open_[depth_++] = element;
        return true;
      }
      if (take("/>"sv)) return true;
      if (!spaced || !attribute()) return false;
    }
  }

  /// [42] ETag after the "<".
  bool end_tag() {
    ++at_;
    if (name() != open_[depth_ - 1]) return false;
    spaces();
    --depth_;
    return take('>');
  }

  /// [41] Attribute; a name may stand once in a tag.
  bool attribute() {
    const std::string_view attribute_name = name();
    if (attribute_name.empty() || attributes_ == kMaxAttributes) return false;
    const auto* used_end = names_.begin() + attributes_;
    if (std::find(names_.cbegin(), used_end, attribute_name) != used_end) return false;
    names_[attributes_++] = attribute_name;
    spaces();
    if (!take('=')) return false;
    spaces();
    const char* value = at_ + 1;
    if (!attribute_value()) return false;
    return attribute_name != "xmlns"sv || is_plain_namespace({value, static_cast<std::size_t>(at_ - 1 - value)});
  }

  /// [10] AttValue with its quotes.
  bool attribute_value() {
    if (at_ == end_ || (*at_ != '"' && *at_ != '\'')) return false;
    const char quote = *at_++;
    for (;;) {
      while (at_ != end_ && !is(*at_, kValueEnd)) ++at_;
      if (at_ == end_ || *at_ == '<') return false;
      if (*at_ == '&') {
        if (!reference()) return false;
      } else if (*at_++ == quote) {
        return true;
      }
    }
  }

  /// Namespaces in XML, section 3: the names of xml and xmlns themselves must not become the default.
  static bool is_plain_namespace(std::string_view value) {
    return value.find('&') == std::string_view::npos && value.find("www.w3.org/XML"sv) == std::string_view::npos &&
           value.find("www.w3.org/2000/xmlns"sv) == std::string_view::npos;
  }

  const char* at_;
  const char* end_;
  std::size_t max_depth_;
  std::size_t depth_ = 0;
  std::size_t attributes_ = 0;
  std::array<std::string_view, kMaxOpen> open_;
  std::array<std::string_view, kMaxAttributes> names_;
};

}  // namespace

bool surely_well_formed(std::string_view text, unsigned max_depth) {
  return has_only_characters(text) && FastCheck(text, max_depth).document();
}

}  // namespace zoo
