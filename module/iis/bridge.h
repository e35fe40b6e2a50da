// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "module/core/app_service.h"
#include "module/core/clock.h"
#include "module/core/event_reporter.h"
#include "module/iis/definition.h"
#include "module/win/event_log.h"
#include "module/win/event_loop.h"
#include "module/win/mutex.h"
#include "module/win/platform.h"

namespace zoo::module {

class Tunnel;

/// Something that waits for the loop. When the loop fails with an exception, mostly for want of memory, what was under
/// way is lost, and this hears of it in functions that need no memory.
class InFlight {
 public:
  InFlight() = default;
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
  virtual ~InFlight() = default;

  /// It has left the list of the bridge, and must end. Its worker is still there, but is told nothing any more.
  virtual void on_loop_failed() noexcept = 0;
  /// Comes after that: nothing of the pool or worker that it waited for is left.
  virtual void on_loop_emptied() noexcept = 0;
  /// Comes some time after Bridge::look_for_given_up(), on the thread of the loop.
  virtual void end_if_given_up() = 0;
};

/// The module's part of a worker process of IIS: one thread with the event loop on which all applications and their
/// pools live, and what is known of the configuration. Its functions may be called on any thread.
class Bridge {
 public:
  explicit Bridge(IAppHostAdminManager* manager);
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
  /// What post() has started; as long as this lives.
  EventLoop& loop() noexcept { return *loop_; }
  /// Starts what `module` (its name in handlers) can run of an application, before there is a request.
  void preload(const AppFacts& application, std::string_view module);
  /// Ends the applications of a configuration path when they have answered what they have.
  void stop_applications(const std::string& config_path);
  /// No new requests are coming: ends the upgraded connections, which would otherwise keep this process of IIS beside
  /// its successor until it is killed. Their clients connect again. Requests go on.
  void drain();
  /// The event log of the server.
  EventReporter& events() noexcept { return events_; }
  /// Kills all workers and ends the thread; requests that still run fail.
  void shut_down();

  /// Lets each InFlight be asked whether it was given up, within a second; for those who have no memory to post that.
  void look_for_given_up() noexcept { given_up_ = true; }
  using Place = std::list<std::shared_ptr<InFlight>>::iterator;
  /// On the thread of the loop. `waiter` is kept until it leaves, or until the loop fails.
  Place enter(std::shared_ptr<InFlight> waiter) { return in_flight_.insert(in_flight_.end(), std::move(waiter)); }
  void leave(Place place) { in_flight_.erase(place); }

  /// On the thread of the loop: gives the exchange to its application, which is started if need be.
  void submit(const std::shared_ptr<const AppDefinition>& definition, Exchange& exchange);
  /// On the thread of the loop.
  void end_at_drain(const std::shared_ptr<Tunnel>& tunnel);

 private:
  struct Running {
    std::unique_ptr<AppService> application;
    std::uint64_t edition = 0;
  };

  void run();
  bool is_shut_down();
  void start_anew() noexcept;
  void end_applications() noexcept;
  void end_given_up();
  TimePoint on_batch_end();
  std::unique_ptr<AppService> make_application(const std::shared_ptr<const AppDefinition>& definition);
  AppService& running(const std::shared_ptr<const AppDefinition>& definition);

  IAppHostAdminManager* manager_;
  SteadyClock clock_;
  EventLog log_;
  EventReporter events_;
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<const AppDefinition>> definitions_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<WinPlatform> platform_;  // of the loop
  std::thread thread_;
  std::uint64_t edition_ = 0;  // counts the changes of the configuration
  bool shut_down_ = false;
  std::atomic<bool> given_up_{false};
  // Of the loop's thread.
  std::list<std::shared_ptr<InFlight>> in_flight_;
  std::map<std::string, Running> applications_;
  std::vector<std::unique_ptr<AppService>> ending_;
  std::vector<std::weak_ptr<Tunnel>> tunnels_;
  bool draining_ = false;
};

}  // namespace zoo::module
