// SPDX-License-Identifier: Apache-2.0
#include "packager/package/zip_writer.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <libdeflate.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <future>
#include <map>
#include <mutex>
#include <numeric>
#include <optional>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>

#include "feedgen/base/files.h"
#include "feedgen/base/hash.h"
#include "packager/package/names.h"
#include "packager/package/rules.h"
#include "packager/package/zip_format.h"

namespace zoo::package {
namespace {

constexpr std::uint64_t kMaxFileBytes = 0x7FFFFFFF;      ///< What Microsoft documents (web-deploy section 2).
constexpr std::size_t kMaxEntries = zip::kMarker16 - 1;  ///< One less than the marker of zip64.
constexpr std::size_t kWorthComparing = 16U << 10U;      ///< Smaller files are compressed faster than compared.

/// Formats that are compressed already: looking for more costs time and finds nothing.
constexpr std::array<std::string_view, 32> kCompressed = {
    "7z",   "avif", "br",  "bz2",  "cab",  "docx", "egg",   "gif",   "gz",   "jar",  "jpeg",
    "jpg",  "lz4",  "m4a", "mov",  "mp3",  "mp4",  "nupkg", "odt",   "ogg",  "opus", "png",
    "pptx", "rar",  "tgz", "webm", "webp", "whl",  "woff",  "woff2", "xlsx", "zip"};

bool is_compressed_format(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || name.find('/', dot) != std::string_view::npos) return false;
  std::string extension(name.substr(dot + 1));
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return std::find(kCompressed.begin(), kCompressed.end(), extension) != kCompressed.end();
}

/// What becomes of a content: the bytes to write, and what the headers tell.
struct Packed {
  std::string data;
  std::uint16_t method = zip::kStored;
  std::uint32_t crc = 0;
  std::uint64_t size = 0;
  std::uint64_t fingerprint = 0;
};

using SharedPacked = std::shared_ptr<const Packed>;

/// The library that compresses, by its bytes: another version of it makes other bytes.
const std::string& compressor_identity() {
  static const std::string identity = [] {
    Dl_info info = {};
    std::string unknown = LIBDEFLATE_VERSION_STRING;
    if (dladdr(reinterpret_cast<const void*>(&libdeflate_alloc_compressor), &info) == 0) return unknown;
    const Result<FileHashes> hashes = hash_file(info.dli_fname);
    return hashes ? hashes->sha256 : unknown;
  }();
  return identity;
}

}  // namespace

struct CompressionCache::State {
  std::mutex mutex;
  std::map<std::string, std::shared_future<SharedPacked>> entries;
  std::uint64_t hits = 0;
  const DiskCache* disk = nullptr;
};

CompressionCache::CompressionCache(const DiskCache* disk) : state_(std::make_unique<State>()) {
  state_->disk = disk;
}
CompressionCache::~CompressionCache() = default;

std::uint64_t CompressionCache::hits() const {
  const std::lock_guard lock(state_->mutex);
  return state_->hits;
}

/// One thread's work: reads, measures, compresses. Not thread-safe itself.
class Compressor {
 public:
  Compressor(Level level, CompressionCache& cache)
      : level_(level), cache_(*cache.state_), raw_(libdeflate_alloc_compressor(static_cast<int>(level))) {}
  ~Compressor() { libdeflate_free_compressor(raw_); }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  /// `remember`: this content may come again.
  SharedPacked pack(std::string_view name, std::string_view content, bool remember) {
    const bool worth = !is_compressed_format(name);
    if (!remember) return std::make_shared<Packed>(compress(content, worth));
    return once(key_of(content, worth), content, worth);
  }

 private:
  std::string key_of(std::string_view content, bool worth) const {
    Hasher hasher;
    hasher.update(content.data(), content.size());
    return fmt::format("{} {} {}", hasher.finish().sha256, static_cast<int>(level_), worth);
  }

  /// The first to come compresses, the others wait for it.
  SharedPacked once(const std::string& key, std::string_view content, bool worth) {
    std::promise<SharedPacked> promise;
    {
      std::unique_lock lock(cache_.mutex);
      const auto [entry, is_new] = cache_.entries.try_emplace(key);
      if (!is_new) {
        ++cache_.hits;
        const std::shared_future<SharedPacked> result = entry->second;
        lock.unlock();
        return result.get();
      }
      entry->second = promise.get_future().share();
    }
    auto packed = std::make_shared<Packed>(from_disk(key, content, worth));
    promise.set_value(packed);
    return packed;
  }

  /// What an earlier run compressed, or compressed now and kept for the next.
  Packed from_disk(const std::string& key, std::string_view content, bool worth) {
    if (cache_.disk == nullptr) return compress(content, worth);
    const std::string whole = compressor_identity() + " " + key;
    if (std::optional<std::string> kept = cache_.disk->get(whole)) return measured(content, std::move(*kept));
    Packed packed = compress(content, worth);
    // Stored content is kept as nothing: it is at hand. A cache that cannot be written costs time only.
    (void)cache_.disk->put(whole, packed.method == zip::kDeflated ? std::string_view(packed.data) : std::string_view());
    return packed;
  }

  /// `deflated` is empty for what is stored.
  static Packed measured(std::string_view content, std::string deflated) {
    Packed out;
    out.size = content.size();
    out.crc = libdeflate_crc32(0, content.data(), content.size());
    const std::uint64_t adler = libdeflate_adler32(1, content.data(), content.size());
    out.fingerprint = (adler << 32U | out.crc) ^ (out.size << 16U);
    if (!deflated.empty()) out.method = zip::kDeflated;
    out.data = deflated.empty() ? std::string(content) : std::move(deflated);
    return out;
  }

  Packed compress(std::string_view content, bool worth) {
    std::string deflated;
    if (worth && !content.empty()) {
      const std::size_t bound = libdeflate_deflate_compress_bound(raw_, content.size());
      if (scratch_.size() < bound) scratch_.resize(bound);
      const std::size_t size =
          libdeflate_deflate_compress(raw_, content.data(), content.size(), scratch_.data(), bound);
      if (size != 0 && size < content.size()) deflated.assign(scratch_.data(), size);
    }
    return measured(content, std::move(deflated));
  }

  Level level_;
  CompressionCache::State& cache_;
  libdeflate_compressor* raw_;
  std::vector<char> scratch_;
};

namespace {

class Bytes {
 public:
  explicit Bytes(std::string& out) : out_(out) {}
  Bytes& u16(std::uint64_t value) { return number(value, 2); }
  Bytes& u32(std::uint64_t value) { return number(value, 4); }
  Bytes& text(std::string_view value) {
    out_ += value;
    return *this;
  }

 private:
  Bytes& number(std::uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) out_ += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
    return *this;
  }
  std::string& out_;
};

struct Written {
  std::string_view name;
  SharedPacked packed;
  DosTime time;
  std::uint64_t offset = 0;
};

/// The part that local and central header have in common, APPNOTE 4.3.7: version needed to extra length.
void put_common(Bytes& out, const Written& e) {
  out.u16(zip::kVersionNeeded).u16(zip::kFlagUtf8).u16(e.packed->method).u16(e.time.time).u16(e.time.date);
  out.u32(e.packed->crc).u32(e.packed->data.size()).u32(e.packed->size).u16(e.name.size()).u16(0);
}

void put_local(std::string& out, const Written& e) {
  Bytes bytes(out);
  bytes.u32(zip::kLocalHeader);
  put_common(bytes, e);
  bytes.text(e.name).text(e.packed->data);
}

void put_central(std::string& out, const Written& e) {
  Bytes bytes(out);
  // Made by MS-DOS (0): the attributes are DOS ones, which Web Deploy applies.
  bytes.u32(zip::kCentralHeader).u16(zip::kVersionNeeded);
  put_common(bytes, e);
  bytes.u16(0).u16(0).u16(0).u32(e.name.back() == '/' ? zip::kAttributeFolder : 0).u32(e.offset).text(e.name);
}

void put_end(std::string& out, std::size_t count, std::uint64_t directory) {
  const std::uint64_t size = out.size() - directory;
  Bytes(out).u32(zip::kEndOfDirectory).u16(0).u16(0).u16(count).u16(count).u32(size).u32(directory).u16(0);
}

/// Sorts, with one entry for each folder that needs one: those that hold nothing, or all.
void complete(std::vector<ZipItem>& items, bool all_folders) {
  std::set<std::string, std::less<>> named, implied;
  for (const ZipItem& item : items) {
    if (item.is_folder()) named.insert(item.name.substr(0, item.name.size() - 1));
    for (std::string_view f = parent_of(item.name); !f.empty(); f = parent_of(f)) {
      if (!implied.emplace(f).second) break;  // and so is what lies above it
    }
  }
  std::erase_if(items, [](const ZipItem& item) { return item.is_folder(); });
  if (all_folders) named.merge(implied);
  for (const std::string& folder : named) {
    if (all_folders || implied.count(folder) == 0) items.push_back(folder_item(folder));
  }
  std::sort(items.begin(), items.end(), [](const ZipItem& a, const ZipItem& b) { return a.name < b.name; });
}

class ZipMaker {
 public:
  ZipMaker(std::vector<ZipItem> items, const ZipOptions& options) : items_(std::move(items)), options_(options) {
    complete(items_, options_.all_folders);
    packed_.resize(items_.size());
  }

  Result<std::string> run(ZipSummary* summary) {
    if (const auto measured = measure(); !measured) return tl::unexpected(measured.error());
    compress_all();
    if (error_) return tl::unexpected(*error_);
    if (cancelled()) return fail(ExitCode::kInterrupted, "interrupted");
    return assemble(summary);
  }

 private:
  Result<void> measure() {
    sizes_.assign(items_.size(), 0);
    std::unordered_map<std::uint64_t, std::size_t> count;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const Result<std::uint64_t> size = size_of(items_[i]);
      if (!size) return tl::unexpected(size.error());
      sizes_[i] = *size;
      total_ += *size;
      if (*size >= kWorthComparing) ++count[*size];
    }
    remember_.assign(items_.size(), 0);
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const bool twin = sizes_[i] >= kWorthComparing && count[sizes_[i]] > 1;
      remember_[i] = twin || (items_[i].shared && options_.cache != nullptr) ? 1 : 0;
    }
    return {};
  }

  static Result<std::uint64_t> size_of(const ZipItem& item) {
    if (item.path.empty()) return item.bytes ? item.bytes->size() : 0;
    std::error_code error;
    const std::uint64_t size = std::filesystem::file_size(item.path, error);
    if (error) return fail(ExitCode::kIo, fmt::format("cannot read {}: {}", item.path, error.message()));
    return size;
  }

  bool cancelled() const { return options_.cancellation != nullptr && options_.cancellation->requested(); }

  /// Large files first, so that no thread sits with one while the others have nothing left.
  void compress_all() {
    order_.resize(items_.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::sort(order_.begin(), order_.end(),
              [&](std::size_t a, std::size_t b) { return std::tie(sizes_[b], a) < std::tie(sizes_[a], b); });
    const unsigned wanted =
        options_.threads != 0 ? options_.threads : std::max(1U, std::thread::hardware_concurrency());
    const auto threads = std::min<std::size_t>(wanted, std::max<std::size_t>(items_.size(), 1));
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back([this] { work(); });
    work();
  }

  void work() {
    Compressor compressor(options_.level, options_.cache != nullptr ? *options_.cache : own_cache_);
    std::string buffer;
    for (std::size_t i = next_++; i < order_.size() && !stop_ && !cancelled(); i = next_++) {
      one(compressor, order_[i], buffer);
      advance(sizes_[order_[i]]);
    }
  }

  void advance(std::uint64_t bytes) {
    if (options_.progress != nullptr) options_.progress->set(done_ += bytes, total_);
  }

  /// `buffer` holds one file after the other: the largest come first, so that it is allocated once.
  void one(Compressor& compressor, std::size_t index, std::string& buffer) {
    const ZipItem& item = items_[index];
    std::string_view content;
    if (!item.path.empty()) {
      const Result<void> read = read_file(item.path, kMaxFileBytes, buffer);
      if (!read) return failed(read.error());
      content = buffer;
    } else if (item.bytes) {
      content = *item.bytes;
    }
    packed_[index] = compressor.pack(item.name, content, remember_[index] != 0);
  }

  void failed(const Error& error) {
    const std::lock_guard lock(error_mutex_);
    // The first by message, not by time: the same for every run.
    if (!error_ || error.message < error_->message) error_ = error;
    stop_ = true;
  }

  DosTime time_of(const ZipItem& item, const Packed& packed) const {
    if (item.is_folder()) return content_time(0, options_.epoch);
    DosTime time = content_time(packed.fingerprint, options_.epoch);
    const auto old = earlier_.find(folded_name(item.name));
    if (old == earlier_.end() || old->second->size != packed.size) return time;
    if (old->second->crc == packed.crc || old->second->time != time) return time;
    return to_dos_time(from_dos_time(time) - 2);
  }

  Result<std::string> assemble(ZipSummary* summary) {
    if (options_.earlier != nullptr) {
      for (const EarlierFile& file : *options_.earlier) earlier_.emplace(folded_name(file.name), &file);
    }
    std::uint64_t total = zip::kEndOfDirectoryBytes;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      total += zip::kLocalHeaderBytes + zip::kCentralHeaderBytes + 2 * items_[i].name.size() + packed_[i]->data.size();
    }
    if (total >= zip::kMarker32) {
      return fail(ExitCode::kFindings,
                  fmt::format("the package would have {} bytes: Web Deploy reads up to 4 GiB", total));
    }
    std::string out;
    out.reserve(total);
    std::vector<Written> written;
    written.reserve(items_.size());
    for (std::size_t i = 0; i < items_.size(); ++i) {
      written.push_back({items_[i].name, packed_[i], time_of(items_[i], *packed_[i]), out.size()});
      put_local(out, written.back());
      if (summary != nullptr) count(*summary, items_[i], *packed_[i]);
    }
    const std::uint64_t directory = out.size();
    for (const Written& e : written) put_central(out, e);
    put_end(out, written.size(), directory);
    if (summary != nullptr) summary->bytes = out.size();
    return out;
  }

  static void count(ZipSummary& summary, const ZipItem& item, const Packed& packed) {
    ++(item.is_folder() ? summary.folders : summary.files);
    if (!item.is_folder() && packed.method == zip::kStored) ++summary.stored;
    summary.content_bytes += packed.size;
  }

  std::vector<ZipItem> items_;
  const ZipOptions& options_;
  CompressionCache own_cache_;
  std::vector<std::uint64_t> sizes_;
  std::uint64_t total_ = 0;
  std::vector<char> remember_;
  std::vector<std::size_t> order_;
  std::vector<SharedPacked> packed_;
  std::unordered_map<std::string, const EarlierFile*> earlier_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::uint64_t> done_ = 0;
  std::atomic<bool> stop_ = false;
  std::mutex error_mutex_;
  std::optional<Error> error_;
};

void check_collisions(const std::vector<ZipItem>& items, Diagnostics& diagnostics) {
  NameSet names;
  for (const ZipItem& item : items) {
    const auto clash = names.add(item.name);
    if (!clash) continue;
    if (clash->folders) {
      report(diagnostics, "ZP0122", fmt::format("{} and {} are one folder on Windows", clash->other, item.name));
    } else {
      report(diagnostics, "ZP0110", fmt::format("{} and {} are one file on Windows", clash->other, item.name));
    }
  }
}

/// A file that is not there is told when it is read.
void check_file(const ZipItem& item, Diagnostics& diagnostics) {
  struct stat info = {};
  if (::lstat(item.path.c_str(), &info) != 0) return;
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (S_ISLNK(info.st_mode)) {
    report(diagnostics, "ZP0113", fmt::format("{} is a symbolic link", item.path));
  } else if (size > kMaxFileBytes) {
    report(diagnostics, "ZP0115", fmt::format("{} has {} bytes, Web Deploy takes {}", item.name, size, kMaxFileBytes));
  }
}

}  // namespace

ZipItem folder_item(std::string name) {
  if (name.empty() || name.back() != '/') name += '/';
  return {std::move(name), {}, nullptr, false};
}

ZipItem bytes_item(std::string name, std::string bytes) {
  return {std::move(name), {}, std::make_shared<const std::string>(std::move(bytes)), false};
}

ZipItem file_item(std::string name, std::string path) {
  return {std::move(name), std::move(path), nullptr, false};
}

Result<std::string> zip_key(const std::vector<ZipItem>& items, const ZipOptions& options) {
  const Result<FileHashes> program = hash_file("/proc/self/exe");
  if (!program) return tl::unexpected(program.error());
  std::string key =
      fmt::format("package\n{}\n{}\n{} {} {}\n", program->sha256, compressor_identity(),
                  static_cast<int>(options.level), to_text(content_time(0, options.epoch)), options.all_folders);
  for (const ZipItem& item : items) {
    FileHashes hashes;
    if (!item.path.empty()) {
      Result<FileHashes> measured = hash_file(item.path);
      if (!measured) return tl::unexpected(measured.error());
      hashes = std::move(*measured);
    } else if (item.bytes) {
      Hasher hasher;
      hasher.update(item.bytes->data(), item.bytes->size());
      hashes = hasher.finish();
    }
    key += fmt::format("{} {}\n", hashes.sha256, item.name);
  }
  if (options.earlier == nullptr) return key;
  for (const EarlierFile& e : *options.earlier) {
    key += fmt::format("earlier {} {} {} {} {}\n", e.size, e.crc, e.time.date, e.time.time, e.name);
  }
  return key;
}

bool check_items(const std::vector<ZipItem>& items, Diagnostics& diagnostics) {
  const std::size_t before = diagnostics.errors();
  for (const ZipItem& item : items) {
    if (const NameVerdict verdict = judge_name(item.name)) {
      report(diagnostics, rule_of(verdict.problem), fmt::format("{}: the name {}", to_utf8(item.name), verdict.reason));
    }
    if (!item.path.empty()) check_file(item, diagnostics);
  }
  check_collisions(items, diagnostics);
  if (items.size() > kMaxEntries) {
    report(diagnostics, "ZP0103", fmt::format("{} files and folders need zip64", items.size()));
  }
  return diagnostics.errors() == before;
}

Result<std::string> make_zip(std::vector<ZipItem> items, const ZipOptions& options, ZipSummary* summary) {
  Diagnostics problems;
  if (!check_items(items, problems)) return fail(ExitCode::kFindings, problems.items().front().message);
  return ZipMaker(std::move(items), options).run(summary);
}

}  // namespace zoo::package
