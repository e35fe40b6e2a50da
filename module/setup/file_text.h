// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "module/setup/setup_result.h"

namespace zoo::setup {

/// The encodings that IIS reads. Without a byte order mark a file is UTF-8 (XML 1.0, appendix F).
enum class FileEncoding : std::uint8_t { kUtf8, kUtf8Bom, kUtf16Le, kUtf16Be };

/// "UTF-8", "UTF-8 with BOM", "UTF-16 LE", "UTF-16 BE".
std::string_view encoding_name(FileEncoding encoding);

/// A file as UTF-8 text, and how to write it back.
struct FileText {
  FileEncoding encoding = FileEncoding::kUtf8;
  std::string text;  ///< UTF-8, without the byte order mark.
};

/// Decodes a file. Fails on bytes that are not of their encoding, so that to_bytes(decode(x)) is always x.
/// `name` is the file's name for the message.
SetupResult<FileText> decode_file(std::string_view bytes, const std::string& name);

/// The bytes of a file: text in its encoding, with its byte order mark.
std::string to_bytes(const FileText& file);

/// Appends the character of that number, which must be one (not a surrogate, at most 10FFFF).
void append_utf8(std::string& out, std::uint32_t code);

}  // namespace zoo::setup
