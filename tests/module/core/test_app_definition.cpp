// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <functional>
#include <string>

#include "module/core/app_definition.h"

using namespace zoo::module;

namespace {

/// The definition of an application in C:\site with one engine.
struct Fixture {
  Fixture() {
    engine.name = "python";
    engine.full_path = "%RUNTIME%\\python.exe";
    engine.arguments = "\"%APPL_PHYSICAL_PATH%\\worker.py\"";
    engine.environment = {{"RUNTIME", "C:\\Python", {}}};
  }
  AppDefinition define() const {
    AppDefinition definition;
    definition.name = "python.project";
    definition.folder = "C:\\site";
    RuntimeFacts runtime;
    runtime.appl_physical_path = definition.folder;
    runtime.appl_virtual_path = "/";
    HandlerBinding binding;
    binding.engine = &engine;
    binding.application = &application;
    define_workers(definition, binding, {runtime, process, windows_paths(), 4});
    return definition;
  }

  Engine engine;
  Application application;
  EnvironmentList process;
};

}  // namespace

TEST_CASE("a definition is expanded from engine and application", "[app_definition]") {
  Fixture f;
  f.application.environment = {{"WORKER_REQUEST_TIMEOUT", "7", {}}};
  const AppDefinition made = f.define();
  CHECK(made.faults.empty());
  CHECK(made.spec.program == "C:\\Python\\python.exe");
  CHECK(made.spec.arguments == "\"C:\\site\\worker.py\"");
  CHECK(made.spec.directory == "C:\\site");
  CHECK(made.pool.request_timeout == std::chrono::seconds(7));
  CHECK(made.pool.max_instances == 4);  // one for each core
}

TEST_CASE("our own workers get a connection, others a listening end, tcp engines a port", "[app_definition]") {
  Fixture f;
  CHECK(f.define().spec.transport == WorkerTransport::kListening);
  f.engine.arguments = "-O \"C:\\Zoo\\zoofcgi.py\"";
  CHECK(f.define().spec.transport == WorkerTransport::kConnected);
  f.engine.transport = EngineTransport::kTcp;
  CHECK(f.define().spec.transport == WorkerTransport::kTcp);
}

TEST_CASE("without an engine there are faults only", "[app_definition]") {
  AppDefinition definition;
  HandlerBinding binding;
  binding.faults = {"there is no engine x"};
  const RuntimeFacts runtime;
  define_workers(definition, binding, {runtime, {}, windows_paths(), 1});
  CHECK(definition.faults == binding.faults);
  CHECK(definition.spec.program.empty());
}

TEST_CASE("the fingerprint changes with whatever a running application cannot take over", "[app_definition]") {
  const Fixture original;
  const std::string before = original.define().fingerprint();
  CHECK(Fixture().define().fingerprint() == before);
  const auto changed = [&](const std::function<void(Fixture&)>& change) {
    Fixture f;
    change(f);
    return f.define().fingerprint() != before;
  };
  CHECK(changed([](Fixture& f) { f.engine.arguments += " -v"; }));
  CHECK(changed([](Fixture& f) { f.engine.full_path = "C:\\other.exe"; }));
  CHECK(changed([](Fixture& f) { f.engine.max_instances = 3; }));
  CHECK(changed([](Fixture& f) { f.engine.protocol = EngineProtocol::kHttp; }));
  CHECK(changed([](Fixture& f) { f.application.environment = {{"DEBUG", "1", {}}}; }));
  CHECK(changed([](Fixture& f) { f.process = {{"LANG", "C"}}; }));
}
