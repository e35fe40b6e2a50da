// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/local_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "feedgen/base/files.h"
#include "feedgen/base/hash.h"
#include "feedgen/base/xml.h"
#include "feedgen/catalog/rules/rule.h"
#include "feedgen/catalog/values.h"
#include "feedgen/feed/html_page.h"

namespace zoo::feed {
namespace {

using namespace catalog;
namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::string_view kPage = "index.html", kSums = "SHA256SUMS", kRecord = "build.json";
constexpr std::uint64_t kKibibyte = 1024;
constexpr std::size_t kHashDigits = 64, kNameInSums = 66;  // a line of sha256sum: the hash, two blanks, the name

/// What a reader of the page finds in it.
struct Page {
  std::set<std::string, std::less<>> ids, links, codes;
  SourcePos pos;
};

void read_element(XmlNode node, Page& page) {
  if (const XmlAttribute id = node.attribute("id")) page.ids.emplace(id.value());
  if (node.name() == "a") page.links.emplace(node.attribute("href").value());
  if (node.name() == "code") page.codes.emplace(node.text());
  for (const XmlNode child : children(node)) read_element(child, page);
}

class LocalFiles {
 public:
  LocalFiles(const Catalog& feed, const LocalFilesOptions& options, SourceSet& sources, Diagnostics& diagnostics)
      : feed_(feed), options_(options), sources_(sources), diagnostics_(diagnostics) {}

  void run() {
    list_folder();
    for (const Product& product : feed_.products) {
      for (const Installer& installer : product.installers) installer_file(product, installer.file);
      icon(product);
    }
    unnamed_files();
    if (files_.count(std::string(kPage)) != 0) page();
    if (files_.count(std::string(kSums)) != 0) sums();
    if (files_.count(std::string(kRecord)) != 0) record();
  }

 private:
  void report(std::string_view id, SourcePos pos, std::string message, std::string_view product = {}) {
    Report(rule(id).info, diagnostics_)(pos, std::move(message), product);
  }

  /// Names of all files, with forward slashes, relative to the folder.
  void list_folder() {
    std::error_code error;
    const fs::path root(options_.folder);
    for (fs::recursive_directory_iterator at(root, error), end; !error && at != end; at.increment(error)) {
      std::error_code ignored;
      if (at->is_regular_file(ignored)) files_.insert(at->path().lexically_relative(root).generic_string());
    }
    if (error) report("ZF1001", {}, fmt::format("cannot read {}: {}", options_.folder, error.message()));
  }

  /// The hashes of a file of the folder, or null when it cannot be read.
  const FileHashes* hashes(const std::string& name) {
    const auto known = hashes_.find(name);
    if (known != hashes_.end()) return &known->second;
    if (files_.count(name) == 0) return nullptr;
    Result<FileHashes> measured = hash_file((fs::path(options_.folder) / name).string());
    return measured ? &hashes_.emplace(name, std::move(*measured)).first->second : nullptr;
  }

  /// The name of a file in the folder that two spellings of the feed lead to, "" for files elsewhere.
  std::string local_name(const Field& relative, const Field& absolute) const {
    if (relative.filled()) return std::string(relative.text);
    const std::string& base = options_.base_url;
    if (base.empty() || absolute.text.substr(0, base.size()) != base) return {};
    return std::string(absolute.text.substr(base.size()));
  }

  // ------------------------------------------------------------------------------------------------------ the feed

  void installer_file(const Product& product, const InstallerFile& file) {
    const std::string name = local_name(file.relative_url, file.url);
    if (name.empty()) return;
    const SourcePos pos = file.relative_url.filled() ? file.relative_url.pos : file.url.pos;
    const FileHashes* measured = there(name, pos, product);
    if (measured == nullptr) return;
    named_.emplace(name, &product);
    size(product, file, name, *measured);
    sha1(product, file, name, *measured);
    version(product, name, pos);
  }

  const FileHashes* there(const std::string& name, SourcePos pos, const Product& product) {
    const FileHashes* measured = is_relative_path(name) ? hashes(name) : nullptr;
    if (measured == nullptr) report("ZF1001", pos, fmt::format("{} is not in the folder", name), product.id.text);
    return measured;
  }

  void size(const Product& product, const InstallerFile& file, const std::string& name, const FileHashes& measured) {
    const std::uint64_t wanted = (measured.size + kKibibyte - 1) / kKibibyte;
    if (parse_unsigned(trimmed(file.size.text)) == wanted) return;
    report("ZF1002", file.size.present() ? file.size.pos : file.pos,
           fmt::format("{} has {} KiB, the feed says {}", name, wanted,
                       file.size.filled() ? trimmed(file.size.text) : std::string_view("nothing")),
           product.id.text);
  }

  void sha1(const Product& product, const InstallerFile& file, const std::string& name, const FileHashes& measured) {
    if (!file.sha1.filled() || same_id(trimmed(file.sha1.text), measured.sha1)) return;
    report("ZF1003", file.sha1.pos, fmt::format("{} has the SHA-1 {}", name, measured.sha1), product.id.text);
  }

  void version(const Product& product, const std::string& name, SourcePos pos) {
    const std::string file = fs::path(name).filename().string();
    const std::string start = fmt::format("{}-", product.id.text);
    if (!product.version.filled() || file.substr(0, start.size()) != start) return;
    const std::string wanted = start + std::string(trimmed(product.version.text));
    // "-1.0" followed by a digit or ".1" would be another version; an extension begins with a letter.
    const std::string_view rest = std::string_view(file).substr(std::min(wanted.size(), file.size()));
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool longer = !rest.empty() && (digit(rest[0]) || (rest.size() > 1 && rest[0] == '.' && digit(rest[1])));
    if (file.substr(0, wanted.size()) == wanted && !longer) return;
    report("ZF1005", pos, fmt::format("{} is of version {}", name, product.version.text), product.id.text);
  }

  void icon(const Product& product) {
    const std::string name = local_name(product.relative_icon, product.icon);
    if (name.empty()) return;
    there(name, product.relative_icon.filled() ? product.relative_icon.pos : product.icon.pos, product);
  }

  /// Files of a kind and in a folder that the feed has files of, which it does not name.
  void unnamed_files() {
    std::set<std::pair<std::string, std::string>> kinds;
    const auto kind = [](const std::string& name) {
      const fs::path path(name);
      return std::pair(path.parent_path().string(), folded(path.extension().string()));
    };
    for (const auto& [name, product] : named_) kinds.insert(kind(name));
    for (const std::string& name : files_) {
      if (kinds.count(kind(name)) != 0 && named_.count(name) == 0) {
        report("ZF1004", {}, fmt::format("no product of the feed has {}", name));
      }
    }
  }

  // ------------------------------------------------------------------------------------------------------ the page

  void page() {
    const std::string path = (fs::path(options_.folder) / kPage).string();
    Result<std::string> text = read_file(path, kMaxFeedBytes);
    if (!text) return report("ZF1006", {}, text.error().message);
    const auto document = XmlDocument::parse(path, std::move(*text), sources_, diagnostics_);
    if (!document) return;
    Page page;
    page.pos = document->root().pos();
    read_element(document->root(), page);
    page_products(page);
    for (const auto& [name, product] : named_) page_file(page, name, *product);
  }

  void page_products(const Page& page) {
    std::set<std::string> anchors;
    for (const Product& product : feed_.products) {
      const std::string anchor = anchor_of(product.id.text);
      anchors.insert(anchor);
      if (page.ids.count(anchor) == 0) {
        report("ZF1006", page.pos, fmt::format("the page does not have {}", product.id.text), product.id.text);
      }
    }
    // The ids of products' articles begin so; their headings' end in "~t", second ones of equal ids in "~~" and a
    // number.
    for (const std::string& id : page.ids) {
      if (id.substr(0, 2) != "p-" || (id.size() > 2 && id.substr(id.size() - 2) == "~t")) continue;
      if (anchors.count(id.substr(0, id.find("~~"))) == 0) {
        report("ZF1006", page.pos, fmt::format("the page has {}, the feed does not", id.substr(2)));
      }
    }
  }

  void page_file(const Page& page, const std::string& name, const Product& product) {
    const auto wrong = [&](std::string message) { report("ZF1007", page.pos, std::move(message), product.id.text); };
    if (page.links.count(name) == 0 && page.links.count(options_.base_url + name) == 0) {
      return wrong(fmt::format("the page does not link {}", name));
    }
    const FileHashes& measured = *hashes(name);
    for (const std::string* digits : {&measured.sha1, &measured.sha256}) {
      if (page.codes.count(*digits) == 0) {
        wrong(fmt::format("the page does not tell the {} of {}", digits->size() == kHashDigits ? "SHA-256" : "SHA-1",
                          name));
      }
    }
  }

  // ------------------------------------------------------------------------------------------------------ the records

  void sums() {
    Result<std::string> text = read_file((fs::path(options_.folder) / kSums).string(), kMaxManifestBytes);
    if (!text) return report("ZF1008", {}, text.error().message);
    std::map<std::string, std::string> listed;
    for (const std::string_view line : split(*text, '\n')) {
      if (line.size() > kNameInSums) listed.emplace(line.substr(kNameInSums), line.substr(0, kHashDigits));
    }
    for (const auto& [name, digits] : listed) listed_file("ZF1008", kSums, name, digits, std::nullopt);
    unlisted("ZF1008", kSums, [&](const std::string& name) { return name == kSums || listed.count(name) != 0; });
  }

  void record() {
    Result<std::string> text = read_file((fs::path(options_.folder) / kRecord).string(), kMaxManifestBytes);
    if (!text) return report("ZF1009", {}, text.error().message);
    const Json json = Json::parse(*text, nullptr, false);
    const Json outputs = json.is_object() ? json.value("outputs", Json()) : Json();
    if (!outputs.is_array()) return report("ZF1009", {}, "build.json has no outputs");
    std::set<std::string> listed;
    for (const Json& output : outputs) {
      if (!output.is_object()) continue;
      const std::string name = text_of(output, "path");
      listed.insert(name);
      const Json size = output.value("size", Json());
      listed_file("ZF1009", kRecord, name, text_of(output, "sha256"),
                  size.is_number_unsigned() ? size.get<std::uint64_t>() : 0);
    }
    unlisted("ZF1009", kRecord,
             [&](const std::string& name) { return name == kSums || name == kRecord || listed.count(name) != 0; });
  }

  static std::string text_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
  }

  void listed_file(std::string_view id, std::string_view list, const std::string& name, std::string_view digits,
                   std::optional<std::uint64_t> size) {
    const FileHashes* measured = is_relative_path(name) ? hashes(name) : nullptr;
    if (measured == nullptr) return report(id, {}, fmt::format("{} names {}, which is not there", list, name));
    if (measured->sha256 != digits) report(id, {}, fmt::format("{} has another hash for {}", list, name));
    if (size && *size != measured->size) report(id, {}, fmt::format("{} has another size for {}", list, name));
  }

  template <typename Known>
  void unlisted(std::string_view id, std::string_view list, const Known& known) {
    for (const std::string& name : files_) {
      if (!known(name)) report(id, {}, fmt::format("{} does not name {}", list, name));
    }
  }

  const Catalog& feed_;
  const LocalFilesOptions& options_;
  SourceSet& sources_;
  Diagnostics& diagnostics_;
  std::set<std::string> files_;
  std::map<std::string, FileHashes> hashes_;
  std::map<std::string, const Product*> named_;
};

}  // namespace

void check_local_files(const Catalog& feed, const LocalFilesOptions& options, SourceSet& sources,
                       Diagnostics& diagnostics) {
  LocalFiles(feed, options, sources, diagnostics).run();
}

}  // namespace zoo::feed
