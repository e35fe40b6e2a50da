// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <stdlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "feedgen/base/files.h"
#include "feedgen/base/hash.h"
#include "feedgen/catalog/rules/rule.h"
#include "feedgen/feed/local_files.h"
#include "feedgen/feed/webpi_reader.h"

namespace fs = std::filesystem;
using namespace zoo;

namespace {

const std::string kPackage = "packages/Blank-1.0.0.zip", kInstaller = "installers/Module-5.0.0-x64.msi";
constexpr std::size_t kPackageBytes = 5000, kInstallerBytes = 1024;

/// A folder as a build leaves it: two products with a file each, an icon, the page, SHA256SUMS and build.json.
class Dist {
 public:
  Dist() {
    std::string name = (fs::temp_directory_path() / "zoo-dist-XXXXXX").string();
    root = mkdtemp(name.data());
    put(kPackage, std::string(kPackageBytes, 'p'));
    put(kInstaller, std::string(kInstallerBytes, 'm'));
    put("icons/blank.png", "\x89PNG");
    write();
  }
  ~Dist() { fs::remove_all(root); }

  void put(const std::string& name, const std::string& bytes) const {
    REQUIRE(write_file((root / name).string(), bytes).has_value());
  }
  FileHashes hashes(const std::string& name) const { return hash_file((root / name).string()).value(); }

  std::string installer(const std::string& name, std::size_t size) const {
    return fmt::format(
        "<installers><installer><id>1</id><installerFile><fileSize>{}</fileSize>{}<sha1>{}</sha1></installerFile>"
        "</installer></installers>",
        size,
        base_url.empty() ? fmt::format("<relativeInstallerURL>{}</relativeInstallerURL>", name)
                         : fmt::format("<installerURL>{}{}</installerURL>", base_url, name),
        hashes(name).sha1);
  }

  /// The feed, the page and the records, of what the files are now.
  void write() {
    feed =
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>f</id><entry><productId>Blank</productId>"
        "<version>1.0.0</version><images><relativeIconUrl>icons/blank.png</relativeIconUrl></images>" +
        installer(kPackage, 5) + "</entry><entry><productId>Module</productId><version>5.0.0</version>" +
        installer(kInstaller, 1) + "</entry></feed>";
    put("feed.xml", feed);
    std::string text = "<html><body><section id=\"p-Blank\"/><section id=\"p-Module\"/><h3 id=\"p-Module~t\"/>";
    for (const std::string& name : {kPackage, kInstaller}) {
      const FileHashes file = hashes(name);
      text += fmt::format("<a href=\"{}\">x</a><code>{}</code><code>{}</code>", name, file.sha1, file.sha256);
    }
    page = text + "</body></html>";
    put("index.html", page);
    records();
  }

  void records() const {
    std::string outputs, sums;
    for (const std::string& name :
         {std::string("feed.xml"), std::string("icons/blank.png"), std::string("index.html"), kInstaller, kPackage}) {
      const FileHashes file = hashes(name);
      outputs += fmt::format("{}{{\"path\": \"{}\", \"size\": {}, \"sha256\": \"{}\"}}", outputs.empty() ? "" : ", ",
                             name, file.size, file.sha256);
      sums += fmt::format("{}  {}\n", file.sha256, name);
    }
    put("build.json", "{\"outputs\": [" + outputs + "]}");
    put("SHA256SUMS", sums + fmt::format("{}  build.json\n", hashes("build.json").sha256));
  }

  /// Codes of the findings, each with its message.
  std::set<std::string> lint() {
    messages.clear();
    SourceSet sources;
    Diagnostics diagnostics;
    const auto document = XmlDocument::parse("feed.xml", feed, sources, diagnostics);
    REQUIRE(document);
    const auto catalog = feed::read_webpi(document, diagnostics);
    REQUIRE(catalog);
    Diagnostics found;
    feed::check_local_files(*catalog, {root.string(), base_url}, sources, found);
    std::set<std::string> codes;
    for (const Diagnostic& d : found.items()) {
      codes.insert(d.code);
      seen().insert(d.code);
      messages += d.code + " " + d.message + "\n";
    }
    return codes;
  }

  /// Codes that some test of this file has seen.
  static std::set<std::string>& seen() {
    static std::set<std::string> codes;
    return codes;
  }

  std::string replace(std::string text, const std::string& from, const std::string& to) const {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  }

  fs::path root;
  std::string feed, page, base_url, messages;
};

using Codes = std::set<std::string>;

}  // namespace

TEST_CASE("local files: a folder as it was built has no findings", "[local_files]") {
  Dist dist;
  CHECK(dist.lint().empty());
  CHECK(dist.messages.empty());
  dist.base_url = "https://host.example/zoo/";
  dist.write();
  CHECK(dist.lint().empty());
  CHECK(dist.messages.empty());
}

TEST_CASE("local files: addresses elsewhere are nobody's file here", "[local_files]") {
  Dist dist;
  dist.base_url = "https://host.example/zoo/";
  dist.write();
  dist.base_url = "https://other.example/";
  const Codes codes = dist.lint();
  INFO(dist.messages);
  CHECK(codes.empty());
}

TEST_CASE("local files: a wrong size is found", "[local_files]") {
  Dist dist;
  dist.feed = dist.replace(dist.feed, "<fileSize>5<", "<fileSize>5000<");
  CHECK(dist.lint() == Codes{"ZF1002"});
  CHECK(dist.messages == "ZF1002 packages/Blank-1.0.0.zip has 5 KiB, the feed says 5000\n");
  dist.feed = dist.replace(dist.feed, "<fileSize>5000</fileSize>", "");
  CHECK(dist.lint() == Codes{"ZF1002"});
  CHECK(dist.messages == "ZF1002 packages/Blank-1.0.0.zip has 5 KiB, the feed says nothing\n");
}

TEST_CASE("local files: a wrong hash is found", "[local_files]") {
  Dist dist;
  std::string digits = dist.hashes(kPackage).sha1;
  const std::string right = digits;
  digits[7] = digits[7] == '0' ? '1' : '0';
  dist.feed = dist.replace(dist.feed, right, digits);
  CHECK(dist.lint() == Codes{"ZF1003"});
  CHECK(dist.messages == "ZF1003 packages/Blank-1.0.0.zip has the SHA-1 " + right + "\n");
}

TEST_CASE("local files: a file changed after the build is found everywhere", "[local_files]") {
  Dist dist;
  dist.put(kPackage, std::string(kPackageBytes, 'q'));
  CHECK(dist.lint() == Codes{"ZF1003", "ZF1007", "ZF1008", "ZF1009"});
}

TEST_CASE("local files: a missing file is found", "[local_files]") {
  Dist dist;
  fs::remove(dist.root / kInstaller);
  CHECK(dist.lint() == Codes{"ZF1001", "ZF1008", "ZF1009"});
  dist.put(kInstaller, std::string(kInstallerBytes, 'm'));
  fs::remove(dist.root / "icons/blank.png");
  CHECK(dist.lint() == Codes{"ZF1001", "ZF1008", "ZF1009"});
}

TEST_CASE("local files: a name that leaves the folder is no file of it", "[local_files]") {
  Dist dist;
  dist.feed = dist.replace(dist.feed, "<relativeInstallerURL>packages/", "<relativeInstallerURL>../packages/");
  CHECK(dist.lint().count("ZF1001") == 1);
  CHECK(dist.messages.find("../packages/Blank-1.0.0.zip is not in the folder") != std::string::npos);
}

TEST_CASE("local files: a package of no product is found", "[local_files]") {
  Dist dist;
  dist.put("packages/Blank-0.9.0.zip", "old");
  CHECK(dist.lint() == Codes{"ZF1004", "ZF1008", "ZF1009"});
  dist.put("packages/Blank-1.0.0.zip.spdx.json", "{}");  // of another kind than the files of the feed
  fs::remove(dist.root / "packages/Blank-0.9.0.zip");
  CHECK(dist.lint() == Codes{"ZF1008", "ZF1009"});
}

TEST_CASE("local files: the version in a name is that of the product", "[local_files]") {
  Dist dist;
  const std::string feed = dist.feed;
  for (const char* version : {"1.0.1", "1.0", "1.0.0.1", "2"}) {
    CAPTURE(version);
    dist.feed = dist.replace(feed, "<version>1.0.0<", fmt::format("<version>{}<", version));
    CHECK(dist.lint() == Codes{"ZF1005"});
  }
}

TEST_CASE("local files: the page has the products and files of the feed", "[local_files]") {
  Dist dist;
  const std::string page = dist.page;
  const auto with = [&](const std::string& from, const std::string& to) {
    dist.put("index.html", dist.replace(page, from, to));
    dist.records();
    return dist.lint();
  };
  CHECK(with("id=\"p-Blank\"", "id=\"p-Blink\"") == Codes{"ZF1006"});
  CHECK(dist.messages == "ZF1006 the page does not have Blank\nZF1006 the page has Blink, the feed does not\n");
  CHECK(with("href=\"packages/", "href=\"package/") == Codes{"ZF1007"});
  CHECK(with(dist.hashes(kPackage).sha256, "0") == Codes{"ZF1007"});
  CHECK(dist.messages == "ZF1007 the page does not tell the SHA-256 of packages/Blank-1.0.0.zip\n");
  CHECK(with(dist.hashes(kPackage).sha1, "0") == Codes{"ZF1007"});
}

TEST_CASE("local files: SHA256SUMS and build.json are right", "[local_files]") {
  Dist dist;
  dist.put("SHA256SUMS", "");
  CHECK(dist.lint() == Codes{"ZF1008"});
  dist.records();
  dist.put("build.json", "{\"outputs\": [1, {\"path\": 5}, {\"path\": \"../x\", \"size\": -1}]}");
  CHECK(dist.lint() == Codes{"ZF1008", "ZF1009"});
  dist.put("build.json", "[");
  CHECK(dist.lint() == Codes{"ZF1008", "ZF1009"});
  dist.put("build.json", std::string(1000000, '['));
  CHECK(dist.lint() == Codes{"ZF1008", "ZF1009"});
}

TEST_CASE("local files: every rule has been broken by a test", "[local_files]") {
  // Last in the file; run alone it has nothing to look at.
  if (Dist::seen().empty()) return;
  for (const catalog::Rule* rule : catalog::all_rules()) {
    if (rule->info.id.substr(0, 4) != "ZF10") continue;
    CAPTURE(rule->info.id);
    CHECK(Dist::seen().count(std::string(rule->info.id)) == 1);
  }
}
