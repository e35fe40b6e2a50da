// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <ctime>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/source.h"

/// manifests/lock.xml: what was measured of the files that manifests name. Format: docs/formats/lock.md.
namespace zoo::catalog {

inline constexpr std::string_view kLockNamespace = "urn:zoo:lock:1";

/// One measured file.
struct LockEntry {
  std::uint64_t size = 0;  ///< Bytes.
  std::string sha1;        ///< 40 lower-case hexadecimal digits.
  std::string sha256;      ///< 64 lower-case hexadecimal digits.
  std::string signer;      ///< Common name of the Authenticode signer; "" when unsigned or neither exe nor msi.
  std::string etag;        ///< ETag as the server sent it, or "".
  std::string modified;    ///< Last-Modified as the server sent it, or "".
  std::string seen;        ///< When the content was last confirmed, "2026-11-23T22:00:00Z".
  SourcePos pos;           ///< Of its element; unknown for a new entry.

  /// Equal but for its place.
  bool operator==(const LockEntry& other) const;
  /// True when size and hashes are the same: the same bytes.
  bool same_content(const LockEntry& other) const;
};

struct LockFile {
  std::map<std::string, LockEntry, std::less<>> entries;  ///< By URL.

  /// Null when the URL is not locked.
  const LockEntry* find(std::string_view url) const;
  bool operator==(const LockFile&) const = default;
};

/// Nothing after reporting ZL01xx errors (or the XML reader's) to `diagnostics`; warnings do not stop it. `path` is
/// what messages show. Never partly read: a lock with a wrong entry is no lock.
std::optional<LockFile> read_lock(std::string path, std::string bytes, SourceSet& sources, Diagnostics& diagnostics);

/// The canonical text: sorted by URL, LF, UTF-8. Values must be well-formed UTF-8 of XML characters (is_xml_text).
std::string write_lock(const LockFile& lock);

/// True when XML 1.0 can hold the text: UTF-8 without control characters other than tab, CR and LF.
bool is_xml_text(std::string_view text);

/// UTC as `seen` has it.
std::string lock_time(std::time_t time);

}  // namespace zoo::catalog
