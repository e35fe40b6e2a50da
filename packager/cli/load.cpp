// SPDX-License-Identifier: Apache-2.0
#include "packager/cli/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "feedgen/base/files.h"
#include "feedgen/base/xml_writer.h"
#include "feedgen/catalog/feed_definition.h"
#include "feedgen/catalog/manifest_names.h"
#include "feedgen/catalog/manifest_reader.h"
#include "feedgen/catalog/values.h"
#include "feedgen/feed/feed_builder.h"
#include "feedgen/feed/webpi_reader.h"
#include "feedgen/feed/webpi_writer.h"
#include "packager/package/dos_time.h"

namespace zoo::packager {
namespace {

/// The keywords of the products, each once: a client drops those that its feed does not define.
std::set<std::string> keywords_of(const catalog::Catalog& catalog, const std::vector<std::string>& ids) {
  std::set<std::string> out;
  for (const catalog::Product& product : catalog.products) {
    if (std::find(ids.begin(), ids.end(), product.id.text) == ids.end()) continue;
    for (const catalog::Field& keyword : product.keywords) out.emplace(keyword.text);
  }
  return out;
}

/// A feed definition that selects the products: the feed builder takes nothing else.
std::string definition_of(const std::string& name, const std::vector<std::string>& ids,
                          const std::set<std::string>& keywords) {
  XmlWriter xml;
  xml.begin();
  const std::string id = "urn:zoo:package:" + name;
  xml.open("feed", {{"xmlns", catalog::kDefinitionNamespace}, {"id", id}});
  xml.element("title", name);
  xml.open("languages");
  xml.element("language", "", {{"id", "en"}, {"name", "English"}, {"default", "true"}});
  xml.close();
  if (!keywords.empty()) {
    xml.open("keywords");
    for (const std::string& keyword : keywords) xml.element("keyword", keyword, {{"id", keyword}});
    xml.close();
  }
  xml.open("products");
  for (const std::string& product : ids) xml.element("product", "", {{"id", product}});
  xml.close();
  xml.close();
  return xml.take();
}

}  // namespace

Result<std::optional<Manifests>> load_manifests(const std::string& folder, SourceSet& sources,
                                                Diagnostics& diagnostics) {
  Result<catalog::Catalog> catalog = catalog::read_manifests(folder, sources, diagnostics);
  if (!catalog) return tl::unexpected(catalog.error());
  Manifests out;
  out.catalog = std::move(*catalog);
  const std::string path = (std::filesystem::path(folder) / catalog::kLockFileName).string();
  if (std::filesystem::exists(path)) {
    Result<std::string> bytes = read_file(path, kMaxManifestBytes);
    if (!bytes) return tl::unexpected(bytes.error());
    auto lock = catalog::read_lock(path, std::move(*bytes), sources, diagnostics);
    if (lock) out.lock = std::move(*lock);
  }
  if (diagnostics.has_errors()) return std::optional<Manifests>();
  return std::optional<Manifests>(std::move(out));
}

Result<std::int64_t> source_date_epoch() {
  const char* text = std::getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr || *text == '\0') return package::kDefaultEpoch;
  const auto seconds = catalog::parse_unsigned(text);
  constexpr std::uint64_t kYear9999 = 253402300799ULL;
  if (!seconds || *seconds > kYear9999) {
    return fail(ExitCode::kUsage, fmt::format("SOURCE_DATE_EPOCH is no time in seconds: {}", text));
  }
  return static_cast<std::int64_t>(*seconds);
}

Result<std::string> offline_feed(const Manifests& manifests, const std::string& dist, const std::string& name,
                                 const std::vector<std::string>& ids) {
  SourceSet sources;
  Diagnostics diagnostics;
  const auto document =
      XmlDocument::parse(name, definition_of(name, ids, keywords_of(manifests.catalog, ids)), sources, diagnostics);
  const auto definition = document ? catalog::read_definition(document, diagnostics) : std::nullopt;
  if (!definition) return fail(ExitCode::kIo, fmt::format("cannot make the feed of {}", name));
  feed::BuildOptions options;
  options.dist = dist;
  const feed::FeedBuild build = feed::build_feed(*definition, manifests.catalog, manifests.lock, options, diagnostics);
  return feed::write_webpi(build.catalog);
}

std::vector<std::string> feed_products(const std::shared_ptr<XmlDocument>& document, Diagnostics& diagnostics) {
  std::vector<std::string> out;
  const auto catalog = feed::read_webpi(document, diagnostics);
  if (!catalog) return out;
  const catalog::ProductIndex index(*catalog);
  catalog::check({*catalog, index, {}, true}, diagnostics);
  for (const catalog::Product& product : catalog->products) out.emplace_back(product.id.text);
  return out;
}

}  // namespace zoo::packager
