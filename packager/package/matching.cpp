// SPDX-License-Identifier: Apache-2.0
#include "packager/package/matching.h"

#include <algorithm>

#include "packager/package/regex.h"
#include "packager/package/xml_edit.h"

namespace zoo::package {
namespace {

void match_providers(const Package& package, const Regex& scope, const Regex& match, EntryTargets& out) {
  for (const Provider* p : package.all_providers()) {
    const auto names = scope_names(*p);
    const bool in_scope = std::any_of(names.begin(), names.end(), [&](std::string_view n) { return scope.search(n); });
    if (in_scope && match.search(p->path)) out.providers.push_back(p);
  }
}

void match_file(const StagedFile& file, const ParameterEntry& entry, ContentCache& contents, EntryTargets& out) {
  const std::string* text = contents.text(*file.entry);
  if (text == nullptr) return;
  if (entry.kind == EntryKind::kXmlFile) {
    const auto count = xpath_count(*text, entry.match.text);
    if (!count) {
      out.not_xml.push_back(&file);
    } else if (*count != 0) {
      out.files.push_back(&file);
    }
    return;
  }
  std::string problem;
  const auto match = Regex::compile(entry.match.text, problem);
  if (match && match->search(*text)) out.files.push_back(&file);
}

}  // namespace

const std::string* ContentCache::text(const ZipEntry& entry) {
  const auto [at, is_new] = texts_.try_emplace(&entry);
  if (is_new) {
    auto content = package_.archive->read(entry, kMaxText);
    if (content) at->second = std::move(*content);
  }
  return at->second ? &*at->second : nullptr;
}

std::vector<std::string_view> scope_names(const Provider& provider) {
  if (provider.is("iisApp")) return {provider.name, "createApp", "contentPath", "dirPath"};
  if (provider.is("contentPath")) return {provider.name, "dirPath"};
  return {provider.name};
}

EntryTargets targets_of(const Package& package, const ParameterEntry& entry, ContentCache& contents) {
  EntryTargets out;
  std::string problem;
  const auto scope = Regex::compile(entry.scope.text, problem);
  if (!scope) return out;
  if (entry.kind == EntryKind::kProviderPath) {
    const auto match = Regex::compile(entry.match.text, problem);
    if (match) match_providers(package, *scope, *match, out);
    return out;
  }
  if (entry.kind != EntryKind::kTextFile && entry.kind != EntryKind::kXmlFile) return out;
  for (const StagedFile& file : package.staged) {
    if (file.entry->is_folder() || !scope->search(file.source)) continue;
    out.in_scope.push_back(&file);
    match_file(file, entry, contents, out);
  }
  return out;
}

}  // namespace zoo::package
