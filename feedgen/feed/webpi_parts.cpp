// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/webpi_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "feedgen/catalog/rules/rule.h"

namespace zoo::feed::webpi {
namespace {

using catalog::Dependency;
using catalog::DiscoveryHint;

/// Counts the alternatives of a dependency or hint: idref and the kinds of content exclude one another.
struct Choice {
  std::size_t contents = 0;
  bool has_reference = false;
};

void report_choice(Reader& reader, const Element& element, const Choice& choice, std::string_view rule_id) {
  if (choice.has_reference && choice.contents > 0) {
    reader.report("ZF0305", reader.x.pos(element), fmt::format("{} has both idref and content", element.node.name()));
  } else if (choice.contents > 1) {
    reader.report(rule_id, reader.x.pos(element),
                  fmt::format("{} holds {} conditions instead of one", element.node.name(), choice.contents));
  } else if (choice.contents == 0 && !choice.has_reference) {
    reader.report(rule_id, reader.x.pos(element), fmt::format("{} is empty", element.node.name()));
  }
}

void read_dependency_group(Reader& reader, const Element& element, unsigned depth, Dependency& out) {
  out.kind = reader.x.name(element.node) == Name::kAnd ? Dependency::Kind::kAnd : Dependency::Kind::kOr;
  out.id.pos = reader.x.pos(element);
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kDependency) {
      out.children.push_back(read_dependency(reader, child, depth + 1));
    } else if (name == Name::kProductId) {
      reader.report("ZF0303", reader.x.pos(child),
                    fmt::format("productId \"{}\" stands in \"{}\" without a dependency element around it",
                                reader.x.text(child), element.node.name()));
      Dependency& bare = out.children.emplace_back();
      bare.kind = Dependency::Kind::kProduct;
      bare.id = reader.x.field(child);
    }
  });
}

void read_hint_group(Reader& reader, const Element& element, unsigned depth, DiscoveryHint& out) {
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kDiscoveryHint) out.children.push_back(read_hint(reader, child, depth + 1));
  });
}

void read_registry(Reader& reader, const Element& element, DiscoveryHint& out) {
  reader.x.children(element, [&](Name name, const Element& child) {
    switch (name) {
      case Name::kKeyPath:
        out.subject = reader.x.field(child);
        break;
      case Name::kValueName:
        if (out.value_name.present()) {
          out.further_value_names.push_back(reader.x.field(child));
        } else {
          out.value_name = reader.x.field(child);
        }
        break;
      case Name::kValueValue:
        if (!out.value_value.present()) out.value_value = reader.x.field(child);
        break;
      case Name::kMinimumVersion:
        out.minimum_version = reader.x.field(child);
        break;
      case Name::kMaximumVersion:
        out.maximum_version = reader.x.field(child);
        break;
      case Name::kMinimumValue:
        out.minimum_value = reader.x.field(child);
        break;
      case Name::kMaximumValue:
        out.maximum_value = reader.x.field(child);
        break;
      default:
        break;
    }
  });
}

void read_file_hint(Reader& reader, const Element& element, DiscoveryHint& out) {
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kFilePath) out.subject = reader.x.field(child);
    if (name == Name::kMinimumVersion) out.minimum_version = reader.x.field(child);
  });
}

DiscoveryHint::Kind hint_kind(Name name) {
  switch (name) {
    case Name::kRegistry:
      return DiscoveryHint::Kind::kRegistry;
    case Name::kFile:
      return DiscoveryHint::Kind::kFile;
    case Name::kMsiProductCode:
      return DiscoveryHint::Kind::kMsiProductCode;
    case Name::kMsiPatchCode:
      return DiscoveryHint::Kind::kMsiPatchCode;
    case Name::kAnd:
      return DiscoveryHint::Kind::kAnd;
    case Name::kOr:
      return DiscoveryHint::Kind::kOr;
    case Name::kNot:
      return DiscoveryHint::Kind::kNot;
    default:
      return DiscoveryHint::Kind::kNone;
  }
}

void read_hint_content(Reader& reader, const Element& element, unsigned depth, DiscoveryHint& out) {
  out.pos = reader.x.pos(element);
  switch (out.kind) {
    case DiscoveryHint::Kind::kRegistry:
      return read_registry(reader, element, out);
    case DiscoveryHint::Kind::kFile:
      return read_file_hint(reader, element, out);
    case DiscoveryHint::Kind::kMsiProductCode:
    case DiscoveryHint::Kind::kMsiPatchCode:
      out.subject = reader.x.field(element);
      return;
    default:
      return read_hint_group(reader, element, depth, out);
  }
}

void read_os_version(Reader& reader, const Element& element, catalog::OsVersion& out) {
  out.pos = reader.x.pos(element);
  reader.x.children(element, [&](Name name, const Element& child) {
    switch (name) {
      case Name::kOsMajorVersion:
        out.major = reader.x.field(child);
        break;
      case Name::kOsMinorVersion:
        out.minor = reader.x.field(child);
        break;
      case Name::kSpMajorVersion:
        out.sp_major = reader.x.field(child);
        break;
      case Name::kSpMinorVersion:
        out.sp_minor = reader.x.field(child);
        break;
      default:
        break;
    }
  });
}

void read_os_types(Reader& reader, const Element& element, std::vector<catalog::Field>& out) {
  reader.x.children(element, [&](Name, const Element& child) {
    out.push_back({reader.x.local_name(child.node), reader.x.pos(child)});
  });
}

}  // namespace

void Reader::report(std::string_view rule_id, SourcePos pos, std::string message) const {
  catalog::Report(catalog::rule(rule_id).info, diagnostics)(pos, std::move(message), product);
}

void Reader::unknown(const Element& element, std::initializer_list<Name> known, std::string_view rule_id) const {
  const std::string_view written = element.node.name();
  if (written.find(':') != std::string_view::npos) return;
  const auto* const meant =
      std::find_if(known.begin(), known.end(), [&](Name name) { return catalog::same_id(text_of(name), written); });
  const std::string_view parent = element.node.parent().name();
  if (meant != known.end()) {
    report("ZF0120", x.pos(element), fmt::format("\"{}\" in {} is not \"{}\"", written, parent, text_of(*meant)));
  } else if (!rule_id.empty()) {
    report(rule_id, x.pos(element), fmt::format("the client does not read \"{}\" in {}", written, parent));
  }
}

catalog::LocalText Reader::local(const Element& element) {
  catalog::LocalText out;
  static_cast<catalog::Field&>(out) = x.field(element);
  if (element.node.first_attribute()) out.resource = x.field(element, kResourceName);
  return out;
}

bool Reader::too_deep(const Element& element, unsigned depth) const {
  if (depth <= XmlDocument::kMaxDepth) return false;
  report("ZF0804", x.pos(element), fmt::format("templates nest conditions more than {} deep", XmlDocument::kMaxDepth));
  return true;
}

Dependency read_dependency(Reader& reader, const Element& element, unsigned depth) {
  Dependency out;
  out.id.pos = reader.x.pos(element);
  if (reader.too_deep(element, depth)) return out;
  Choice choice;
  if (element.node.first_attribute() && element.node.attribute(kIdref)) {
    choice.has_reference = true;
    out.kind = Dependency::Kind::kReference;
    out.id = reader.x.field(element, kIdref);
  }
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name != Name::kProductId && name != Name::kAnd && name != Name::kOr) {
      return reader.unknown(child, {Name::kProductId, Name::kAnd, Name::kOr}, "");
    }
    ++choice.contents;
    if (out.kind != Dependency::Kind::kNone) return;
    if (name == Name::kProductId) {
      out.kind = Dependency::Kind::kProduct;
      out.id = reader.x.field(child);
    } else {
      read_dependency_group(reader, child, depth, out);
    }
  });
  report_choice(reader, element, choice, "ZF0301");
  return out;
}

DiscoveryHint read_hint(Reader& reader, const Element& element, unsigned depth) {
  DiscoveryHint out;
  out.pos = reader.x.pos(element);
  if (reader.too_deep(element, depth)) return out;
  Choice choice;
  if (element.node.first_attribute() && element.node.attribute(kIdref)) {
    choice.has_reference = true;
    out.kind = DiscoveryHint::Kind::kReference;
    out.subject = reader.x.field(element, kIdref);
  }
  reader.x.children(element, [&](Name name, const Element& child) {
    const DiscoveryHint::Kind kind = hint_kind(name);
    if (kind == DiscoveryHint::Kind::kNone) {
      return reader.unknown(
          child,
          {Name::kRegistry, Name::kFile, Name::kMsiProductCode, Name::kMsiPatchCode, Name::kAnd, Name::kOr, Name::kNot},
          "");
    }
    ++choice.contents;
    if (out.kind != DiscoveryHint::Kind::kNone) return;
    out.kind = kind;
    read_hint_content(reader, child, depth, out);
  });
  report_choice(reader, element, choice, "ZF0701");
  return out;
}

catalog::Os read_os(Reader& reader, const Element& element) {
  catalog::Os out;
  out.pos = reader.x.pos(element);
  out.reference = reader.x.field(element, kIdref);
  bool has_content = false;
  reader.x.children(element, [&](Name name, const Element& child) {
    switch (name) {
      case Name::kMinimumVersion:
        read_os_version(reader, child, out.minimum);
        break;
      case Name::kMaximumVersion:
        read_os_version(reader, child, out.maximum);
        break;
      case Name::kOsTypes:
        read_os_types(reader, child, out.types);
        break;
      default:
        return reader.unknown(child, {Name::kMinimumVersion, Name::kMaximumVersion, Name::kOsTypes}, "");
    }
    has_content = true;
  });
  if (out.reference.present() && has_content) reader.report("ZF0305", out.pos, "os has both idref and content");
  return out;
}

catalog::OsList read_os_list(Reader& reader, const Element& element) {
  catalog::OsList out;
  out.pos = reader.x.pos(element);
  out.reference = reader.x.field(element, kIdref);
  reader.x.children(element, [&](Name name, const Element& child) {
    if (name == Name::kOs) {
      out.items.push_back(read_os(reader, child));
    } else {
      reader.unknown(child, {Name::kOs}, "");
    }
  });
  if (out.reference.present() && !out.items.empty()) {
    reader.report("ZF0305", out.pos, "osList has both idref and content");
  }
  return out;
}

}  // namespace zoo::feed::webpi
