// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "packager/package/zip_format.h"

/// Containers as no honest writer makes them: every field of both headers can lie.
namespace zoo::package::test {

struct CraftedEntry {
  std::string name;
  std::string data;  ///< The bytes that stand in the container.
  std::uint16_t method = 0, flags = zip::kFlagUtf8, made_by = 20, time = 0x6000, date = 0x5C21;
  std::uint32_t crc = 0;
  std::uint32_t size = 0;  ///< Unpacked, as told.
  std::uint32_t attributes = 0;
  std::string extra;
  std::string local_name;    ///< Empty: the same name.
  std::int64_t offset = -1;  ///< As told; -1: where it is.
};

class ZipCrafter {
 public:
  ZipCrafter& add(CraftedEntry e) {
    if (e.local_name.empty()) e.local_name = e.name;
    if (e.offset < 0) e.offset = static_cast<std::int64_t>(out_.size());
    number(zip::kLocalHeader, 4);
    number(20, 2);
    common(e);
    number(e.local_name.size(), 2);
    number(0, 2);
    out_ += e.local_name;
    out_ += e.data;
    entries_.push_back(std::move(e));
    return *this;
  }
  ZipCrafter& file(std::string name, std::string content);

  std::string finish() {
    const std::size_t directory = out_.size();
    for (const CraftedEntry& e : entries_) central(e);
    const std::size_t size = out_.size() - directory;
    number(zip::kEndOfDirectory, 4);
    number(0, 4);
    number(entries_.size() & 0xFFFFU, 2);
    number(entries_.size() & 0xFFFFU, 2);
    number(size, 4);
    number(directory, 4);
    number(0, 2);
    return out_;
  }

 private:
  void number(std::uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) out_ += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
  }
  void common(const CraftedEntry& e) {
    number(e.flags, 2);
    number(e.method, 2);
    number(e.time, 2);
    number(e.date, 2);
    number(e.crc, 4);
    number(e.data.size(), 4);
    number(e.size, 4);
  }
  void central(const CraftedEntry& e) {
    number(zip::kCentralHeader, 4);
    number(e.made_by, 2);
    number(20, 2);
    common(e);
    number(e.name.size(), 2);
    number(e.extra.size(), 2);
    number(0, 2);
    number(0, 2);
    number(0, 2);
    number(e.attributes, 4);
    number(static_cast<std::uint64_t>(e.offset), 4);
    out_ += e.name;
    out_ += e.extra;
  }
  std::string out_;
  std::vector<CraftedEntry> entries_;
};

/// CRC-32 of zip (APPNOTE 4.4.7), the plain way.
inline std::uint32_t crc_of(std::string_view text) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

/// A stored file; each has a time of its own.
inline CraftedEntry stored(std::string name, std::string content) {
  CraftedEntry e;
  e.crc = crc_of(content);
  e.size = static_cast<std::uint32_t>(content.size());
  e.time = static_cast<std::uint16_t>(0x1000U + (e.crc & 0xFU));
  e.name = std::move(name);
  e.data = std::move(content);
  return e;
}

inline ZipCrafter& ZipCrafter::file(std::string name, std::string content) {
  return add(stored(std::move(name), std::move(content)));
}

}  // namespace zoo::package::test
