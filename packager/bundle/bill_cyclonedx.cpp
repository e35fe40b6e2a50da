// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "packager/bundle/bill.h"

// CycloneDX 1.5 (ECMA-424 is its successor): the names of the JSON form of its specification.
namespace zoo::bundle {
namespace {

using Json = nlohmann::ordered_json;

class CycloneWriter {
 public:
  CycloneWriter(const Bill& bill, const BillText& options) : bill_(bill), options_(options) {}

  std::string run() {
    for (const BillPart& part : bill_.parts) refs_.push_back(unique(reference(part)));
    Json parts = Json::array();
    for (std::size_t i = 1; i < bill_.parts.size(); ++i) parts.push_back(component(i));
    Json out = {{"bomFormat", "CycloneDX"}, {"specVersion", "1.5"}, {"serialNumber", ""}, {"version", 1}};
    out["metadata"] = {
        {"timestamp", iso_time(options_.epoch)},
        {"tools",
         {{"components",
           Json::array({{{"type", "application"}, {"name", options_.tool}, {"version", options_.version}}})}}},
        {"component", component(0)}};
    out["components"] = std::move(parts);
    out["dependencies"] = dependencies();
    // Two bills that differ in anything have different serial numbers.
    out["serialNumber"] = "urn:uuid:" + uuid_of(out.dump(-1, ' ', false, Json::error_handler_t::replace));
    return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  }

 private:
  static std::string reference(const BillPart& part) {
    static constexpr const char* kKinds[] = {"file:", "product:", "library:"};
    return kKinds[static_cast<int>(part.kind)] + part.id;
  }

  std::string unique(const std::string& ref) {
    std::string out = ref;
    for (int n = 2; !used_.insert(out).second; ++n) out = ref + "#" + std::to_string(n);
    return out;
  }

  static Json hashes(const FileHashes& known) {
    Json out = Json::array();
    if (!known.sha1.empty()) out.push_back({{"alg", "SHA-1"}, {"content", known.sha1}});
    if (!known.sha256.empty()) out.push_back({{"alg", "SHA-256"}, {"content", known.sha256}});
    return out;
  }

  Json component(std::size_t position) {
    const BillPart& part = bill_.parts[position];
    Json out = {{"type", part.kind == BillPart::Kind::kLibrary ? "library" : "application"},
                {"bom-ref", refs_[position]}};
    if (!part.supplier.empty()) out["supplier"] = {{"name", part.supplier}};
    out["name"] = part.name;
    if (!part.version.empty()) out["version"] = part.version;
    if (part.kind == BillPart::Kind::kProduct) out["scope"] = part.required ? "required" : "optional";
    // A product's file is a download, its hash belongs to the address below.
    if (part.measured && part.kind != BillPart::Kind::kProduct) out["hashes"] = hashes(part.hashes);
    if (!part.licence.empty()) {
      out["licenses"] = Json::array({{{"expression", part.licence}}});
    } else if (!part.licence_name.empty()) {
      out["licenses"] = Json::array({{{"license", {{"name", part.licence_name}}}}});
    }
    if (!part.purl.empty()) out["purl"] = part.purl;
    if (!part.url.empty()) out["externalReferences"] = Json::array({address(part)});
    if (!part.files.empty()) out["components"] = files(position);
    return out;
  }

  static Json address(const BillPart& part) {
    const bool download = part.kind == BillPart::Kind::kProduct && part.measured;
    Json out = {{"type", download ? "distribution" : "website"}, {"url", part.url}};
    if (download) out["hashes"] = hashes(part.hashes);
    return out;
  }

  Json files(std::size_t position) {
    Json out = Json::array();
    for (const HeldFile& file : bill_.parts[position].files) {
      const std::string ref = unique(refs_[position] + "/" + file.name);
      file_refs_[{position, file.name}] = ref;
      out.push_back({{"type", "file"}, {"bom-ref", ref}, {"name", file.name}, {"hashes", hashes(file.hashes)}});
    }
    return out;
  }

  /// Who needs, holds or was linked with whom; every component once, in the order of references.
  Json dependencies() const {
    std::map<std::string, std::set<std::string>> needs;
    for (const std::string& ref : refs_) needs[ref];
    for (const auto& [key, ref] : file_refs_) needs[ref];
    for (const BillLink& link : bill_.links) {
      const bool file = link.kind == BillLink::Kind::kLinked;
      needs[file ? file_refs_.at({link.from, link.file}) : refs_[link.from]].insert(refs_[link.to]);
    }
    Json out = Json::array();
    for (const auto& [ref, all] : needs) out.push_back({{"ref", ref}, {"dependsOn", all}});
    return out;
  }

  const Bill& bill_;
  const BillText& options_;
  std::vector<std::string> refs_;
  std::set<std::string> used_;
  std::map<std::pair<std::size_t, std::string>, std::string> file_refs_;
};

}  // namespace

std::string cyclonedx_text(const Bill& bill, const BillText& options) {
  return CycloneWriter(bill, options).run();
}

}  // namespace zoo::bundle
