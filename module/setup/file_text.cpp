// SPDX-License-Identifier: Apache-2.0
#include "module/setup/file_text.h"

#include <optional>

namespace zoo::setup {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::string_view kUtf16LeMark = "\xFF\xFE";
constexpr std::string_view kUtf16BeMark = "\xFE\xFF";

unsigned char_at(std::string_view bytes, std::size_t index) {
  return static_cast<unsigned char>(bytes[index]);
}

/// The length of the well-formed UTF-8 sequence at `at` (Unicode, table 3-7); 0 when there is none.
std::size_t utf8_length(std::string_view bytes, std::size_t at) {
  const unsigned first = char_at(bytes, at);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4U : first >= 0xE0 ? 3U : 2U;
  if (first < 0xC2 || first > 0xF4 || at + length > bytes.size()) return 0;
  const unsigned low = first == 0xE0 ? 0xA0U : first == 0xF0 ? 0x90U : 0x80U;
  const unsigned high = first == 0xED ? 0x9FU : first == 0xF4 ? 0x8FU : 0xBFU;
  if (char_at(bytes, at + 1) < low || char_at(bytes, at + 1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((char_at(bytes, at + i) & 0xC0U) != 0x80) return 0;
  }
  return length;
}

bool is_utf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = utf8_length(bytes, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::uint32_t utf16_unit(std::string_view bytes, std::size_t at, bool little) {
  const unsigned first = char_at(bytes, at);
  const unsigned second = char_at(bytes, at + 1);
  return little ? first | (second << 8U) : (first << 8U) | second;
}

std::optional<std::string> from_utf16(std::string_view bytes, bool little) {
  if (bytes.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(bytes.size() / 2);
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    std::uint32_t code = utf16_unit(bytes, at, little);
    if (code >= 0xD800 && code < 0xE000) {
      const std::uint32_t next = at + 2 < bytes.size() ? utf16_unit(bytes, at + 2, little) : 0;
      if (code >= 0xDC00 || next < 0xDC00 || next >= 0xE000) return std::nullopt;
      code = 0x10000 + ((code - 0xD800) << 10U) + (next - 0xDC00);
      at += 2;
    }
    append_utf8(out, code);
  }
  return out;
}

std::uint32_t decode_utf8(std::string_view text, std::size_t at, std::size_t length) {
  if (length == 1) return char_at(text, at);
  std::uint32_t code = char_at(text, at) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) code = (code << 6U) | (char_at(text, at + i) & 0x3FU);
  return code;
}

void append_utf16(std::string& out, std::uint32_t unit, bool little) {
  const char low = static_cast<char>(unit & 0xFFU);
  const char high = static_cast<char>(unit >> 8U);
  out.push_back(little ? low : high);
  out.push_back(little ? high : low);
}

std::string to_utf16(std::string_view text, bool little) {
  std::string out(little ? kUtf16LeMark : kUtf16BeMark);
  out.reserve(text.size() * 2 + 2);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    const std::uint32_t code = decode_utf8(text, at, length);
    at += length;
    if (code < 0x10000) {
      append_utf16(out, code, little);
    } else {
      append_utf16(out, 0xD800 + ((code - 0x10000) >> 10U), little);
      append_utf16(out, 0xDC00 + ((code - 0x10000) & 0x3FFU), little);
    }
  }
  return out;
}

SetupResult<FileText> decode_utf16(std::string_view bytes, FileEncoding encoding, const std::string& name) {
  std::optional<std::string> text = from_utf16(bytes, encoding == FileEncoding::kUtf16Le);
  if (!text) return fail(SetupExit::kFindings, name + " is marked as UTF-16, but is not well-formed UTF-16");
  return FileText{encoding, std::move(*text)};
}

}  // namespace

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0U | (code >> 6U));
  } else {
    if (code < 0x10000) {
      put(0xE0U | (code >> 12U));
    } else {
      put(0xF0U | (code >> 18U));
      put(0x80U | ((code >> 12U) & 0x3FU));
    }
    put(0x80U | ((code >> 6U) & 0x3FU));
  }
  put(0x80U | (code & 0x3FU));
}

std::string_view encoding_name(FileEncoding encoding) {
  switch (encoding) {
    case FileEncoding::kUtf8Bom:
      return "UTF-8 with BOM";
    case FileEncoding::kUtf16Le:
      return "UTF-16 LE";
    case FileEncoding::kUtf16Be:
      return "UTF-16 BE";
    case FileEncoding::kUtf8:
      break;
  }
  return "UTF-8";
}

SetupResult<FileText> decode_file(std::string_view bytes, const std::string& name) {
  if (bytes.starts_with(kUtf16LeMark)) return decode_utf16(bytes.substr(2), FileEncoding::kUtf16Le, name);
  if (bytes.starts_with(kUtf16BeMark)) return decode_utf16(bytes.substr(2), FileEncoding::kUtf16Be, name);
  const bool marked = bytes.starts_with(kUtf8Mark);
  if (marked) bytes.remove_prefix(kUtf8Mark.size());
  if (!is_utf8(bytes)) return fail(SetupExit::kFindings, name + " is not well-formed UTF-8");
  return FileText{marked ? FileEncoding::kUtf8Bom : FileEncoding::kUtf8, std::string(bytes)};
}

std::string to_bytes(const FileText& file) {
  switch (file.encoding) {
    case FileEncoding::kUtf8Bom:
      return std::string(kUtf8Mark) + file.text;
    case FileEncoding::kUtf16Le:
      return to_utf16(file.text, true);
    case FileEncoding::kUtf16Be:
      return to_utf16(file.text, false);
    case FileEncoding::kUtf8:
      break;
  }
  return file.text;
}

}  // namespace zoo::setup
