// SPDX-License-Identifier: Apache-2.0
#include "module/iis/bridge.h"

#include <algorithm>
#include <utility>

#include "module/core/config_text.h"
#include "module/iis/tunnel.h"
#include "module/win/text.h"

namespace zoo::module {
namespace {

constexpr std::size_t kMostDefinitions = 10000;
constexpr Duration kLongestWait = std::chrono::seconds(1);

}  // namespace

Bridge::~Bridge() {
  shut_down();
}

std::shared_ptr<const AppDefinition> Bridge::definition(const AppFacts& facts) {
  const std::string key = to_utf8(facts.config_path) + "\n" + facts.handler_name + "\n" + facts.engine_name;
  {
    const std::lock_guard lock(mutex_);
    const auto found = definitions_.find(key);
    if (found != definitions_.end()) return found->second;
  }
  std::shared_ptr<const AppDefinition> made = make_definition(*manager_, facts);
  const std::lock_guard lock(mutex_);
  if (definitions_.size() >= kMostDefinitions) definitions_.clear();
  return definitions_.insert_or_assign(key, std::move(made)).first->second;
}

void Bridge::forget_configuration() {
  const std::lock_guard lock(mutex_);
  definitions_.clear();
}

bool Bridge::post(std::function<void()> callback) {
  const std::lock_guard lock(mutex_);
  if (shut_down_) return false;
  if (loop_ == nullptr) {
    loop_ = std::make_unique<EventLoop>();
    thread_ = std::thread([this] { run(); });
  }
  loop_->post(std::move(callback));
  return true;
}

void Bridge::run() {
  loop_->set_batch_end([this] { return on_batch_end(); });
  loop_->run();
  applications_.clear();
  ending_.clear();
}

TimePoint Bridge::on_batch_end() {
  const TimePoint now = clock_.now();
  TimePoint next = now + kLongestWait;
  const auto look_after = [&](ZooApplication& application) {
    if (now >= application.next_check()) application.tick();
    application.collect();
    next = std::min(next, application.next_check());
  };
  for (const auto& [key, application] : applications_) look_after(*application);
  for (const auto& application : ending_) look_after(*application);
  std::erase_if(ending_, [](const auto& application) { return application->stopped(); });
  return next;
}

void Bridge::submit(const std::shared_ptr<const AppDefinition>& definition, Exchange& exchange) {
  std::unique_ptr<ZooApplication>& slot = applications_[definition->key];
  if (slot != nullptr && slot->definition().fingerprint() != definition->fingerprint()) {
    slot->stop();
    ending_.push_back(std::move(slot));
  }
  if (slot == nullptr) slot = std::make_unique<ZooApplication>(definition, *loop_, clock_);
  slot->submit(exchange);
}

void Bridge::stop_applications(const std::string& config_path) {
  {
    const std::lock_guard lock(mutex_);
    if (loop_ == nullptr) return;
  }
  post([this, config_path] {
    for (auto entry = applications_.begin(); entry != applications_.end();) {
      if (!equal_nocase(entry->second->definition().config_path, config_path)) {
        ++entry;
        continue;
      }
      entry->second->stop();
      ending_.push_back(std::move(entry->second));
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
