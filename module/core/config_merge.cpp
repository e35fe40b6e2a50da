// SPDX-License-Identifier: Apache-2.0
#include "module/core/config_merge.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <unordered_set>
#include <utility>

#include "module/core/config_text.h"

namespace zoo::module {

std::string_view section_path(ConfigSection section) noexcept {
  static constexpr std::array<std::string_view, kConfigSections> kPaths = {
      "system.webServer/heliconZooServer",   "system.webServer/heliconZoo",
      "system.webServer/handlers",           "system.webServer/defaultDocument",
      "system.webServer/staticContent",      "system.webServer/security/requestFiltering",
      "system.webServer/httpErrors",         "system.webServer/rewrite/rules",
      "system.webServer/rewrite/rewriteMaps"};
  return kPaths[static_cast<std::size_t>(section)];
}

namespace {

std::string key(const Engine& item) {
  return to_lower(item.name);
}
std::string key(const SwitchEntry& item) {
  return to_lower(item.name);
}
std::string key(const Application& item) {
  return to_lower(item.name);
}
std::string key(const Handler& item) {
  return to_lower(item.name);
}
std::string key(const MimeType& item) {
  return to_lower(item.extension);
}
std::string key(const std::string& item) {
  return to_lower(item);
}
std::string key(const RequestFilter::Extension& item) {
  return to_lower(item.name);
}
std::string key(const RequestFilter::Verb& item) {
  return to_lower(item.name);
}
std::string key(const RewriteRule& item) {
  return to_lower(item.name);
}
std::string key(const RewriteMap& item) {
  return to_lower(item.name);
}
std::string key(const HttpErrors::Entry& item) {
  return std::to_string(item.status) + '.' + std::to_string(item.sub_status);
}

template <typename T>
std::string shown_name(const T& item) {
  if constexpr (requires { item.name; }) {
    return item.name;
  } else {
    return key(item);
  }
}

template <typename T>
ConfigPlace place_of(const T& item) {
  if constexpr (requires { item.place; }) {
    return item.place;
  } else {
    return {};
  }
}

/// Applies one block's edits to one collection. IIS puts what a file adds to <handlers> and <defaultDocument> before
/// what it inherits, and to other collections behind it.
template <typename T>
class CollectionEditor {
 public:
  CollectionEditor(std::vector<T>& items, bool in_front, ConfigProblems& problems)
      : items_(items), in_front_(in_front), problems_(problems) {
    for (const T& item : items) inherited_.insert(key(item));
  }

  void apply(const Edits<T>& edits) {
    for (const Edit<T>& edit : edits) {
      if (edit.kind == EditKind::kClear) {
        clear();
      } else if (edit.kind == EditKind::kRemove) {
        remove(key(edit.item));
      } else {
        add(edit.item);
      }
    }
    std::vector<T>& first = in_front_ ? fresh_ : items_;
    std::vector<T>& second = in_front_ ? items_ : fresh_;
    std::move(second.begin(), second.end(), std::back_inserter(first));
    if (in_front_) items_ = std::move(fresh_);
  }

 private:
  void clear() {
    items_.clear();
    inherited_.clear();
    fresh_.clear();
    added_.clear();
  }

  void remove(const std::string& name) {
    const auto named = [&](const T& item) { return key(item) == name; };
    if (inherited_.erase(name) != 0) std::erase_if(items_, named);
    if (added_.erase(name) != 0) std::erase_if(fresh_, named);
  }

  void add(const T& item) {
    const std::string name = key(item);
    const bool twice = added_.contains(name);
    if (twice || inherited_.contains(name)) report(item, name, twice);
    remove(name);
    fresh_.push_back(item);
    added_.insert(name);
    if constexpr (requires { fresh_.back().faults; }) {
      if (twice) fresh_.back().faults.push_back("\"" + shown_name(item) + "\" is defined twice in one file");
    }
  }

  void report(const T& item, const std::string& name, bool twice) {
    const ConfigPlace place = place_of(item);
    if (place.file.empty()) return;  // a kind of item that servers of different age have by default or not
    if (twice) {
      problems_.error("ZC0301", "\"" + shown_name(item) + "\" is defined twice in one file", place,
                      "IIS refuses the file; delete one of them");
      return;
    }
    const auto old = std::find_if(items_.begin(), items_.end(), [&](const T& other) { return key(other) == name; });
    if (place_of(*old).file.empty()) return;
    problems_.warning("ZC0302", "\"" + shown_name(item) + "\" is inherited and added again", place,
                      "IIS refuses this: put <remove> or <clear/> before it");
  }

  std::vector<T>& items_;
  bool in_front_;
  ConfigProblems& problems_;
  std::vector<T> fresh_;
  std::unordered_set<std::string> inherited_;
  std::unordered_set<std::string> added_;
};

template <typename T, typename U>
void set_if(T& target, const std::optional<U>& value) {
  if (value) target = *value;
}

std::string normal_path(std::string_view site, std::span<const ConfigLevel> levels) {
  std::string path(site);
  for (const ConfigLevel& level : levels.subspan(1)) path += '/' + level.name;
  return path;
}

class Merger {
 public:
  Merger(const ConfigDocument* host, std::string_view site, std::span<const ConfigLevel> levels,
         ConfigProblems& problems)
      : host_(host), site_(site), levels_(levels), problems_(problems), result_(default_config()) {
    locked_[static_cast<std::size_t>(ConfigSection::kHeliconZooServer)] = 0;
    for (std::size_t i = 0; i < levels.size(); ++i) {
      if (levels[i].application_root) application_level_ = i;
    }
  }

  FolderConfig run() {
    if (host_ != nullptr) {
      apply_section_defaults(*host_);
      apply_document(*host_, 0, "", std::nullopt);
    }
    for (std::size_t i = 0; i < levels_.size(); ++i) apply_level(i);
    merge_user_engines();
    return std::move(result_);
  }

 private:
  static constexpr std::size_t kUnlocked = static_cast<std::size_t>(-1);

  static std::array<std::size_t, kConfigSections> everything_unlocked() {
    std::array<std::size_t, kConfigSections> depths{};
    depths.fill(kUnlocked);
    return depths;
  }

  void apply_section_defaults(const ConfigDocument& document) {
    for (std::size_t i = 0; i < kConfigSections; ++i) {
      if (document.section_defaults[i] == OverrideMode::kDeny) locked_[i] = 0;
    }
  }

  void apply_level(std::size_t level) {
    const std::string path = normal_path(site_, levels_.first(level + 1));
    if (host_ != nullptr && !path.empty()) apply_blocks(*host_, 0, path, level);
    // Each file's <location> paths count from its own folder.
    for (std::size_t i = 0; i < level; ++i) {
      if (levels_[i].document == nullptr) continue;
      const std::size_t prefix = normal_path(site_, levels_.first(i + 1)).size() + 1;
      apply_blocks(*levels_[i].document, i + 1, path.substr(prefix), level);
    }
    if (levels_[level].document != nullptr) apply_document(*levels_[level].document, level + 1, "", level);
  }

  void apply_document(const ConfigDocument& document, std::size_t depth, std::string_view path,
                      std::optional<std::size_t> level) {
    result_.faults.insert(result_.faults.end(), document.faults.begin(), document.faults.end());
    apply_blocks(document, depth, path, level);
  }

  void apply_blocks(const ConfigDocument& document, std::size_t depth, std::string_view path,
                    std::optional<std::size_t> level) {
    folder_ = level ? normal_path({}, levels_.first(*level + 1)) : std::string();
    for (const ConfigBlock& block : document.blocks) {
      if (!equal_nocase(block.path, path)) continue;
      if (!block.inherit_in_child_applications && level && *level < application_level_) continue;
      apply(block, depth);
    }
  }

  void apply(const ConfigBlock& block, std::size_t depth) {
    for (std::size_t i = 0; i < kConfigSections; ++i) {
      if (!block.edits.places[i]) continue;
      if (depth > locked_[i]) {
        refuse(static_cast<ConfigSection>(i), *block.edits.places[i]);
        continue;
      }
      apply_section(static_cast<ConfigSection>(i), block.edits);
      if (block.override_mode == OverrideMode::kDeny) locked_[i] = depth;
      if (block.override_mode == OverrideMode::kAllow && i != 0) locked_[i] = kUnlocked;
    }
  }

  void refuse(ConfigSection section, const ConfigPlace& place) {
    const std::string name(section_path(section));
    if (section == ConfigSection::kHeliconZooServer) {
      // Only what it would have changed is lost: the engines stay those of the administrator.
      problems_.warning("ZC0303", name + " is ignored: engines are defined in applicationHost.config only", place);
      return;
    }
    problems_.error("ZC0304", name + " is locked by a configuration file above this one", place,
                    "the administrator can unlock it with overrideMode=\"Allow\"");
    result_.faults.push_back(place.file + ": " + name + " is locked by a configuration file above this one");
  }

  template <typename T>
  void edit(std::vector<T>& items, const Edits<T>& edits, bool in_front = false) {
    CollectionEditor<T>(items, in_front, problems_).apply(edits);
  }

  void apply_section(ConfigSection section, const SectionEdits& edits) {
    switch (section) {
      case ConfigSection::kHeliconZooServer:
        edit(engines_, edits.engines);
        edit(user_engines_, edits.user_engines);
        edit(result_.switchboard, edits.switchboard);
        break;
      case ConfigSection::kHeliconZoo:
        edit(result_.applications, edits.applications);
        break;
      case ConfigSection::kHandlers:
        edit(result_.handlers, edits.handlers, true);
        set_if(result_.access, edits.access);
        break;
      case ConfigSection::kDefaultDocument:
        set_if(result_.default_documents.enabled, edits.default_document_enabled);
        edit(result_.default_documents.files, edits.default_documents, true);
        break;
      case ConfigSection::kStaticContent:
        edit(result_.mime_types, edits.mime_types);
        break;
      case ConfigSection::kRequestFiltering:
        apply_filter(edits.filter);
        break;
      case ConfigSection::kHttpErrors:
        set_if(result_.errors.mode, edits.errors.mode);
        set_if(result_.errors.existing, edits.errors.existing);
        edit(result_.errors.entries, edits.errors.entries);
        break;
      case ConfigSection::kRewriteRules:
        apply_rewrite_rules(edits.rewrite_rules);
        break;
      case ConfigSection::kRewriteMaps:
        edit(result_.rewrite_maps, edits.rewrite_maps);
        break;
    }
  }

  void apply_filter(const RequestFilterEdits& edits) {
    RequestFilter& filter = result_.filter;
    set_if(filter.max_content_length, edits.max_content_length);
    set_if(filter.max_url, edits.max_url);
    set_if(filter.max_query_string, edits.max_query_string);
    set_if(filter.allow_double_escaping, edits.allow_double_escaping);
    set_if(filter.allow_unlisted_extensions, edits.allow_unlisted_extensions);
    set_if(filter.allow_unlisted_verbs, edits.allow_unlisted_verbs);
    edit(filter.extensions, edits.extensions);
    edit(filter.verbs, edits.verbs);
    edit(filter.hidden_segments, edits.hidden_segments);
  }

  void apply_rewrite_rules(Edits<RewriteRule> edits) {
    for (Edit<RewriteRule>& one : edits) one.item.folder = folder_;
    edit(result_.rewrite_rules, edits);
  }

  void merge_user_engines() {
    result_.engines = std::move(engines_);
    for (Engine& user : user_engines_) {
      user.from_user_engines = true;
      const auto same = std::find_if(result_.engines.begin(), result_.engines.end(),
                                     [&](const Engine& engine) { return equal_nocase(engine.name, user.name); });
      if (same != result_.engines.end()) {
        *same = std::move(user);
      } else {
        result_.engines.push_back(std::move(user));
      }
    }
  }

  const ConfigDocument* host_;
  std::string site_;
  std::span<const ConfigLevel> levels_;
  ConfigProblems& problems_;
  FolderConfig result_;
  std::vector<Engine> engines_;
  std::vector<Engine> user_engines_;
  std::size_t application_level_ = 0;
  std::string folder_;  ///< The URL folder whose blocks are being applied: "" or "/blog".
  // How deep the file stands that locked a section: 0 is applicationHost.config. Files below it may not change it.
  std::array<std::size_t, kConfigSections> locked_ = everything_unlocked();
};

}  // namespace

FolderConfig merge_config(const ConfigDocument* host, std::string_view site, std::span<const ConfigLevel> levels,
                          ConfigProblems& problems) {
  return Merger(host, site, levels, problems).run();
}

bool is_enabled(const std::vector<SwitchEntry>& switchboard, std::string_view name) {
  if (equal_nocase(name, "console")) return false;
  const SwitchEntry* all = nullptr;
  for (const SwitchEntry& entry : switchboard) {
    if (equal_nocase(entry.name, name)) return equal_nocase(trim(entry.value), "Enabled");
    if (entry.name == "*") all = &entry;
  }
  return all == nullptr || equal_nocase(trim(all->value), "Enabled");
}

}  // namespace zoo::module
