// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "feedgen/base/byte_source.h"
#include "feedgen/base/hash.h"
#include "feedgen/base/result.h"
#include "feedgen/catalog/lock_file.h"
#include "feedgen/catalog/product.h"
#include "packager/bundle/libraries.h"
#include "packager/bundle/msi_files.h"

/// Bills of material (SBOM) of packages and installers: what is in them, what was linked into it, and what it needs.
/// Contents: docs/formats/bill-of-materials.md.
namespace zoo::bundle {

/// Something with a version and a licence: the file described, an installer in it, a product that it needs, a library.
struct BillPart {
  enum class Kind : std::uint8_t { kFile, kProduct, kLibrary };
  Kind kind = Kind::kFile;
  std::string id;  ///< Unique in the bill: file name, product id, name of the Debian package.
  std::string name, version, supplier, url;
  std::string licence;       ///< SPDX expression, or "".
  std::string licence_name;  ///< In words, where there is no expression.
  std::string purl;          ///< Package URL, or "".
  bool measured = false;     ///< Whether `hashes` are known: of the part's own file, or of its download.
  FileHashes hashes;
  bool required = true;         ///< False for a product that is one of several alternatives.
  std::vector<HeldFile> files;  ///< What a kFile holds.
};

struct BillLink {
  enum class Kind : std::uint8_t {
    kContains,  ///< A file holds an installer.
    kNeeds,     ///< A product needs another.
    kMayNeed,   ///< It needs this one or another.
    kLinked     ///< `file` of a kFile has the library's code in it.
  };
  Kind kind = Kind::kContains;
  std::size_t from = 0, to = 0;  ///< Positions of parts.
  std::string file;
};

struct Bill {
  std::vector<BillPart> parts;  ///< The first is what is described.
  std::vector<BillLink> links;
};

struct BillOptions {
  const catalog::Catalog* catalog = nullptr;  ///< All manifests.
  const catalog::LockFile* lock = nullptr;
  const Libraries* libraries = nullptr;  ///< Null: nothing is said about what was linked.
};

/// The bill of a package or MSI. kVerification when it cannot be read, or when no product of the manifests has a file
/// of this name.
Result<Bill> make_bill(const std::string& path, const BillOptions& options);

struct BillText {
  std::int64_t epoch = 0;  ///< The time that the texts carry.
  std::string tool;        ///< "packager"
  std::string version;
};

/// SPDX 2.3 as JSON, and CycloneDX 1.5 as JSON. The same bill gives the same bytes: identifiers are made from contents.
std::string spdx_text(const Bill& bill, const BillText& options);
std::string cyclonedx_text(const Bill& bill, const BillText& options);

/// A name-based UUID (RFC 9562, version 5, in the namespace of URLs).
std::string uuid_of(std::string_view name);
/// "2023-11-14T22:13:20Z"
std::string iso_time(std::int64_t epoch);

}  // namespace zoo::bundle
