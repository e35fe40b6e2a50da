// SPDX-License-Identifier: Apache-2.0
#include "module/iis/definition.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <thread>

#include "module/core/config_text.h"
#include "module/core/handler_match.h"
#include "module/core/path_policy.h"
#include "module/iis/admin_config.h"
#include "module/iis/version.h"
#include "module/win/text.h"

namespace zoo::module {
namespace {

// Those that take requests ahead and answer management records (module/workers).
constexpr std::array<std::string_view, 3> kOwnWorkers = {"zoofcgi.py", "zoorack.rb", "zoofcgi.pl"};

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

RuntimeFacts runtime_facts(const AppFacts& facts) {
  RuntimeFacts runtime;
  runtime.appl_physical_path = facts.folder;
  runtime.appl_physical_short_path = short_path(facts.folder);
  runtime.appl_virtual_path = facts.virtual_path.empty() ? "/" : facts.virtual_path;
  runtime.instance_id = std::to_string(facts.site_id);
  runtime.site_name = facts.site_name;
  runtime.zoo_version = kZooVersion;
  return runtime;
}

unsigned cores() {
  return std::max(1U, std::thread::hardware_concurrency());
}

PoolSettings pool_settings(const EngineLimits& limits, const Settings& settings) {
  PoolSettings pool;
  pool.max_instances = limits.max_instances;
  pool.min_instances = settings.strategy == WorkerStrategy::kFixed ? limits.max_instances : limits.min_instances;
  pool.time_limit = std::chrono::minutes(limits.time_limit_minutes);
  pool.memory_limit = limits.memory_limit_bytes;
  pool.stop_timeout = std::chrono::seconds(limits.graceful_shutdown_seconds);
  pool.request_timeout = settings.request_timeout;
  return pool;
}

WorkerTransport transport_of(const Engine& engine, std::string_view arguments) {
  if (engine.transport == EngineTransport::kTcp) return WorkerTransport::kTcp;
  const bool own = std::ranges::any_of(
      kOwnWorkers, [&](std::string_view name) { return arguments.find(name) != std::string_view::npos; });
  return own ? WorkerTransport::kConnected : WorkerTransport::kListening;
}

LaunchSpec launch_spec(const Engine& engine, const ExpandedEnvironment& environment, const AppDefinition& definition) {
  const EngineLimits limits = effective_limits(engine, cores());
  LaunchSpec spec;
  spec.program = environment.expand(engine.full_path);
  spec.arguments = environment.expand(engine.arguments);
  spec.directory = definition.settings.current_directory;
  spec.environment = environment.variables();
  spec.transport = transport_of(engine, spec.arguments);
  if (!engine.host.empty()) spec.host = engine.host;
  spec.port_lower = limits.port_lower;
  spec.port_upper = limits.port_upper;
  return spec;
}

void append(std::vector<std::string>& faults, const std::vector<std::string>& more) {
  faults.insert(faults.end(), more.begin(), more.end());
}

void fill(AppDefinition& definition, const HandlerBinding& binding, const AppFacts& facts) {
  static const std::vector<Variable> none;
  const Engine& engine = *binding.engine;
  const RuntimeFacts runtime = runtime_facts(facts);
  const EnvironmentList process = process_environment();
  const ExpandedEnvironment environment({runtime, engine.environment,
                                         binding.application != nullptr ? binding.application->environment : none,
                                         process, windows_paths(), engine.transport == EngineTransport::kTcp});
  definition.settings = read_settings(environment, definition.folder, windows_paths());
  append(definition.faults, environment.faults());
  append(definition.faults, definition.settings.faults);
  definition.pool = pool_settings(effective_limits(engine, cores()), definition.settings);
  definition.protocol = engine.protocol == EngineProtocol::kHttp ? WorkerProtocol::kHttp : WorkerProtocol::kFastCgi;
  definition.spec = launch_spec(engine, environment, definition);
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
  const HandlerBinding binding = bind_handler(config, handler);
  append(definition->faults, binding.faults);
  if (binding.engine != nullptr) fill(*definition, binding, facts);
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
