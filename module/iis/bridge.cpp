// SPDX-License-Identifier: Apache-2.0
#include "module/iis/bridge.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "module/core/config_text.h"
#include "module/iis/tunnel.h"
#include "module/win/text.h"

namespace zoo::module {
namespace {

constexpr std::size_t kMostDefinitions = 10000;
constexpr Duration kLongestWait = std::chrono::seconds(1);
constexpr Duration kEndTimeout = std::chrono::seconds(5);  // for the operations that were cancelled at the end

constexpr std::string_view kStartedAnew =
    "The module has failed, most likely because there is no memory left. The requests that were under way have been "
    "ended, and the workers; they start again with the next requests";
// In the registry (module/setup/msi/HeliconZoo.wxs), too.
constexpr const wchar_t* kEventSource = L"HeliconZoo";

}  // namespace

Bridge::Bridge(IAppHostAdminManager* manager)
    : manager_(manager), log_(kEventSource), events_(clock_, [this](EventId id, std::string_view text) {
        log_.write_error(static_cast<std::uint32_t>(id), text);
      }) {}

Bridge::~Bridge() {
  shut_down();
}

std::shared_ptr<const AppDefinition> Bridge::definition(const AppFacts& facts) {
  std::uint64_t edition = 0;
  const std::string key = to_utf8(facts.config_path) + "\n" + facts.handler_name + "\n" + facts.engine_name;
  {
    const std::lock_guard lock(mutex_);
    const auto found = definitions_.find(key);
    if (found != definitions_.end()) return found->second;
    edition = edition_;
  }
  const std::shared_ptr<AppDefinition> made = make_definition(*manager_, facts);
  made->edition = edition;
  if (!made->faults.empty()) events_.report(EventId::kConfiguration, made->config_path, made->faults.front());
  const std::lock_guard lock(mutex_);
  if (edition != edition_) return made;  // what has been read may be old already
  if (definitions_.size() >= kMostDefinitions) definitions_.clear();
  return definitions_.insert_or_assign(key, made).first->second;
}

void Bridge::forget_configuration() {
  const std::lock_guard lock(mutex_);
  definitions_.clear();
  ++edition_;
}

bool Bridge::post(std::function<void()> callback) {
  const std::lock_guard lock(mutex_);
  if (shut_down_) return false;
  if (loop_ == nullptr) {
    loop_ = std::make_unique<EventLoop>();
    platform_ = std::make_unique<WinPlatform>(*loop_);
    try {
      thread_ = std::thread([this] { run(); });
    } catch (...) {
      loop_.reset();  // nobody would run it
      throw;
    }
  }
  loop_->post(std::move(callback));
  return true;
}

void Bridge::run() {
  loop_->set_batch_end([this] { return on_batch_end(); });
  for (bool ended = false; !ended;) {
    try {
      loop_->run();
      ended = true;
    } catch (...) {
      start_anew();
      ended = is_shut_down();
    }
  }
  end_applications();
  for (bool ended = false; !ended;) {
    try {
      loop_->run_out(kEndTimeout);
      ended = true;
    } catch (...) {  // each callback is called once, so that this comes to an end
      start_anew();
    }
  }
}

// What has thrown (no memory) may have lost any part of what was under way: no request must wait for it for ever. All
// of them end, and the applications start anew with the next.
void Bridge::start_anew() noexcept {
  std::list<std::shared_ptr<InFlight>> lost;
  lost.swap(in_flight_);
  for (const auto& waiter : lost) waiter->on_loop_failed();
  end_applications();
  for (const auto& waiter : lost) waiter->on_loop_emptied();
  events_.report(EventId::kInternal, {}, kStartedAnew);
}

void Bridge::end_applications() noexcept {
  applications_.clear();
  ending_.clear();
}

bool Bridge::is_shut_down() {
  const std::lock_guard lock(mutex_);
  return shut_down_;
}

TimePoint Bridge::on_batch_end() {
  const TimePoint now = clock_.now();
  TimePoint next = now + kLongestWait;
  const auto look_after = [&](AppService& application) {
    if (now >= application.next_check()) application.tick();
    application.collect();
    next = std::min(next, application.next_check());
  };
  for (const auto& [key, running] : applications_) look_after(*running.application);
  for (const auto& application : ending_) look_after(*application);
  std::erase_if(ending_, [](const auto& application) { return application->stopped(); });
  if (given_up_.exchange(false)) end_given_up();
  return next;
}

void Bridge::end_given_up() {
  for (auto next = in_flight_.begin(); next != in_flight_.end();) {
    const std::shared_ptr<InFlight> waiter = *next++;  // which may leave
    waiter->end_if_given_up();
  }
}

std::unique_ptr<AppService> Bridge::make_application(const std::shared_ptr<const AppDefinition>& definition) {
  const auto tell = [this, path = definition->config_path](std::optional<EventId> event, const std::string& text) {
    if (event) events_.report(*event, path, text);
  };
  return std::make_unique<AppService>(definition, AppService::Parts{*platform_, clock_, tell});
}

// A request that has taken its time to arrive may come with a configuration that is older than what runs.
AppService& Bridge::running(const std::shared_ptr<const AppDefinition>& definition) {
  Running& slot = applications_[definition->key];
  if (slot.application != nullptr) {
    if (definition->edition < slot.edition) return *slot.application;
    slot.edition = definition->edition;
    if (slot.application->definition().fingerprint() == definition->fingerprint()) return *slot.application;
    slot.application->stop();
    ending_.push_back(std::move(slot.application));
  }
  slot.application = make_application(definition);
  slot.edition = definition->edition;
  return *slot.application;
}

void Bridge::submit(const std::shared_ptr<const AppDefinition>& definition, Exchange& exchange) {
  running(definition).submit(exchange);
}

void Bridge::preload(const AppFacts& application, std::string_view module) {
  for (const AppFacts& facts : handlers_of(*manager_, application, module)) {
    const std::shared_ptr<const AppDefinition> found = definition(facts);
    if (found->faults.empty()) post([this, found] { running(found).preload(); });
  }
}

void Bridge::stop_applications(const std::string& config_path) {
  {
    const std::lock_guard lock(mutex_);
    if (loop_ == nullptr) return;
  }
  post([this, config_path] {
    for (auto entry = applications_.begin(); entry != applications_.end();) {
      AppService& application = *entry->second.application;
      if (!equal_nocase(application.definition().config_path, config_path)) {
        ++entry;
        continue;
      }
      application.stop();
      ending_.push_back(std::move(entry->second.application));
      entry = applications_.erase(entry);
    }
  });
}

void Bridge::end_at_drain(const std::shared_ptr<Tunnel>& tunnel) {
  std::erase_if(tunnels_, [](const auto& entry) { return entry.expired(); });
  tunnels_.push_back(tunnel);
  if (draining_) tunnel->lose();
}

void Bridge::drain() {
  {
    const std::lock_guard lock(mutex_);
    if (loop_ == nullptr) return;
  }
  post([this] {
    draining_ = true;
    for (const auto& entry : tunnels_) {
      if (const std::shared_ptr<Tunnel> tunnel = entry.lock()) tunnel->lose();
    }
    tunnels_.clear();
  });
}

void Bridge::shut_down() {
  {
    const std::lock_guard lock(mutex_);
    shut_down_ = true;
    if (loop_ == nullptr) return;
    loop_->stop();
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace zoo::module
