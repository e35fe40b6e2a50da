// SPDX-License-Identifier: Apache-2.0
#include "module/core/handler_match.h"

#include <algorithm>
#include <array>

#include "module/core/config_merge.h"
#include "module/core/config_text.h"
#include "module/core/wildcard.h"

namespace zoo::module {
namespace {

std::vector<std::string_view> split_path(std::string_view path) {
  std::vector<std::string_view> names;
  if (path.starts_with('/')) path.remove_prefix(1);
  for (;;) {
    const std::size_t end = path.find('/');
    names.push_back(path.substr(0, end));
    if (end == std::string_view::npos) return names;
    path.remove_prefix(end + 1);
  }
}

bool matches_pattern_name(std::string_view pattern, std::string_view name) {
  if (pattern == "*.") return name.find('.') == std::string_view::npos;
  return matches_wildcard(pattern, name);
}

bool matches_at(const std::vector<std::string_view>& pattern, const std::vector<std::string_view>& names,
                std::size_t first) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (!matches_pattern_name(pattern[i], names[first + i])) return false;
  }
  return true;
}

/// The path cut after `count` names.
PathMatch cut(std::string_view url_path, const std::vector<std::string_view>& names, std::size_t count) {
  if (count == names.size()) return {std::string(url_path), {}};
  const auto end = static_cast<std::size_t>(names[count].data() - url_path.data()) - 1;
  return {std::string(url_path.substr(0, end)), std::string(url_path.substr(end))};
}

std::optional<PathMatch> match_pattern(std::string_view pattern, std::string_view url_path) {
  if (pattern == "*") return PathMatch{std::string(url_path), {}};
  const bool absolute = pattern.starts_with('/');
  const std::vector<std::string_view> wanted = split_path(pattern);
  const std::vector<std::string_view> names = split_path(url_path);
  const bool path_info = wanted.back() != "*." && wanted.back().find_first_of("*.") != std::string_view::npos;
  for (std::size_t first = 0; first + wanted.size() <= names.size(); ++first) {
    if (absolute && first != 0) break;
    if (!path_info && first + wanted.size() != names.size()) continue;
    if (matches_at(wanted, names, first)) return cut(url_path, names, first + wanted.size());
  }
  return std::nullopt;
}

bool meets_one(std::string_view condition, const PoolTraits& pool) {
  if (equal_nocase(condition, "bitness32")) return pool.bitness == Bitness::k32;
  if (equal_nocase(condition, "bitness64")) return pool.bitness == Bitness::k64;
  if (equal_nocase(condition, "integratedMode")) return pool.integrated;
  if (equal_nocase(condition, "classicMode")) return !pool.integrated;
  if (starts_with_nocase(condition, "runtimeVersion")) {
    return equal_nocase(condition.substr(std::string_view("runtimeVersion").size()), pool.runtime_version);
  }
  return false;
}

bool fits_resource(std::string_view type, const std::string& path, const ResourceProbe& probe) {
  if (type.empty() || equal_nocase(type, "Unspecified")) return true;
  const ResourceKind kind = probe ? probe(path) : ResourceKind::kNone;
  if (equal_nocase(type, "File")) return kind == ResourceKind::kFile;
  if (equal_nocase(type, "Directory")) return kind == ResourceKind::kDirectory;
  return kind != ResourceKind::kNone;
}

bool has_access(std::string_view required, const AccessPolicy& policy) {
  if (equal_nocase(required, "Read")) return policy.read;
  if (equal_nocase(required, "Write")) return policy.write;
  if (equal_nocase(required, "Script")) return policy.script;
  if (equal_nocase(required, "Execute")) return policy.execute;
  return true;
}

constexpr std::array<std::string_view, 4> kBitnessEnds = {"#x86", "#x64", ".x86", ".x64"};

/// "x86", "x64" or nothing.
std::string_view bitness_of(std::string_view name) {
  for (const std::string_view end : kBitnessEnds) {
    if (ends_with_nocase(name, end)) return end.substr(1);
  }
  return {};
}

std::string_view stem_of(std::string_view name) {
  return name.substr(0, name.size() - (bitness_of(name).empty() ? 0 : 4));
}

/// How well an application's name fits a handler's: 0 not at all.
int name_fit(std::string_view application, std::string_view handler) {
  if (equal_nocase(application, handler)) return 4;
  if (equal_nocase(application, without_bitness(handler))) return 3;
  if (!equal_nocase(stem_of(application), stem_of(handler))) return 0;
  const std::string_view bits = bitness_of(application);
  if (bits.empty()) return 2;
  return equal_nocase(bits, bitness_of(handler)) ? 3 : 1;
}

const Application* best_by_name(const std::vector<Application>& applications, std::string_view handler) {
  const Application* best = nullptr;
  int fit = 0;
  for (const Application& application : applications) {
    const int here = name_fit(application.name, handler);
    if (here > fit) {
      fit = here;
      best = &application;
    }
  }
  return best;
}

bool same_bitness(const Application& application, const Handler& handler) {
  const std::string_view bits = bitness_of(application.name);
  return bits.empty() || equal_nocase(bits, bitness_of(handler.name));
}

const Handler* handler_naming(const FolderConfig& config, const Application& application) {
  for (const Handler& handler : config.handlers) {
    if (handler_kind(handler) == HandlerKind::kZoo && name_fit(application.name, handler.name) != 0) return &handler;
  }
  return nullptr;
}

const Application* find_unnamed(const FolderConfig& config, const Handler& handler) {
  const Application* other_bitness = nullptr;
  for (const Application& application : config.applications) {
    if (handler_naming(config, application) != nullptr) continue;
    if (same_bitness(application, handler)) return &application;
    if (other_bitness == nullptr) other_bitness = &application;
  }
  return other_bitness;
}

const Application* find_of_same_engine(const FolderConfig& config, const Handler& handler) {
  for (const Application& application : config.applications) {
    const Handler* owner = handler_naming(config, application);
    if (owner != nullptr && equal_nocase(owner->script_processor, handler.script_processor)) return &application;
  }
  return nullptr;
}

void append_faults(std::vector<std::string>& faults, const std::string& what, const std::vector<std::string>& more) {
  for (const std::string& fault : more) faults.emplace_back(what).append(": ").append(fault);
}

}  // namespace

bool meets_precondition(std::string_view condition, const PoolTraits& pool) {
  const std::vector<std::string_view> parts = split_list(condition, ',');
  return std::all_of(parts.begin(), parts.end(), [&](std::string_view part) { return meets_one(part, pool); });
}

bool matches_verb(std::string_view verbs, std::string_view method) {
  const std::vector<std::string_view> parts = split_list(verbs, ',');
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return part == "*" || equal_nocase(part, method); });
}

std::optional<PathMatch> match_handler_path(std::string_view patterns, std::string_view url_path) {
  for (const std::string_view pattern : split_list(patterns, ',')) {
    if (auto match = match_pattern(pattern, url_path)) return match;
  }
  return std::nullopt;
}

HandlerKind handler_kind(const Handler& handler) {
  for (const std::string_view module : split_list(handler.modules, ',')) {
    if (equal_nocase(module, "HeliconZoo_x86") || equal_nocase(module, "HeliconZoo_x64")) return HandlerKind::kZoo;
    if (equal_nocase(module, "StaticFileModule") || equal_nocase(module, "DefaultDocumentModule") ||
        equal_nocase(module, "DirectoryListingModule")) {
      return HandlerKind::kStatic;
    }
  }
  return HandlerKind::kForeign;
}

std::optional<HandlerMatch> match_handler(const FolderConfig& config, const HandlerRequest& request,
                                          const PoolTraits& pool, const ResourceProbe& probe) {
  for (const Handler& handler : config.handlers) {
    if (!matches_verb(handler.verb, request.method) || !meets_precondition(handler.pre_condition, pool)) continue;
    std::optional<PathMatch> path = match_handler_path(handler.path, request.path);
    if (!path || !fits_resource(handler.resource_type, path->script_path, probe)) continue;
    return HandlerMatch{&handler, handler_kind(handler), *std::move(path),
                        !has_access(handler.require_access, config.access)};
  }
  return std::nullopt;
}

std::string_view without_bitness(std::string_view handler_name) {
  if (ends_with_nocase(handler_name, "#x86") || ends_with_nocase(handler_name, "#x64")) handler_name.remove_suffix(4);
  return handler_name;
}

const Application* find_application(const FolderConfig& config, const Handler& handler) {
  if (const Application* named = best_by_name(config.applications, handler.name)) return named;
  if (const Application* unnamed = find_unnamed(config, handler)) return unnamed;
  return find_of_same_engine(config, handler);
}

const Engine* find_engine(const FolderConfig& config, std::string_view name) {
  const Engine* other_case = nullptr;
  for (const Engine& engine : config.engines) {
    if (engine.name == name) return &engine;
    if (equal_nocase(engine.name, name)) other_case = &engine;
  }
  return other_case;
}

HandlerBinding bind_handler(const FolderConfig& config, const Handler& handler) {
  HandlerBinding binding;
  binding.faults = config.faults;
  binding.engine = find_engine(config, trim(handler.script_processor));
  binding.application = find_application(config, handler);
  const std::string quoted = "\"" + handler.script_processor + "\"";
  if (binding.engine == nullptr) {
    binding.faults.push_back("handler \"" + handler.name + "\" asks for the engine " + quoted +
                             ", which is not defined on this server");
  } else {
    append_faults(binding.faults, "engine " + quoted, binding.engine->faults);
    if (!is_enabled(config.switchboard, binding.engine->name)) {
      binding.faults.push_back("the engine " + quoted + " is switched off for this site");
    }
  }
  if (binding.application != nullptr) {
    append_faults(binding.faults, "application \"" + binding.application->name + "\"", binding.application->faults);
  }
  return binding;
}

}  // namespace zoo::module
