// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "feedgen/catalog/values.h"
#include "packager/bundle/bill.h"

// The SPDX Specification 2.3: clauses 6 (document), 7 (package), 8 (file), 10 (other licences), 11 (relationships).
namespace zoo::bundle {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kNone = "NOASSERTION";

class SpdxWriter {
 public:
  SpdxWriter(const Bill& bill, const BillText& options) : bill_(bill), options_(options) {}

  std::string run() {
    for (const BillPart& part : bill_.parts) ids_.push_back(element_id(part));
    Json packages = Json::array();
    for (std::size_t i = 0; i < bill_.parts.size(); ++i) packages.push_back(package(i));
    relations();
    Json out = head();
    out["packages"] = std::move(packages);
    out["files"] = std::move(files_);
    if (!licences_.empty()) out["hasExtractedLicensingInfos"] = other_licences();
    out["relationships"] = std::move(relations_);
    // Two documents that differ in anything have different namespaces.
    out["documentNamespace"] = "urn:uuid:" + uuid_of(out.dump(-1, ' ', false, Json::error_handler_t::replace));
    return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  }

 private:
  /// Letters, digits, '.' and '-' are allowed (clause 6.3.1); what becomes equal gets a number.
  std::string element_id(const BillPart& part) {
    static constexpr const char* kKinds[] = {"File", "Product", "Library"};
    return unique(std::string("SPDXRef-") + kKinds[static_cast<int>(part.kind)] + "-" + plain(part.id));
  }

  static std::string plain(std::string text) {
    for (char& c : text) {
      const bool kept = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.';
      if (!kept) c = '-';
    }
    return text;
  }

  std::string unique(const std::string& id) {
    std::string out = id;
    for (int n = 2; !used_.insert(out).second; ++n) out = id + "-" + std::to_string(n);
    return out;
  }

  Json head() const {
    return {{"spdxVersion", "SPDX-2.3"},
            {"dataLicense", "CC0-1.0"},
            {"SPDXID", "SPDXRef-DOCUMENT"},
            {"name", bill_.parts.front().id},
            {"documentNamespace", ""},
            {"creationInfo",
             {{"created", iso_time(options_.epoch)},
              {"creators", Json::array({"Tool: " + options_.tool + "-" + options_.version})}}}};
  }

  Json package(std::size_t position) {
    const BillPart& part = bill_.parts[position];
    const bool described = part.kind == BillPart::Kind::kFile;
    Json out = {{"SPDXID", ids_[position]}, {"name", part.name}};
    if (!part.version.empty()) out["versionInfo"] = part.version;
    if (described) out["packageFileName"] = part.id;
    out["supplier"] = part.supplier.empty() ? std::string(kNone) : "Organization: " + part.supplier;
    out["downloadLocation"] =
        part.kind == BillPart::Kind::kProduct && !part.url.empty() ? part.url : std::string(kNone);
    out["filesAnalyzed"] = described && !part.files.empty();
    if (described && !part.files.empty()) {
      out["packageVerificationCode"] = {{"packageVerificationCodeValue", verification_code(part.files)}};
      out["licenseInfoFromFiles"] = Json::array({kNone});
      for (const HeldFile& file : part.files) held(position, file);
    }
    if (part.measured) out["checksums"] = checksums(part.hashes);
    out["licenseConcluded"] = kNone;
    out["licenseDeclared"] = licence(part);
    out["copyrightText"] = kNone;
    if (!part.purl.empty()) {
      out["externalRefs"] = Json::array(
          {{{"referenceCategory", "PACKAGE-MANAGER"}, {"referenceType", "purl"}, {"referenceLocator", part.purl}}});
    }
    out["primaryPackagePurpose"] = part.kind == BillPart::Kind::kLibrary ? "LIBRARY"
                                   : described                           ? "INSTALL"
                                                                         : "APPLICATION";
    return out;
  }

  static Json checksums(const FileHashes& hashes) {
    Json out = Json::array();
    if (!hashes.sha1.empty()) out.push_back({{"algorithm", "SHA1"}, {"checksumValue", hashes.sha1}});
    if (!hashes.sha256.empty()) out.push_back({{"algorithm", "SHA256"}, {"checksumValue", hashes.sha256}});
    return out;
  }

  /// Clause 7.9: the SHA-1 of the sorted SHA-1s of all files.
  static std::string verification_code(const std::vector<HeldFile>& files) {
    std::vector<std::string> all;
    all.reserve(files.size());
    for (const HeldFile& file : files) all.push_back(file.hashes.sha1);
    std::sort(all.begin(), all.end());
    Hasher hasher;
    for (const std::string& digits : all) hasher.update(digits.data(), digits.size());
    return hasher.finish().sha1;
  }

  void held(std::size_t position, const HeldFile& file) {
    const std::string id = unique(ids_[position] + "-" + plain(file.name));
    file_ids_[{position, file.name}] = id;
    files_.push_back({{"SPDXID", id},
                      {"fileName", "./" + file.name},
                      {"fileTypes", Json::array({file.machine.empty() ? "OTHER" : "BINARY"})},
                      {"checksums", checksums(file.hashes)},
                      {"licenseConcluded", kNone},
                      {"licenseInfoInFiles", Json::array({kNone})},
                      {"copyrightText", kNone}});
    relate(ids_[position], "CONTAINS", id);
  }

  /// A licence without an SPDX expression is described in words (clause 10).
  std::string licence(const BillPart& part) {
    if (!part.licence.empty()) {
      own_licences(part);
      return part.licence;
    }
    if (part.licence_name.empty()) return std::string(kNone);
    std::string id = "LicenseRef-" + plain(part.licence_name);
    licences_.emplace(id, part.licence_name);
    return id;
  }

  /// Identifiers that SPDX's list does not have must be described in the document.
  void own_licences(const BillPart& part) {
    constexpr std::string_view kOwn = "LicenseRef-";
    for (std::string_view word : catalog::words(part.licence)) {
      while (!word.empty() && word.front() == '(') word.remove_prefix(1);
      while (!word.empty() && word.back() == ')') word.remove_suffix(1);
      if (word.substr(0, kOwn.size()) != kOwn) continue;
      const bool named = !part.licence_name.empty() && word == part.licence;
      licences_.emplace(word, named ? part.licence_name : std::string(word.substr(kOwn.size())));
    }
  }

  Json other_licences() const {
    Json out = Json::array();
    for (const auto& [id, name] : licences_) {
      out.push_back({{"licenseId", id}, {"name", name}, {"extractedText", name}});
    }
    return out;
  }

  void relate(const std::string& from, std::string_view kind, const std::string& to) {
    relations_.push_back({{"spdxElementId", from}, {"relationshipType", kind}, {"relatedSpdxElement", to}});
  }

  void relations() {
    relate("SPDXRef-DOCUMENT", "DESCRIBES", ids_.front());
    std::set<std::string> told;
    for (const BillLink& link : bill_.links) {
      const std::string& from = ids_[link.from];
      const std::string& to = ids_[link.to];
      std::string key = from;
      key.append(" ").append(to).append(" ").append(std::to_string(static_cast<int>(link.kind))).append(link.file);
      if (!told.insert(std::move(key)).second) continue;
      switch (link.kind) {
        case BillLink::Kind::kContains:
          relate(from, "CONTAINS", to);
          break;
        case BillLink::Kind::kNeeds:
          relate(from, "DEPENDS_ON", to);
          break;
        case BillLink::Kind::kMayNeed:
          relate(to, "OPTIONAL_DEPENDENCY_OF", from);
          break;
        case BillLink::Kind::kLinked:
          relate(file_ids_.at({link.from, link.file}), "STATIC_LINK", to);
          break;
      }
    }
  }

  const Bill& bill_;
  const BillText& options_;
  std::vector<std::string> ids_;
  std::set<std::string> used_;
  std::map<std::pair<std::size_t, std::string>, std::string> file_ids_;
  std::map<std::string, std::string> licences_;
  Json files_ = Json::array(), relations_ = Json::array();
};

}  // namespace

std::string spdx_text(const Bill& bill, const BillText& options) {
  return SpdxWriter(bill, options).run();
}

}  // namespace zoo::bundle
