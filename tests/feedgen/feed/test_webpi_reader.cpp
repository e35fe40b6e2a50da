// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>

#include "feedgen/feed/webpi_names.h"
#include "feedgen/feed/webpi_reader.h"

using namespace zoo;
using namespace zoo::catalog;

namespace {

struct Read {
  SourceSet sources;
  Diagnostics diagnostics;
  std::optional<Catalog> catalog;

  explicit Read(const std::string& text) {
    if (const auto document = XmlDocument::parse("f.xml", text, sources, diagnostics)) {
      catalog = feed::read_webpi(document, diagnostics);
    }
  }
  std::string line(SourcePos pos) const {
    const auto at = sources.at(pos.source).line_column(pos.offset);
    return std::to_string(at.line) + ":" + std::to_string(at.column);
  }
};

Read read_feed(const std::string& children) {
  return Read("<feed xmlns='http://www.w3.org/2005/Atom'><id> f </id>\n" + children + "</feed>");
}
Read read_entry(const std::string& children) {
  return read_feed("<entry type='application'>\n<productId>P</productId>\n" + children + "</entry>");
}
std::string installers(const std::string& children) {
  return "<installers><installer>" + children + "</installer></installers>";
}

}  // namespace

TEST_CASE("names: each is found, others are not", "[webpi_reader]") {
  using feed::webpi::Name;
  using feed::webpi::name_of;
  for (std::size_t i = 1; i < std::size(feed::webpi::detail::kNames); ++i) {
    CHECK(name_of(feed::webpi::detail::kNames[i]) == static_cast<Name>(i));
  }
  for (const char* other : {"", "Feed", "x", "feeds", "installerurl", "a:feed", "\xC3\xA4"}) {
    CHECK(name_of(other) == Name::kUnknown);
  }
}

TEST_CASE("reader: feed information and lists", "[webpi_reader]") {
  const Read r = read_feed(
      "<webpiFile version='5.0'/><title>T</title><version>1.2</version><updated>U</updated>"
      "<author><name>N</name><uri>http://u</uri></author><link href='http://self'/>"
      "<link rel='enclosure' relativeHref='o.xml'/>"
      "<resourcesList><resources><culture>de</culture><url>http://de</url></resources></resourcesList>"
      "<languages><language default='true'><languageId>en</languageId><name>English</name></language>"
      "<language><languageId>de</languageId><name>German</name></language></languages>"
      "<keywords><keyword id='K' resourceName='R'>Label</keyword></keywords>"
      "<tabs><tab><keywordTab><id>T1</id><name>N1</name><description>D</description><keywords><keywordId>K</keywordId>"
      "</keywords></keywordTab></tab><tab><pillarTab><id>T2</id><name>N2</name><pillar><id>PI</id><name>PN</name>"
      "<groupingId>G</groupingId><recommended><productId>P</productId></recommended></pillar></pillarTab></tab>"
      "<tab><groupTab><id>T3</id><name>N3</name><groupingId>G</groupingId></groupTab></tab></tabs>"
      "<groupings><grouping><id>G</id><attribute>productFamily</attribute><include><item>A</item></include>"
      "<defaultGrouping>Other</defaultGrouping></grouping></groupings>");
  REQUIRE(r.catalog);
  const Catalog& c = *r.catalog;
  CHECK(c.info.id.text == " f ");
  CHECK(c.info.schema_version.text == "5.0");
  CHECK(c.info.title.text == "T");
  CHECK(c.info.author_url.text == "http://u");
  REQUIRE(c.info.links.size() == 2);
  CHECK(c.info.links[1].rel.text == "enclosure");
  CHECK(c.info.links[1].relative_href.text == "o.xml");
  REQUIRE(c.info.resources.size() == 1);
  CHECK(c.info.resources[0].url.text == "http://de");
  REQUIRE(c.languages.size() == 2);
  CHECK(c.languages[0].is_default);
  CHECK_FALSE(c.languages[1].is_default);
  CHECK(c.keywords.at(0).label.text == "Label");
  CHECK(c.keywords.at(0).label.resource.text == "R");
  REQUIRE(c.tabs.size() == 3);
  CHECK(c.tabs[0].keywords.at(0).text == "K");
  CHECK(c.tabs[1].kind == Tab::Kind::kPillar);
  CHECK(c.tabs[1].pillars.at(0).id.text == "PI");
  CHECK(c.tabs[1].pillars.at(0).recommended.at(0).text == "P");
  CHECK(c.tabs[2].grouping.text == "G");
  CHECK(c.groupings.at(0).attribute.text == "productFamily");
  CHECK(c.groupings.at(0).items.at(0).text == "A");
}

TEST_CASE("reader: an entry with its places", "[webpi_reader]") {
  const Read r = read_entry(
      "<title resourceName='R'>T</title>\n<summary>S</summary><longSummary>L</longSummary><version>1</version>"
      "<published>2009-9-29</published><link href='http://l'/><author><name>A</name></author>"
      "<images><icon>c:\\i.png</icon><screenshot>s</screenshot></images><keywords><keywordId>K</keywordId></keywords>"
      "<productFamily>F</productFamily><searchExclude/><related><relatedProduct><productId>Q</productId>"
      "</relatedProduct></related><incompatibilities><incompatibleProduct><productId>X</productId><errorMessage>E"
      "</errorMessage></incompatibleProduct><incompatibleProcess><processName>p.exe</processName>"
      "</incompatibleProcess></incompatibilities><updates><productId>U</productId></updates>"
      "<terms><termsText>TT</termsText><termsLink>TL</termsLink><termsLinkText>TLT</termsLinkText></terms>"
      "<external/><offlineExclude/>");
  REQUIRE(r.catalog);
  REQUIRE(r.catalog->products.size() == 1);
  const Product& p = r.catalog->products[0];
  CHECK(p.entry_type == "application");
  CHECK(p.id.text == "P");
  CHECK(r.line(p.id.pos) == "3:2");
  CHECK(p.title.resource.text == "R");
  CHECK(r.line(p.title.resource.pos) == "4:8");
  CHECK(p.description.text == "L");
  CHECK(p.link.text == "http://l");
  CHECK(p.icon.text == "c:\\i.png");
  CHECK(p.screenshots.size() == 1);
  CHECK(p.attributes.at(0).name.text == "productFamily");
  CHECK(p.attributes.at(0).value.text == "F");
  CHECK(p.search_exclude.present());
  CHECK(p.related_products.at(0).text == "Q");
  CHECK(p.incompatible.at(0).message.text == "E");
  CHECK(p.incompatible_processes.at(0).text == "p.exe");
  CHECK(p.updates.at(0).text == "U");
  CHECK(p.terms.link_text.text == "TLT");
  CHECK(p.external.present());
  CHECK(p.offline_exclude.present());
}

TEST_CASE("reader: metadata counts as children of the entry", "[webpi_reader]") {
  const Read r =
      read_entry("<metadata><title>T</title><version>2</version><images><icon>c:\\i</icon></images></metadata>");
  const Product& p = r.catalog->products.at(0);
  CHECK(p.title.text == "T");
  CHECK(p.version.text == "2");
  CHECK(p.icon.text == "c:\\i");
}

TEST_CASE("reader: dependency and hint trees", "[webpi_reader]") {
  const Read r = read_entry(
      "<dependency><and><dependency><productId>A</productId></dependency><dependency><or><dependency><productId>B"
      "</productId></dependency><dependency idref='D'/></or></dependency></and></dependency>"
      "<discoveryHint><or><discoveryHint><registry><keyPath>K</keyPath><valueName/><minimumVersion>1.0</minimumVersion>"
      "</registry></discoveryHint><discoveryHint><not><discoveryHint><msiProductCode>G</msiProductCode></discoveryHint>"
      "</not></discoveryHint><discoveryHint idref='H'/></or></discoveryHint>");
  const Product& p = r.catalog->products.at(0);
  REQUIRE(p.dependency.kind == Dependency::Kind::kAnd);
  CHECK(p.dependency.children.at(0).id.text == "A");
  const Dependency& choice = p.dependency.children.at(1);
  REQUIRE(choice.kind == Dependency::Kind::kOr);
  CHECK(choice.children.at(1).kind == Dependency::Kind::kReference);
  CHECK(choice.children.at(1).id.text == "D");
  REQUIRE(p.discovery.kind == DiscoveryHint::Kind::kOr);
  const DiscoveryHint& registry = p.discovery.children.at(0);
  CHECK(registry.subject.text == "K");
  CHECK(registry.value_name.present());
  CHECK_FALSE(registry.value_name.filled());
  CHECK(registry.minimum_version.text == "1.0");
  CHECK(p.discovery.children.at(1).children.at(0).subject.text == "G");
  CHECK(p.discovery.children.at(2).subject.text == "H");
  CHECK(r.diagnostics.items().empty());
}

TEST_CASE("reader: an installer", "[webpi_reader]") {
  const Read r = read_entry(installers(
      "<id>1</id><languageId>en</languageId><languageId>de</languageId><architectures><x86/><x64/></architectures>"
      "<osList><os><minimumVersion><osMajorVersion>6</osMajorVersion><spMajorVersion>1</spMajorVersion></"
      "minimumVersion>"
      "<osTypes><Server/></osTypes></os></osList><eulaURL>http://e</eulaURL><helpLink>h</helpLink>"
      "<installerFile><fileSize>5</fileSize><installerURL>http://f</installerURL><sha1>ab</sha1><trackingURL/>"
      "</installerFile><installerFile/>"
      "<installCommands><cmdline><exe>e</exe><commandLineArguments>a</commandLineArguments><ignoreExitCode/>"
      "<environmentVariables><environmentVariable name='N' value='V'/></environmentVariables>"
      "<returnCodeMappings><mapping><returnCode>3010</returnCode><successRebootRequired><detailedInformation>D"
      "</detailedInformation></successRebootRequired></mapping></returnCodeMappings></cmdline>"
      "<msiInstall><msi>m</msi><properties>P=1</properties></msiInstall><unzip><zipFile>z</zipFile>"
      "<targetDirectory>t</targetDirectory></unzip></installCommands><logFiles><location>l</location></logFiles>"
      "<postFinish><command><path>p</path><arguments>pa</arguments></command></postFinish><showsUI/>"));
  const Installer& i = r.catalog->products.at(0).installers.at(0);
  CHECK(i.language.text == "en");
  CHECK(i.further_languages.at(0).text == "de");
  CHECK(i.architectures.has("x64"));
  CHECK(i.os.items.at(0).minimum.sp_major.text == "1");
  CHECK(i.os.items.at(0).types.at(0).text == "Server");
  CHECK(i.file.size.text == "5");
  CHECK(i.file.tracking_url.present());
  CHECK(i.further_files == 1);
  REQUIRE(i.commands.size() == 3);
  CHECK(i.commands[0].kind.text == "cmdline");
  CHECK(i.commands[0].arguments.text == "a");
  CHECK(i.commands[0].ignore_exit_code.present());
  CHECK(i.commands[0].environment.at(0).text == "N=V");
  CHECK(i.commands[0].return_codes.at(0).outcome.text == "successRebootRequired");
  CHECK(i.commands[0].return_codes.at(0).outcomes == 1);
  CHECK(i.commands[0].return_codes.at(0).detail.text == "D");
  CHECK(i.commands[1].package.text == "m");
  CHECK(i.commands[1].properties.text == "P=1");
  CHECK(i.commands[2].target_directory.text == "t");
  CHECK(i.log_files.at(0).text == "l");
  CHECK(i.post_finish.arguments.text == "pa");
  CHECK(i.shows_ui.present());
  CHECK_FALSE(r.catalog->products[0].is_application());
}

TEST_CASE("reader: msDeploy makes an application, iisComponent a Windows feature", "[webpi_reader]") {
  const Read app =
      read_entry(installers("<msDeploy><startPage>/a</startPage><parameters><parameter><name>n</name><value>v</value></"
                            "parameter></parameters>"
                            "<site>s</site></msDeploy>"));
  const Installer& i = app.catalog->products.at(0).installers.at(0);
  CHECK(app.catalog->products[0].is_application());
  CHECK(i.ms_deploy.start_page.text == "/a");
  CHECK(i.ms_deploy.parameters.at(0).value.text == "v");
  CHECK(i.ms_deploy.others.at(0).name.text == "site");
  const Read iis =
      read_entry(installers("<iisComponent><iis70ComponentName>IIS-CGI</iis70ComponentName></iisComponent>"));
  CHECK(iis.catalog->products.at(0).installers.at(0).iis.iis70.text == "IIS-CGI");
}

TEST_CASE("reader: templates are expanded in place and shown at their call", "[webpi_reader]") {
  const Read r = read_feed(
      "<templates><template id='inst' p='url' q='args'><installer><id>1</id><installerFile><installerURL>$url$"
      "</installerURL></installerFile><template idref='cmd' a='$args$ $'/></installer></template>"
      "<template id='cmd' x='a'><installCommands><cmdLine><exe>e</exe><commandLineArguments>[$a$] $b$"
      "</commandLineArguments></cmdLine></installCommands></template></templates>\n"
      "<entry><productId>P</productId><title><template idref='t'/></title>\n"
      "<installers><template idref='inst' url='http://x' args='/q'/></installers></entry>"
      "<templates><template id='t'>From a template</template></templates>");
  REQUIRE(r.catalog);
  const Product& p = r.catalog->products.at(0);
  CHECK(r.diagnostics.items().empty());
  CHECK(p.title.text == "From a template");
  REQUIRE(p.installers.size() == 1);
  CHECK(p.installers[0].file.url.text == "http://x");
  CHECK(p.installers[0].commands.at(0).arguments.text == "[/q $] $b$");
  CHECK(r.line(p.installers[0].commands[0].pos) == "4:14");
}

TEST_CASE("reader: product versions become products", "[webpi_reader]") {
  const Read r = read_entry(
      "<productVersionsAvailable><productVersionAvailable id='1'/><productVersionAvailable id='2' default='true'/>"
      "</productVersionsAvailable><productVersions><productVersion id='1'><version>1.0</version></productVersion>"
      "<productVersion id='2'><version>2.0</version></productVersion></productVersions>");
  REQUIRE(r.catalog->products.size() == 3);
  CHECK(r.catalog->products[0].id.text == "P");
  CHECK(r.catalog->products[0].version.text == "2.0");
  CHECK(r.catalog->products[1].id.text == "P.1");
  CHECK(r.catalog->products[1].version.text == "1.0");
  CHECK(r.catalog->products[1].expanded_from == "P");
  CHECK(r.catalog->products[2].id.text == "P.2");
}

TEST_CASE("reader: what is no feed is not read", "[webpi_reader]") {
  CHECK_FALSE(Read("<rss/>").catalog);
  CHECK(Read("<rss/>").diagnostics.has("ZF0101"));
  CHECK_FALSE(Read("<feed>").catalog);
  CHECK(Read("<feed/>").catalog);
}

TEST_CASE("reader: the catalog keeps its text alive", "[webpi_reader]") {
  std::optional<Catalog> catalog;
  {
    Read r = read_entry("<title>T</title>");
    catalog = std::move(r.catalog);
  }
  CHECK(catalog->products.at(0).title.text == "T");
}
