// SPDX-License-Identifier: Apache-2.0
#include "packager/bundle/closure.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "feedgen/catalog/resolver.h"

namespace zoo::bundle {
namespace {

using namespace catalog;
using Json = nlohmann::ordered_json;

constexpr std::string_view kHintNames[] = {"none", "registry", "file", "msiProductCode", "msiPatchCode",
                                           "and",  "or",       "not",  "reference"};

class Closure {
 public:
  explicit Closure(const Catalog& catalog) : index_(catalog) {}

  std::vector<std::string> run(const Product& product) {
    tree(product.dependency);
    // A list and not recursion over products: chains can be long.
    // NOLINTNEXTLINE(modernize-loop-convert): it grows
    for (std::size_t i = 0; i < queue_.size(); ++i) tree(queue_[i]->dependency);
    std::vector<std::string> out(ids_.begin(), ids_.end());
    std::erase_if(out, [&](const std::string& id) { return same_id(id, product.id.text); });
    return out;
  }

 private:
  void tree(const Dependency& dependency) {
    if (dependency.kind == Dependency::Kind::kProduct) {
      const Product* product = index_.find(dependency.id.text);
      const std::string id(product != nullptr ? product->id.text : dependency.id.text);
      if (ids_.insert(id).second && product != nullptr) queue_.push_back(product);
    }
    for (const Dependency& child : dependency.children) tree(child);
  }

  ProductIndex index_;
  std::set<std::string> ids_;
  std::vector<const Product*> queue_;
};

void put(Json& json, const char* key, const Field& field) {
  if (field.filled()) json[key] = field.text;
}

Json hint_json(const DiscoveryHint& hint) {
  Json json = {{"kind", kHintNames[static_cast<int>(hint.kind)]}};
  put(json, "subject", hint.subject);
  if (hint.value_name.present()) json["valueName"] = hint.value_name.text;
  put(json, "valueValue", hint.value_value);
  put(json, "minimumVersion", hint.minimum_version);
  put(json, "maximumVersion", hint.maximum_version);
  put(json, "minimumValue", hint.minimum_value);
  put(json, "maximumValue", hint.maximum_value);
  for (const DiscoveryHint& child : hint.children) json["children"].push_back(hint_json(child));
  return json;
}

Json command_json(const Command& command) {
  Json json = {{"kind", command.kind.text}};
  put(json, "exe", command.exe);
  put(json, "arguments", command.arguments);
  put(json, "package", command.package);
  put(json, "properties", command.properties);
  put(json, "targetDirectory", command.target_directory);
  json["ignoreExitCode"] = command.ignore_exit_code.present();
  Json success = Json::array();
  for (const ReturnCode& code : command.return_codes) {
    const bool good = code.outcome.text == "success" || code.outcome.text == "successRebootRequired";
    if (good) success.push_back(std::string(code.code.text));
  }
  json["success"] = std::move(success);
  return json;
}

Json file_json(const InstallerFile& file) {
  Json json = Json::object();
  put(json, "url", file.url);
  put(json, "bundled", file.artifact);
  put(json, "sha256", file.sha256);
  put(json, "signature", file.signature);
  put(json, "signer", file.signer);
  return json;
}

Json step_json(const PlanStep& step) {
  const Product& product = *step.product;
  Json json = {{"id", product.id.text}, {"title", product.title.text}};
  put(json, "version", product.version);
  if (product.discovery.present()) json["discovery"] = hint_json(product.discovery);
  if (step.installer == nullptr) return json;
  if (step.installer->file.present()) json["file"] = file_json(step.installer->file);
  put(json, "windowsFeature", step.installer->iis.iis70);
  Json commands = Json::array();
  for (const Command& command : step.installer->commands) commands.push_back(command_json(command));
  json["commands"] = std::move(commands);
  return json;
}

Json steps_for(const Catalog& catalog, const Product& product, const std::string& arch) {
  Machine machine;
  machine.arch = arch;
  Json out = Json::array();
  const Result<Plan> plan = make_plan(catalog, {std::string(product.id.text)}, machine);
  if (!plan) return out;
  for (const PlanStep& step : plan->steps) {
    if (step.product != nullptr && !same_id(step.product->id.text, product.id.text)) out.push_back(step_json(step));
  }
  return out;
}

}  // namespace

std::vector<std::string> closure_of(const Catalog& catalog, const Product& product) {
  return Closure(catalog).run(product);
}

std::string install_steps(const Catalog& catalog, const Product& product) {
  Json json = {{"schema", 1}, {"product", product.id.text}};
  for (const char* arch : {"x64", "x86"}) json[arch] = steps_for(catalog, product, arch);
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace zoo::bundle
