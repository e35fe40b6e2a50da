// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/resolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "feedgen/catalog/applicability.h"
#include "feedgen/catalog/choice_graph.h"
#include "feedgen/catalog/choice_solver.h"
#include "feedgen/catalog/cycles.h"
#include "feedgen/catalog/suggest.h"
#include "feedgen/catalog/tree_text.h"

namespace zoo::catalog {
namespace {

using NodeId = ChoiceGraph::NodeId;
using Kind = ChoiceGraph::Kind;
constexpr NodeId kNone = ChoiceGraph::kNone;

constexpr std::size_t kMaxBranchText = 120;
/// Nodes that naming the needers may look at: a shared tree is walked again for each product that refers to it.
constexpr std::size_t kMaxNamingWork = 5000000;
/// Nodes that the questions "what if another branch were taken" may cost altogether, and the search steps of each.
constexpr std::size_t kMaxWhatIfWork = 4000000;
constexpr std::uint64_t kWhatIfSteps = 200000;

/// All that making one plan shares.
struct Job {
  const Catalog& catalog;
  const Machine& machine;
  ProductIndex index;
  Applicability applicability;
  std::vector<std::size_t> requested;

  Job(const Catalog& c, const Machine& m) : catalog(c), machine(m), index(c), applicability(c, m) {}
  bool installed(std::string_view id) const {
    return std::any_of(machine.installed.begin(), machine.installed.end(),
                       [&](const std::string& there) { return same_id(there, id); });
  }
};

Result<void> find_requested(Job& job, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    const std::ptrdiff_t position = job.index.position(trimmed(id));
    if (position < 0)
      return fail(ExitCode::kUsage,
                  fmt::format("the feed has no product '{}'{}", id, did_you_mean(nearest_ids(job.catalog, id))));
    job.requested.push_back(static_cast<std::size_t>(position));
  }
  return {};
}

Result<void> check_installable(const Job& job) {
  for (const std::size_t position : job.requested) {
    const Product& product = job.catalog.products[position];
    if (job.installed(product.id.text) || job.applicability.pick(product) != nullptr) continue;
    std::string message = fmt::format("{} cannot be installed on {}", product.id.text, describe(job.machine));
    const std::vector<std::string> reasons = job.applicability.reasons(product);
    for (std::size_t i = 0; i < reasons.size(); ++i) message += (i == 0 ? ": " : "; ") + reasons[i];
    return fail(ExitCode::kFindings, std::move(message));
  }
  return {};
}

Result<void> check_cycles(const Job& job) {
  const std::vector<Cycle> cycles = find_cycles(job.catalog, job.index, job.requested);
  if (cycles.empty()) return {};
  const std::string more = cycles.size() == 1 ? "" : fmt::format(" (and {} more cycles)", cycles.size() - 1);
  return fail(ExitCode::kFindings,
              fmt::format("products depend on each other in a cycle: {}{}; the client cannot make a plan",
                          to_text(cycles.front()), more));
}

std::string unknown_text(const UnknownReference& unknown) {
  const bool shared = unknown.place->kind == Dependency::Kind::kReference;
  const std::string by = unknown.product == nullptr ? "" : fmt::format(" (named by {})", unknown.product->id.text);
  return fmt::format("{}{}{}", shared ? "shared tree " : "", unknown.place->id.text, by);
}

Result<void> check_known(const ChoiceProblem& problem) {
  if (problem.unknown.empty()) return {};
  std::string names;
  for (const UnknownReference& unknown : problem.unknown) names += (names.empty() ? "" : ", ") + unknown_text(unknown);
  if (problem.unknown_count > problem.unknown.size())
    names += fmt::format(" and {} more", problem.unknown_count - problem.unknown.size());
  return fail(ExitCode::kFindings, fmt::format("the feed does not define {}; name the feed that does with --beside, or "
                                               "what the machine has with --installed",
                                               names));
}

std::string alternatives_text(std::uint64_t count) {
  return count >= ChoiceGraph::kMany ? "more than 10^18" : fmt::format("{}", count);
}

/// Nodes reached from product to product along the picks, in document order.
class Walker {
 public:
  Walker(const ChoiceGraph& graph, const ChoiceSolution& solution) : graph_(graph), solution_(solution) {
    collect_groups();
    collect_products();
  }
  std::vector<NodeId> products;  ///< Postorder: needed ones first.
  struct Reached {
    NodeId node;
    NodeId product;  ///< The first product whose tree leads there; kNone below the root.
  };
  std::vector<Reached> choices;  ///< Preorder.

  /// Calls `visit(child)` for what a node needs by the picks, in document order.
  template <typename Visit>
  void for_each_needed(NodeId id, const Visit& visit) const {
    const ChoiceGraph::Node& node = graph_.nodes[id];
    if (node.kind == Kind::kOr) {
      visit(graph_.edges[node.first + solution_.choice[id]].target);
      return;
    }
    for (std::uint32_t i = 0; i < node.count; ++i) visit(graph_.edges[node.first + i].target);
  }

 private:
  void collect_groups() {
    std::vector<char> seen(graph_.nodes.size(), 0);
    std::vector<Reached> todo = {{graph_.root, kNone}};
    std::vector<NodeId> children;
    while (!todo.empty()) {
      const Reached at = todo.back();
      todo.pop_back();
      if (std::exchange(seen[at.node], 1) != 0) continue;
      const ChoiceGraph::Node& node = graph_.nodes[at.node];
      if (node.kind == Kind::kOr) choices.push_back(at);
      children.clear();
      for_each_needed(at.node, [&](NodeId child) { children.push_back(child); });
      const NodeId owner = node.kind == Kind::kProduct ? at.node : at.product;
      for (std::size_t i = children.size(); i-- > 0;) todo.push_back({children[i], owner});
    }
  }

  void collect_products() {
    std::vector<char> seen(graph_.nodes.size(), 0);
    std::vector<std::pair<NodeId, bool>> todo = {{graph_.root, false}};
    std::vector<NodeId> children;
    while (!todo.empty()) {
      const auto [id, done] = todo.back();
      todo.pop_back();
      if (done) {
        products.push_back(id);
        continue;
      }
      if (std::exchange(seen[id], 1) != 0) continue;
      if (graph_.nodes[id].kind == Kind::kProduct) todo.emplace_back(id, true);
      children.clear();
      for_each_needed(id, [&](NodeId child) { children.push_back(child); });
      for (std::size_t i = children.size(); i-- > 0;) todo.emplace_back(children[i], false);
    }
  }

  const ChoiceGraph& graph_;
  const ChoiceSolution& solution_;
};

class PlanWriter {
 public:
  PlanWriter(const Job& job, const ChoiceProblem& problem, const ChoiceSolution& solution)
      : job_(job), graph_(problem.graph), solution_(solution), walker_(graph_, solution) {}

  Plan write() {
    plan_.machine = job_.machine;
    for (const std::size_t position : job_.requested)
      plan_.requested.push_back(job_.catalog.products[position].id.text);
    plan_.alternatives = graph_.alternatives;
    name_needers();
    add_products();
    add_choices();
    add_pruned();
    add_notes();
    return std::move(plan_);
  }

 private:
  std::string_view id_of(NodeId node) const {
    const ChoiceGraph::Node& n = graph_.nodes[node];
    return n.product != kNone ? job_.catalog.products[n.product].id.text : n.tree->id.text;
  }

  /// Each product's needers by a walk through its tree up to the next products.
  void name_needers() {
    needers_.resize(graph_.nodes.size());
    std::vector<NodeId> seen_by(graph_.nodes.size(), kNone);
    std::vector<NodeId> todo;
    std::size_t work = 0;
    for (std::size_t i = walker_.products.size(); i-- > 0;) {
      const NodeId product = walker_.products[i];
      const auto visit = [&](NodeId child) {
        if (std::exchange(seen_by[child], product) != product) todo.push_back(child);
      };
      walker_.for_each_needed(product, visit);
      for (; !todo.empty() && work < kMaxNamingWork; ++work) {
        const NodeId id = todo.back();
        todo.pop_back();
        if (graph_.nodes[id].kind == Kind::kProduct) {
          needers_[id].push_back(product);
        } else {
          walker_.for_each_needed(id, visit);
        }
      }
      todo.clear();
    }
    // Products in the order in which they are installed.
    for (auto& list : needers_) std::reverse(list.begin(), list.end());
  }

  std::vector<std::string_view> needer_ids(NodeId node) const {
    std::vector<std::string_view> ids;
    for (const NodeId needer : needers_[node]) ids.push_back(id_of(needer));
    return ids;
  }

  void add_products() {
    for (const NodeId id : walker_.products) {
      const ChoiceGraph::Node& node = graph_.nodes[id];
      if (node.weight == 0) {
        plan_.present.push_back({id_of(id), needer_ids(id)});
        continue;
      }
      const Product& product = job_.catalog.products[node.product];
      plan_.steps.push_back({&product, node.installer, install_kind(*node.installer), needer_ids(id)});
    }
  }

  void add_choices() {
    const TreeText text(job_.catalog, kMaxBranchText);
    std::size_t work = 0;
    std::vector<FixedChoice> above;
    for (const Walker::Reached& reached : walker_.choices) {
      PlanChoice choice;
      choice.product = reached.product == kNone ? std::string_view() : id_of(reached.product);
      const ChoiceGraph::Node& node = graph_.nodes[reached.node];
      const std::uint32_t chosen = solution_.choice[reached.node];
      std::uint32_t edge = 0;
      for (std::uint32_t branch = 0; branch < node.tree->children.size(); ++branch) {
        const bool alive = edge < node.count && graph_.edges[node.first + edge].branch == branch;
        const std::uint32_t at = edge;
        if (alive) ++edge;
        if (branch >= PlanChoice::kMaxBranches && !(alive && at == chosen)) {
          ++choice.left_out;
          continue;
        }
        PlanBranch shown{text(node.tree->children[branch]), PlanBranch::Fate::kPruned, std::nullopt};
        if (alive) shown.fate = at == chosen ? PlanBranch::Fate::kChosen : PlanBranch::Fate::kLost;
        if (shown.fate == PlanBranch::Fate::kChosen) shown.missing = solution_.missing;
        if (shown.fate == PlanBranch::Fate::kLost) shown.missing = what_if(above, {reached.node, at}, work);
        choice.branches.push_back(std::move(shown));
      }
      above.push_back({reached.node, chosen});
      plan_.choices.push_back(std::move(choice));
    }
  }

  std::optional<std::uint64_t> what_if(std::vector<FixedChoice>& above, FixedChoice other, std::size_t& work) const {
    work += graph_.nodes.size() + graph_.edges.size() + above.size();
    if (work > kMaxWhatIfWork) return std::nullopt;
    above.push_back(other);
    const auto solution = solve_choices(graph_, above, kWhatIfSteps);
    above.pop_back();
    return solution ? std::optional(solution->missing) : std::nullopt;
  }

  /// Whom the trees of the plan's products name and the machine cannot have.
  void add_pruned() {
    std::unordered_map<std::size_t, std::string_view> named;
    std::vector<std::size_t> order;
    for (const NodeId id : walker_.products) {
      if (graph_.nodes[id].weight == 0) continue;
      const Product& product = job_.catalog.products[graph_.nodes[id].product];
      add_pruned_of(product.dependency, product.id.text, named, order);
    }
    for (const Walker::Reached& reached : walker_.choices)
      if (reached.product != kNone)
        add_pruned_of(*graph_.nodes[reached.node].tree, id_of(reached.product), named, order);
    for (const std::size_t position : order) {
      const Product& product = job_.catalog.products[position];
      plan_.pruned.push_back({product.id.text, named[position], job_.applicability.reasons(product)});
    }
  }

  void add_pruned_of(const Dependency& tree, std::string_view owner,
                     std::unordered_map<std::size_t, std::string_view>& named, std::vector<std::size_t>& order) const {
    for (const Dependency& child : tree.children) add_pruned_of(child, owner, named, order);
    if (tree.kind != Dependency::Kind::kProduct) return;
    const std::ptrdiff_t found = job_.index.position(tree.id.text);
    if (found < 0) return;
    const auto position = static_cast<std::size_t>(found);
    const Product& product = job_.catalog.products[position];
    if (named.count(position) != 0 || job_.installed(product.id.text)) return;
    if (job_.applicability.pick(product) != nullptr) return;
    named.emplace(position, owner);
    order.push_back(position);
  }

  void add_notes() {
    for (const std::string& id : job_.machine.installed) {
      if (job_.index.find(id) != nullptr) continue;
      const bool named = std::any_of(plan_.present.begin(), plan_.present.end(),
                                     [&](const PlanPresent& present) { return same_id(present.id, id); });
      if (named) continue;
      plan_.notes.push_back(
          fmt::format("installed product '{}' is not in the feed{}", id, did_you_mean(nearest_ids(job_.catalog, id))));
    }
  }

  const Job& job_;
  const ChoiceGraph& graph_;
  const ChoiceSolution& solution_;
  Walker walker_;
  std::vector<std::vector<NodeId>> needers_;
  Plan plan_;
};

Result<Plan> resolve(const Job& job, const PlanOptions& options) {
  const ChoiceProblem problem = build_choices({job.catalog, job.index, job.machine, job.applicability}, job.requested);
  if (auto known = check_known(problem); !known) return tl::unexpected<Error>(known.error());
  const auto solution = solve_choices(problem.graph, {}, options.work_limit);
  if (!solution)
    return fail(ExitCode::kFindings,
                fmt::format("the dependency tree of {} has {} alternative sets that share products; "
                            "the search for the smallest was given up after {} steps",
                            job.catalog.products[job.requested.front()].id.text,
                            alternatives_text(problem.graph.alternatives), options.work_limit));
  return PlanWriter(job, problem, *solution).write();
}

}  // namespace

std::string_view name(InstallKind kind) {
  constexpr std::array<std::string_view, 6> kNames = {"Web Deploy application", "Windows feature", "MSI",
                                                      "Windows update package", "archive",         "command"};
  return kNames[static_cast<std::size_t>(kind)];
}

InstallKind install_kind(const Installer& installer) {
  if (installer.ms_deploy.present()) return InstallKind::kApplication;
  if (installer.iis.present()) return InstallKind::kWindowsFeature;
  if (installer.commands.empty()) return InstallKind::kCommand;
  const std::string_view first = installer.commands.front().kind.text;
  if (same_id(first, "msiInstall")) return InstallKind::kMsi;
  if (same_id(first, "msuInstall")) return InstallKind::kMsu;
  return same_id(first, "unzip") ? InstallKind::kArchive : InstallKind::kCommand;
}

Result<Plan> make_plan(const Catalog& catalog, const std::vector<std::string>& ids, const Machine& machine,
                       const PlanOptions& options) {
  if (ids.empty()) return fail(ExitCode::kUsage, "no product was named");
  Job job(catalog, machine);
  if (auto found = find_requested(job, ids); !found) return tl::unexpected<Error>(found.error());
  if (auto checked = check_cycles(job); !checked) return tl::unexpected<Error>(checked.error());
  if (auto checked = check_installable(job); !checked) return tl::unexpected<Error>(checked.error());
  return resolve(job, options);
}

}  // namespace zoo::catalog
