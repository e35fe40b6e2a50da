// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "module/setup/host_config.h"
#include "module/setup/machine.h"

namespace zoo::setup {
namespace {

using Json = nlohmann::json;

std::string folded(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    if (c == '/') return '\\';
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

using Values = std::map<std::string, std::string>;
using Keys = std::map<std::string, Values>;

class DescribedMachine : public Machine {
 public:
  bool x64 = true;
  Keys keys_64;
  Keys keys_32;
  std::vector<std::string> files;
  Values variables;

  bool is_x64() const override { return x64; }

  std::vector<std::string> registry_keys(RegistryView view, const std::string& key) const override {
    std::vector<std::string> names;
    const std::string beginning = folded(key) + "\\";
    for (const auto& [path, values] : keys(view)) {
      if (!folded(path).starts_with(beginning)) continue;
      const std::string name = path.substr(beginning.size(), path.find('\\', beginning.size()) - beginning.size());
      if (names.empty() || names.back() != name) names.push_back(name);
    }
    return names;
  }

  std::optional<std::string> registry_value(RegistryView view, const std::string& key,
                                            const std::string& name) const override {
    for (const auto& [path, values] : keys(view)) {
      if (!equal_nocase(path, key)) continue;
      for (const auto& [value_name, value] : values) {
        if (equal_nocase(value_name, name)) return value;
      }
    }
    return std::nullopt;
  }

  bool file_exists(const std::string& path) const override {
    return std::ranges::any_of(files, [&](const std::string& file) { return same_path(file, path); });
  }

  std::vector<std::string> names_in(const std::string& folder) const override {
    std::set<std::string> names;
    const std::string beginning = folded(folder.ends_with('\\') ? folder : folder + "\\");
    for (const std::string& file : files) {
      if (!folded(file).starts_with(beginning)) continue;
      names.insert(file.substr(beginning.size(), file.find_first_of("\\/", beginning.size()) - beginning.size()));
    }
    return {names.begin(), names.end()};
  }

  std::string environment(const std::string& name) const override {
    for (const auto& [variable, value] : variables) {
      if (equal_nocase(variable, name)) return value;
    }
    return {};
  }

  /// A description has no registry that anybody reads.
  SetupResult<void> set_product_value(const std::string& /*name*/,
                                      const std::optional<std::string>& /*value*/) override {
    return {};
  }

 private:
  const Keys& keys(RegistryView view) const { return view == RegistryView::k64 || !x64 ? keys_64 : keys_32; }
};

Values texts(const Json& object) {
  Values values;
  if (!object.is_object()) return values;
  for (const auto& [name, value] : object.items()) {
    if (value.is_string()) values[name] = value.get<std::string>();
  }
  return values;
}

Keys registry(const Json& root, const char* view) {
  Keys keys;
  const auto all = root.find("registry");
  if (all == root.end() || !all->is_object() || !all->contains(view) || !(*all)[view].is_object()) return keys;
  for (const auto& [key, values] : (*all)[view].items()) keys[key] = texts(values);
  return keys;
}

}  // namespace

SetupResult<std::unique_ptr<Machine>> described_machine(const std::string& json, const std::string& name) {
  const Json root = Json::parse(json, nullptr, false);
  if (!root.is_object() || root.value("schema", Json()) != 1) {
    return fail(SetupExit::kFindings, name + " does not describe a machine (JSON with \"schema\": 1)");
  }
  auto machine = std::make_unique<DescribedMachine>();
  machine->x64 = root.value("arch", Json("x64")) != "x86";
  machine->keys_64 = registry(root, "64");
  machine->keys_32 = registry(root, "32");
  if (const auto files = root.find("files"); files != root.end() && files->is_array()) {
    for (const Json& file : *files) {
      if (file.is_string()) machine->files.push_back(file.get<std::string>());
    }
  }
  machine->variables = texts(root.value("environment", Json::object()));
  return std::unique_ptr<Machine>(std::move(machine));
}

}  // namespace zoo::setup
