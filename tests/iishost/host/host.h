// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/iishost/host/admin.h"
#include "tests/iishost/host/completion_queue.h"
#include "tests/iishost/host/context.h"
#include "tests/iishost/host/loaded_module.h"
#include "tests/iishost/host/options.h"

namespace iishost {

/// Serves HTTP on the loopback with the modules, until it is asked to end. Requests for "/!..." are for the emulator:
/// /!recycle starts new instances of the modules (from copies of the DLLs), which take over while the old ones finish;
/// /!stop-application ends the first application; /!fail-allocations/FIRST/COUNT lets allocations of the modules fail;
/// /!status tells counts; /!quit ends; /!die ends at once, as a crash does.
class Host {
 public:
  explicit Host(Options options);
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host();

  bool start(std::string& error);
  void run();

 private:
  /// What a worker process is in IIS: one set of modules.
  struct Generation {
    std::vector<std::shared_ptr<LoadedModule>> modules;
    ~Generation();
    std::vector<std::wstring> copies;
  };

  bool load_topology();
  std::shared_ptr<Generation> make_generation(std::string& error);
  std::shared_ptr<Generation> current();
  struct Accepted {
    Host* host;
    SOCKET socket;
  };
  void start_serving(SOCKET client);
  static DWORD WINAPI serve_accepted(void* accepted);
  void serve(SOCKET socket);
  bool serve_request(Connection& connection, ParsedHead head);
  std::string control(const std::string& command);
  std::string recycle();
  void preload(Generation& generation);
  void watch_configuration();
  Application& application_of(const std::string& path);

  Options options_;
  Configuration configuration_;
  AdminManager manager_{configuration_};
  Server server_{manager_, options_.version};
  std::unique_ptr<Site> site_;
  std::vector<std::unique_ptr<Application>> applications_;
  CompletionQueue queue_{48};
  SOCKET listener_ = INVALID_SOCKET;
  std::mutex mutex_;
  std::shared_ptr<Generation> generation_;
  unsigned generations_ = 0;
  std::atomic<unsigned> requests_{0};
  std::atomic<unsigned> active_{0};
  std::atomic<unsigned> connections_{0};
  std::atomic<unsigned> changes_{0};
  std::atomic<unsigned> cacheable_{0};
  std::atomic<unsigned> violations_{0};
  std::atomic<bool> quitting_{false};
  std::thread watcher_;
};

}  // namespace iishost
