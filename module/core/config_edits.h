// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/config_model.h"

/// One configuration file as it is written: a list of edits to what it inherits. config_merge.h applies them.
namespace zoo::module {

enum class EditKind { kClear, kRemove, kAdd };

template <typename T>
struct Edit {
  EditKind kind = EditKind::kAdd;
  T item;  ///< With kRemove only its key counts, with kClear nothing.
};

template <typename T>
using Edits = std::vector<Edit<T>>;

enum class ConfigSection {
  kHeliconZooServer,
  kHeliconZoo,
  kHandlers,
  kDefaultDocument,
  kStaticContent,
  kRequestFiltering,
  kHttpErrors,
  kRewriteRules,
  kRewriteMaps
};
constexpr std::size_t kConfigSections = 9;
/// The path below <configuration>, e.g. "system.webServer/handlers".
std::string_view section_path(ConfigSection section) noexcept;

struct RequestFilterEdits {
  std::optional<std::uint64_t> max_content_length;
  std::optional<std::uint32_t> max_url;
  std::optional<std::uint32_t> max_query_string;
  std::optional<bool> allow_double_escaping;
  std::optional<bool> allow_unlisted_extensions;
  std::optional<bool> allow_unlisted_verbs;
  Edits<RequestFilter::Extension> extensions;
  Edits<RequestFilter::Verb> verbs;
  Edits<std::string> hidden_segments;
};

struct HttpErrorsEdits {
  std::optional<HttpErrors::Mode> mode;
  std::optional<HttpErrors::Existing> existing;
  Edits<HttpErrors::Entry> entries;
};

struct SectionEdits {
  Edits<Engine> engines;
  Edits<Engine> user_engines;
  Edits<SwitchEntry> switchboard;
  Edits<Application> applications;
  Edits<Handler> handlers;
  std::optional<AccessPolicy> access;
  std::optional<bool> default_document_enabled;
  Edits<std::string> default_documents;
  Edits<MimeType> mime_types;
  RequestFilterEdits filter;
  HttpErrorsEdits errors;
  Edits<RewriteRule> rewrite_rules;
  Edits<RewriteMap> rewrite_maps;
  /// Where each section stands; empty: the block does not touch it.
  std::array<std::optional<ConfigPlace>, kConfigSections> places;
};

enum class OverrideMode { kInherit, kAllow, kDeny };

/// The file itself (path "") or a <location> of it.
struct ConfigBlock {
  std::string path;  ///< Relative to the file's folder, '/' between names, none at the ends; in applicationHost.config
                     ///< it begins with the site's name.
  bool inherit_in_child_applications = true;
  OverrideMode override_mode = OverrideMode::kInherit;  ///< For the sections that the block holds.
  SectionEdits edits;
};

struct ConfigDocument {
  std::string file;
  std::vector<ConfigBlock> blocks;                               ///< In the file's order.
  std::array<OverrideMode, kConfigSections> section_defaults{};  ///< From <configSections>
  Topology topology;                                             ///< applicationHost.config only
  std::vector<std::string> faults;                               ///< Not empty: the file cannot be used at all.
};

}  // namespace zoo::module
