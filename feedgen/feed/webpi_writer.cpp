// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/webpi_writer.h"

#include <utility>

#include "feedgen/base/xml_writer.h"
#include "feedgen/feed/webpi_names.h"

namespace zoo::feed {
namespace {

using namespace catalog;
using namespace webpi;

class WebpiWriter {
 public:
  std::string write(const Catalog& catalog) {
    constexpr std::size_t kBytesPerProduct = 3200;  // growing a string of this size copies it, page by page
    xml_.reserve(catalog.products.size() * kBytesPerProduct + 4096);
    xml_.begin();
    xml_.open(kFeed, {{kXmlns, kNamespace}});
    info(catalog.info);
    languages(catalog);
    keywords(catalog);
    tabs(catalog);
    groupings(catalog);
    shared(catalog);
    for (const Product& product : catalog.products) entry(product);
    xml_.close();
    return xml_.take();
  }

 private:
  void field(std::string_view name, const Field& value) {
    if (value.present()) xml_.element(name, value.text);
  }

  void field(std::string_view name, const LocalText& value) {
    if (value.present()) xml_.element(name, value.text, {{kResourceName, value.resource.text}});
  }

  void flag(std::string_view name, const Field& value) {
    if (value.present()) xml_.element(name, value.text);
  }

  void list(std::string_view group, std::string_view name, const std::vector<Field>& values) {
    if (values.empty()) return;
    xml_.open(group);
    for (const Field& value : values) xml_.element(name, value.text);
    xml_.close();
  }

  void author(const Field& name, const Field& url) {
    if (!name.present() && !url.present()) return;
    xml_.open(kAuthor);
    field(kName, name);
    field(kUri, url);
    xml_.close();
  }

  // -------------------------------------------------------------------------------------------------- feed level

  void info(const FeedInfo& info) {
    if (info.schema_version.present()) xml_.element(kWebpiFile, "", {{kVersion, info.schema_version.text}});
    field(kVersion, info.version);
    field(kTitle, info.title);
    field(kUpdated, info.updated);
    for (const FeedLink& link : info.links) {
      xml_.element(kLink, "",
                   {{kRel, link.rel.text}, {kHref, link.href.text}, {kRelativeHref, link.relative_href.text}});
    }
    author(info.author_name, info.author_url);
    field(kId, info.id);
    if (info.resources.empty()) return;
    xml_.open(kResourcesList);
    for (const ResourceFile& file : info.resources) {
      xml_.open(kResources);
      field(kCulture, file.culture);
      field(kUrl, file.url);
      field(kRelativeUrl, file.relative_url);
      xml_.close();
    }
    xml_.close();
  }

  void languages(const Catalog& catalog) {
    if (catalog.languages.empty()) return;
    xml_.open(kLanguages);
    for (const Language& language : catalog.languages) {
      xml_.open(kLanguage, {{kDefault, language.is_default ? std::string_view("true") : std::string_view()}});
      field(kLanguageId, language.id);
      field(kName, language.name);
      xml_.close();
    }
    xml_.close();
  }

  void keywords(const Catalog& catalog) {
    if (catalog.keywords.empty()) return;
    xml_.open(kKeywords);
    for (const Keyword& keyword : catalog.keywords) {
      xml_.element(kKeyword, keyword.label.text,
                   {{kId, keyword.id.text}, {kResourceName, keyword.label.resource.text}});
    }
    xml_.close();
  }

  void tabs(const Catalog& catalog) {
    if (catalog.tabs.empty()) return;
    xml_.open(kTabs);
    for (const Tab& tab : catalog.tabs) {
      xml_.open(kTab);
      one_tab(tab);
      xml_.close();
    }
    xml_.close();
  }

  void one_tab(const Tab& tab) {
    constexpr std::string_view kKinds[] = {kKeywordTab, kPillarTab, kGroupTab};
    xml_.open(kKinds[static_cast<std::size_t>(tab.kind)]);
    field(kId, tab.id);
    field(kName, tab.name);
    field(kDescription, tab.description);
    field(kGroupingId, tab.grouping);
    list(kKeywords, kKeywordId, tab.keywords);
    for (const Tab::Pillar& pillar : tab.pillars) {
      xml_.open(kPillar);
      field(kName, pillar.name);
      field(kDescription, pillar.description);
      field(kGroupingId, pillar.grouping);
      list(kRecommended, kProductId, pillar.recommended);
      xml_.close();
    }
    xml_.close();
  }

  void groupings(const Catalog& catalog) {
    if (catalog.groupings.empty()) return;
    xml_.open(kGroupings);
    for (const Grouping& grouping : catalog.groupings) {
      xml_.open(kGrouping);
      field(kId, grouping.id);
      field(kAttribute, grouping.attribute);
      if (!grouping.items.empty()) {
        xml_.open(kInclude);
        for (const LocalText& item : grouping.items) field(kItem, item);
        xml_.close();
      }
      field(kDefaultGrouping, grouping.default_name);
      xml_.close();
    }
    xml_.close();
  }

  /// One group of shared definitions; `write` writes an item with its id as attribute.
  template <typename Items, typename Write>
  void definitions(std::string_view group, const Items& items, Write write) {
    if (items.empty()) return;
    xml_.open(group);
    for (const auto& item : items) write(item);
    xml_.close();
  }

  void shared(const Catalog& catalog) {
    definitions(kOses, catalog.oses, [this](const Shared<Os>& s) { os(s.value, s.id); });
    definitions(kOsLists, catalog.os_lists, [this](const Shared<OsList>& s) { os_list(s.value, s.id); });
    definitions(kDependencies, catalog.dependencies,
                [this](const Shared<Dependency>& s) { dependency(s.value, s.id); });
    definitions(kDiscoveryHints, catalog.discovery_hints,
                [this](const Shared<DiscoveryHint>& s) { hint(s.value, s.id); });
  }

  // ------------------------------------------------------------------------------------------------------- entry

  void entry(const Product& p) {
    xml_.open(kEntry, {{kType, p.entry_type.empty() ? std::string_view() : p.entry_type}});
    field(kProductId, p.id);
    field(kTitle, p.title);
    field(kId, p.atom_id);
    field(kVersion, p.version);
    field(kSummary, p.summary);
    field(kLongSummary, p.description);
    field(kPublished, p.published);
    field(kUpdated, p.updated);
    if (p.link.present()) xml_.element(kLink, "", {{kHref, p.link.text}});
    images(p);
    author(p.author_name, p.author_url);
    list(kKeywords, kKeywordId, p.keywords);
    for (const Attribute& attribute : p.attributes) field(attribute.name.text, attribute.value);
    flag(kSearchExclude, p.search_exclude);
    flag(kOfflineExclude, p.offline_exclude);
    if (p.dependency.present()) dependency(p.dependency, {});
    if (p.discovery.present()) hint(p.discovery, {});
    relations(p);
    terms(p.terms);
    flag(kExternal, p.external);
    if (p.has_defaults) {
      xml_.open(kInstallerConfiguration);
      installer_parts(p.defaults);
      xml_.close();
    }
    installers(p);
    xml_.close();
  }

  void images(const Product& p) {
    if (!p.icon.present() && !p.relative_icon.present() && p.screenshots.empty()) return;
    xml_.open(kImages);
    field(kIcon, p.icon);
    field(kRelativeIconUrl, p.relative_icon);
    for (const Field& screenshot : p.screenshots) xml_.element(kScreenshot, screenshot.text);
    xml_.close();
  }

  void relations(const Product& p) {
    if (!p.related_discovery.empty()) {
      xml_.open(kRelatedDiscovery);
      for (const DiscoveryHint& h : p.related_discovery) hint(h, {});
      xml_.close();
    }
    if (!p.related_products.empty()) {
      xml_.open(kRelated);
      list(kRelatedProduct, kProductId, p.related_products);
      xml_.close();
    }
    incompatibilities(p);
    list(kUpdates, kProductId, p.updates);
  }

  void incompatibilities(const Product& p) {
    if (!p.incompatible.empty()) {
      xml_.open(kIncompatibilities);
      for (const Incompatibility& i : p.incompatible) {
        xml_.open(kIncompatibleProduct);
        field(kProductId, i.product);
        field(kErrorMessage, i.message);
        xml_.close();
      }
      xml_.close();
    }
    list(kIncompatibleProcess, kProcessName, p.incompatible_processes);
  }

  void terms(const Terms& terms) {
    if (!terms.present()) return;
    xml_.open(kTerms);
    field(kTermsText, terms.text);
    field(kTermsLink, terms.link);
    field(kTermsLinkText, terms.link_text);
    xml_.close();
  }

  void dependency(const Dependency& d, const Field& id) {
    if (d.kind == Dependency::Kind::kReference) {
      xml_.element(kDependency, "", {{kId, id.text}, {kIdref, d.id.text}});
      return;
    }
    xml_.open(kDependency, {{kId, id.text}});
    if (d.kind == Dependency::Kind::kProduct) xml_.element(kProductId, d.id.text);
    if (d.kind == Dependency::Kind::kAnd || d.kind == Dependency::Kind::kOr) {
      xml_.open(d.kind == Dependency::Kind::kAnd ? kAnd : kOr);
      for (const Dependency& child : d.children) dependency(child, {});
      xml_.close();
    }
    xml_.close();
  }

  void hint(const DiscoveryHint& h, const Field& id) {
    if (h.kind == DiscoveryHint::Kind::kReference) {
      xml_.element(kDiscoveryHint, "", {{kId, id.text}, {kIdref, h.subject.text}});
      return;
    }
    xml_.open(kDiscoveryHint, {{kId, id.text}});
    hint_body(h);
    xml_.close();
  }

  void hint_body(const DiscoveryHint& h) {
    using Kind = DiscoveryHint::Kind;
    if (h.kind == Kind::kMsiProductCode) xml_.element(kMsiProductCode, h.subject.text);
    if (h.kind == Kind::kMsiPatchCode) xml_.element(kMsiPatchCode, h.subject.text);
    if (h.kind == Kind::kRegistry) registry(h);
    if (h.kind == Kind::kFile) {
      xml_.open(kFile);
      field(kFilePath, h.subject);
      field(kMinimumVersion, h.minimum_version);
      xml_.close();
    }
    if (h.kind != Kind::kAnd && h.kind != Kind::kOr && h.kind != Kind::kNot) return;
    xml_.open(h.kind == Kind::kAnd ? kAnd : h.kind == Kind::kOr ? kOr : kNot);
    for (const DiscoveryHint& child : h.children) hint(child, {});
    xml_.close();
  }

  void registry(const DiscoveryHint& h) {
    xml_.open(kRegistry);
    field(kKeyPath, h.subject);
    field(kValueName, h.value_name);
    for (const Field& name : h.further_value_names) field(kValueName, name);
    field(kValueValue, h.value_value);
    field(kMinimumVersion, h.minimum_version);
    field(kMaximumVersion, h.maximum_version);
    field(kMinimumValue, h.minimum_value);
    field(kMaximumValue, h.maximum_value);
    xml_.close();
  }

  // --------------------------------------------------------------------------------------------------- installers

  void installers(const Product& p) {
    if (p.installers.empty()) return;
    xml_.open(kInstallers);
    for (const Installer& i : p.installers) {
      xml_.open(kInstaller);
      field(kId, i.id);
      field(kLanguageId, i.language);
      for (const Field& language : i.further_languages) field(kLanguageId, language);
      installer_parts(i);
      xml_.close();
    }
    xml_.close();
  }

  void installer_parts(const Installer& i) {
    if (i.architectures.present()) {
      xml_.open(kArchitectures);
      for (const Field& name : i.architectures.names) xml_.element(name.text, "");
      xml_.close();
    }
    if (i.os.present()) os_list(i.os, {});
    field(kEulaUrl, i.eula_url);
    if (i.file.present()) file(i.file);
    if (i.commands_pos.known()) {
      xml_.open(kInstallCommands);
      for (const Command& c : i.commands) command(c);
      xml_.close();
    }
    if (i.ms_deploy.present()) ms_deploy(i.ms_deploy);
    if (i.iis.present()) iis(i.iis);
    list(kLogFiles, kLocation, i.log_files);
    if (i.post_finish.present()) post_finish(i.post_finish);
    field(kShowsUi, i.shows_ui);
    field(kTotalInstallTime, i.total_install_time);
    field(kHelpLink, i.help_link);
  }

  void os_list(const OsList& list, const Field& id) {
    if (list.reference.present()) {
      xml_.element(kOsList, "", {{kId, id.text}, {kIdref, list.reference.text}});
      return;
    }
    xml_.open(kOsList, {{kId, id.text}});
    for (const Os& item : list.items) os(item, {});
    xml_.close();
  }

  void os(const Os& os, const Field& id) {
    if (os.reference.present()) {
      xml_.element(kOs, "", {{kId, id.text}, {kIdref, os.reference.text}});
      return;
    }
    xml_.open(kOs, {{kId, id.text}});
    os_version(kMinimumVersion, os.minimum);
    os_version(kMaximumVersion, os.maximum);
    if (!os.types.empty()) {
      xml_.open(kOsTypes);
      for (const Field& type : os.types) xml_.element(type.text, "");
      xml_.close();
    }
    xml_.close();
  }

  void os_version(std::string_view name, const OsVersion& version) {
    if (!version.present()) return;
    xml_.open(name);
    field(kOsMajorVersion, version.major);
    field(kOsMinorVersion, version.minor);
    field(kSpMajorVersion, version.sp_major);
    field(kSpMinorVersion, version.sp_minor);
    xml_.close();
  }

  void file(const InstallerFile& f) {
    xml_.open(kInstallerFile);
    field(kFileSize, f.size);
    field(kInstallerUrl, f.url);
    field(kRelativeInstallerUrl, f.relative_url);
    field(kTrackingUrl, f.tracking_url);
    field(kSha1, f.sha1);
    xml_.close();
  }

  void command(const Command& c) {
    xml_.open(c.kind.text);
    field(kExe, c.exe);
    field(kCommandLineArguments, c.arguments);
    field(kOfflineArguments, c.offline_arguments);
    flag(kIgnoreExitCode, c.ignore_exit_code);
    package(c);
    field(kProperties, c.properties);
    field(kTargetDirectory, c.target_directory);
    environment(c);
    if (c.has_mappings) {
      xml_.open(kReturnCodeMappings);
      for (const ReturnCode& code : c.return_codes) mapping(code);
      xml_.close();
    }
    xml_.close();
  }

  void package(const Command& c) {
    if (c.kind.text == kMsiInstall) field(kMsi, c.package);
    if (c.kind.text == kMsuInstall) field(kMsu, c.package);
    if (c.kind.text == kUnzip) field(kZipFile, c.package);
  }

  void environment(const Command& c) {
    if (c.environment.empty()) return;
    xml_.open(kEnvironmentVariables);
    for (const Field& variable : c.environment) {
      const std::size_t at = variable.text.find('=');
      xml_.open(kEnvironmentVariable);
      xml_.element(kName, variable.text.substr(0, at));
      if (at != std::string_view::npos) xml_.element(kValue, variable.text.substr(at + 1));
      xml_.close();
    }
    xml_.close();
  }

  void mapping(const ReturnCode& code) {
    xml_.open(kMapping);
    field(kReturnCode, code.code);
    if (code.outcome.present()) {
      if (code.detail.present()) {
        xml_.open(code.outcome.text);
        field(kDetailedInformation, code.detail);
        xml_.close();
      } else {
        xml_.element(code.outcome.text, "");
      }
    }
    xml_.close();
  }

  void ms_deploy(const MsDeploy& deploy) {
    xml_.open(kMsDeploy);
    field(kStartPage, deploy.start_page);
    if (!deploy.parameters.empty()) {
      xml_.open(kParameters);
      for (const MsDeploy::Parameter& parameter : deploy.parameters) {
        xml_.open(kParameter);
        field(kName, parameter.name);
        field(kValue, parameter.value);
        xml_.close();
      }
      xml_.close();
    }
    for (const MsDeploy::Parameter& other : deploy.others) xml_.element(other.name.text, other.value.text);
    xml_.close();
  }

  void iis(const IisComponent& iis) {
    xml_.open(kIisComponent);
    field(kIis70ComponentName, iis.iis70);
    field(kIis60ComponentName, iis.iis60);
    field(kIis51ComponentName, iis.iis51);
    xml_.close();
  }

  void post_finish(const PostFinish& finish) {
    xml_.open(kPostFinish);
    xml_.open(kCommand);
    field(kDescription, finish.description);
    field(kPath, finish.path);
    field(kX86Path, finish.x86_path);
    field(kX64Path, finish.x64_path);
    field(kArguments, finish.arguments);
    xml_.close();
    xml_.close();
  }

  XmlWriter xml_;
};

}  // namespace

std::string write_webpi(const Catalog& catalog) {
  return WebpiWriter().write(catalog);
}

}  // namespace zoo::feed
