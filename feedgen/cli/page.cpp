// SPDX-License-Identifier: Apache-2.0
#include "feedgen/cli/page.h"

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

}  // namespace

std::string page_of(const feed::FeedBuild& build, std::string_view base_url) {
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
  return feed::html_catalog(build.catalog, options);
}

}  // namespace zoo::cli
