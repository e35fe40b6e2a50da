// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <set>

#include "feedgen/base/files.h"
#include "feedgen/base/xml.h"
#include "feedgen/feed/html_catalog.h"
#include "feedgen/feed/html_groups.h"
#include "feedgen/feed/html_page.h"
#include "feedgen/feed/html_style.h"
#include "feedgen/feed/html_text.h"
#include "feedgen/feed/html_writer.h"
#include "html_sample.h"

namespace zoo::feed {
namespace {

using catalog::Catalog;
using test::html_sample;
using test::html_sample_options;

constexpr std::uint64_t kMaxPage = 64U << 20U;

struct Parsed {
  SourceSet sources;
  Diagnostics diagnostics;
  std::shared_ptr<XmlDocument> document;
};

std::unique_ptr<Parsed> parse(const std::string& page) {
  auto out = std::make_unique<Parsed>();
  out->document = XmlDocument::parse("index.html", page, out->sources, out->diagnostics);
  return out;
}

template <typename Visit>
void each_element(XmlNode node, const Visit& visit) {
  visit(node);
  for (const XmlNode child : children(node)) each_element(child, visit);
}

std::vector<XmlNode> elements(const Parsed& page, std::string_view name) {
  std::vector<XmlNode> found;
  each_element(page.document->root(), [&](XmlNode node) {
    if (node.name() == name) found.push_back(node);
  });
  return found;
}

XmlNode article(const Parsed& page, std::string_view anchor) {
  for (const XmlNode node : elements(page, "article")) {
    if (node.attribute("id").value() == anchor) return node;
  }
  return {};
}

std::vector<std::string> links(XmlNode node) {
  std::vector<std::string> found;
  each_element(node, [&](XmlNode element) {
    if (element.name() == "a") found.emplace_back(element.attribute("href").value());
  });
  return found;
}

bool has(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string sample_page() {
  return html_catalog(html_sample(), html_sample_options());
}

}  // namespace

TEST_CASE("text is escaped for content and attributes", "[html]") {
  CHECK(html_escaped("a<b>&\"'c") == "a&lt;b&gt;&amp;&quot;&#39;c");
  CHECK(html_escaped("&lt;") == "&amp;lt;");
  CHECK(html_escaped("tab\tline\nend") == "tab\tline\nend");
  CHECK(html_escaped("Žluťoučký 馬 🐎") == "Žluťoučký 馬 🐎");
}

TEST_CASE("what is no character of XML is replaced", "[html]") {
  const std::string bad = "\xEF\xBF\xBD";
  CHECK(html_escaped(std::string_view("\0", 1)) == bad);
  CHECK(html_escaped("\x1B[0m") == bad + "[0m");
  CHECK(html_escaped("\xC2\x85") == bad);        // C1 control
  CHECK(html_escaped("\xC0\xAF") == bad + bad);  // overlong "/"
  CHECK(html_escaped("\xE0\x80\xAF") == bad + bad + bad);
  CHECK(html_escaped("\xED\xA0\x80") == bad + bad + bad);  // surrogate
  CHECK(html_escaped("\xEF\xBF\xBF") == bad);              // U+FFFF
  CHECK(html_escaped("\xF5\x80\x80\x80") == bad + bad + bad + bad);
  CHECK(html_escaped("x\xE2\x82") == "x" + bad + bad);  // cut off
}

TEST_CASE("only web and mail addresses are linked", "[html]") {
  CHECK(linkable_url(" https://example.org/a?b=c#d ") == "https://example.org/a?b=c#d");
  CHECK(linkable_url("HTTP://example.org/") == "HTTP://example.org/");
  CHECK(linkable_url("mailto:a@example.org") == "mailto:a@example.org");
  for (const char* bad : {"javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)", "data:text/html,x",
                          "file:///etc/passwd", "vbscript:x", "//example.org", "relative", "", "https:/one-slash",
                          "https://exa mple.org", "https://example.org/\x01"}) {
    INFO(bad);
    CHECK(linkable_url(bad).empty());
  }
}

TEST_CASE("paths beside the page cannot leave its folder", "[html]") {
  CHECK(relative_path("icons/python.png") == "icons/python.png");
  CHECK(relative_path("feed.xml") == "feed.xml");
  for (const char* bad : {"", "/etc/passwd", "../x.png", "icons/../../x.png", "icons//x.png", "icons/", "./x.png",
                          "c:\\x.png", "http://example.org/x.png", "x.png?y", "x y.png", "a\\b.png", "%2e%2e/x.png"}) {
    INFO(bad);
    CHECK(relative_path(bad).empty());
  }
}

TEST_CASE("the writer closes what it opens", "[html]") {
  HtmlWriter writer;
  {
    const HtmlScope outer(writer, "p", {{"class", "a\"b"}, {"title", std::string_view()}});
    writer.element("b", {}, "<x>").empty("img", {{"src", "y.png"}, {"alt", ""}});
  }
  CHECK(writer.markup() == "<p class=\"a&quot;b\"><b>&lt;x&gt;</b><img src=\"y.png\" alt=\"\"/></p>\n");
}

TEST_CASE("the style sheet needs no escaping", "[html]") {
  CHECK_FALSE(contains(html_style(), "<"));
  CHECK_FALSE(contains(html_style(), "&"));
  CHECK_FALSE(contains(html_style(), "url("));
  CHECK_FALSE(contains(html_style(), "@import"));
}

TEST_CASE("sizes, hosts and file names are worded", "[html]") {
  CHECK(size_text(0).empty());
  CHECK(size_text(999) == "1.0 kB");
  CHECK(size_text(28808040) == "28.8 MB");
  CHECK(size_text(1234567890123) == "1,234.6 GB");
  CHECK(grouped_digits(1234567) == "1,234,567");
  CHECK(grouped_digits(123) == "123");
  CHECK(size_of({"28133", {}}, 1024) == 28808192);
  CHECK(size_of({"10.5", {}}, 1) == 0);
  CHECK(size_of({"99999999999999999999", {}}, 1) == 0);
  CHECK(host_of("https://user@example.org:8080/a") == "example.org:8080");
  CHECK(host_of("javascript:x").empty());
  CHECK(file_name_of("https://example.org/a/b.exe?x=/y") == "b.exe");
  CHECK(iso_day("2026-11-01T00:00:00Z") == "2026-11-01");
  CHECK(iso_day("03/16/2009").empty());
}

TEST_CASE("Windows versions have their names", "[html]") {
  const Catalog catalog;
  catalog::OsList list;
  CHECK(os_text(list, catalog) == "All versions");
  catalog::Os os;
  os.minimum.pos = SourcePos{0, 0};
  os.minimum.major = {"6", {}};
  os.minimum.minor = {"1", {}};
  list.items = {os};
  CHECK(os_text(list, catalog) == "Windows 7 / Server 2008 R2 or later");
  list.items[0].types = {{"Server", {}}, {"ServerCore", {}}};
  CHECK(os_text(list, catalog) == "Windows Server 2008 R2 or later");
  list.items[0].types = {{"Client", {}}};
  list.items[0].minimum.sp_major = {"1", {}};
  CHECK(os_text(list, catalog) == "Windows 7 SP1 or later");
  list.items[0].maximum = list.items[0].minimum;
  list.items[0].minimum = {};
  CHECK(os_text(list, catalog) == "up to Windows 7 SP1");
  list.items[0].maximum.major = {"11", {}};
  list.items[0].maximum.minor = {};
  list.items[0].maximum.sp_major = {};
  CHECK(os_text(list, catalog) == "up to Windows 11.0");
}

TEST_CASE("licence identifiers are told from operators", "[html]") {
  std::vector<std::string> ids;
  for (const SpdxPiece& piece :
       spdx_pieces("Apache-2.0 OR (MIT AND LicenseRef-Own) AND GPL-2.0+ WITH Bison-exception-2.2")) {
    if (!piece.id.empty()) ids.emplace_back(piece.id);
  }
  CHECK(ids == std::vector<std::string>{"Apache-2.0", "MIT", "GPL-2.0", "Bison-exception-2.2"});
}

TEST_CASE("every product is in one chapter, applications first", "[html]") {
  const Catalog catalog = html_sample();
  const std::vector<HtmlGroup> groups = html_groups(catalog);
  REQUIRE(groups.front().title == "Applications");
  CHECK(groups.front().members == std::vector<std::size_t>{0, 1, 2, 3});
  std::vector<std::size_t> all;
  for (const HtmlGroup& group : groups) all.insert(all.end(), group.members.begin(), group.members.end());
  std::sort(all.begin(), all.end());
  REQUIRE(all.size() == catalog.products.size());
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i] == i);
  const auto driver =
      std::find_if(groups.begin(), groups.end(), [](const HtmlGroup& g) { return g.anchor == "frameworks"; });
  REQUIRE(driver != groups.end());
  CHECK(driver->members.size() == 2);  // Django and the driver, which is of the family of databases
}

TEST_CASE("the page is well-formed XML and says nothing twice", "[html]") {
  const auto page = parse(sample_page());
  INFO(to_json(page->diagnostics, page->sources));
  REQUIRE(page->document != nullptr);
  CHECK(page->diagnostics.items().empty());
  CHECK(elements(*page, "h1").size() == 1);
  std::set<std::string> ids;
  each_element(page->document->root(), [&](XmlNode node) {
    if (!node.attribute("id")) return;
    INFO(node.attribute("id").value());
    CHECK(ids.emplace(node.attribute("id").value()).second);
  });
}

TEST_CASE("links inside the page have their targets", "[html]") {
  const auto page = parse(sample_page());
  REQUIRE(page->document != nullptr);
  std::set<std::string> ids;
  each_element(page->document->root(), [&](XmlNode node) { ids.emplace(node.attribute("id").value()); });
  std::size_t inside = 0;
  for (const std::string& href : links(page->document->root())) {
    if (href[0] != '#') continue;
    ++inside;
    INFO(href);
    CHECK(ids.count(href.substr(1)) == 1);
  }
  CHECK(inside > 40);
}

TEST_CASE("nothing hostile reaches the page", "[html]") {
  const std::string text = sample_page();
  const auto page = parse(text);
  REQUIRE(page->document != nullptr);
  for (const char* name : {"script", "iframe", "object", "embed", "form", "base"}) CHECK(elements(*page, name).empty());
  each_element(page->document->root(), [&](XmlNode node) {
    for (XmlAttribute a = node.first_attribute(); a; a = a.next()) CHECK(a.name().substr(0, 2) != "on");
  });
  for (const std::string& href : links(page->document->root())) {
    INFO(href);
    CHECK((href[0] == '#' || !linkable_url(href).empty() || !relative_path(href).empty()));
  }
  CHECK_FALSE(contains(text, "<b>Bold"));
  CHECK_FALSE(contains(text, "etc/passwd"));
  CHECK(contains(text, "&lt;script&gt;alert(&#39;t&#39;)&lt;/script&gt;"));
}

TEST_CASE("nothing is loaded from elsewhere", "[html]") {
  const auto page = parse(sample_page());
  REQUIRE(page->document != nullptr);
  for (const XmlNode image : elements(*page, "img")) CHECK_FALSE(relative_path(image.attribute("src").value()).empty());
  for (const XmlNode link : elements(*page, "link")) {
    const std::string_view href = link.attribute("href").value();
    CHECK((href == "data:," || href == "feed.xml"));
  }
}

TEST_CASE("dependencies are links, nested as all of and one of", "[html]") {
  const std::string text = sample_page();
  const auto page = parse(text);
  REQUIRE(page->document != nullptr);
  const std::vector<std::string> django = links(article(*page, "p-BlankDjangoProject"));
  for (const char* id :
       {"#p-IIS7", "#p-IISExpress10", "#p-HeliconZooModule", "#p-Python313", "#p-Django52", "#p-PyMySQL"}) {
    INFO(id);
    CHECK(has(django, id));
  }
  CHECK(has(django, "packages/BlankDjangoProject-1.0.0.zip"));
  CHECK(has(links(article(*page, "p-BlankRailsProject")), "#p-HeliconZooModule"));  // written in another case
  CHECK(contains(text, "<code>Python312</code><span class=\"note\"> (not in this feed)</span>"));
  CHECK(contains(text, "<code>LeftOut</code> (<a href=\"#missing\">not in this build</a>)"));
}

TEST_CASE("a product names who needs it", "[html]") {
  const auto page = parse(sample_page());
  REQUIRE(page->document != nullptr);
  const std::vector<std::string> module = links(article(*page, "p-HeliconZooModule"));
  for (const char* id : {"#p-BlankDjangoProject", "#p-BlankRailsProject", "#p-BlankPerlProject"})
    CHECK(has(module, id));
  CHECK(has(links(article(*page, "p-IISExpress10")), "#p-BlankDjangoProject"));  // through the shared tree
}

TEST_CASE("the command line names the feed", "[html]") {
  const Catalog catalog = html_sample();
  HtmlOptions options = html_sample_options();
  const HtmlPage nameless(catalog, options);
  CHECK(install_command(nameless, catalog.products[0]) ==
        "WebpiCmd.exe /Install /Application:BlankDjangoProject /XML:FEED /AcceptEula");
  CHECK(install_command(nameless, catalog.products.back()).empty());
  options.feed_url = "https://host.example/zoo/feed.xml";
  const HtmlPage named(catalog, options);
  CHECK(install_command(named, catalog.products[4]) ==
        "WebpiCmd.exe /Install /Products:Python313 /XML:https://host.example/zoo/feed.xml /AcceptEula");
}

TEST_CASE("files built here are offered with exact sizes and both hashes", "[html]") {
  const std::string text = sample_page();
  const auto page = parse(text);
  REQUIRE(page->document != nullptr);
  XmlNode section;
  for (const XmlNode node : elements(*page, "section")) {
    if (node.attribute("id").value() == "downloads") section = node;
  }
  REQUIRE(section);
  const std::vector<std::string> offered = links(section);
  for (const char* file : {"packages/BlankDjangoProject-1.0.0.zip", "packages/BlankRailsProject-1.0.0.zip",
                           "packages/BlankDjangoProject-1.0.0.SetParameters.xml",
                           "packages/BlankDjangoProject-1.0.0.zip.spdx.json", "installers/HeliconZoo-1.0.0-x64.msi"}) {
    INFO(file);
    CHECK(has(offered, file));
  }
  CHECK_FALSE(has(offered, "packages/BlankPerlProject-1.0.0.zip"));  // nothing is known of it: it is not there
  CHECK_FALSE(has(offered, "../../etc/passwd"));
  std::vector<std::string> codes;
  each_element(section, [&](XmlNode node) {
    if (node.name() == "code") codes.emplace_back(node.text());
  });
  CHECK(has(codes, "00112233445566778899aabbccddeeff00112233"));
  CHECK(has(codes, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"));
  CHECK(contains(text, "1,234,567 bytes"));
}

TEST_CASE("the page tells how a package is installed in three ways", "[html]") {
  const std::string text = sample_page();
  CHECK(contains(text, "WebpiCmd.exe /Install /Application:BlankDjangoProject /XML:FEED /AcceptEula"));
  CHECK(contains(text,
                 "msdeploy.exe -verb:sync -source:package=BlankDjangoProject-1.0.0.zip -dest:auto "
                 "-setParam:&quot;IIS Web Application Name&quot;=&quot;Default Web Site/BlankDjangoProject&quot; "
                 "-setParam:&quot;Database Name&quot;=&quot;data/db.sqlite3&quot;</code>"));
  CHECK(contains(text, "-setParamFile:BlankDjangoProject-1.0.0.SetParameters.xml</code>"));
  CHECK(contains(text, "zoo\\install.cmd"));
  CHECK_FALSE(
      contains(text, "%PATH% &amp; calc&quot;"));  // a value that cmd.exe would expand is not put on a command line
  HtmlOptions options = html_sample_options();
  options.files.clear();
  const std::string without = html_catalog(html_sample(), options);
  CHECK_FALSE(contains(without, "id=\"downloads\""));
  CHECK_FALSE(contains(without, "msdeploy.exe"));
}

TEST_CASE("sizes that only a feed tells are not given to the byte", "[html]") {
  HtmlOptions options = html_sample_options();
  options.size_unit = 1024;
  const std::string text = html_catalog(html_sample(), options);
  CHECK(contains(text, "about 28,808,040 KiB"));
  CHECK(contains(text, "183,412 bytes"));
}

TEST_CASE("equal ids and empty catalogues still make a page", "[html]") {
  Catalog catalog = html_sample();
  catalog.products.push_back(catalog.products[4]);
  const auto twice = parse(html_catalog(catalog, {}));
  REQUIRE(twice->document != nullptr);
  CHECK(article(*twice, "p-Python313"));
  CHECK(article(*twice, "p-Python313~~16"));
  const auto empty = parse(html_catalog(Catalog(), {}));
  REQUIRE(empty->document != nullptr);
  CHECK(elements(*empty, "article").empty());
}

TEST_CASE("deep, wide and endless trees are cut", "[html]") {
  Catalog catalog = html_sample();
  catalog::Dependency deep = catalog.products[0].dependency;
  for (int i = 0; i < 200; ++i) {
    catalog::Dependency outer;
    outer.kind = catalog::Dependency::Kind::kAnd;
    outer.children.push_back(std::move(deep));
    deep = std::move(outer);
  }
  catalog.products[0].dependency = deep;
  catalog::Dependency wide;
  wide.kind = catalog::Dependency::Kind::kOr;
  wide.children.resize(100000, catalog.products[3].dependency);
  catalog.products[1].dependency = wide;
  catalog::Dependency reference;
  reference.kind = catalog::Dependency::Kind::kReference;
  reference.id = {"loop", {}};
  catalog.dependencies.push_back({{"loop", {}}, reference});
  catalog::Dependency inside;
  inside.kind = catalog::Dependency::Kind::kAnd;
  inside.children = {reference, reference};
  inside.children[0].id = inside.children[1].id = {"inside", {}};
  catalog.dependencies.push_back({{"inside", {}}, inside});
  catalog.products[2].dependency = reference;
  catalog.products[3].dependency = inside;
  const std::string text = html_catalog(catalog, {});
  const auto page = parse(text);
  REQUIRE(page->document != nullptr);
  CHECK(text.size() < 400000);
  CHECK(contains(text, "left out here"));
}

TEST_CASE("the page of the sample is the golden one", "[html]") {
  const std::string path = std::string(ZOO_SOURCE_DIR) + "/tests/golden/html/index.html";
  const std::string text = sample_page();
  CHECK(text == sample_page());
  if (std::getenv("ZOO_UPDATE_GOLDEN") != nullptr) REQUIRE(write_file(path, text).has_value());
  const Result<std::string> golden = read_file(path, kMaxPage);
  REQUIRE(golden.has_value());
  CHECK(text == *golden);
}

}  // namespace zoo::feed
