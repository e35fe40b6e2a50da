// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "module/core/config_model.h"
#include "module/host/route.h"
#include "module/host/site_router.h"

namespace zoo::module {

/// The sites of one server. A request goes to the site that has a binding for its Host: the name itself before
/// "*.example.com" before one without a name; of equal ones to the first.
class SiteSet final : public Router {
 public:
  /// `by_port`: bindings count only on the port that they name. Otherwise (the ports are not those of the bindings) the
  /// first site gets what no binding wants.
  explicit SiteSet(bool by_port) : by_port_(by_port) {}

  void add(std::unique_ptr<SiteRouter> router, std::vector<SiteBinding> bindings);

  void route(const HttpRequest& request, Route& route) override;
  bool custom_error(const HttpRequest& request, const ErrorFacts& error, CustomError& custom) override;

  void check_files();
  void stop();
  bool stopped() const;
  void tick(TimePoint now);
  TimePoint next_check() const;
  void collect();

 private:
  struct Entry {
    std::unique_ptr<SiteRouter> router;
    std::vector<SiteBinding> bindings;
  };

  SiteRouter* choose(const HttpRequest& request) const;

  std::vector<Entry> sites_;
  bool by_port_;
};

/// How well a binding's host name fits the name in a request: 0 not at all, 1 it has none, 2 by its asterisk, 3
/// exactly.
int binding_rank(std::string_view binding_host, std::string_view host);

}  // namespace zoo::module
