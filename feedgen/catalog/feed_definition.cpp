// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/feed_definition.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "feedgen/catalog/manifest_names.h"
#include "feedgen/catalog/manifest_shape.h"
#include "feedgen/catalog/values.h"

namespace zoo::catalog {
namespace {

class DefinitionReader {
 public:
  explicit DefinitionReader(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  FeedDefinition read(XmlNode root) {
    FeedDefinition out;
    out.pos = root.pos();
    out.id = attribute(root, "id");
    out.base_url = url(attribute(root, "base-url"));
    out.manifests = attribute(root, "manifests");
    if (out.base_url.filled() && out.base_url.text.back() != '/') {
      error("ZD0202", out.base_url.pos, "base-url does not end with a slash",
            "it is the folder that dist/ is published as");
    }
    for (const XmlNode node : children(root)) part(out, node);
    return out;
  }

 private:
  void error(std::string_view code, SourcePos pos, std::string message, std::string hint = {}) {
    diagnostics_.error(std::string(code), std::move(message), pos, std::move(hint));
  }

  static Field attribute(XmlNode node, std::string_view name) {
    const XmlAttribute a = node.attribute(name);
    if (!a) return {};
    return {a.value(), node.pos(name)};
  }

  static LocalText text(XmlNode node) {
    LocalText out;
    out.text = trimmed(node.text());
    out.pos = node.pos();
    return out;
  }

  Field url(Field field) {
    if (field.filled() && !is_absolute_url(field.text)) {
      error("ZD0201", field.pos, fmt::format("\"{}\" is no absolute http, https or file URL", field.text));
    }
    return field;
  }

  void part(FeedDefinition& out, XmlNode node) {
    const std::string_view name = node.name();
    if (name == "title") out.title = text(node);
    if (name == "author") {
      out.author_name = attribute(node, "name");
      out.author_url = url(attribute(node, "url"));
    }
    if (name == "link") out.link = url(text(node));
    if (name == "languages") languages(out, node);
    if (name == "keywords") keywords(out, node);
    if (name == "tabs") tabs(out, node);
    if (name == "mirror") out.mirrors.push_back(mirror(node));
    if (name == "products") products(out, node);
  }

  void languages(FeedDefinition& out, XmlNode node) {
    std::size_t defaults = 0;
    for (const XmlNode child : children(node)) {
      const Field flag = attribute(child, "default");
      if (flag.present() && flag.text != "true" && flag.text != "false") {
        error("ZD0203", flag.pos, fmt::format("\"{}\" is neither true nor false", flag.text));
      }
      const Language language{attribute(child, "id"), attribute(child, "name"), flag.text == "true", child.pos()};
      if (language.is_default) ++defaults;
      unique(out.languages, language.id, "ZD0204", "language");
      out.languages.push_back(language);
    }
    if (defaults != 1) error("ZD0203", node.pos(), fmt::format("{} languages are the default, one must be", defaults));
  }

  template <typename Items>
  void unique(const Items& items, const Field& id, std::string_view code, std::string_view what) {
    const auto same = [&](const auto& item) { return same_id(item.id.text, id.text); };
    if (id.filled() && std::any_of(items.begin(), items.end(), same)) {
      error(code, id.pos, fmt::format("a second {} with the id \"{}\"", what, id.text),
            "the client drops a feed that holds an id twice");
    }
  }

  void keywords(FeedDefinition& out, XmlNode node) {
    for (const XmlNode child : children(node)) {
      const Keyword keyword{attribute(child, "id"), text(child)};
      unique(out.keywords, keyword.id, "ZD0204", "keyword");
      out.keywords.push_back(keyword);
    }
  }

  void tabs(FeedDefinition& out, XmlNode node) {
    for (const XmlNode child : children(node)) {
      Tab tab;
      tab.pos = child.pos();
      tab.id = attribute(child, "id");
      static_cast<Field&>(tab.name) = attribute(child, "name");
      for (const XmlNode inner : children(child)) {
        if (inner.name() == "description") tab.description = text(inner);
        if (inner.name() == "keyword") tab.keywords.push_back(text(inner));
      }
      unique(out.tabs, tab.id, "ZD0204", "tab");
      out.tabs.push_back(std::move(tab));
    }
  }

  Mirror mirror(XmlNode node) { return {url(attribute(node, "from")), url(attribute(node, "to"))}; }

  void products(FeedDefinition& out, XmlNode node) {
    for (const XmlNode child : children(node)) {
      Selection selection;
      selection.id.pos = child.pos();
      if (child.name() == "all") selection.kind = Selection::Kind::kAll;
      if (child.name() == "keyword") {
        selection.kind = Selection::Kind::kKeyword;
        selection.id = text(child);
      }
      if (child.name() == "product") product(selection, child);
      if (child.name() == "product") {
        const auto twice = [&](const Selection& s) {
          return s.kind == Selection::Kind::kProduct && same_id(s.id.text, selection.id.text);
        };
        if (std::any_of(out.selections.begin(), out.selections.end(), twice)) {
          error("ZD0204", selection.id.pos, fmt::format("the product \"{}\" is selected twice", selection.id.text));
        }
      }
      out.selections.push_back(std::move(selection));
    }
    if (out.selections.empty())
      error("ZD0205", node.pos(), "<products> selects nothing", "<all/> selects every manifest");
  }

  void product(Selection& out, XmlNode node) {
    out.id = attribute(node, "id");
    for (const XmlNode child : children(node)) {
      const std::string_view name = child.name();
      if (name == "title") out.title = text(child);
      if (name == "summary") out.summary = text(child);
      if (name == "eula") out.eula = url(text(child));
      if (name == "mirror") out.mirrors.push_back(mirror(child));
      if (name == "keyword") out.keywords.push_back(text(child));
    }
  }

  Diagnostics& diagnostics_;
};

bool has_keyword(const Product& product, std::string_view keyword) {
  return std::any_of(product.keywords.begin(), product.keywords.end(),
                     [&](const Field& k) { return same_id(k.text, keyword); });
}

bool defined(const FeedDefinition& definition, std::string_view keyword) {
  return std::any_of(definition.keywords.begin(), definition.keywords.end(),
                     [&](const Keyword& k) { return same_id(k.id.text, keyword); });
}

void check_defined(const FeedDefinition& definition, const Field& keyword, Diagnostics& diagnostics) {
  if (defined(definition, keyword.text)) return;
  diagnostics.error("ZD0303", fmt::format("the keyword \"{}\" is not among the feed's keywords", keyword.text),
                    keyword.pos, "the client drops keywords that the feed does not define");
}

void check_selection(const Selection& selection, const Catalog& manifests, const ProductIndex& index,
                     Diagnostics& diagnostics) {
  if (selection.kind == Selection::Kind::kProduct && index.find(selection.id.text) == nullptr) {
    diagnostics.error("ZD0301", fmt::format("no manifest describes the product \"{}\"", selection.id.text),
                      selection.id.pos);
  }
  const auto carries = [&](const Product& product) { return has_keyword(product, selection.id.text); };
  if (selection.kind == Selection::Kind::kKeyword &&
      std::none_of(manifests.products.begin(), manifests.products.end(), carries)) {
    diagnostics.error("ZD0302", fmt::format("no product has the keyword \"{}\"", selection.id.text), selection.id.pos);
  }
}

}  // namespace

std::optional<FeedDefinition> read_definition(const std::shared_ptr<XmlDocument>& document, Diagnostics& diagnostics) {
  const XmlNode root = document->root();
  if (!check_shape(root, definition_shape(), kDefinitionNamespace, kDefinitionShapeCodes, diagnostics))
    return std::nullopt;
  FeedDefinition definition = DefinitionReader(diagnostics).read(root);
  definition.owner = document;
  return definition;
}

std::string manifests_folder(const FeedDefinition& definition, const std::string& definition_path) {
  const std::string_view named = definition.manifests.filled() ? definition.manifests.text : "../manifests";
  return (std::filesystem::path(definition_path).parent_path() / named).lexically_normal().string();
}

void check_definition(const FeedDefinition& definition, const Catalog& manifests, Diagnostics& diagnostics) {
  const ProductIndex index(manifests);
  for (const Selection& selection : definition.selections) {
    check_selection(selection, manifests, index, diagnostics);
    for (const Field& keyword : selection.keywords) check_defined(definition, keyword, diagnostics);
  }
  for (const Tab& tab : definition.tabs) {
    for (const Field& keyword : tab.keywords) check_defined(definition, keyword, diagnostics);
  }
}

}  // namespace zoo::catalog
