// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/exit_code.h"
#include "feedgen/base/fetch.h"
#include "feedgen/base/result.h"
#include "feedgen/catalog/product.h"

/// Makes an offline copy of a feed: a folder with the installers' files and a feed that names them there, laid out as
/// the client's own /Offline does it (webpi-client, caches): feeds/latest/, installers/<productId>/<SHA-1>/,
/// resources/.
namespace zoo::feed {

struct MirrorOptions {
  std::string folder;     ///< Is made when it is not there; what it has is kept and checked again.
  std::string feed_path;  ///< Where the feed lies: gives its name, and the place of the files it names relatively.
  std::string base_url;   ///< Where the folder will be published, ends with a slash; "": relative addresses.
  std::vector<std::string> ids;  ///< These products and all that they name; none: every product.
  bool partial = false;          ///< Write the feed without the installers whose files cannot be had.
  FetchOptions fetch;
};

/// What came of the file of one installer.
struct MirrorFile {
  enum class Status : std::uint8_t { kFetched, kKept, kFailed, kInterrupted };
  std::string product_id, installer_id;
  std::string url;   ///< As the feed has it.
  std::string path;  ///< Below the folder, with forward slashes; "" unless it is there.
  Status status = Status::kInterrupted;
  Error error;        ///< For kFailed.
  FileHashes hashes;  ///< Of a file that is there.
};

struct MirrorReport {
  std::vector<MirrorFile> files;         ///< In the order of the feed.
  std::vector<std::string> icons_left;   ///< Products whose icons cannot be had; an address stays as it is.
  std::vector<std::string> online;       ///< Products whose commands name addresses: they need the network.
  std::vector<std::string> not_offline;  ///< Products that forbid it (offlineExclude): without installers here.
  std::string feed_path;                 ///< Of the new feed, below the folder; "" when none was written.
  std::size_t count(MirrorFile::Status status) const;
  /// The gravest: interrupted, verification, I/O, ok. Findings when the feed was written without some installers.
  ExitCode exit_code() const;
};

/// Only http and https are fetched, and files within the folder of the feed are copied: a feed cannot make the mirror
/// publish other files of this machine. A file must have the feed's SHA-1, or carry an intact Authenticode signature
/// when the feed has none; whose it is, is for the client to judge. The feed is written last. Errors: kUsage for an
/// unknown id, kFindings for a product id that is no name of a folder, kIo when the folder cannot be written. `feed`
/// must be one that the client loads (catalog::check).
Result<MirrorReport> mirror(catalog::Catalog feed, const MirrorOptions& options);

std::string_view name(MirrorFile::Status status);  ///< "fetched", "kept", "failed", "interrupted"
/// One line for each file that was not kept (all with `verbose`), remarks, a summary.
std::string mirror_text(const MirrorReport& report, bool verbose);
/// {"files":[{product,installer,url,path,status,reason,size,sha1,sha256}],"feed":...,"iconsLeft":[],...}
std::string mirror_json(const MirrorReport& report);

}  // namespace zoo::feed
