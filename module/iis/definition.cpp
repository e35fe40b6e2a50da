// SPDX-License-Identifier: Apache-2.0
#include "module/iis/definition.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <thread>
#include <utility>

#include "module/core/config_text.h"
#include "module/core/handler_match.h"
#include "module/core/path_policy.h"
#include "module/core/version.h"
#include "module/iis/admin_config.h"
#include "module/win/text.h"

namespace zoo::module {
namespace {

EnvironmentList process_environment() {
  EnvironmentList list;
  wchar_t* const block = ::GetEnvironmentStringsW();
  if (block == nullptr) return list;
  for (const wchar_t* line = block; *line != L'\0'; line += std::wstring_view(line).size() + 1) {
    const std::string text = to_utf8(line);
    const std::size_t equals = text.find('=', 1);  // "=C:=C:\folder" is a variable, too
    if (equals != std::string::npos) list.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  ::FreeEnvironmentStringsW(block);
  return list;
}

std::string short_path(const std::string& folder) {
  std::array<wchar_t, 1024> buffer{};
  const DWORD size = ::GetShortPathNameW(to_wide(folder).c_str(), buffer.data(), static_cast<DWORD>(buffer.size()));
  return size == 0 || size >= buffer.size() ? folder : to_utf8({buffer.data(), size});
}

RuntimeFacts runtime_facts(IAppHostAdminManager& manager, const AppFacts& facts) {
  SiteFacts site = read_site_facts(manager, facts.site_id);
  RuntimeFacts runtime;
  runtime.appl_physical_path = facts.folder;
  runtime.appl_physical_short_path = short_path(facts.folder);
  runtime.appl_virtual_path = facts.virtual_path.empty() ? "/" : facts.virtual_path;
  runtime.instance_id = std::to_string(facts.site_id);
  runtime.site_name = facts.site_name;
  runtime.site_physical_path = std::move(site.physical_path);
  runtime.iis_bindings = std::move(site.bindings);
  runtime.zoo_version = zoo_version();
  return runtime;
}

unsigned cores() {
  return std::max(1U, std::thread::hardware_concurrency());
}

bool lists(std::string_view list, std::string_view name) {
  return std::ranges::any_of(split_list(list, ','), [&](std::string_view part) { return equal_nocase(part, name); });
}

// A handler for 32-bit pools has a twin for 64-bit ones.
bool fits_process(const Handler& handler) {
  return !lists(handler.pre_condition, sizeof(void*) == 8 ? "bitness32" : "bitness64");
}

}  // namespace

std::shared_ptr<AppDefinition> make_definition(IAppHostAdminManager& manager, const AppFacts& facts) {
  auto definition = std::make_shared<AppDefinition>();
  definition->name = std::string(without_bitness(facts.handler_name));
  definition->config_path = to_utf8(facts.config_path);
  definition->key = to_lower(definition->config_path) + "\n" + facts.engine_name + "\n" + definition->name;
  definition->folder = facts.folder;
  definition->virtual_path = facts.virtual_path;
  const FolderConfig config = read_folder_config(manager, facts.config_path);
  definition->faults = config.faults;
  Handler handler;
  handler.name = facts.handler_name;
  handler.script_processor = facts.engine_name;
  const RuntimeFacts runtime = runtime_facts(manager, facts);
  const EnvironmentList process = process_environment();
  define_workers(*definition, bind_handler(config, handler), {runtime, process, windows_paths(), cores()});
  return definition;
}

std::vector<AppFacts> handlers_of(IAppHostAdminManager& manager, const AppFacts& application, std::string_view module) {
  std::vector<AppFacts> found;
  for (const Handler& handler : read_folder_config(manager, application.config_path).handlers) {
    if (!lists(handler.modules, module) || !fits_process(handler)) continue;
    AppFacts& facts = found.emplace_back(application);
    facts.handler_name = handler.name;
    facts.engine_name = handler.script_processor;
  }
  return found;
}

}  // namespace zoo::module
