// SPDX-License-Identifier: Apache-2.0
// Manifests, feed definitions and locks: any bytes give diagnostics with places, or a product that can be built into a
// feed and written; what fmt makes of them means the same and is a fixed point.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "feedgen/base/xml.h"
#include "feedgen/catalog/feed_definition.h"
#include "feedgen/catalog/formatter.h"
#include "feedgen/catalog/lock_file.h"
#include "feedgen/catalog/manifest_reader.h"
#include "feedgen/catalog/manifest_shape.h"
#include "feedgen/feed/feed_builder.h"
#include "feedgen/feed/webpi_writer.h"

using namespace zoo;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void check_places(const Diagnostics& diagnostics, const SourceSet& sources) {
  for (const Diagnostic& d : diagnostics.items()) {
    if (d.pos.known()) require(d.pos.offset <= sources.at(d.pos.source).text().size());
    to_text(d, sources, true);
  }
}

void check_format(std::string_view text, const ElementShape& shape) {
  const Result<std::string> once = catalog::canonical_text(text, shape);
  if (!once) return;
  const Result<std::string> twice = catalog::canonical_text(*once, shape);
  require(twice && *twice == *once);
}

/// The product in a feed of its own: nothing that a manifest can hold may trip the builder or the writer.
void check_build(const catalog::Catalog& manifests) {
  SourceSet sources;
  Diagnostics diagnostics;
  const auto document = XmlDocument::parse("definition.xml",
                                           "<feed xmlns=\"urn:zoo:feed:1\" id=\"x\"><title>T</title><languages>"
                                           "<language id=\"en\" name=\"E\" default=\"true\"/></languages>"
                                           "<products><all/></products></feed>",
                                           sources, diagnostics);
  const auto definition = catalog::read_definition(document, diagnostics);
  require(definition.has_value());
  feed::write_webpi(feed::build_feed(*definition, manifests, {}, {"/nonexistent", "", "", false}, diagnostics).catalog);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  SourceSet sources;
  Diagnostics diagnostics;
  const auto document = XmlDocument::parse("input.xml", bytes, sources, diagnostics);
  if (document) {
    catalog::Catalog catalog;
    if (catalog::read_manifest(document, catalog, diagnostics)) {
      catalog::check_manifests(catalog, diagnostics);
      check_format(sources.at(document->source()).text(), catalog::manifest_shape());
      if (!diagnostics.has_errors()) check_build(catalog);
    } else if (catalog::read_definition(document, diagnostics)) {
      check_format(sources.at(document->source()).text(), catalog::definition_shape());
    }
  }
  if (const auto lock = catalog::read_lock("input.xml", bytes, sources, diagnostics)) catalog::write_lock(*lock);
  check_places(diagnostics, sources);
  return 0;
}
