// SPDX-License-Identifier: Apache-2.0
#include "module/host/site_set.h"

#include <algorithm>
#include <utility>

#include "module/core/header_field.h"

namespace zoo::module {
namespace {

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

}  // namespace

int binding_rank(std::string_view binding_host, std::string_view host) {
  if (binding_host.empty() || binding_host == "*") return 1;
  if (equals_ignoring_case(binding_host, host)) return 3;
  if (!binding_host.starts_with("*.")) return 0;
  const std::string_view tail = binding_host.substr(1);
  return host.size() > tail.size() && equals_ignoring_case(host.substr(host.size() - tail.size()), tail) ? 2 : 0;
}

void SiteSet::add(std::unique_ptr<SiteRouter> router, std::vector<SiteBinding> bindings) {
  sites_.push_back({std::move(router), std::move(bindings)});
}

SiteRouter* SiteSet::choose(const HttpRequest& request) const {
  if (sites_.size() == 1 && !by_port_) return sites_.front().router.get();
  const std::string_view host = without_port(request.host);
  SiteRouter* best = nullptr;
  int best_rank = 0;
  for (const Entry& entry : sites_) {
    for (const SiteBinding& binding : entry.bindings) {
      if (by_port_ && (binding.port != request.local_port || binding.protocol != "http")) continue;
      const int rank = binding_rank(binding.host, host);
      if (rank <= best_rank) continue;
      best = entry.router.get();
      best_rank = rank;
    }
  }
  return best == nullptr && !by_port_ ? sites_.front().router.get() : best;
}

void SiteSet::route(const HttpRequest& request, Route& route) {
  if (SiteRouter* site = choose(request)) {
    site->route(request, route);
    return;
  }
  route.application = nullptr;
  route.kind = Route::Kind::kError;
  route.status = 400;
  route.problem = "no site has a binding for the name in Host";
}

bool SiteSet::custom_error(const HttpRequest& request, const ErrorFacts& error, CustomError& custom) {
  SiteRouter* site = choose(request);
  return site != nullptr && site->custom_error(request, error, custom);
}

void SiteSet::check_files() {
  for (const Entry& entry : sites_) entry.router->check_files();
}

void SiteSet::stop() {
  for (const Entry& entry : sites_) entry.router->stop();
}

bool SiteSet::stopped() const {
  return std::ranges::all_of(sites_, [](const Entry& entry) { return entry.router->stopped(); });
}

void SiteSet::tick(TimePoint now) {
  for (const Entry& entry : sites_) {
    if (now >= entry.router->next_check()) entry.router->tick(now);
  }
}

TimePoint SiteSet::next_check() const {
  TimePoint next = TimePoint::max();
  for (const Entry& entry : sites_) next = std::min(next, entry.router->next_check());
  return next;
}

void SiteSet::collect() {
  for (const Entry& entry : sites_) entry.router->collect();
}

}  // namespace zoo::module
