// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/compound_file.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace zoo {
namespace {

// [MS-CFB] 2.2, the header, and 2.1, special sector numbers.
constexpr std::array<unsigned char, 8> kMagic = {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1};
constexpr std::size_t kHeaderSize = 512;
constexpr std::size_t kVersionAt = 26;
constexpr std::size_t kSectorShiftAt = 30;
constexpr std::size_t kFirstDirectorySectorAt = 48;
constexpr std::size_t kMiniCutoffAt = 56;
constexpr std::size_t kFirstMiniFatSectorAt = 60;
constexpr std::size_t kFirstDifatSectorAt = 68;
constexpr std::size_t kDifatAt = 76;
constexpr std::size_t kDifatEntries = 109;
constexpr std::uint32_t kMaxRegularSector = 0xFFFFFFFAU;
constexpr std::uint32_t kEndOfChain = 0xFFFFFFFEU;
constexpr std::uint32_t kFreeSector = 0xFFFFFFFFU;
constexpr std::uint64_t kMiniCutoff = 4096;
constexpr unsigned kMiniShift = 6;
constexpr std::size_t kEntrySize = 128;
/// Bounds the tables in memory: 4 GiB in sectors of 512 bytes, as many as an MSI can have.
constexpr std::size_t kMaxSectors = std::size_t{8} << 20U;
constexpr std::size_t kMaxRun = std::size_t{256} << 10U;
constexpr std::size_t kMaxEntries = std::size_t{1} << 18U;

}  // namespace

bool CompoundFile::has_magic(const ByteSource& source) {
  std::array<unsigned char, kMagic.size()> bytes = {};
  return source.read(0, bytes.data(), bytes.size()) && bytes == kMagic;
}

std::optional<CompoundFile> CompoundFile::open(const ByteSource& source) {
  CompoundFile file(source);
  if (!has_magic(source) || !file.read_header()) return std::nullopt;
  return file;
}

bool CompoundFile::read_header() {
  std::array<unsigned char, kHeaderSize> header = {};
  if (!source_->read(0, header.data(), header.size())) return false;
  const unsigned version = le16(&header[kVersionAt]);
  sector_shift_ = le16(&header[kSectorShiftAt]);
  if (!(version == 3 && sector_shift_ == 9) && !(version == 4 && sector_shift_ == 12)) return false;
  wide_size_ = version == 4;
  if (le32(&header[kMiniCutoffAt]) != kMiniCutoff) return false;
  if (source_->size() >> sector_shift_ > kMaxSectors) return false;
  return read_fat(header.data()) && read_directory(le32(&header[kFirstDirectorySectorAt])) &&
         read_mini_fat(le32(&header[kFirstMiniFatSectorAt]));
}

bool CompoundFile::read_sector_numbers(std::uint32_t sector, std::vector<std::uint32_t>& out) const {
  std::vector<unsigned char> raw(sector_size());
  if (!source_->read(sector_offset(sector), raw.data(), raw.size())) return false;
  for (std::size_t i = 0; i < raw.size(); i += 4) out.push_back(le32(&raw[i]));
  return true;
}

/// 109 numbers in the header, the rest in a chain of sectors whose last number leads on.
bool CompoundFile::collect_fat_sectors(const unsigned char* header, std::vector<std::uint32_t>& sectors) const {
  const auto add = [&](std::uint32_t sector) {
    if (sector < kMaxRegularSector) sectors.push_back(sector);
    return sectors.size() <= kMaxSectors / (sector_size() / 4) + 1;
  };
  for (std::size_t i = 0; i < kDifatEntries; ++i) {
    if (!add(le32(header + kDifatAt + 4 * i))) return false;
  }
  std::uint32_t next = le32(header + kFirstDifatSectorAt);
  for (std::size_t i = 0; next < kMaxRegularSector; ++i) {
    std::vector<std::uint32_t> numbers;
    if (i > source_->size() >> sector_shift_ || !read_sector_numbers(next, numbers)) return false;
    for (std::size_t k = 0; k + 1 < numbers.size(); ++k) {
      if (!add(numbers[k])) return false;
    }
    next = numbers.back();
  }
  return true;
}

bool CompoundFile::read_fat(const unsigned char* header) {
  std::vector<std::uint32_t> sectors;
  if (!collect_fat_sectors(header, sectors)) return false;
  for (const std::uint32_t sector : sectors) {
    // A number more than the file has sectors is a lie, and listing one sector often would fill the memory.
    if (fat_.size() > (source_->size() >> sector_shift_) + sector_size()) return false;
    if (!read_sector_numbers(sector, fat_)) return false;
  }
  return true;
}

/// At most `limit` sectors, the rest of a longer chain is not followed. Nothing when it leaves the table or is a loop.
std::optional<std::vector<std::uint32_t>> CompoundFile::chain(std::uint32_t first, std::uint64_t limit) const {
  std::vector<std::uint32_t> sectors;
  for (std::uint32_t sector = first; sector != kEndOfChain && sector != kFreeSector; sector = fat_[sector]) {
    if (sector >= fat_.size() || sectors.size() > fat_.size()) return std::nullopt;
    if (sectors.size() >= limit) return sectors;
    sectors.push_back(sector);
  }
  return sectors;
}

CompoundFile::Entry CompoundFile::parse_entry(const unsigned char* raw, bool wide_size) {
  // [MS-CFB] 2.6.1; the name has 32 UTF-16 units at most, its length counts bytes with the terminator.
  constexpr std::size_t kNameUnits = 32;
  Entry entry;
  const std::size_t units = std::min<std::size_t>(le16(raw + 64) / 2U, kNameUnits);
  for (std::size_t i = 0; i + 1 < units; ++i) entry.name.push_back(static_cast<char16_t>(le16(raw + 2 * i)));
  entry.kind = static_cast<Kind>(raw[66]);
  entry.left = le32(raw + 68);
  entry.right = le32(raw + 72);
  entry.child = le32(raw + 76);
  std::copy_n(raw + 80, entry.class_id.size(), entry.class_id.begin());
  entry.state = le32(raw + 96);
  entry.created = le64(raw + 100);
  entry.modified = le64(raw + 108);
  entry.first_sector = le32(raw + 116);
  entry.size = wide_size ? le64(raw + 120) : le32(raw + 120);
  return entry;
}

bool CompoundFile::read_directory(std::uint32_t first_sector) {
  const auto sectors = chain(first_sector, fat_.size() + 1);
  if (!sectors || sectors->empty() || sectors->size() > kMaxEntries * kEntrySize / sector_size()) return false;
  std::vector<unsigned char> raw(sector_size());
  for (const std::uint32_t sector : *sectors) {
    if (!source_->read(sector_offset(sector), raw.data(), raw.size())) return false;
    for (std::size_t at = 0; at < raw.size(); at += kEntrySize) entries_.push_back(parse_entry(&raw[at], wide_size_));
  }
  return entries_[kRootIndex].kind == Kind::kRoot;
}

bool CompoundFile::read_mini_fat(std::uint32_t first_sector) {
  const auto sectors = chain(first_sector, fat_.size() + 1);
  const auto holder = chain(entries_[kRootIndex].first_sector, fat_.size() + 1);
  if (!sectors || !holder) return false;
  mini_sectors_ = *holder;
  return std::all_of(sectors->begin(), sectors->end(),
                     [&](std::uint32_t sector) { return read_sector_numbers(sector, mini_fat_); });
}

std::optional<std::vector<std::uint32_t>> CompoundFile::children(std::uint32_t storage) const {
  std::vector<std::uint32_t> found;
  std::vector<std::uint32_t> open{entries_.at(storage).child};
  std::vector<bool> seen(entries_.size(), false);
  while (!open.empty()) {
    const std::uint32_t index = open.back();
    open.pop_back();
    if (index == kNone) continue;
    if (index >= entries_.size() || seen[index] || index == kRootIndex) return std::nullopt;
    seen[index] = true;
    const Entry& entry = entries_[index];
    if (entry.kind != Kind::kStorage && entry.kind != Kind::kStream) return std::nullopt;
    found.push_back(index);
    open.push_back(entry.left);
    open.push_back(entry.right);
  }
  return found;
}

bool CompoundFile::read_mini_stream(const Entry& entry, const Piece& piece) const {
  constexpr std::size_t kMiniSize = std::size_t{1} << kMiniShift;
  std::array<unsigned char, kMiniSize> block = {};
  std::uint64_t left = entry.size;
  std::uint32_t mini = entry.first_sector;
  while (left != 0) {
    const std::size_t minis_a_sector = sector_size() >> kMiniShift;
    if (mini >= mini_fat_.size() || mini / minis_a_sector >= mini_sectors_.size()) return false;
    const std::uint64_t at =
        sector_offset(mini_sectors_[mini / minis_a_sector]) + (std::uint64_t{mini % minis_a_sector} << kMiniShift);
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, kMiniSize));
    if (!source_->read(at, block.data(), count)) return false;
    piece(block.data(), count);
    left -= count;
    mini = mini_fat_[mini];
  }
  return true;
}

bool CompoundFile::read_stream(std::uint32_t index, const Piece& piece) const {
  const Entry& entry = entries_.at(index);
  if (entry.size < kMiniCutoff) return read_mini_stream(entry, piece);
  if (entry.size > source_->size()) return false;
  const std::uint64_t wanted = (entry.size + sector_size() - 1) >> sector_shift_;
  const auto sectors = chain(entry.first_sector, wanted);
  if (!sectors || sectors->size() != wanted) return false;
  return read_runs(*sectors, entry.size, piece);
}

/// Neighbouring sectors are read at once: an MSI is mostly one long run.
bool CompoundFile::read_runs(const std::vector<std::uint32_t>& sectors, std::uint64_t size, const Piece& piece) const {
  const std::size_t most = kMaxRun >> sector_shift_;
  std::vector<unsigned char> block(kMaxRun);
  for (std::size_t i = 0; i < sectors.size();) {
    std::size_t run = 1;
    while (run < most && i + run < sectors.size() && sectors[i + run] == sectors[i] + run) ++run;
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(size, std::uint64_t{run} << sector_shift_));
    if (!source_->read(sector_offset(sectors[i]), block.data(), count)) return false;
    piece(block.data(), count);
    size -= count;
    i += run;
  }
  return true;
}

}  // namespace zoo
