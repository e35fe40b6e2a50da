// SPDX-License-Identifier: Apache-2.0
#include "module/core/environment.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>

#include "module/core/config_text.h"

namespace zoo::module {
namespace {

/// Replaces each %NAME%; `lookup` returns nothing for names that stay. A lone '%' and "%%" stay.
using Lookup = std::function<std::optional<std::string>(std::string_view)>;

std::string replace_names(std::string_view text, const Lookup& lookup) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t first = text.find('%', at);
    const std::size_t last = first == std::string_view::npos ? first : text.find('%', first + 1);
    if (last == std::string_view::npos) break;
    out += text.substr(at, first - at);
    const std::string_view name = text.substr(first + 1, last - first - 1);
    if (std::optional<std::string> value = name.empty() ? std::nullopt : lookup(name)) {
      out += *value;
      at = last + 1;
    } else {
      // The second '%' may begin the next name.
      out += text.substr(first, last - first);
      at = last;
      if (name.empty()) out += text[at++];
    }
    if (out.size() > ExpandedEnvironment::kMaxValue) return out;
  }
  return out.append(text.substr(std::min(at, text.size())));
}

EnvironmentList fact_list(const RuntimeFacts& facts) {
  std::string id = facts.appl_id;
  if (id.empty()) {
    id = facts.appl_virtual_path;
    std::erase(id, '/');
  }
  const std::string& path = facts.appl_physical_path;
  return {{"APPL_PHYSICAL_PATH", path},
          {"APPL_PHYSICAL_SHORT_PATH", facts.appl_physical_short_path.empty() ? path : facts.appl_physical_short_path},
          {"APPL_VIRTUAL_PATH", facts.appl_virtual_path},
          {"APPL_ID", id},
          {"INSTANCE_ID", facts.instance_id},
          {"SITE_NAME", facts.site_name},
          {"SITE_PHYSICAL_PATH", facts.site_physical_path},
          {"IIS_BINDNGS", facts.iis_bindings},
          {"ZOO_VERSION", facts.zoo_version}};
}

const std::string* find_in(const EnvironmentList& list, std::string_view name) {
  const std::string* other_case = nullptr;
  for (const auto& [key, value] : list) {
    if (key == name) return &value;
    if (other_case == nullptr && equal_nocase(key, name)) other_case = &value;
  }
  return other_case;
}

/// The configured variables, expanded on demand, each once.
class Expander {
 public:
  explicit Expander(const EnvironmentInput& input) : input_(input), facts_(fact_list(input.facts)) {
    for (const Variable& variable : input.engine) add(0, variable);
    for (const Variable& variable : input.application) add(1, variable);
  }

  std::optional<std::string> value(std::string_view name) { return lookup(name, 1); }
  std::vector<std::string>& faults() { return faults_; }
  const EnvironmentList& facts() const { return facts_; }

 private:
  // Variables that need variables that need ...: more than this is no different from a circle.
  static constexpr int kMaxDepth = 100;

  struct Entry {
    std::string written;
    std::string value;
    enum class State { kNew, kRunning, kDone } state = State::kNew;
  };
  using Layer = std::map<std::string, Entry, std::less<>>;

  // The last of several definitions counts.
  void add(std::size_t layer, const Variable& variable) {
    layers_[layer][to_upper(variable.name)] = {variable.value, {}, {}};
  }

  /// `top`: the highest layer that counts: 1 application, 0 engine, -1 only facts and process.
  std::optional<std::string> lookup(std::string_view name, int top) {
    if (is_deferred(name)) return std::nullopt;
    const std::string upper = to_upper(name);
    for (int layer = top; layer >= 0; --layer) {
      const auto found = layers_[static_cast<std::size_t>(layer)].find(upper);
      if (found != layers_[static_cast<std::size_t>(layer)].end()) return expanded(found->first, found->second, layer);
    }
    if (const std::string* fact = find_in(facts_, name)) return *fact;
    const std::string* inherited = find_in(input_.process, name);
    return inherited == nullptr ? std::nullopt : std::optional<std::string>(*inherited);
  }

  bool is_deferred(std::string_view name) const {
    return input_.has_port && (equal_nocase(name, "PORT") || equal_nocase(name, "HOST"));
  }

  std::string expanded(const std::string& name, Entry& entry, int layer) {
    if (entry.state == Entry::State::kDone) return entry.value;
    if (entry.state == Entry::State::kRunning || depth_ == kMaxDepth) {
      if (!loop_told_) faults_.push_back("the variable " + name + " needs itself by way of others: " + entry.written);
      loop_told_ = true;
      return {};
    }
    entry.state = Entry::State::kRunning;
    ++depth_;
    std::string value = replace_names(entry.written, [&](std::string_view wanted) -> std::optional<std::string> {
      if (!equal_nocase(wanted, name)) return lookup(wanted, 1);
      return lookup(wanted, layer - 1).value_or(std::string());
    });
    if (value.size() > ExpandedEnvironment::kMaxValue) {
      faults_.push_back("the value of the variable " + name + " is longer than " +
                        std::to_string(ExpandedEnvironment::kMaxValue) + " bytes");
      value.clear();
    }
    --depth_;
    entry.value = input_.paths.variable(name, entry.written, value);
    entry.state = Entry::State::kDone;
    return entry.value;
  }

  const EnvironmentInput& input_;
  EnvironmentList facts_;
  std::array<Layer, 2> layers_;
  std::vector<std::string> faults_;
  bool loop_told_ = false;
  int depth_ = 0;
};

constexpr std::array<std::string_view, 6> kSecretParts = {"KEY", "SECRET", "PASSWORD", "PASSWD", "TOKEN", "CREDENTIAL"};
constexpr std::string_view kMask = "***";

}  // namespace

ExpandedEnvironment::ExpandedEnvironment(const EnvironmentInput& input)
    : variables_(input.process), case_sensitive_(input.paths.case_sensitive()), has_port_(input.has_port) {
  Expander expander(input);
  for (const auto& list : {std::cref(input.engine), std::cref(input.application)}) {
    for (const Variable& variable : list.get()) {
      if (find_in(configured_, variable.name) != nullptr) continue;
      configured_.emplace_back(variable.name, expander.value(variable.name).value_or(std::string()));
    }
  }
  for (const auto& [name, value] : expander.facts()) set(name, value);
  for (const auto& [name, value] : configured_) set(name, value);
  faults_ = std::move(expander.faults());
  std::sort(variables_.begin(), variables_.end());
}

void ExpandedEnvironment::set(std::string_view name, std::string value) {
  // "Path" in a file that was written for Windows means the PATH that is there, wherever it runs.
  const bool exact = case_sensitive_ && !equal_nocase(name, "PATH");
  const auto found = std::find_if(variables_.begin(), variables_.end(), [&](const auto& item) {
    return exact ? item.first == name : equal_nocase(item.first, name);
  });
  if (found != variables_.end()) {
    found->second = std::move(value);
  } else {
    variables_.emplace_back(name, std::move(value));
  }
}

const std::string* ExpandedEnvironment::find(std::string_view name) const noexcept {
  return find_in(variables_, name);
}

const std::string* ExpandedEnvironment::find_configured(std::string_view name) const noexcept {
  return find_in(configured_, name);
}

std::string ExpandedEnvironment::expand(std::string_view text) const {
  std::string out = replace_names(text, [&](std::string_view name) -> std::optional<std::string> {
    if (has_port_ && (equal_nocase(name, "PORT") || equal_nocase(name, "HOST"))) return std::nullopt;
    const std::string* value = find_in(variables_, name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(*value);
  });
  if (out.size() > kMaxValue) out.resize(kMaxValue);
  return out;
}

std::string expand_port(std::string_view text, std::string_view host, std::string_view port) {
  return replace_names(text, [&](std::string_view name) -> std::optional<std::string> {
    if (equal_nocase(name, "PORT")) return std::string(port);
    if (equal_nocase(name, "HOST")) return std::string(host);
    return std::nullopt;
  });
}

bool is_secret_name(std::string_view name) {
  return std::any_of(kSecretParts.begin(), kSecretParts.end(),
                     [&](std::string_view part) { return contains_nocase(name, part); });
}

std::string masked_value(std::string_view name, std::string_view value) {
  if (is_secret_name(name)) return std::string(kMask);
  std::string out(value);
  for (std::size_t at = out.find("://"); at != std::string::npos; at = out.find("://", at + 3)) {
    const std::size_t start = at + 3;
    const std::size_t end = std::min(out.find_first_of("/?#; \t", start), out.size());
    const std::size_t sign = out.rfind('@', end == 0 ? 0 : end - 1);
    const std::size_t colon = out.find(':', start);
    if (sign == std::string::npos || sign < start || colon >= sign) continue;
    out.replace(colon + 1, sign - colon - 1, kMask);
  }
  return out;
}

}  // namespace zoo::module
