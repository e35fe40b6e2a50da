// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/lock_file.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <tuple>
#include <utility>

#include "feedgen/base/xml.h"
#include "feedgen/base/xml_shape.h"
#include "feedgen/base/xml_writer.h"
#include "feedgen/catalog/values.h"

namespace zoo::catalog {
namespace {

constexpr std::size_t kSha1Digits = 40;
constexpr std::size_t kSha256Digits = 64;

constexpr std::array kFileAttributes{AttributeShape{"url", true},  AttributeShape{"size", true},
                                     AttributeShape{"sha1", true}, AttributeShape{"sha256", true},
                                     AttributeShape{"signer"},     AttributeShape{"etag"},
                                     AttributeShape{"modified"},   AttributeShape{"seen", true}};
constexpr ElementShape kFileShape{"file", TextShape::kNone, kFileAttributes, {}};
constexpr std::array kLockChildren{ChildShape{&kFileShape, 0, ChildShape::kMany}};
constexpr ElementShape kLockShape{"lock", TextShape::kNone, {}, kLockChildren};
constexpr ShapeCodes kLockShapeCodes{"ZL0101", "ZL0102", "ZL0103", "ZL0104", "ZL0105", "ZL0106"};

bool is_lower_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool below(std::string_view digits, std::uint64_t bound) {
  const auto value = parse_unsigned(digits);
  return value && *value < bound;
}

/// 2026-11-23T22:00:00Z
bool is_lock_time(std::string_view text) {
  constexpr std::size_t kDateSize = 10;
  constexpr std::size_t kTimeSize = 20;
  if (text.size() != kTimeSize || !is_iso_date(text.substr(0, kDateSize))) return false;
  return text[10] == 'T' && text[13] == ':' && text[16] == ':' && text[19] == 'Z' && below(text.substr(11, 2), 24) &&
         below(text.substr(14, 2), 60) && below(text.substr(17, 2), 60);
}

class LockReader {
 public:
  explicit LockReader(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  LockFile read(XmlNode root) {
    for (const XmlNode file : children(root)) {
      if (file.name() == "file") add(file);
    }
    return std::move(lock_);
  }

 private:
  void add(XmlNode node) {
    node_ = node;
    LockEntry entry;
    entry.pos = node.pos();
    const std::string url = text("url", is_absolute_url, "ZL0107", "is no absolute http, https or file URL");
    const std::string size = text("size", is_size, "ZL0108", "is no positive number of bytes");
    entry.size = parse_unsigned(size).value_or(0);
    entry.sha1 = text("sha1", is_sha1, "ZL0109", "is no SHA-1: 40 hexadecimal digits in lower case");
    entry.sha256 = text("sha256", is_sha256, "ZL0110", "is no SHA-256: 64 hexadecimal digits in lower case");
    entry.signer = text("signer", is_filled, "ZL0111", "is empty");
    entry.etag = text("etag", is_filled, "ZL0111", "is empty");
    entry.modified = text("modified", is_filled, "ZL0111", "is empty");
    entry.seen = text("seen", is_lock_time, "ZL0112", "is no time in UTC such as 2026-11-23T22:00:00Z");
    if (!url.empty()) insert(url, std::move(entry));
  }

  void insert(const std::string& url, LockEntry entry) {
    if (!last_url_.empty() && url < last_url_) {
      diagnostics_.warning("ZL0114", fmt::format("{} stands after {}, entries are sorted by URL", url, last_url_),
                           entry.pos, "feedgen lock writes it sorted");
    }
    last_url_ = url;
    const SourcePos pos = entry.pos;
    if (!lock_.entries.emplace(url, std::move(entry)).second) {
      diagnostics_.error("ZL0113", fmt::format("{} is locked twice", url), pos, "keep the entry that was seen last");
    }
  }

  static bool is_size(std::string_view text) { return parse_unsigned(text).value_or(0) != 0; }
  static bool is_sha1(std::string_view text) { return is_lower_hex(text, kSha1Digits); }
  static bool is_sha256(std::string_view text) { return is_lower_hex(text, kSha256Digits); }
  static bool is_filled(std::string_view text) { return !collapsed(text).empty(); }

  /// An attribute's value; absent ones are the shape's concern.
  std::string text(std::string_view name, bool (*is_valid)(std::string_view), std::string_view code,
                   std::string_view wrong) {
    const XmlAttribute attribute = node_.attribute(name);
    if (!attribute || is_valid(attribute.value())) return std::string(attribute.value());
    diagnostics_.error(std::string(code), fmt::format("{} \"{}\" {}", name, attribute.value(), wrong), node_.pos(name));
    return {};
  }

  Diagnostics& diagnostics_;
  XmlNode node_;
  LockFile lock_;
  std::string last_url_;
};

/// What an absent attribute is to the writer.
std::string_view or_absent(std::string_view value) {
  return value.empty() ? std::string_view() : value;
}

/// The length of the UTF-8 sequence that begins `text` if XML allows its character (section 2.2), else 0.
std::size_t xml_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return lead >= 0x20 || lead == '\t' || lead == '\n' || lead == '\r' ? 1 : 0;
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  unsigned value = lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
    value = value << 6U | (byte(i) & 0x3FU);
  }
  constexpr std::array kSmallest = {0x80U, 0x800U, 0x10000U};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  const bool allowed = lead >= 0xC0 && lead < 0xF8 && value >= kSmallest.at(size - 2) && value <= 0x10FFFF &&
                       !surrogate && value != 0xFFFE && value != 0xFFFF;
  return allowed ? size : 0;
}

}  // namespace

bool LockEntry::operator==(const LockEntry& other) const {
  const auto key = [](const LockEntry& e) {
    return std::tie(e.size, e.sha1, e.sha256, e.signer, e.etag, e.modified, e.seen);
  };
  return key(*this) == key(other);
}

bool LockEntry::same_content(const LockEntry& other) const {
  return size == other.size && sha1 == other.sha1 && sha256 == other.sha256;
}

const LockEntry* LockFile::find(std::string_view url) const {
  const auto found = entries.find(url);
  return found == entries.end() ? nullptr : &found->second;
}

std::optional<LockFile> read_lock(std::string path, std::string bytes, SourceSet& sources, Diagnostics& diagnostics) {
  const std::size_t errors = diagnostics.errors();
  const auto document = XmlDocument::parse(std::move(path), std::move(bytes), sources, diagnostics);
  if (!document) return std::nullopt;
  const XmlNode root = document->root();
  if (!check_shape(root, kLockShape, kLockNamespace, kLockShapeCodes, diagnostics)) return std::nullopt;
  LockFile lock = LockReader(diagnostics).read(root);
  if (diagnostics.errors() != errors) return std::nullopt;
  return lock;
}

std::string write_lock(const LockFile& lock) {
  XmlWriter out;
  out.begin();
  out.open("lock", {{"xmlns", kLockNamespace}});
  for (const auto& [url, entry] : lock.entries) {
    out.element("file", {},
                {{"url", url},
                 {"size", std::to_string(entry.size)},
                 {"sha1", or_absent(entry.sha1)},
                 {"sha256", or_absent(entry.sha256)},
                 {"signer", or_absent(entry.signer)},
                 {"etag", or_absent(entry.etag)},
                 {"modified", or_absent(entry.modified)},
                 {"seen", or_absent(entry.seen)}});
  }
  out.close();
  return out.take();
}

bool is_xml_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = xml_character(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::string lock_time(std::time_t time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time));
}

}  // namespace zoo::catalog
