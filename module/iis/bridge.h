// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "module/core/clock.h"
#include "module/iis/application.h"
#include "module/iis/definition.h"
#include "module/win/event_loop.h"
#include "module/win/mutex.h"

namespace zoo::module {

class Tunnel;

/// The module's part of a worker process of IIS: one thread with the event loop on which all applications and their
/// pools live, and what is known of the configuration. Its functions may be called on any thread.
class Bridge {
 public:
  explicit Bridge(IAppHostAdminManager* manager) : manager_(manager) {}
  Bridge(const Bridge&) = delete;
  Bridge& operator=(const Bridge&) = delete;
  ~Bridge();

  /// From the cache, or read now, on the caller's thread.
  std::shared_ptr<const AppDefinition> definition(const AppFacts& facts);
  /// The configuration has changed; running applications go on if theirs has not.
  void forget_configuration();

  /// Calls back on the thread of the loop; starts it when it is needed first, because a process that serves no
  /// application shall have none. False: it is shut down, and nothing is called.
  bool post(std::function<void()> callback);
  /// Starts what `module` (its name in handlers) can run of an application, before there is a request.
  void preload(const AppFacts& application, std::string_view module);
  /// Ends the applications of a configuration path when they have answered what they have.
  void stop_applications(const std::string& config_path);
  /// No new requests are coming: ends the upgraded connections, which would otherwise keep this process of IIS beside
  /// its successor until it is killed. Their clients connect again. Requests go on.
  void drain();
  /// Kills all workers and ends the thread; requests that still run fail.
  void shut_down();

  /// On the thread of the loop: gives the exchange to its application, which is started if need be.
  void submit(const std::shared_ptr<const AppDefinition>& definition, Exchange& exchange);
  /// On the thread of the loop.
  void end_at_drain(const std::shared_ptr<Tunnel>& tunnel);

 private:
  struct Running {
    std::unique_ptr<ZooApplication> application;
    std::uint64_t edition = 0;
  };

  void run();
  bool is_shut_down();
  TimePoint on_batch_end();
  ZooApplication& running(const std::shared_ptr<const AppDefinition>& definition);

  IAppHostAdminManager* manager_;
  SteadyClock clock_;
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<const AppDefinition>> definitions_;
  std::unique_ptr<EventLoop> loop_;
  std::thread thread_;
  std::uint64_t edition_ = 0;  // counts the changes of the configuration
  bool shut_down_ = false;
  // Of the loop's thread.
  std::map<std::string, Running> applications_;
  std::vector<std::unique_ptr<ZooApplication>> ending_;
  std::vector<std::weak_ptr<Tunnel>> tunnels_;
  bool draining_ = false;
};

}  // namespace zoo::module
