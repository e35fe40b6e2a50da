// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "feedgen/base/result.h"
#include "feedgen/catalog/machine.h"
#include "feedgen/catalog/product.h"

namespace zoo::catalog {

enum class InstallKind : std::uint8_t { kApplication, kWindowsFeature, kMsi, kMsu, kArchive, kCommand };
std::string_view name(InstallKind kind);  ///< "Web Deploy application", "Windows feature", "MSI", ...

/// How the installer is run, told by what the client looks at first (webpi-feed section 4).
InstallKind install_kind(const Installer& installer);

/// One product to install. Pointers lead into the catalog.
struct PlanStep {
  const Product* product = nullptr;
  const Installer* installer = nullptr;
  InstallKind kind = InstallKind::kCommand;
  std::vector<std::string_view> needed_by;  ///< Ids of products of the plan that name it; empty: it was asked for.
};

/// A product that is named and installed already.
struct PlanPresent {
  std::string_view id;
  std::vector<std::string_view> needed_by;
};

/// A product that is named and not for this machine.
struct PlanPruned {
  std::string_view id;
  std::string_view named_by;         ///< The first product of the plan that names it.
  std::vector<std::string> reasons;  ///< One an installer.
};

struct PlanBranch {
  enum class Fate : std::uint8_t { kChosen, kLost, kPruned };
  std::string text;  ///< "IISExpress10 and VC14Redist"
  Fate fate = Fate::kLost;
  /// Products to install in all if this branch were taken, the choices above it being kept; absent when not computed.
  std::optional<std::uint64_t> missing;
};

/// One `or` that the plan went through.
struct PlanChoice {
  std::string_view product;          ///< Id of the first product whose tree holds it.
  std::vector<PlanBranch> branches;  ///< Document order; at most kMaxBranches and the chosen one.
  std::size_t left_out = 0;          ///< Branches not listed.
  static constexpr std::size_t kMaxBranches = 20;
};

/// What the client would install. Views and pointers stay valid as long as the catalog.
struct Plan {
  Machine machine;
  std::vector<std::string_view> requested;
  std::vector<PlanStep> steps;  ///< In order: what a product needs comes before it.
  std::vector<PlanPresent> present;
  std::vector<PlanPruned> pruned;
  std::vector<PlanChoice> choices;  ///< In the order in which the trees are read.
  std::uint64_t alternatives = 0;   ///< Sets that the client expands; kManyAlternatives stands for as many or more.
  static constexpr std::uint64_t kManyAlternatives = 1000000000000000000ULL;
  std::vector<std::string> notes;  ///< Remarks, e.g. an installed id that the feed does not know.
};

struct PlanOptions {
  std::uint64_t work_limit = 20000000;  ///< Steps of the search (choice_solver.h), about a second or two.
};

/// The client's plan for installing `ids` (webpi-feed section 3): of all alternative sets the first with the fewest
/// products that are not installed. Errors: kUsage for an unknown id, kFindings for a product that cannot be installed
/// on the machine, a cycle, an id that the trees name and nobody defines, or a search beyond the limit.
Result<Plan> make_plan(const Catalog& catalog, const std::vector<std::string>& ids, const Machine& machine,
                       const PlanOptions& options = {});

}  // namespace zoo::catalog
