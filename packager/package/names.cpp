// SPDX-License-Identifier: Apache-2.0
#include "packager/package/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <clocale>
#include <cstdint>
#include <cwctype>
#include <optional>

#include "feedgen/base/device_names.h"
#include "feedgen/catalog/values.h"

namespace zoo::package {
namespace {

constexpr std::size_t kMaxPart = 255;  ///< UTF-16 units of one part on NTFS.

struct Decoded {
  char32_t code = 0;
  std::size_t length = 0;  ///< 0: no UTF-8.
};

/// One character by RFC 3629: no overlong forms, no surrogates.
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4U : lead >= 0xE0 ? 3U : 2U;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  char32_t code = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  if (overlong || (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF) return {};
  return {code, length};
}

void encode(char32_t code, std::string& out) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | (code >> 6U));
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | (code >> 12U));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | (code >> 18U));
    put(0x80U | ((code >> 12U) & 0x3FU));
    put(0x80U | ((code >> 6U) & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
}

std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  while (!text.empty()) {
    const Decoded c = decode(text);
    units += c.code >= 0x10000 ? 2 : 1;
    text.remove_prefix(std::max<std::size_t>(c.length, 1));
  }
  return units;
}

/// NTFS folds one UTF-16 unit to one: characters beyond the first plane and those that fold to several stay.
char32_t upper(char32_t code) {
  // The C library's own table for UTF-8, whatever the user's locale is.
  static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (code < 0x80) return code >= 'a' && code <= 'z' ? code - 0x20 : code;
  if (code > 0xFFFF || locale == nullptr) return code;
  return static_cast<char32_t>(::towupper_l(static_cast<wint_t>(code), locale));
}

std::optional<std::string> windows_problem(std::string_view part) {
  for (const char c : part) {
    if (static_cast<unsigned char>(c) < 0x20) return "holds a control character";
    if (std::string_view("<>:\"|?*").find(c) != std::string_view::npos) {
      return fmt::format("holds \"{}\", which Windows does not allow in names", c);
    }
  }
  if (part.back() == '.' || part.back() == ' ')
    return "has a part that ends with a dot or a space, which Windows drops";
  if (is_device_name(part)) return fmt::format("has the part \"{}\", a device on Windows", part);
  if (utf16_units(part) > kMaxPart) return fmt::format("has a part of more than {} characters", kMaxPart);
  return std::nullopt;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const Decoded c = decode(text);
    if (c.length == 0) return false;
    text.remove_prefix(c.length);
  }
  return true;
}

std::string to_utf8(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  while (!name.empty()) {
    const Decoded c = decode(name);
    if (c.length == 0) {
      out += "\uFFFD";
      name.remove_prefix(1);
    } else {
      out += name.substr(0, c.length);
      name.remove_prefix(c.length);
    }
  }
  return out;
}

NameVerdict judge_name(std::string_view name) {
  if (name.empty() || name == "/") return {NameProblem::kLost, "is empty"};
  const bool backslash = name.find('\\') != std::string_view::npos;
  std::string slashes(name);
  std::replace(slashes.begin(), slashes.end(), '\\', '/');
  std::string_view rest = slashes;
  if (rest.back() == '/') rest.remove_suffix(1);
  const std::vector<std::string_view> parts = catalog::split(rest, '/');
  if (std::find(parts.begin(), parts.end(), "..") != parts.end()) return {NameProblem::kOutside, "has the part \"..\""};
  if (parts.front().empty()) return {NameProblem::kLost, "begins with a slash"};
  for (const std::string_view part : parts) {
    if (part.empty()) return {NameProblem::kLost, "has two slashes in a row"};
    if (part == ".") return {NameProblem::kLost, "has the part \".\""};
  }
  if (!is_utf8(name)) return {NameProblem::kNotUtf8, "is not UTF-8"};
  if (backslash) return {NameProblem::kBackslash, "holds a backslash"};
  for (const std::string_view part : parts) {
    if (auto problem = windows_problem(part)) return {NameProblem::kWindows, std::move(*problem)};
  }
  return {};
}

std::string folded_name(std::string_view name) {
  if (!name.empty() && name.back() == '/') name.remove_suffix(1);
  std::string out;
  out.reserve(name.size());
  while (!name.empty()) {
    const Decoded c = decode(name);
    if (c.length == 0) {
      out += name.front();
      name.remove_prefix(1);
    } else {
      encode(upper(c.code), out);
      name.remove_prefix(c.length);
    }
  }
  return out;
}

std::optional<NameSet::Clash> NameSet::put(std::string_view name, bool folder) {
  const auto [at, is_new] = known_.try_emplace(folded_name(name), Known{std::string(name), folder});
  if (is_new || (folder && at->second.folder && at->second.name == name)) return std::nullopt;
  return Clash{at->second.name, folder && at->second.folder};
}

std::optional<NameSet::Clash> NameSet::add(std::string_view name) {
  const bool folder = !name.empty() && name.back() == '/';
  if (folder) name.remove_suffix(1);
  std::optional<Clash> clash = put(name, folder);
  for (std::string_view f = parent_of(name); !clash && !f.empty(); f = parent_of(f)) clash = put(f, true);
  return clash;
}

std::string_view parent_of(std::string_view name) {
  if (!name.empty() && name.back() == '/') name.remove_suffix(1);
  const std::size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
}

}  // namespace zoo::package
