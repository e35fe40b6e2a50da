// SPDX-License-Identifier: Apache-2.0
#include "feedgen/cli/page.h"

#include <filesystem>
#include <utility>

#include "feedgen/base/files.h"
#include "feedgen/base/xml.h"
#include "feedgen/catalog/graph.h"
#include "feedgen/feed/graph_svg.h"
#include "feedgen/feed/html_catalog.h"

namespace zoo::cli {
namespace {

/// What a product needs, with links to the products' places in the page.
std::string picture(const catalog::Catalog& catalog, const catalog::Product& product) {
  catalog::GraphOptions options;
  options.roots.emplace_back(product.id.text);
  options.reduce = true;
  const Result<catalog::Graph> graph = catalog::make_graph(catalog, options);
  if (!graph) return {};
  feed::GraphSvgOptions svg;
  svg.id_prefix = "graph-" + std::string(product.id.text);
  svg.link = [](const catalog::Product& p) { return "#p-" + std::string(p.id.text); };
  return feed::graph_svg(*graph, svg);
}

/// The parameters that a SetParameters file holds (web-deploy 5).
std::vector<feed::LocalFile::Setting> settings_in(const std::string& path) {
  std::vector<feed::LocalFile::Setting> out;
  Result<std::string> text = read_file(path, kMaxManifestBytes);
  if (!text) return out;
  SourceSet sources;
  Diagnostics diagnostics;
  const auto document = XmlDocument::parse(path, std::move(*text), sources, diagnostics);
  if (!document) return out;
  for (const XmlNode node : children(document->root())) {
    if (node.name() != "setParameter") continue;
    out.push_back({std::string(node.attribute("name").value()), std::string(node.attribute("value").value())});
  }
  return out;
}

/// The artifact with another extension: "packages/X-1.0.zip" and ".SetParameters.xml".
std::string beside(const std::string& artifact, std::string_view extension) {
  return std::filesystem::path(artifact).replace_extension().generic_string() + std::string(extension);
}

feed::LocalFile local_file(const feed::MeasuredFile& measured, const std::filesystem::path& dist) {
  feed::LocalFile out;
  out.size = measured.size;
  if (measured.artifact.empty()) return out;
  out.built_here = true;
  const auto there = [&](const std::string& path) { return std::filesystem::is_regular_file(dist / path); };
  if (const std::string path = beside(measured.artifact, ".SetParameters.xml"); there(path)) {
    out.settings_file = path;
    out.settings = settings_in((dist / path).string());
  }
  for (const auto& [extension, label] : {std::pair{".spdx.json", "Contents (SPDX)"}, {".cdx.json", "CycloneDX"}}) {
    if (const std::string path = measured.artifact + extension; there(path)) out.companions.push_back({path, label});
  }
  return out;
}

}  // namespace

std::string page_of(const feed::FeedBuild& build, std::string_view base_url, const std::string& dist) {
  feed::HtmlOptions options;
  options.size_unit = 1024;
  if (!base_url.empty()) options.feed_url = std::string(base_url) + options.feed_path;
  options.icon = [base_url](const catalog::Product& product) {
    if (product.relative_icon.filled()) return std::string(product.relative_icon.text);
    // With a base URL the feed names icons absolutely; the page lies beside them.
    const std::string_view icon = product.icon.text;
    return std::string(icon.substr(0, base_url.size()) == base_url ? icon.substr(base_url.size()) : std::string_view());
  };
  options.graph = [&build](const catalog::Product& product) { return picture(build.catalog, product); };
  for (const feed::LeftOut& left_out : build.left_out) {
    if (left_out.installer_id.empty()) options.missing.push_back({left_out.product_id, left_out.reason});
  }
  for (const auto& [name, measured] : build.measured) options.files.emplace(name, local_file(measured, dist));
  return feed::html_catalog(build.catalog, options);
}

}  // namespace zoo::cli
