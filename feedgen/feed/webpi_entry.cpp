// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "feedgen/feed/webpi_parts.h"

namespace zoo::feed::webpi {
namespace {

using catalog::Field;
using catalog::Product;

/// Keeps the first of repeated elements: which one the client takes is not known, and the rules look at what comes
/// first.
void keep_first(Field& target, Field value) {
  if (!target.present()) target = value;
}
void keep_first(catalog::LocalText& target, catalog::LocalText value) {
  if (!target.present()) target = value;
}

void read_person(Reader& reader, const Element& element, Product& out) {
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kName) keep_first(out.author_name, reader.x.field(child));
    if (name == Name::kUri) keep_first(out.author_url, reader.x.field(child));
  });
}

void read_images(Reader& reader, const Element& element, Product& out) {
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kIcon) keep_first(out.icon, reader.x.field(child));
    if (name == Name::kRelativeIconUrl) keep_first(out.relative_icon, reader.x.field(child));
    if (name == Name::kScreenshot) out.screenshots.push_back(reader.x.field(child));
  });
}

void read_list(Reader& reader, const Element& element, Name item, std::vector<Field>& out) {
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == item) {
      out.push_back(reader.x.field(child));
    } else {
      reader.unknown(child, {item}, "");
    }
  });
}

void read_terms(Reader& reader, const Element& element, catalog::Terms& out) {
  out.pos = reader.x.pos(element);
  reader.x.children(element, [&](Name name, const Element& child) {
    switch (name) {
      case Name::kTermsText:
        out.text = reader.local(child);
        break;
      case Name::kTermsLink:
        out.link = reader.x.field(child);
        break;
      case Name::kTermsLinkText:
        out.link_text = reader.local(child);
        break;
      default:
        reader.unknown(child, {Name::kTermsText, Name::kTermsLink, Name::kTermsLinkText}, "");
    }
  });
}

catalog::Incompatibility read_incompatible_product(Reader& reader, const Element& element) {
  catalog::Incompatibility out;
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kProductId) out.product = reader.x.field(child);
    if (name == Name::kErrorMessage) out.message = reader.local(child);
  });
  return out;
}

void read_incompatibilities(Reader& reader, const Element& element, Product& out) {
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kIncompatibleProduct) out.incompatible.push_back(read_incompatible_product(reader, child));
    if (name == Name::kIncompatibleProcess) {
      read_list(reader, child, Name::kProcessName, out.incompatible_processes);
    }
  });
}

void read_installers(Reader& reader, const Element& element, Product& out) {
  out.installers_pos = reader.x.pos(element);
  std::size_t elements = 0;
  for (XmlNode node = element.node.first_child(); node; node = node.next()) ++elements;
  out.installers.reserve(out.installers.size() + elements);  // Moving them costs more than counting.
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kInstaller) {
      read_installer(reader, child, out.installers.emplace_back());
    } else {
      reader.unknown(child, {Name::kInstaller}, "");
    }
  });
}

void read_related(Reader& reader, Name name, const Element& element, Product& out) {
  reader.x.children(element, [&](Name inner, const Element& child) {
    if (name == Name::kRelatedDiscovery && inner == Name::kDiscoveryHint) {
      out.related_discovery.push_back(read_hint(reader, child));
    } else if (name == Name::kRelated && inner == Name::kRelatedProduct) {
      read_list(reader, child, Name::kProductId, out.related_products);
    }
  });
}

/// What the client reads in `metadata` as if it stood in the entry (webpi-feed 2). True when it was one of them.
bool read_metadata_child(Reader& reader, Name name, const Element& child, Product& out) {
  switch (name) {
    case Name::kTitle:
      keep_first(out.title, reader.local(child));
      return true;
    case Name::kSummary:
      keep_first(out.summary, reader.local(child));
      return true;
    case Name::kLongSummary:
      keep_first(out.description, reader.local(child));
      return true;
    case Name::kVersion:
      keep_first(out.version, reader.x.field(child));
      return true;
    case Name::kPublished:
      keep_first(out.published, reader.x.field(child));
      return true;
    case Name::kAuthor:
      read_person(reader, child, out);
      return true;
    case Name::kImages:
      read_images(reader, child, out);
      return true;
    case Name::kLink:
      if (!out.link.present()) out.link = reader.x.field(child, kHref);
      return true;
    default:
      return false;
  }
}

/// True when it was a condition or a list. The model cannot hold which version an entry is expanded for, so that
/// productVersionsAvailable is read by read_entry.
bool read_structure(Reader& reader, Name name, const Element& child, Product& out) {
  switch (name) {
    case Name::kKeywords:
      read_list(reader, child, Name::kKeywordId, out.keywords);
      return true;
    case Name::kDependency:
      if (out.dependency.id.pos.known()) {
        ++out.further_dependencies;
      } else {
        out.dependency = read_dependency(reader, child);
      }
      return true;
    case Name::kDiscoveryHint:
      out.discovery = read_hint(reader, child);
      return true;
    case Name::kRelatedDiscovery:
    case Name::kRelated:
      read_related(reader, name, child, out);
      return true;
    case Name::kIncompatibilities:
      read_incompatibilities(reader, child, out);
      return true;
    case Name::kUpdates:
      read_list(reader, child, Name::kProductId, out.updates);
      return true;
    case Name::kTerms:
      read_terms(reader, child, out.terms);
      return true;
    case Name::kInstallers:
      read_installers(reader, child, out);
      return true;
    case Name::kInstallerConfiguration:
      out.has_defaults = true;
      read_installer(reader, child, out.defaults);
      return true;
    default:
      return false;
  }
}

/// Any other simple child is an attribute of the product; one with children has no effect.
void read_other(Reader& reader, const Element& child, Product& out) {
  const bool simple = !reader.x.has_children(child);
  reader.unknown(child,
                 {Name::kProductId, Name::kTitle, Name::kSummary, Name::kLongSummary, Name::kVersion, Name::kPublished,
                  Name::kImages, Name::kKeywords, Name::kDependency, Name::kDiscoveryHint, Name::kRelatedDiscovery,
                  Name::kIncompatibilities, Name::kTerms, Name::kInstallers, Name::kInstallerConfiguration,
                  Name::kMetadata, Name::kSearchExclude},
                 simple ? "" : "ZF0215");
  const std::string_view name = child.node.name();
  if (!simple || name.find(':') != std::string_view::npos) return;
  out.attributes.push_back({{reader.x.local_name(child.node), reader.x.pos(child)}, reader.local(child)});
}

void read_entry_child(Reader& reader, Name name, const Element& child, Product& out) {
  if (read_metadata_child(reader, name, child, out) || read_structure(reader, name, child, out)) return;
  switch (name) {
    case Name::kProductId:
      keep_first(out.id, reader.x.field(child));
      break;
    case Name::kId:
      out.atom_id = reader.x.field(child);
      break;
    case Name::kUpdated:
      out.updated = reader.x.field(child);
      break;
    case Name::kExternal:
      out.external = reader.x.field(child);
      break;
    case Name::kSearchExclude:
      out.search_exclude = reader.x.field(child);
      break;
    case Name::kOfflineExclude:
      out.offline_exclude = reader.x.field(child);
      break;
    case Name::kMetadata:
      reader.x.children(
          child, [&](Name inner, const Element& wrapped) { (void)read_metadata_child(reader, inner, wrapped, out); });
      break;
    case Name::kProductVersionsAvailable:
    case Name::kExternalPackages:
    case Name::kTelemetry:
    case Name::kRetryCount:
    case Name::kContributor:
    case Name::kSource:
      break;
    default:
      read_other(reader, child, out);
  }
}

void read_product(Reader& reader, const Element& element, Product& out) {
  out.pos = reader.x.pos(element);
  out.entry_type = reader.x.attribute(element, kType);
  reader.product = reader.x.text({element.node.child(kProductId), element.frame});
  reader.x.children(element, [&](Name name, const Element& child) { read_entry_child(reader, name, child, out); });
  reader.product = {};
}

std::vector<catalog::ProductVersion> read_versions(Reader& reader, const Element& element) {
  std::vector<catalog::ProductVersion> out;
  reader.x.children(element, [&](Name name, const Element& list) {
    if (name != Name::kProductVersionsAvailable) return;
    reader.x.children(list, [&](Name inner, const Element& child) {
      if (inner != Name::kProductVersionAvailable) return;
      const bool is_default = catalog::same_id(catalog::trimmed(reader.x.attribute(child, kDefault)), "true");
      out.push_back({reader.x.field(child, kId), is_default});
    });
  });
  return out;
}

void report_unused_versions(Reader& reader, XmlNode node, const std::unordered_set<std::string_view>& known) {
  for (const XmlNode child : zoo::children(node)) {
    const Element element{child, nullptr};
    if (reader.x.name(child) == Name::kProductVersion && known.count(reader.x.attribute(element, kId)) == 0) {
      reader.report(
          "ZF0805", reader.x.pos(element),
          fmt::format("productVersion \"{}\" is not in productVersionsAvailable", reader.x.attribute(element, kId)));
    }
    report_unused_versions(reader, child, known);
  }
}

/// P1 is the default version, `P1.<id>` each version (webpi-feed 2).
void expand_versions(Reader& reader, const Element& element, const std::vector<catalog::ProductVersion>& versions,
                     std::vector<Product>& products) {
  const auto chosen =
      std::find_if(versions.begin(), versions.end(), [](const catalog::ProductVersion& v) { return v.is_default; });
  const auto add = [&](std::string_view version, bool with_suffix) {
    reader.x.set_version(version);
    Product product;
    read_product(reader, element, product);
    if (reader.x.exhausted()) return false;
    if (with_suffix) {
      product.expanded_from = product.id.text;
      product.id.text = reader.x.keep(fmt::format("{}.{}", product.id.text, version));
    }
    products.push_back(std::move(product));
    return true;
  };
  bool more = add(chosen != versions.end() ? chosen->id.text : versions.front().id.text, false);
  for (std::size_t i = 0; more && i < versions.size(); ++i) more = add(versions[i].id.text, true);
  reader.x.set_version({});
}

}  // namespace

void read_entry(Reader& reader, const Element& element, std::vector<Product>& products) {
  const std::vector<catalog::ProductVersion> versions = read_versions(reader, element);
  if (versions.empty()) {
    read_product(reader, element, products.emplace_back());
    if (!reader.x.take_passed_versions()) return;
  } else {
    expand_versions(reader, element, versions, products);
  }
  std::unordered_set<std::string_view> known;
  for (const catalog::ProductVersion& version : versions) known.insert(version.id.text);
  report_unused_versions(reader, element.node, known);
}

}  // namespace zoo::feed::webpi
