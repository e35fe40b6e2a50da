// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/diagnostic.h"
#include "feedgen/base/xml.h"

/// parameters.xml (web-deploy section 5): what a user is asked and where the answers go.
namespace zoo::package {

struct Value {
  std::string text;
  bool present = false;
  SourcePos pos;
};

struct LocalizedText {
  std::string culture, text;
};

enum class EntryKind {
  kUnknown,
  kProviderPath,
  kTextFile,
  kXmlFile,
  kTextFilePosition,
  kDeploymentObjectAttribute,
  kDestinationVirtualDirectory,
  kDestinationBinding,
  kSqlCommandVariable
};
std::string_view name(EntryKind kind);
EntryKind entry_kind(std::string_view name);  ///< Without case.

struct ParameterEntry {
  SourcePos pos;
  EntryKind kind = EntryKind::kUnknown;
  Value kind_text, scope, match, tags;
};

struct Validation {
  SourcePos pos;
  Value kind, text;
  bool has(std::string_view kind_name) const;  ///< Kinds are combined with commas.
};

struct Parameter {
  SourcePos pos;
  Value name, friendly_name, description, default_value, value, tags;
  std::vector<LocalizedText> descriptions, friendly_names;
  std::vector<ParameterEntry> entries;
  std::vector<Validation> validations;
  bool has_tag(std::string_view tag) const;
  /// The value without a user: value, else defaultValue, else nothing.
  std::optional<std::string> initial() const;
};

struct Parameters {
  SourcePos pos;
  std::vector<Parameter> items;
  const Parameter* find(std::string_view name) const;  ///< Without case; null when there is none.
};

/// Reports ZP0401 for every element, attribute or root that Web Deploy does not know, and reads the rest.
Parameters read_parameters(const XmlDocument& document, Diagnostics& diagnostics);
std::string write_parameters(const Parameters& parameters);
/// A file for msdeploy -setParamFile (web-deploy section 5): the parameters that users are asked, hidden ones left out,
/// with the values that they have without an answer; those that must be answered are empty.
std::string write_set_parameters(const Parameters& parameters);

/// The words between commas, trimmed.
std::vector<std::string_view> tags_of(std::string_view text);

/// One {Name} in a value.
struct Reference {
  std::size_t begin = 0, end = 0;  ///< With the braces.
  std::string_view name;
};
std::vector<Reference> references_in(std::string_view text);

/// A text with special characters of regular expressions escaped.
std::string regex_escaped(std::string_view text);

/// Why a value does not pass, or nothing. `text` of Enumeration is a list with commas, white space counts.
std::optional<std::string> validation_problem(const Parameter& parameter, std::string_view value);

}  // namespace zoo::package
