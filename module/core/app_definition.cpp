// SPDX-License-Identifier: Apache-2.0
#include "module/core/app_definition.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace zoo::module {
namespace {

// Those that take requests ahead and answer management records (module/workers).
constexpr std::array<std::string_view, 3> kOwnWorkers = {"zoofcgi.py", "zoorack.rb", "zoofcgi.pl"};

void append_part(std::string& out, std::string_view text) {
  out.append(text).push_back('\0');
}

void append(std::vector<std::string>& faults, const std::vector<std::string>& more) {
  faults.insert(faults.end(), more.begin(), more.end());
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

LaunchSpec launch_spec(const Engine& engine, const EngineLimits& limits, const ExpandedEnvironment& environment,
                       const PathPolicy& paths) {
  LaunchSpec spec;
  spec.program = paths.path(environment.expand(engine.full_path));
  spec.arguments = paths.arguments(environment.expand(engine.arguments));
  spec.environment = environment.variables();
  spec.transport = transport_of(engine, spec.arguments);
  if (!engine.host.empty()) spec.host = engine.host;
  spec.port_lower = limits.port_lower;
  spec.port_upper = limits.port_upper;
  return spec;
}

}  // namespace

std::string AppDefinition::fingerprint() const {
  std::string out;
  for (const std::string_view text :
       {std::string_view(folder), std::string_view(virtual_path), std::string_view(spec.program),
        std::string_view(spec.arguments), std::string_view(spec.directory), std::string_view(spec.host)}) {
    append_part(out, text);
  }
  for (const auto& [variable, value] : spec.environment) {
    append_part(out, variable);
    append_part(out, value);
  }
  for (const auto number :
       {static_cast<std::int64_t>(spec.transport), static_cast<std::int64_t>(protocol),
        static_cast<std::int64_t>(spec.port_lower), static_cast<std::int64_t>(spec.port_upper),
        static_cast<std::int64_t>(pool.min_instances), static_cast<std::int64_t>(pool.max_instances),
        static_cast<std::int64_t>(pool.memory_limit), static_cast<std::int64_t>(pool.time_limit.count()),
        static_cast<std::int64_t>(pool.stop_timeout.count()),
        static_cast<std::int64_t>(pool.request_timeout.count())}) {
    append_part(out, std::to_string(number));
  }
  for (const std::string& fault : faults) append_part(out, fault);
  return out;
}

void define_workers(AppDefinition& definition, const HandlerBinding& binding, const PlaceFacts& place) {
  append(definition.faults, binding.faults);
  if (binding.engine == nullptr) return;
  static const std::vector<Variable> none;
  const Engine& engine = *binding.engine;
  const ExpandedEnvironment environment({place.runtime, engine.environment,
                                         binding.application != nullptr ? binding.application->environment : none,
                                         place.process, place.paths, engine.transport == EngineTransport::kTcp});
  definition.settings = read_settings(environment, definition.folder, place.paths);
  append(definition.faults, environment.faults());
  append(definition.faults, definition.settings.faults);
  const EngineLimits limits = effective_limits(engine, place.cores);
  definition.pool = pool_settings(limits, definition.settings);
  definition.protocol = engine.protocol == EngineProtocol::kHttp ? WorkerProtocol::kHttp : WorkerProtocol::kFastCgi;
  definition.spec = launch_spec(engine, limits, environment, place.paths);
  definition.spec.directory = definition.settings.current_directory;
}

}  // namespace zoo::module
