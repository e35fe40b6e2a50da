// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "feedgen/catalog/manifest_reader.h"
#include "feedgen/feed/feed_builder.h"
#include "feedgen/feed/verified_download.h"
#include "feedgen/feed/webpi_writer.h"

namespace fs = std::filesystem;
using namespace zoo;

namespace {

constexpr std::string_view kSha1 = "0123456789abcdef0123456789abcdef01234567";
const std::string kSha256(64, 'b');

/// Manifests and a definition from texts, built into a feed.
class Workshop {
 public:
  Workshop() {
    std::string name = (fs::temp_directory_path() / "zoo-build-XXXXXX").string();
    dist = mkdtemp(name.data());
    options.dist = dist.string();
  }
  ~Workshop() { fs::remove_all(dist); }

  void product(const std::string& id, const std::string& inside) {
    const auto document =
        XmlDocument::parse(id + ".xml",
                           "<product xmlns=\"urn:zoo:manifest:1\" id=\"" + id + "\" version=\"1.0\"><title>" + id +
                               "</title><summary>s</summary>" + inside + "</product>",
                           sources, diagnostics);
    REQUIRE(document);
    REQUIRE(catalog::read_manifest(document, manifests, diagnostics));
    REQUIRE_FALSE(diagnostics.has_errors());
  }

  void installer(const std::string& id, const std::string& file, const std::string& dependencies = "") {
    product(id, dependencies + "<installers><installer id=\"1\">" + file +
                    "<run exe=\"%InstallerFile%\" arguments=\"/q\"/></installer></installers>");
  }

  feed::FeedBuild build(const std::string& products = "<all/>", const std::string& more = "") {
    const auto document = XmlDocument::parse(
        "feed-definition.xml",
        "<feed xmlns=\"urn:zoo:feed:1\" id=\"x\"><title>T</title><languages><language id=\"en\" name=\"English\" "
        "default=\"true\"/></languages>" +
            more + "<products>" + products + "</products></feed>",
        sources, diagnostics);
    REQUIRE(document);
    const auto definition = catalog::read_definition(document, diagnostics);
    REQUIRE(definition);
    return feed::build_feed(*definition, manifests, lock, options, diagnostics);
  }

  static std::string ids(const feed::FeedBuild& build) {
    std::string out;
    for (const auto& product : build.catalog.products) out += (out.empty() ? "" : " ") + std::string(product.id.text);
    return out;
  }

  fs::path dist;
  SourceSet sources;
  Diagnostics diagnostics;
  catalog::Catalog manifests;
  catalog::LockFile lock;
  feed::BuildOptions options;
};

const catalog::InstallerFile& file_of(const feed::FeedBuild& build, std::size_t product = 0) {
  return build.catalog.products.at(product).installers.at(0).file;
}

}  // namespace

TEST_CASE("feed builder: what makes a download checkable", "[feed_builder]") {
  Workshop w;
  SECTION("a lock entry gives size in KiB and SHA-1") {
    w.installer("A", "<file url=\"https://h.example/a.exe\" size=\"5\"/>");
    w.lock.entries["https://h.example/a.exe"] = {2049, std::string(kSha1),     kSha256, "", "",
                                                 "",   "2026-01-01T00:00:00Z", {}};
    const auto build = w.build();
    CHECK(file_of(build).size.text == "3");
    CHECK(file_of(build).sha1.text == kSha1);
    w.options.locked = true;
    CHECK(Workshop::ids(w.build()) == "A");
  }
  SECTION("a signature needs no SHA-1, and none that nobody measured is written") {
    w.installer(
        "A", "<file url=\"https://h.example/a.exe\" sha1=\"" + std::string(kSha1) + "\" signature=\"authenticode\"/>");
    const auto build = w.build();
    CHECK(file_of(build).url.text == "https://h.example/a.exe");
    CHECK_FALSE(file_of(build).sha1.present());
  }
  SECTION("the maker's SHA-1 is taken") {
    w.installer("A", "<file url=\"https://h.example/a.exe\" sha1=\"" + std::string(kSha1) + "\"/>");
    CHECK(file_of(w.build()).sha1.text == kSha1);
  }
  SECTION("a SHA-256 alone makes the command check it") {
    w.installer("A", "<file url=\"https://h.example/a.exe\" sha256=\"" + kSha256 + "\"/>");
    const auto build = w.build();
    const catalog::Command& command = build.catalog.products.at(0).installers.at(0).commands.at(0);
    CHECK_FALSE(file_of(build).present());
    CHECK(command.exe.text == feed::kPowerShell);
    CHECK(command.arguments.text.find(kSha256) != std::string_view::npos);
  }
  SECTION("nothing known leaves it out, with the reason") {
    w.installer("A", "<file url=\"https://h.example/a.exe\"/>");
    const auto build = w.build();
    CHECK(build.catalog.products.empty());
    REQUIRE(build.left_out.size() == 1);
    CHECK(build.left_out[0].product_id == "A");
    CHECK(w.diagnostics.has("ZB0102"));
    CHECK_FALSE(w.diagnostics.has_errors());
    w.options.locked = true;
    w.build();
    CHECK(w.diagnostics.has("ZB0104"));
    CHECK(w.diagnostics.has_errors());
  }
}

TEST_CASE("feed builder: built files are named relative to the feed or below the base URL", "[feed_builder]") {
  Workshop w;
  w.installer("A", "<file artifact=\"installers/a.msi\"/>");
  CHECK(w.build().catalog.products.empty());
  CHECK(w.diagnostics.has("ZB0101"));
  fs::create_directories(w.dist / "installers");
  std::ofstream(w.dist / "installers/a.msi") << "abc";
  const auto relative = w.build();
  CHECK(file_of(relative).relative_url.text == "installers/a.msi");
  CHECK_FALSE(file_of(relative).url.present());
  CHECK(file_of(relative).size.text == "1");
  CHECK(file_of(relative).sha1.text == "a9993e364706816aba3e25717850c26c9cd0d89d");  // FIPS 180-4, "abc"
  w.options.base_url = "https://host.example/zoo/";
  CHECK(file_of(w.build()).url.text == "https://host.example/zoo/installers/a.msi");
}

TEST_CASE("feed builder: what needs something left out is left out, alternatives survive", "[feed_builder]") {
  Workshop w;
  w.installer("Gone", "<file artifact=\"no.msi\"/>");
  w.product("There", "");
  w.product("NeedsGone", "<dependencies><product>Gone</product></dependencies>");
  w.product("NeedsNeedsGone",
            "<dependencies><all><product>NeedsGone</product><product>There</product></all></dependencies>");
  w.product(
      "Either",
      "<dependencies><any><product>Gone</product><product>There</product></any></dependencies>"
      "<related><product>Gone</product></related><incompatible><product id=\"Gone\" message=\"m\"/></incompatible>");
  const auto build = w.build();
  CHECK(Workshop::ids(build) == "There Either");
  const catalog::Product& either = build.catalog.products[1];
  CHECK(either.dependency.kind == catalog::Dependency::Kind::kProduct);
  CHECK(either.dependency.id.text == "There");
  CHECK(either.related_products.empty());
  CHECK(either.incompatible.empty());
  CHECK(build.left_out.size() == 3);
}

TEST_CASE("feed builder: selection, closure, overrides and mirrors", "[feed_builder]") {
  Workshop w;
  const std::string file = "<file url=\"https://h.example/dl/a.exe\" signature=\"authenticode\"/>";
  w.installer("A", file, "<dependencies><product>B</product></dependencies>");
  w.installer("B", file);
  w.installer("C", file);
  const auto build = w.build(
      "<product id=\"a\"><title>Mine</title><mirror from=\"https://h.example/dl/\" to=\"https://own.example/x/\"/>"
      "<eula>https://own.example/terms</eula></product>");
  CHECK(Workshop::ids(build) == "A B");
  CHECK(build.catalog.products[0].title.text == "Mine");
  CHECK(file_of(build).url.text == "https://own.example/x/a.exe");
  CHECK(build.catalog.products[0].installers[0].eula_url.text == "https://own.example/terms");
  CHECK(file_of(build, 1).url.text == "https://h.example/dl/a.exe");
  const auto all =
      w.build("<product id=\"C\"/><all/>", "<mirror from=\"https://h.example/\" to=\"https://m.example/\"/>");
  CHECK(Workshop::ids(all) == "C A B");
  CHECK(file_of(all).url.text == "https://m.example/dl/a.exe");
}

TEST_CASE("verified download: quoting survives PowerShell and the C runtime", "[verified_download]") {
  const std::string text = feed::verified_download({"https://h.example/it's.msi", kSha256, "it's.msi", "msiexec.exe",
                                                    "/i \"%InstallerFile%\" DIR=\"C:\\a b\\\" X='y'"});
  // -Command "..." is one argument: every quote inside is escaped, with the backslashes before it doubled.
  CHECK(text.find("'/i \\\"'+$f+'\\\" DIR=\\\"C:\\a b\\\\\\\" X=''y'''") != std::string::npos);
  CHECK(text.find("DownloadFile('https://h.example/it''s.msi',$f)") != std::string::npos);
  CHECK(text.find("-ne '" + kSha256 + "'") != std::string::npos);
  CHECK(text.find("exit $c\"") == text.size() - 8);
}
