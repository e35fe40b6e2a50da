// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "feedgen/base/byte_source.h"

namespace zoo {

/// A reader of compound files (OLE structured storage, the container of MSI), [MS-CFB]. Hostile input costs bounded
/// time and memory: chains are followed at most as far as the file has sectors, the tree at most as far as it has
/// entries.
class CompoundFile {
 public:
  enum class Kind : std::uint8_t { kUnused = 0, kStorage = 1, kStream = 2, kRoot = 5 };  ///< [MS-CFB] 2.6.1

  struct Entry {
    std::u16string name;  ///< Without the terminator.
    Kind kind = Kind::kUnused;
    std::uint32_t left = 0, right = 0, child = 0;  ///< Indices, kNone for none.
    std::array<unsigned char, 16> class_id = {};
    std::uint32_t state = 0;
    std::uint64_t created = 0, modified = 0;
    std::uint32_t first_sector = 0;
    std::uint64_t size = 0;
  };

  using Piece = std::function<void(const unsigned char*, std::size_t)>;
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;  ///< NOSTREAM
  static constexpr std::uint32_t kRootIndex = 0;

  static bool has_magic(const ByteSource& source);
  /// Nothing when the structure is damaged. `source` must outlive the result.
  static std::optional<CompoundFile> open(const ByteSource& source);

  const Entry& entry(std::uint32_t index) const { return entries_.at(index); }
  /// The entries directly below a storage, in no special order; nothing when the tree is damaged.
  std::optional<std::vector<std::uint32_t>> children(std::uint32_t storage) const;
  /// The stream in pieces, in order. False when its chain is damaged.
  bool read_stream(std::uint32_t index, const Piece& piece) const;

 private:
  explicit CompoundFile(const ByteSource& source) : source_(&source) {}
  bool read_header();
  bool read_sector_numbers(std::uint32_t sector, std::vector<std::uint32_t>& out) const;
  bool collect_fat_sectors(const unsigned char* header, std::vector<std::uint32_t>& sectors) const;
  bool read_fat(const unsigned char* header);
  bool read_directory(std::uint32_t first_sector);
  bool read_mini_fat(std::uint32_t first_sector);
  static Entry parse_entry(const unsigned char* raw, bool wide_size);
  std::uint64_t sector_offset(std::uint32_t sector) const { return (std::uint64_t{sector} + 1) << sector_shift_; }
  std::size_t sector_size() const { return std::size_t{1} << sector_shift_; }
  std::optional<std::vector<std::uint32_t>> chain(std::uint32_t first, std::uint64_t limit) const;
  bool read_mini_stream(const Entry& entry, const Piece& piece) const;
  bool read_runs(const std::vector<std::uint32_t>& sectors, std::uint64_t size, const Piece& piece) const;

  const ByteSource* source_;
  unsigned sector_shift_ = 9;
  bool wide_size_ = false;  ///< Version 4: stream sizes have 64 bits.
  std::vector<std::uint32_t> fat_;
  std::vector<std::uint32_t> mini_fat_;
  std::vector<std::uint32_t> mini_sectors_;  ///< Sectors of the root's stream, which holds the small streams.
  std::vector<Entry> entries_;
};

}  // namespace zoo
