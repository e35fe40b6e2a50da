// SPDX-License-Identifier: Apache-2.0
#include "packager/package/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "packager/package/names.h"
#include "packager/package/rules.h"

namespace zoo::package {
namespace {

using Files = std::map<std::string, const ZipEntry*>;

Files files_of(const Package& package) {
  Files out;
  for (const ZipEntry& e : package.archive->entries()) {
    if (!e.is_folder()) out[folded_name(e.name)] = &e;
  }
  return out;
}

std::vector<std::string> providers_of(const Package& package) {
  std::vector<std::string> out;
  for (const Provider& p : package.manifest.providers) {
    std::string line = p.name + " " + p.path;
    for (const Setting& s : p.settings) line += fmt::format(" {}={}", s.name, s.value);
    out.push_back(std::move(line));
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string shown(const Parameter& p) {
  const auto value = p.initial();
  std::string out = value ? fmt::format("\"{}\"", *value) : "no value";
  if (!p.tags.text.empty()) out += fmt::format(", tags {}", p.tags.text);
  for (const ParameterEntry& e : p.entries) out += fmt::format(", {} {} {}", name(e.kind), e.scope.text, e.match.text);
  return out;
}

std::map<std::string, std::string> parameters_of(const Package& package) {
  std::map<std::string, std::string> out;
  if (!package.parameters) return out;
  for (const Parameter& p : package.parameters->items) out[p.name.text] = shown(p);
  return out;
}

}  // namespace

bool PackageDiff::empty() const {
  return added.empty() && removed.empty() && changed.empty() && parameters.empty() && providers.empty();
}

PackageDiff diff(const Package& before, const Package& after, Diagnostics& diagnostics) {
  PackageDiff out;
  const Files old_files = files_of(before), new_files = files_of(after);
  for (const auto& [folded, e] : new_files) {
    const auto old = old_files.find(folded);
    if (old == old_files.end()) {
      out.added.push_back(to_utf8(e->name));
    } else if (old->second->size != e->size || old->second->crc != e->crc) {
      out.changed.push_back(to_utf8(e->name));
      if (old->second->size == e->size && old->second->time == e->time) {
        report(diagnostics, "ZP0801",
               fmt::format("{} changes and keeps {} bytes and {}", to_utf8(e->name), e->size, to_text(e->time)));
      }
    }
  }
  for (const auto& [folded, e] : old_files) {
    if (new_files.count(folded) == 0) out.removed.push_back(to_utf8(e->name));
  }
  const auto old_parameters = parameters_of(before), new_parameters = parameters_of(after);
  for (const auto& [name, text] : new_parameters) {
    const auto old = old_parameters.find(name);
    if (old == old_parameters.end()) {
      out.parameters.push_back(fmt::format("+ {}: {}", name, text));
    } else if (old->second != text) {
      out.parameters.push_back(fmt::format("{}: {} -> {}", name, old->second, text));
    }
  }
  for (const auto& [name, text] : old_parameters) {
    if (new_parameters.count(name) == 0) out.parameters.push_back(fmt::format("- {}", name));
  }
  const auto a = providers_of(before), b = providers_of(after);
  for (const std::string& p : b) {
    if (!std::binary_search(a.begin(), a.end(), p)) out.providers.push_back("+ " + p);
  }
  for (const std::string& p : a) {
    if (!std::binary_search(b.begin(), b.end(), p)) out.providers.push_back("- " + p);
  }
  return out;
}

}  // namespace zoo::package
