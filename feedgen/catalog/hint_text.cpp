// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/hint_text.h"

#include <fmt/format.h>

namespace zoo::catalog {
namespace {

using Kind = DiscoveryHint::Kind;
constexpr unsigned kMaxDepth = 512;

std::string bounds(const DiscoveryHint& hint) {
  std::string text;
  const auto part = [&](const Field& field, std::string_view sign) {
    if (field.present()) text += fmt::format(" {} {}", sign, trimmed(field.text));
  };
  part(hint.value_value, "=");
  part(hint.minimum_version, ">=");
  part(hint.maximum_version, "<=");
  part(hint.minimum_value, ">=");
  part(hint.maximum_value, "<=");
  return text;
}

std::string leaf(const DiscoveryHint& hint) {
  const std::string_view subject = trimmed(hint.subject.text);
  switch (hint.kind) {
    case Kind::kRegistry: {
      const std::string value =
          hint.value_name.present() ? fmt::format(" value '{}'", trimmed(hint.value_name.text)) : "";
      return fmt::format("registry {}{}{}", subject, value, bounds(hint));
    }
    case Kind::kFile:
      return fmt::format("file {}{}", subject, bounds(hint));
    case Kind::kMsiProductCode:
      return fmt::format("MSI product {}", subject);
    case Kind::kMsiPatchCode:
      return fmt::format("MSI patch {}", subject);
    default:
      return {};
  }
}

}  // namespace

HintText::HintText(const Catalog& catalog) {
  for (const auto& shared : catalog.discovery_hints) shared_.emplace(shared.id.text, &shared.value);
}

std::string HintText::operator()(const DiscoveryHint& hint) const {
  std::string out;
  write(out, hint, Kind::kNone, 0);
  if (out.size() > kMaxLength) out = out.substr(0, kMaxLength) + "...";
  return out;
}

/// `outer` is the kind of the group around it, which decides about brackets.
void HintText::write(std::string& out, const DiscoveryHint& hint, Kind outer, unsigned depth) const {
  if (out.size() > kMaxLength || depth > kMaxDepth) return;
  if (hint.kind == Kind::kReference) {
    write_reference(out, hint, outer, depth);
  } else if (hint.kind == Kind::kNot) {
    out += "not ";
    for (const DiscoveryHint& child : hint.children) write(out, child, Kind::kNot, depth + 1);
  } else if (hint.kind == Kind::kAnd || hint.kind == Kind::kOr) {
    write_group(out, hint, outer, depth);
  } else {
    out += leaf(hint);
  }
}

void HintText::write_group(std::string& out, const DiscoveryHint& hint, Kind outer, unsigned depth) const {
  const bool brackets = outer != Kind::kNone && outer != hint.kind;
  if (brackets) out += '(';
  for (std::size_t i = 0; i < hint.children.size(); ++i) {
    if (i != 0) out += hint.kind == Kind::kOr ? " or " : " and ";
    write(out, hint.children[i], hint.kind, depth + 1);
  }
  if (brackets) out += ')';
}

void HintText::write_reference(std::string& out, const DiscoveryHint& hint, Kind outer, unsigned depth) const {
  const auto found = shared_.find(hint.subject.text);
  if (found == shared_.end()) {
    out += fmt::format("@{}", hint.subject.text);
  } else {
    write(out, *found->second, outer, depth + 1);
  }
}

}  // namespace zoo::catalog
