// SPDX-License-Identifier: Apache-2.0
#include "packager/bundle/msi_files.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "feedgen/base/byte_source.h"
#include "feedgen/base/compound_file.h"

namespace zoo::bundle {
namespace {

constexpr std::string_view kCabinetMagic = "MSCF";  // [MS-CAB] 2.1
constexpr std::uint64_t kMaxCabinet = 512ULL << 20U, kMaxUnpacked = 1ULL << 30U;
constexpr std::size_t kPiece = 64U << 10U;
constexpr std::size_t kPeOffset = 0x3C;  // "PE Format", MS-DOS Stub
constexpr std::size_t kMachineAt = 4;    // behind "PE\0\0"
constexpr std::uint16_t kAmd64 = 0x8664, kI386 = 0x14C;
constexpr std::size_t kHeaderBytes = 4096;

struct ArchiveFree {
  void operator()(archive* a) const { archive_read_free(a); }
};

tl::unexpected<Error> damaged(std::string_view why) {
  return fail(ExitCode::kVerification, fmt::format("the installer is damaged: {}", why));
}

/// Reads one file of a cabinet; its first bytes tell the machine.
Result<HeldFile> held_file(archive* a, std::string name, std::uint64_t& unpacked) {
  Hasher hasher;
  std::string head;
  std::array<char, kPiece> buffer = {};
  for (;;) {
    const la_ssize_t got = archive_read_data(a, buffer.data(), buffer.size());
    if (got < 0) return damaged(name);
    if (got == 0) break;
    const auto size = static_cast<std::size_t>(got);
    unpacked += size;
    if (unpacked > kMaxUnpacked) return damaged("it unpacks to more than 1 GiB");
    hasher.update(buffer.data(), size);
    if (head.size() < kHeaderBytes) head.append(buffer.data(), std::min(size, kHeaderBytes - head.size()));
  }
  return HeldFile{std::move(name), hasher.finish(), machine_of(head)};
}

Result<void> read_cabinet(const std::string& bytes, std::vector<HeldFile>& out, std::uint64_t& unpacked) {
  const std::unique_ptr<archive, ArchiveFree> a(archive_read_new());
  archive_read_support_format_cab(a.get());
  if (archive_read_open_memory(a.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) return damaged("its cabinet");
  archive_entry* entry = nullptr;
  for (;;) {
    const int status = archive_read_next_header(a.get(), &entry);
    if (status == ARCHIVE_EOF) return {};
    if (status != ARCHIVE_OK) return damaged("its cabinet");
    const char* name = archive_entry_pathname(entry);
    Result<HeldFile> file = held_file(a.get(), name == nullptr ? "" : name, unpacked);
    if (!file) return tl::unexpected(file.error());
    out.push_back(std::move(*file));
  }
}

/// The stream when it is a cabinet, else "". False when it is damaged or too large.
bool read_stream(const CompoundFile& file, std::uint32_t index, std::string& out) {
  const CompoundFile::Entry& entry = file.entry(index);
  if (entry.kind != CompoundFile::Kind::kStream || entry.size < kCabinetMagic.size()) return true;
  if (entry.size > kMaxCabinet) return false;
  const bool whole = file.read_stream(index, [&](const unsigned char* data, std::size_t size) {
    const bool wanted = out.size() >= kCabinetMagic.size() ||
                        (size >= kCabinetMagic.size() && std::memcmp(data, kCabinetMagic.data(), 4) == 0);
    if (wanted) out.append(reinterpret_cast<const char*>(data), size);
  });
  return whole;
}

}  // namespace

std::string machine_of(std::string_view bytes) {
  const auto at = [&](std::size_t offset) { return reinterpret_cast<const unsigned char*>(bytes.data()) + offset; };
  if (bytes.size() < kPeOffset + 4 || bytes.substr(0, 2) != "MZ") return {};
  const std::size_t header = le32(at(kPeOffset));
  if (header + kMachineAt + 2 > bytes.size() || bytes.substr(header, 4) != std::string_view("PE\0\0", 4)) return {};
  const std::uint16_t machine = le16(at(header + kMachineAt));
  if (machine == kAmd64) return "x64";
  return machine == kI386 ? "x86" : "other";
}

Result<std::vector<HeldFile>> files_of_msi(std::string_view bytes) {
  const MemorySource source(bytes);
  const std::optional<CompoundFile> file = CompoundFile::open(source);
  const auto streams = file ? file->children(CompoundFile::kRootIndex) : std::nullopt;
  if (!streams) return damaged("its structure");
  std::vector<HeldFile> out;
  std::uint64_t unpacked = 0;
  for (const std::uint32_t index : *streams) {
    std::string cabinet;
    if (!read_stream(*file, index, cabinet)) return damaged("a stream");
    if (cabinet.empty()) continue;
    if (const auto done = read_cabinet(cabinet, out, unpacked); !done) return tl::unexpected(done.error());
  }
  std::sort(out.begin(), out.end(), [](const HeldFile& a, const HeldFile& b) { return a.name < b.name; });
  return out;
}

}  // namespace zoo::bundle
