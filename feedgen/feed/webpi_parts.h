// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/catalog/product.h"
#include "feedgen/feed/webpi_templates.h"

/// The parts of the WebPI reader: each reads one element into the model and reports what the model cannot hold.
/// docs/formats/webpi-feed.md describes the elements.
namespace zoo::feed::webpi {

struct Reader {
  Reader(std::shared_ptr<XmlDocument> document, Diagnostics& sink) : x(std::move(document), sink), diagnostics(sink) {}

  Expander x;
  Diagnostics& diagnostics;
  std::string_view product;  ///< Id of the entry being read.

  void report(std::string_view rule_id, SourcePos pos, std::string message) const;
  /// A child that the client does not know: ZF0120 when only the case differs from one of `known`, else `rule_id` (may
  /// be empty). Names with a foreign prefix are nobody's business.
  void unknown(const Element& element, std::initializer_list<Name> known, std::string_view rule_id) const;
  catalog::LocalText local(const Element& element);
  /// Trees deeper than an XML text can be come from templates only.
  bool too_deep(const Element& element, unsigned depth) const;
};

catalog::Dependency read_dependency(Reader& reader, const Element& element, unsigned depth = 0);
catalog::DiscoveryHint read_hint(Reader& reader, const Element& element, unsigned depth = 0);
catalog::Os read_os(Reader& reader, const Element& element);
catalog::OsList read_os_list(Reader& reader, const Element& element);
/// `installer` and `installerConfiguration`.
void read_installer(Reader& reader, const Element& element, catalog::Installer& out);
/// One entry, which is several products when it has productVersionsAvailable.
void read_entry(Reader& reader, const Element& element, std::vector<catalog::Product>& products);

}  // namespace zoo::feed::webpi
