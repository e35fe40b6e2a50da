// SPDX-License-Identifier: Apache-2.0
#include "packager/package/zip_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "feedgen/catalog/product.h"
#include "packager/package/names.h"
#include "packager/package/rules.h"
#include "packager/package/zip_format.h"

namespace zoo::package {
namespace {

constexpr unsigned kMadeByUnix = 3;  ///< APPNOTE 4.4.2.2
constexpr std::uint32_t kModeMask = 0170000, kModeLink = 0120000;

const unsigned char* bytes_of(const std::string& text, std::size_t at) {
  return reinterpret_cast<const unsigned char*>(text.data()) + at;
}

struct EndOfDirectory {
  std::uint64_t at = 0, offset = 0, size = 0;
};

/// Reads the directory and judges the container.
class DirectoryReader {
 public:
  DirectoryReader(const ByteSource& source, const ZipLimits& limits, Diagnostics& diagnostics)
      : source_(source), limits_(limits), diagnostics_(diagnostics) {}

  bool run(std::vector<ZipEntry>& entries) {
    const std::optional<EndOfDirectory> end = find_end();
    if (!end) return false;
    if (end->size > limits_.directory_bytes) {
      return refuse("ZP0121",
                    fmt::format("the directory has {} bytes, the limit is {}", end->size, limits_.directory_bytes));
    }
    std::string directory(static_cast<std::size_t>(end->size), '\0');
    if (!source_.read(end->offset, directory.data(), directory.size()))
      return refuse("ZP0101", "the directory cannot be read");
    if (!parse(directory, entries)) return false;
    locate(entries, end->offset);
    return check_sizes(entries);
  }

 private:
  bool refuse(std::string_view id, std::string message) {
    report(diagnostics_, id, std::move(message));
    return false;
  }

  std::optional<EndOfDirectory> find_end() {
    const std::uint64_t size = source_.size();
    if (size < zip::kEndOfDirectoryBytes) {
      refuse("ZP0101", "the file is too short for a zip");
      return std::nullopt;
    }
    const std::uint64_t window = std::min<std::uint64_t>(size, zip::kEndOfDirectoryBytes + zip::kMaxComment);
    std::string tail(static_cast<std::size_t>(window), '\0');
    if (!source_.read(size - window, tail.data(), tail.size())) {
      refuse("ZP0101", "the end of the file cannot be read");
      return std::nullopt;
    }
    for (std::size_t at = tail.size() - zip::kEndOfDirectoryBytes + 1; at-- > 0;) {
      if (le32(bytes_of(tail, at)) == zip::kEndOfDirectory) return end_at(tail, at, size - window);
    }
    refuse("ZP0101", "there is no directory at the end: the file is cut off or is no zip");
    return std::nullopt;
  }

  std::optional<EndOfDirectory> end_at(const std::string& tail, std::size_t at, std::uint64_t base) {
    const unsigned char* p = bytes_of(tail, at);
    const EndOfDirectory end{base + at, le32(p + 16), le32(p + 12)};
    if (end.offset == zip::kMarker32 || end.size == zip::kMarker32 || le16(p + 10) == zip::kMarker16) {
      refuse("ZP0103", "the directory is a zip64 one");
      return std::nullopt;
    }
    if (end.offset + end.size > end.at) {
      refuse("ZP0101", "the directory does not lie where the end of the file tells");
      return std::nullopt;
    }
    if (end.offset + end.size < end.at) {
      refuse("ZP0101", fmt::format("there are {} bytes before the container or behind its directory",
                                   end.at - end.offset - end.size));
      return std::nullopt;
    }
    return end;
  }

  bool parse(const std::string& directory, std::vector<ZipEntry>& entries) {
    // By size and not by the count field, which Web Deploy does not read (web-deploy section 2).
    for (std::size_t at = 0; at < directory.size();) {
      if (entries.size() >= limits_.entries) {
        return refuse("ZP0121", fmt::format("there are more than {} entries", limits_.entries));
      }
      ZipEntry entry;
      const std::size_t length = parse_entry(directory, at, entry);
      if (length == 0) return refuse("ZP0101", fmt::format("entry {} of the directory is damaged", entries.size() + 1));
      entries.push_back(std::move(entry));
      at += length;
    }
    return true;
  }

  static std::size_t parse_entry(const std::string& directory, std::size_t at, ZipEntry& entry) {
    if (directory.size() - at < zip::kCentralHeaderBytes) return 0;
    const unsigned char* p = bytes_of(directory, at);
    if (le32(p) != zip::kCentralHeader) return 0;
    const std::size_t name = le16(p + 28), extra = le16(p + 30), comment = le16(p + 32);
    const std::size_t length = zip::kCentralHeaderBytes + name + extra + comment;
    if (directory.size() - at < length) return 0;
    entry.made_by = le16(p + 4);
    entry.flags = le16(p + 8);
    entry.method = le16(p + 10);
    entry.time = {le16(p + 14), le16(p + 12)};
    entry.crc = le32(p + 16);
    entry.compressed = le32(p + 20);
    entry.size = le32(p + 24);
    entry.attributes = le32(p + 38);
    entry.offset = le32(p + 42);
    entry.name = directory.substr(at + zip::kCentralHeaderBytes, name);
    entry.zip64 = entry.size == zip::kMarker32 || entry.compressed == zip::kMarker32 ||
                  entry.offset == zip::kMarker32 || has_zip64(p + zip::kCentralHeaderBytes + name, extra);
    return length;
  }

  static bool has_zip64(const unsigned char* extra, std::size_t size) {
    for (std::size_t at = 0; size - at >= 4;) {
      if (le16(extra + at) == zip::kExtraZip64) return true;
      const std::size_t length = 4U + le16(extra + at + 2);
      if (length > size - at) return false;
      at += length;
    }
    return false;
  }

  /// Where the contents lie, by the local headers; entries must not overlap.
  void locate(std::vector<ZipEntry>& entries, std::uint64_t end) {
    std::vector<ZipEntry*> order;
    order.reserve(entries.size());
    for (ZipEntry& e : entries) order.push_back(&e);
    std::sort(order.begin(), order.end(), [](const ZipEntry* a, const ZipEntry* b) { return a->offset < b->offset; });
    std::uint64_t free_from = 0;
    if (!order.empty() && order.front()->offset != 0) {
      report(diagnostics_, "ZP0101", fmt::format("there are {} bytes before the first entry", order.front()->offset));
    }
    for (ZipEntry* e : order) {
      if (e->zip64) continue;
      if (e->offset < free_from) {
        overlapping(*e);
      } else if (!local_header(*e, end)) {
        continue;
      }
      if (e->data != 0) free_from = std::max(free_from, e->data + e->compressed);
    }
    tell_rest("ZP0105", overlaps_, "overlap others");
    tell_rest("ZP0120", differences_, "differ in their headers");
  }

  /// Each of a few, the others as a number: a hostile file can have any number of them.
  static constexpr std::size_t kTold = 20;
  void tell(std::string_view id, std::size_t& count, std::string message) {
    if (++count <= kTold) report(diagnostics_, id, std::move(message));
  }
  void tell_rest(std::string_view id, std::size_t count, std::string_view what) {
    if (count > kTold) report(diagnostics_, id, fmt::format("{} more entries {}", count - kTold, what));
  }

  void overlapping(const ZipEntry& e) {
    tell("ZP0105", overlaps_, fmt::format("{} lies over another entry", to_utf8(e.name)));
  }

  bool local_header(ZipEntry& e, std::uint64_t end) {
    std::array<unsigned char, zip::kLocalHeaderBytes> p{};
    if (e.offset + p.size() > end || !source_.read(e.offset, p.data(), p.size()) ||
        le32(p.data()) != zip::kLocalHeader) {
      tell("ZP0105", overlaps_, fmt::format("{} is not where the directory tells", to_utf8(e.name)));
      return false;
    }
    const std::uint64_t name = le16(p.data() + 26);
    const std::uint64_t data = e.offset + p.size() + name + le16(p.data() + 28);
    if (data + e.compressed > end) {
      tell("ZP0105", overlaps_, fmt::format("{} goes beyond the end of the entries", to_utf8(e.name)));
      return false;
    }
    e.data = data;
    std::string local_name(static_cast<std::size_t>(name), '\0');
    const bool named = source_.read(e.offset + p.size(), local_name.data(), local_name.size()) && local_name == e.name;
    const bool sized =
        (e.flags & zip::kFlagDescriptor) != 0 ||
        (le32(p.data() + 18) == e.compressed && le32(p.data() + 22) == e.size && le32(p.data() + 14) == e.crc);
    if (!named || !sized || le16(p.data() + 8) != e.method) {
      tell("ZP0120", differences_, fmt::format("{}: its two headers differ", to_utf8(e.name)));
    }
    return true;
  }

  bool check_sizes(const std::vector<ZipEntry>& entries) {
    std::uint64_t total = 0;
    for (const ZipEntry& e : entries) {
      if (!e.zip64) total += e.size;
    }
    const std::uint64_t allowed = std::min(limits_.total_bytes, limits_.free_bytes + limits_.ratio * source_.size());
    if (total <= allowed) return true;
    return refuse("ZP0121", fmt::format("unpacked it would have {} bytes; a file of {} bytes may have {}", total,
                                        source_.size(), allowed));
  }

  const ByteSource& source_;
  const ZipLimits& limits_;
  Diagnostics& diagnostics_;
  std::size_t overlaps_ = 0, differences_ = 0;
};

/// What archive packages hold beside files: scripts, which Web Deploy itself stores under names that are no file's
/// ("runCommand-C:\\x.cmd", web-deploy section 4).
bool is_stream_name(std::string_view name) {
  return name.substr(0, 11) == "runCommand-" || name.substr(0, 10) == "sqlScript-";
}

/// The parts that describe a package: they are read, not installed.
bool is_part(std::string_view name) {
  for (const std::string_view part : {"manifest.xml", "parameters.xml", "archive.xml", "systemInfo.xml"}) {
    if (catalog::same_id(name, part)) return true;
  }
  return false;
}

/// The first moment of a day (of 1980-01-01 most often) stands for no time: the next release will have it too. Files
/// that were copied at one moment of a build have one time as well, and another one at the next build.
bool is_constant(DosTime time) {
  return time.time == 0;
}

void judge_entry(const ZipEntry& e, Diagnostics& diagnostics) {
  const std::string name = to_utf8(e.name);
  const auto add = [&](std::string_view id, std::string message) { report(diagnostics, id, std::move(message)); };
  if (e.zip64) add("ZP0103", fmt::format("{} is a zip64 entry", name));
  if (e.method != zip::kStored && e.method != zip::kDeflated) {
    add("ZP0102", fmt::format("{} is compressed with method {}", name, e.method));
  }
  if ((e.flags & zip::kFlagEncrypted) != 0) add("ZP0104", fmt::format("{} is encrypted", name));
  if (const NameVerdict verdict = judge_name(e.name); verdict && !is_stream_name(e.name)) {
    add(rule_of(verdict.problem), fmt::format("{}: the name {}", name, verdict.reason));
  } else if ((e.flags & zip::kFlagUtf8) == 0 &&
             std::any_of(e.name.begin(), e.name.end(), [](char c) { return c < 0; })) {
    add("ZP0112", fmt::format("{} is not marked as UTF-8", name));
  }
  if (e.is_symlink()) add("ZP0113", fmt::format("{} is a symbolic link", name));
  if (!e.zip64 && e.size > 0x7FFFFFFF) add("ZP0115", fmt::format("{} has {} bytes", name, e.size));
  if ((e.attributes & (zip::kAttributeReadOnly | zip::kAttributeHidden)) != 0 && !e.is_folder() && !is_part(e.name)) {
    add("ZP0116", fmt::format("{} is {}", name, (e.attributes & zip::kAttributeHidden) != 0 ? "hidden" : "read-only"));
  }
  if (!is_valid(e.time)) add("ZP0117", fmt::format("{} has no valid date", name));
}

void judge_names(const std::vector<ZipEntry>& entries, Diagnostics& diagnostics) {
  NameSet names;
  for (const ZipEntry& e : entries) {
    const auto clash = names.add(e.name);
    if (!clash) continue;
    const std::string other = to_utf8(clash->other), name = to_utf8(e.name);
    if (clash->folders) {
      report(diagnostics, "ZP0122", fmt::format("{} and {} are one folder on Windows", other, name));
    } else {
      report(diagnostics, "ZP0110", fmt::format("{} and {} are one file on Windows", other, name));
    }
  }
}

void judge_all(const std::vector<ZipEntry>& entries, Diagnostics& diagnostics) {
  for (const ZipEntry& e : entries) judge_entry(e, diagnostics);
  judge_names(entries, diagnostics);
  std::size_t files = 0, alike = 0;
  const ZipEntry* first = nullptr;
  for (const ZipEntry& e : entries) {
    if (e.is_folder()) continue;
    ++files;
    if (first == nullptr) first = &e;
    if (e.time == first->time) ++alike;
  }
  if (files > 1 && alike == files && is_constant(first->time)) {
    report(diagnostics, "ZP0118", fmt::format("all {} files have the time {}", files, to_text(first->time)));
  }
  if (files > 65536) report(diagnostics, "ZP0115", fmt::format("there are {} files", files));
}

// ------------------------------------------------------------------------------------------------ unpacking

/// A container of one entry, made up of what the directory tells and the bytes of the content: libarchive reads it as a
/// stream, without the parts of the file that could lead it elsewhere.
class OneEntryStream {
 public:
  OneEntryStream(const ByteSource& source, const ZipEntry& entry)
      : source_(source), at_(entry.data), left_(entry.compressed) {
    constexpr std::string_view kName = "content";
    const auto put = [this](std::uint64_t value, unsigned bytes) {
      for (unsigned i = 0; i < bytes; ++i) header_ += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
    };
    put(zip::kLocalHeader, 4);
    put(zip::kVersionNeeded, 2);
    put(0, 2);
    put(entry.method, 2);
    put(0, 4);
    put(entry.crc, 4);
    put(entry.compressed, 4);
    put(entry.size, 4);
    put(kName.size(), 2);
    put(0, 2);
    header_ += kName;
  }

  static la_ssize_t next(archive*, void* self, const void** out) {
    auto& stream = *static_cast<OneEntryStream*>(self);
    if (!stream.header_.empty()) {
      stream.buffer_ = std::exchange(stream.header_, {});
    } else {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(stream.left_, kPiece));
      stream.buffer_.resize(count);
      if (!stream.source_.read(stream.at_, stream.buffer_.data(), count)) return -1;
      stream.at_ += count;
      stream.left_ -= count;
    }
    *out = stream.buffer_.data();
    return static_cast<la_ssize_t>(stream.buffer_.size());
  }

 private:
  static constexpr std::uint64_t kPiece = 256U << 10U;
  const ByteSource& source_;
  std::string header_, buffer_;
  std::uint64_t at_, left_;
};

struct ArchiveFree {
  void operator()(archive* a) const { archive_read_free(a); }
};

tl::unexpected<Error> unreadable(const ZipEntry& entry, std::string_view why) {
  return fail(ExitCode::kVerification, fmt::format("cannot unpack {}: {}", to_utf8(entry.name), why));
}

std::string_view error_of(archive* a) {
  const char* text = archive_error_string(a);
  return text == nullptr ? "unknown reason" : text;
}

Result<void> unpack(archive* a, const ZipEntry& entry, const ZipArchive::Sink& sink) {
  std::array<char, 64U << 10U> buffer{};
  std::uint64_t total = 0;
  for (;;) {
    const la_ssize_t got = archive_read_data(a, buffer.data(), buffer.size());
    if (got < 0) return unreadable(entry, error_of(a));
    if (got == 0) break;
    total += static_cast<std::uint64_t>(got);
    if (total > entry.size)
      return unreadable(entry, fmt::format("it has more than the {} bytes that it tells", entry.size));
    if (!sink({buffer.data(), static_cast<std::size_t>(got)})) return fail(ExitCode::kInterrupted, "interrupted");
  }
  if (total != entry.size) return unreadable(entry, fmt::format("it has {} bytes and tells {}", total, entry.size));
  return {};
}

}  // namespace

bool ZipEntry::is_symlink() const {
  return (made_by >> 8U) == kMadeByUnix && ((attributes >> 16U) & kModeMask) == kModeLink;
}

std::unique_ptr<ZipArchive> ZipArchive::open(std::shared_ptr<const ByteSource> source, const ZipLimits& limits,
                                             Diagnostics& diagnostics) {
  std::unique_ptr<ZipArchive> self(new ZipArchive(std::move(source)));
  if (!DirectoryReader(*self->source_, limits, diagnostics).run(self->entries_)) return nullptr;
  judge_all(self->entries_, diagnostics);
  return self;
}

Result<void> ZipArchive::read(const ZipEntry& entry, const Sink& sink) const {
  if (entry.is_folder()) return {};
  if (entry.data == 0) return unreadable(entry, "it lies outside the container or over another entry");
  if (entry.method != zip::kStored && entry.method != zip::kDeflated) {
    return unreadable(entry, fmt::format("compression method {}", entry.method));
  }
  if ((entry.flags & zip::kFlagEncrypted) != 0) return unreadable(entry, "it is encrypted");
  const std::unique_ptr<archive, ArchiveFree> a(archive_read_new());
  if (a == nullptr) return unreadable(entry, "out of memory");
  OneEntryStream stream(*source_, entry);
  archive_read_support_format_zip_streamable(a.get());
  if (archive_read_open(a.get(), &stream, nullptr, OneEntryStream::next, nullptr) != ARCHIVE_OK) {
    return unreadable(entry, error_of(a.get()));
  }
  archive_entry* header = nullptr;
  if (archive_read_next_header(a.get(), &header) != ARCHIVE_OK) return unreadable(entry, error_of(a.get()));
  return unpack(a.get(), entry, sink);
}

Result<std::string> ZipArchive::read(const ZipEntry& entry, std::uint64_t limit) const {
  if (entry.size > limit) {
    return unreadable(entry, fmt::format("it has {} bytes, the limit is {}", entry.size, limit));
  }
  std::string out;
  out.reserve(static_cast<std::size_t>(entry.size));
  const auto done = read(entry, [&](std::string_view piece) {
    out += piece;
    return true;
  });
  if (!done) return tl::unexpected(done.error());
  return out;
}

}  // namespace zoo::package
