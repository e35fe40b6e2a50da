// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/xml.h"
#include "feedgen/catalog/product.h"

namespace zoo::catalog {

/// URLs that start with `from` get `to` instead.
struct Mirror {
  Field from, to;
};

/// One line of <products>.
struct Selection {
  enum class Kind { kProduct, kKeyword, kAll };
  Kind kind = Kind::kProduct;
  Field id;                  ///< product id or keyword
  LocalText title, summary;  ///< overrides, kProduct only
  Field eula;                ///< override
  std::vector<Mirror> mirrors;
  std::vector<Field> keywords;  ///< added
};

/// A feed definition (docs/formats/feed-definition.md): what a feed offers, under which name.
struct FeedDefinition {
  SourcePos pos;
  Field id, base_url, manifests;
  LocalText title;
  Field author_name, author_url, link;
  std::vector<Language> languages;
  std::vector<Keyword> keywords;
  std::vector<Tab> tabs;
  std::vector<Mirror> mirrors;
  std::vector<Selection> selections;
  std::shared_ptr<XmlDocument> owner;  ///< keeps the texts alive
};

/// Reports everything wrong under ZD ids; nothing when the root is not a feed definition's.
std::optional<FeedDefinition> read_definition(const std::shared_ptr<XmlDocument>& document, Diagnostics& diagnostics);

/// The folder of the manifests: feed@manifests (default "../manifests") from the place of the definition file.
std::string manifests_folder(const FeedDefinition& definition, const std::string& definition_path);

/// What the definition names that the manifests do not have: products, keywords nobody carries, undefined keywords.
void check_definition(const FeedDefinition& definition, const Catalog& manifests, Diagnostics& diagnostics);

}  // namespace zoo::catalog
