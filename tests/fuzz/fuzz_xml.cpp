// SPDX-License-Identifier: Apache-2.0
// Any bytes as an XML document: parsing ends, positions lie in the text, and the fast check never accepts what the
// complete parser refuses.
#include <expat.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "feedgen/base/xml.h"
#include "feedgen/base/xml_fast_check.h"

namespace {

bool expat_accepts(std::string_view text) {
  const XML_Parser parser = XML_ParserCreateNS("UTF-8", '\n');
  const bool accepted = XML_Parse(parser, text.data(), static_cast<int>(text.size()), 1) == XML_STATUS_OK;
  XML_ParserFree(parser);
  return accepted;
}

void walk(zoo::XmlNode node, std::size_t size) {
  if (!node.pos().known() || node.pos().offset >= size) std::abort();
  for (zoo::XmlAttribute a = node.first_attribute(); a; a = a.next()) {
    if (node.pos(a.name()).offset >= size) std::abort();
  }
  (void)node.text();
  for (const zoo::XmlNode child : zoo::children(node)) walk(child, size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (zoo::surely_well_formed(text, zoo::XmlDocument::kMaxDepth) && !expat_accepts(text)) std::abort();
  zoo::SourceSet sources;
  zoo::Diagnostics diagnostics;
  const auto document = zoo::XmlDocument::parse("fuzz.xml", text, sources, diagnostics);
  if ((document == nullptr) != diagnostics.has_errors()) std::abort();
  if (document) walk(document->root(), sources.at(document->source()).text().size());
  return 0;
}
