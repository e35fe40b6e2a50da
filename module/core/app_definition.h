// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "module/core/environment.h"
#include "module/core/handler_match.h"
#include "module/core/settings.h"
#include "module/core/worker_pool.h"

namespace zoo::module {

enum class WorkerProtocol { kFastCgi, kHttp };

/// All that an application needs to run, read from the configuration.
struct AppDefinition {
  std::string key;           ///< The same for the same application and engine, whatever else has changed.
  std::string name;          ///< Of its handler, without the bitness: "django.project"
  std::string config_path;   ///< Of IIS: "MACHINE/WEBROOT/APPHOST/site/application"; else empty.
  std::string folder;        ///< Physical, without a separator at its end.
  std::string virtual_path;  ///< "" for the root
  LaunchSpec spec;
  PoolSettings pool;
  WorkerProtocol protocol = WorkerProtocol::kFastCgi;
  Settings settings;
  std::vector<std::string> faults;  ///< Not empty: every request is answered with 500 and the first of these reasons.
  std::uint64_t edition = 0;        ///< Of the configuration that it was read from: a later one counts.

  /// Differs when anything does that a running application cannot take over.
  std::string fingerprint() const;
};

/// What a definition needs to know of the place where the application is to run.
struct PlaceFacts {
  const RuntimeFacts& runtime;
  const EnvironmentList& process;  ///< The variables of this process.
  const PathPolicy& paths;
  unsigned cores = 1;  ///< At least 1.
};

/// Fills in all that follows from the engine and the application's variables. Name, folder and virtual path must be
/// there; faults are appended. Without an engine only the binding's faults are taken over.
void define_workers(AppDefinition& definition, const HandlerBinding& binding, const PlaceFacts& place);

}  // namespace zoo::module
