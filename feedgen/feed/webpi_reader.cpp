// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/webpi_reader.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "feedgen/feed/webpi_parts.h"

namespace zoo::feed {
namespace {

using namespace webpi;  // NOLINT(google-build-using-namespace): the names of the format
using catalog::Catalog;
using catalog::Field;

void read_language(Reader& reader, const Element& element, Catalog& out) {
  catalog::Language& language = out.languages.emplace_back();
  language.pos = reader.x.pos(element);
  language.is_default = catalog::same_id(catalog::trimmed(reader.x.attribute(element, kDefault)), "true");
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kLanguageId) language.id = reader.x.field(child);
    if (name == Name::kName) language.name = reader.x.field(child);
  });
}

void read_keyword(Reader& reader, const Element& element, Catalog& out) {
  out.keywords.push_back({reader.x.field(element, kId), reader.local(element)});
}

std::vector<Field> read_fields(Reader& reader, const Element& element, Name wanted) {
  std::vector<Field> out;
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == wanted) out.push_back(reader.x.field(child));
  });
  return out;
}

catalog::Tab::Pillar read_pillar(Reader& reader, const Element& element) {
  catalog::Tab::Pillar out;
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kId) out.id = reader.x.field(child);
    if (name == Name::kName) out.name = reader.local(child);
    if (name == Name::kDescription) out.description = reader.local(child);
    if (name == Name::kGroupingId) out.grouping = reader.x.field(child);
    if (name == Name::kRecommended) out.recommended = read_fields(reader, child, Name::kProductId);
  });
  return out;
}

void read_tab_kind(Reader& reader, catalog::Tab::Kind kind, const Element& element, Catalog& out) {
  catalog::Tab tab;
  tab.pos = reader.x.pos(element);
  tab.kind = kind;
  reader.x.children(element, [&](Name name, const Element& child) {
    switch (name) {
      case Name::kId:
        tab.id = reader.x.field(child);
        break;
      case Name::kName:
        tab.name = reader.local(child);
        break;
      case Name::kDescription:
        tab.description = reader.local(child);
        break;
      case Name::kKeywords:
        tab.keywords = read_fields(reader, child, Name::kKeywordId);
        break;
      case Name::kGroupingId:
        tab.grouping = reader.x.field(child);
        break;
      case Name::kPillar:
        tab.pillars.push_back(read_pillar(reader, child));
        break;
      default:
        reader.unknown(child, {Name::kId, Name::kName, Name::kDescription, Name::kKeywords}, "");
    }
  });
  out.tabs.push_back(std::move(tab));
}

void read_tab(Reader& reader, const Element& element, Catalog& out) {
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kKeywordTab) read_tab_kind(reader, catalog::Tab::Kind::kKeyword, child, out);
    if (name == Name::kPillarTab) read_tab_kind(reader, catalog::Tab::Kind::kPillar, child, out);
    if (name == Name::kGroupTab) read_tab_kind(reader, catalog::Tab::Kind::kGroup, child, out);
  });
}

/// The reference names the parts of a grouping, not whether id and attribute are children or attributes: both are read.
void read_grouping(Reader& reader, const Element& element, Catalog& out) {
  catalog::Grouping& grouping = out.groupings.emplace_back();
  grouping.id = reader.x.field(element, kId);
  grouping.attribute = reader.x.field(element, kAttribute);
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kId) grouping.id = reader.x.field(child);
    if (name == Name::kAttribute) grouping.attribute = reader.x.field(child);
    if (name == Name::kDefaultGrouping) grouping.default_name = reader.local(child);
    if (name != Name::kInclude) return;
    reader.x.children(child, [&](Name inner, const Element& item) {
      if (inner == Name::kItem) grouping.items.push_back(reader.local(item));
    });
  });
}

void read_link(Reader& reader, const Element& element, Catalog& out) {
  out.info.links.push_back(
      {reader.x.field(element, kRel), reader.x.field(element, kHref), reader.x.field(element, kRelativeHref)});
  out.info.links.back().rel.pos = reader.x.pos(element);
}

/// `resources` with culture and url as attributes or as children.
void read_resource_file(Reader& reader, const Element& element, Catalog& out) {
  catalog::ResourceFile& file = out.info.resources.emplace_back();
  file.culture = reader.x.field(element, kCulture);
  file.url = reader.x.field(element, kUrl);
  file.relative_url = reader.x.field(element, kRelativeUrl);
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kCulture) file.culture = reader.x.field(child);
    if (name == Name::kUrl) file.url = reader.x.field(child);
    if (name == Name::kRelativeUrl) file.relative_url = reader.x.field(child);
  });
  if (!file.culture.pos.known()) file.culture.pos = reader.x.pos(element);
}

/// Calls read(reader, child) for the children of that name.
template <typename Read>
void each(Reader& reader, const Element& element, Name wanted, Read&& read) {
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == wanted) {
      read(child);
    } else {
      reader.unknown(child, {wanted}, "");
    }
  });
}

template <typename T, typename Read>
void read_shared(Reader& reader, const Element& element, std::vector<catalog::Shared<T>>& out, Name item, Read read) {
  each(reader, element, item, [&](const Element& child) {
    Field id = reader.x.field(child, kId);
    if (!id.pos.known()) id.pos = reader.x.pos(child);
    out.push_back({id, read(reader, child)});
  });
}

void read_author(Reader& reader, const Element& element, Catalog& out) {
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kName) out.info.author_name = reader.x.field(child);
    if (name == Name::kUri) out.info.author_url = reader.x.field(child);
  });
}

/// Identity and decoration. True when it was one of them.
bool read_info_child(Reader& reader, Name name, const Element& child, Catalog& out) {
  switch (name) {
    case Name::kId:
      out.info.id = reader.x.field(child);
      return true;
    case Name::kTitle:
      out.info.title = reader.x.field(child);
      return true;
    case Name::kVersion:
      out.info.version = reader.x.field(child);
      return true;
    case Name::kUpdated:
      out.info.updated = reader.x.field(child);
      return true;
    case Name::kAuthor:
      read_author(reader, child, out);
      return true;
    case Name::kLink:
      read_link(reader, child, out);
      return true;
    case Name::kWebpiFile:
      out.info.schema_version = reader.x.field(child, kVersion);
      return true;
    case Name::kResourcesList:
      each(reader, child, Name::kResources, [&](const Element& item) { read_resource_file(reader, item, out); });
      return true;
    default:
      return false;
  }
}

/// Definitions that entries refer to by idref.
bool read_shared_child(Reader& reader, Name name, const Element& child, Catalog& out) {
  switch (name) {
    case Name::kOses:
      read_shared(reader, child, out.oses, Name::kOs, read_os);
      return true;
    case Name::kOsLists:
      read_shared(reader, child, out.os_lists, Name::kOsList, read_os_list);
      return true;
    case Name::kDependencies:
      read_shared(reader, child, out.dependencies, Name::kDependency,
                  [](Reader& r, const Element& e) { return read_dependency(r, e); });
      return true;
    case Name::kDiscoveryHints:
      read_shared(reader, child, out.discovery_hints, Name::kDiscoveryHint,
                  [](Reader& r, const Element& e) { return read_hint(r, e); });
      return true;
    default:
      return false;
  }
}

bool read_list_child(Reader& reader, Name name, const Element& child, Catalog& out) {
  switch (name) {
    case Name::kLanguages:
      out.languages_pos = reader.x.pos(child);
      each(reader, child, Name::kLanguage, [&](const Element& item) { read_language(reader, item, out); });
      return true;
    case Name::kKeywords:
      each(reader, child, Name::kKeyword, [&](const Element& item) { read_keyword(reader, item, out); });
      return true;
    case Name::kTabs:
      each(reader, child, Name::kTab, [&](const Element& item) { read_tab(reader, item, out); });
      return true;
    case Name::kGroupings:
      each(reader, child, Name::kGrouping, [&](const Element& item) { read_grouping(reader, item, out); });
      return true;
    default:
      return false;
  }
}

void read_feed_child(Reader& reader, Name name, const Element& child, Catalog& out) {
  if (name == Name::kEntry) return read_entry(reader, child, out.products);
  if (read_info_child(reader, name, child, out) || read_shared_child(reader, name, child, out) ||
      read_list_child(reader, name, child, out)) {
    return;
  }
  switch (name) {
    // Read by the client for its own window, or Atom's own: nothing to check (webpi-feed 1).
    case Name::kTemplates:
    case Name::kNewVersionAvailable:
    case Name::kPreferences:
    case Name::kQuickStart:
    case Name::kFeaturedProducts:
    case Name::kFeatured:
    case Name::kBlocked:
    case Name::kMiscellaneousProperties:
    case Name::kTelemetry:
    case Name::kSubtitle:
    case Name::kGenerator:
    case Name::kRights:
    case Name::kIcon:
    case Name::kLogo:
    case Name::kContributor:
    case Name::kCategory:
      return;
    case Name::kArchitectures:
    case Name::kInstallers:
    case Name::kTrackingUrlPrefix:
      return reader.report("ZF0116", reader.x.pos(child),
                           fmt::format("the client does not read \"{}\" at feed level", child.node.name()));
    default:
      reader.unknown(child,
                     {Name::kEntry, Name::kId, Name::kLanguages, Name::kKeywords, Name::kTabs, Name::kOses,
                      Name::kOsLists, Name::kDependencies, Name::kDiscoveryHints, Name::kTemplates},
                     "ZF0117");
  }
}

/// The prefix with colon that the root binds to the feed's namespace, when its own name has it.
std::string prefix_of(XmlNode root) {
  const std::size_t colon = root.name().find(':');
  return colon == std::string_view::npos ? std::string() : std::string(root.name().substr(0, colon + 1));
}

void check_namespace(Reader& reader, XmlNode root, const std::string& prefix) {
  const std::string declaration =
      prefix.empty() ? std::string(kXmlns) : fmt::format("{}:{}", kXmlns, prefix.substr(0, prefix.size() - 1));
  const std::string_view bound = root.attribute(declaration).value();
  if (bound != kNamespace) {
    reader.report("ZF0102", root.pos(declaration),
                  bound.empty() ? "the feed is in no namespace" : fmt::format("the feed's namespace is \"{}\"", bound));
  } else if (!prefix.empty()) {
    reader.report("ZF0103", root.pos(), fmt::format("the feed's names have the prefix \"{}\"", prefix));
  }
}

std::size_t count_entries(const Reader& reader, XmlNode root) {
  std::size_t entries = 0;
  for (const XmlNode node : zoo::children(root)) entries += reader.x.name(node) == Name::kEntry ? 1U : 0U;
  return entries;
}

}  // namespace

std::optional<Catalog> read_webpi(const std::shared_ptr<XmlDocument>& document, Diagnostics& diagnostics) {
  const XmlNode root = document->root();
  Reader reader(document, diagnostics);
  const std::string prefix = prefix_of(root);
  if (name_of(root.name().substr(prefix.size())) != Name::kFeed) {
    reader.report("ZF0101", root.pos(), fmt::format("the root element is \"{}\"", root.name()));
    return std::nullopt;
  }
  check_namespace(reader, root, prefix);
  reader.x.set_prefix(prefix);
  Catalog out;
  out.owners.push_back(document);
  out.info.pos = root.pos();
  const std::size_t entries = count_entries(reader, root);
  reader.x.set_entries(entries);
  out.products.reserve(entries);
  for (const XmlNode node : zoo::children(root)) {
    if (reader.x.name(node) == Name::kTemplates) reader.x.define(node);
  }
  reader.x.children({root, nullptr},
                    [&](Name name, const Element& child) { read_feed_child(reader, name, child, out); });
  return out;
}

}  // namespace zoo::feed
