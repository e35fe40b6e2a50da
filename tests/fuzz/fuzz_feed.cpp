// SPDX-License-Identifier: Apache-2.0
// Any bytes as a WebPI feed: reading and checking end, every finding has an id of the table and a place in the text,
// and a closed feed has no fewer findings that reject it than an open one.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "feedgen/catalog/rules/rule.h"
#include "feedgen/feed/webpi_reader.h"
#include "feedgen/feed/webpi_writer.h"

namespace {

void require(bool ok) {
  if (!ok) std::abort();
}

void inspect(const zoo::Diagnostics& diagnostics, std::size_t size) {
  for (const zoo::Diagnostic& d : diagnostics.items()) {
    require(d.pos.known() && d.pos.offset < size);
    require(zoo::catalog::rule(d.code).info.id == d.code);
  }
}

/// What the writer makes of it is read as the same feed: writing that again gives the same bytes.
void round_trip(const zoo::catalog::Catalog& catalog) {
  zoo::SourceSet sources;
  zoo::Diagnostics diagnostics;
  const std::string written = zoo::feed::write_webpi(catalog);
  const auto document = zoo::XmlDocument::parse("written.xml", written, sources, diagnostics);
  if (!document) return;  // an attribute name of the input that XML cannot hold; lint has reported it
  const auto again = zoo::feed::read_webpi(document, diagnostics);
  require(again.has_value() && again->products.size() == catalog.products.size());
  require(zoo::feed::write_webpi(*again) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  zoo::SourceSet sources;
  zoo::Diagnostics parsing;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto document = zoo::XmlDocument::parse("fuzz.xml", text, sources, parsing);
  if (!document) return 0;
  zoo::Diagnostics reading;
  const auto catalog = zoo::feed::read_webpi(document, reading);
  require(catalog.has_value() || reading.has_errors());
  const std::size_t length = sources.at(document->source()).text().size();
  inspect(reading, length);
  if (!catalog) return 0;
  const zoo::catalog::ProductIndex index(*catalog);
  zoo::Diagnostics open;
  zoo::catalog::check({*catalog, index, {}, false, nullptr}, open);
  inspect(open, length);
  zoo::Diagnostics closed;
  zoo::catalog::check({*catalog, index, {}, true, nullptr}, closed);
  inspect(closed, length);
  require(closed.errors() >= open.errors());
  round_trip(*catalog);
  return 0;
}
