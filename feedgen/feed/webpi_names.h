// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// Every element and attribute name of a WebPI feed (docs/formats/webpi-feed.md), once.
#define ZOO_WEBPI_NAMES(X)                                \
  X(Feed, "feed")                                         \
  X(Entry, "entry")                                       \
  X(Id, "id")                                             \
  X(Title, "title")                                       \
  X(Subtitle, "subtitle")                                 \
  X(Generator, "generator")                               \
  X(Rights, "rights")                                     \
  X(Logo, "logo")                                         \
  X(Contributor, "contributor")                           \
  X(Category, "category")                                 \
  X(Content, "content")                                   \
  X(Source, "source")                                     \
  X(Updated, "updated")                                   \
  X(Published, "published")                               \
  X(Author, "author")                                     \
  X(Name, "name")                                         \
  X(Uri, "uri")                                           \
  X(Email, "email")                                       \
  X(Link, "link")                                         \
  X(WebpiFile, "webpiFile")                               \
  X(Version, "version")                                   \
  X(ResourcesList, "resourcesList")                       \
  X(Resources, "resources")                               \
  X(Culture, "culture")                                   \
  X(Url, "url")                                           \
  X(RelativeUrl, "relativeUrl")                           \
  X(Languages, "languages")                               \
  X(Language, "language")                                 \
  X(LanguageId, "languageId")                             \
  X(Keywords, "keywords")                                 \
  X(Keyword, "keyword")                                   \
  X(KeywordId, "keywordId")                               \
  X(Tabs, "tabs")                                         \
  X(Tab, "tab")                                           \
  X(KeywordTab, "keywordTab")                             \
  X(PillarTab, "pillarTab")                               \
  X(GroupTab, "groupTab")                                 \
  X(GroupingId, "groupingId")                             \
  X(Pillar, "pillar")                                     \
  X(Recommended, "recommended")                           \
  X(Description, "description")                           \
  X(Groupings, "groupings")                               \
  X(Grouping, "grouping")                                 \
  X(Attribute, "attribute")                               \
  X(Include, "include")                                   \
  X(Item, "item")                                         \
  X(DefaultGrouping, "defaultGrouping")                   \
  X(Oses, "oses")                                         \
  X(Os, "os")                                             \
  X(OsLists, "osLists")                                   \
  X(OsList, "osList")                                     \
  X(MinimumVersion, "minimumVersion")                     \
  X(MaximumVersion, "maximumVersion")                     \
  X(OsMajorVersion, "osMajorVersion")                     \
  X(OsMinorVersion, "osMinorVersion")                     \
  X(SpMajorVersion, "spMajorVersion")                     \
  X(SpMinorVersion, "spMinorVersion")                     \
  X(OsTypes, "osTypes")                                   \
  X(Dependencies, "dependencies")                         \
  X(Dependency, "dependency")                             \
  X(And, "and")                                           \
  X(Or, "or")                                             \
  X(Not, "not")                                           \
  X(DiscoveryHints, "discoveryHints")                     \
  X(DiscoveryHint, "discoveryHint")                       \
  X(Registry, "registry")                                 \
  X(KeyPath, "keyPath")                                   \
  X(ValueName, "valueName")                               \
  X(ValueValue, "valueValue")                             \
  X(MinimumValue, "minimumValue")                         \
  X(MaximumValue, "maximumValue")                         \
  X(File, "file")                                         \
  X(FilePath, "filePath")                                 \
  X(MsiProductCode, "msiProductCode")                     \
  X(MsiPatchCode, "msiPatchCode")                         \
  X(Templates, "templates")                               \
  X(Template, "template")                                 \
  X(NewVersionAvailable, "newVersionAvailable")           \
  X(Preferences, "preferences")                           \
  X(QuickStart, "quickStart")                             \
  X(FeaturedProducts, "featuredProducts")                 \
  X(Featured, "featured")                                 \
  X(Blocked, "blocked")                                   \
  X(MiscellaneousProperties, "miscellaneousProperties")   \
  X(Telemetry, "telemetry")                               \
  X(TrackingUrlPrefix, "trackingURLPrefix")               \
  X(ProductId, "productId")                               \
  X(ResourceName, "resourceName")                         \
  X(Summary, "summary")                                   \
  X(LongSummary, "longSummary")                           \
  X(Images, "images")                                     \
  X(Icon, "icon")                                         \
  X(RelativeIconUrl, "relativeIconUrl")                   \
  X(Screenshot, "screenshot")                             \
  X(Metadata, "metadata")                                 \
  X(SearchExclude, "searchExclude")                       \
  X(RelatedDiscovery, "relatedDiscovery")                 \
  X(Related, "related")                                   \
  X(RelatedProduct, "relatedProduct")                     \
  X(Incompatibilities, "incompatibilities")               \
  X(IncompatibleProduct, "incompatibleProduct")           \
  X(IncompatibleProcess, "incompatibleProcess")           \
  X(ProcessName, "processName")                           \
  X(ErrorMessage, "errorMessage")                         \
  X(Updates, "updates")                                   \
  X(Terms, "terms")                                       \
  X(TermsText, "termsText")                               \
  X(TermsLink, "termsLink")                               \
  X(TermsLinkText, "termsLinkText")                       \
  X(Installers, "installers")                             \
  X(Installer, "installer")                               \
  X(InstallerConfiguration, "installerConfiguration")     \
  X(External, "external")                                 \
  X(ExternalPackages, "externalPackages")                 \
  X(OfflineExclude, "offlineExclude")                     \
  X(RetryCount, "retryCount")                             \
  X(ProductVersionsAvailable, "productVersionsAvailable") \
  X(ProductVersionAvailable, "productVersionAvailable")   \
  X(ProductVersions, "productVersions")                   \
  X(ProductVersion, "productVersion")                     \
  X(Default, "default")                                   \
  X(Architectures, "architectures")                       \
  X(X86, "x86")                                           \
  X(X64, "x64")                                           \
  X(EulaUrl, "eulaURL")                                   \
  X(RelativeEulaUrl, "relativeEulaURL")                   \
  X(HelpLink, "helpLink")                                 \
  X(InstallerFile, "installerFile")                       \
  X(FileSize, "fileSize")                                 \
  X(InstallerUrl, "installerURL")                         \
  X(RelativeInstallerUrl, "relativeInstallerURL")         \
  X(Sha1, "sha1")                                         \
  X(TrackingUrl, "trackingURL")                           \
  X(DisplayUrl, "displayURL")                             \
  X(InstallCommands, "installCommands")                   \
  X(CmdLine, "cmdLine")                                   \
  X(Exe, "exe")                                           \
  X(CommandLineArguments, "commandLineArguments")         \
  X(IgnoreExitCode, "ignoreExitCode")                     \
  X(OfflineArguments, "offlineArguments")                 \
  X(EnvironmentVariables, "environmentVariables")         \
  X(EnvironmentVariable, "environmentVariable")           \
  X(Value, "value")                                       \
  X(MsiInstall, "msiInstall")                             \
  X(Msi, "msi")                                           \
  X(Properties, "properties")                             \
  X(MsuInstall, "msuInstall")                             \
  X(Msu, "msu")                                           \
  X(Unzip, "unzip")                                       \
  X(ZipFile, "zipFile")                                   \
  X(TargetDirectory, "targetDirectory")                   \
  X(ReturnCodeMappings, "returnCodeMappings")             \
  X(Mapping, "mapping")                                   \
  X(ReturnCode, "returnCode")                             \
  X(Success, "success")                                   \
  X(SuccessRebootRequired, "successRebootRequired")       \
  X(Failure, "failure")                                   \
  X(FailureRebootRequired, "failureRebootRequired")       \
  X(None, "none")                                         \
  X(DetailedInformation, "detailedInformation")           \
  X(MsDeploy, "msDeploy")                                 \
  X(StartPage, "startPage")                               \
  X(Parameters, "parameters")                             \
  X(Parameter, "parameter")                               \
  X(IisComponent, "iisComponent")                         \
  X(Iis70ComponentName, "iis70ComponentName")             \
  X(Iis60ComponentName, "iis60ComponentName")             \
  X(Iis51ComponentName, "iis51ComponentName")             \
  X(LogFiles, "logFiles")                                 \
  X(Location, "location")                                 \
  X(PostFinish, "postFinish")                             \
  X(Command, "command")                                   \
  X(Path, "path")                                         \
  X(X86Path, "x86path")                                   \
  X(X64Path, "x64path")                                   \
  X(Arguments, "arguments")                               \
  X(ShowsUi, "showsUI")                                   \
  X(TotalInstallTime, "totalInstallTime")                 \
  X(Idref, "idref")                                       \
  X(Rel, "rel")                                           \
  X(Href, "href")                                         \
  X(RelativeHref, "relativeHref")                         \
  X(Type, "type")                                         \
  X(Xmlns, "xmlns")

namespace zoo::feed::webpi {

/// The names to switch on. Stands before the texts of the same names: GCC would see it hide them.
enum class Name : std::uint8_t {
  kUnknown,
#define ZOO_X(symbol, text) k##symbol,
  ZOO_WEBPI_NAMES(ZOO_X)
#undef ZOO_X
};

/// The one namespace of a feed; extension elements live in it too (webpi-feed 0).
inline constexpr std::string_view kNamespace = "http://www.w3.org/2005/Atom";
inline constexpr std::string_view kEnclosure = "enclosure";      ///< link@rel of a feed to load too.
inline constexpr std::string_view kApplication = "application";  ///< entry@type.
inline constexpr std::string_view kEnglish = "en";               ///< The culture of the feed's own texts.

#define ZOO_X(symbol, text) inline constexpr std::string_view k##symbol = text;
ZOO_WEBPI_NAMES(ZOO_X)
#undef ZOO_X

namespace detail {

inline constexpr std::string_view kNames[] = {"",
#define ZOO_X(symbol, text) text,
                                              ZOO_WEBPI_NAMES(ZOO_X)
#undef ZOO_X
};
static_assert(std::size(kNames) < 256);

inline constexpr std::size_t kSlots = 1024;
using Slots = std::array<std::uint8_t, kSlots>;

constexpr std::size_t slot_of(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(text[i])); };
  const std::size_t size = text.size();
  return (size * 61 + at(0) * 7 + at(size - 1) * 131 + at(size / 2) * 29 + at(size / 4) * 17) % kSlots;
}

constexpr Slots make_slots() {
  Slots slots = {};
  for (std::size_t i = 1; i < std::size(kNames); ++i) {
    std::size_t slot = slot_of(kNames[i]);
    while (slots[slot] != 0) slot = (slot + 1) % kSlots;
    slots[slot] = static_cast<std::uint8_t>(i);
  }
  return slots;
}
inline constexpr Slots kTable = make_slots();

}  // namespace detail

/// The name as an enumerator; compared with case, as the client does.
constexpr Name name_of(std::string_view text) {
  if (text.empty()) return Name::kUnknown;
  for (std::size_t slot = detail::slot_of(text);; slot = (slot + 1) % detail::kSlots) {
    const std::uint8_t found = detail::kTable[slot];
    if (found == 0) return Name::kUnknown;
    if (detail::kNames[found] == text) return static_cast<Name>(found);
  }
}

constexpr std::string_view text_of(Name name) {
  return detail::kNames[static_cast<std::size_t>(name)];
}

}  // namespace zoo::feed::webpi
