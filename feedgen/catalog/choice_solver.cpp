// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/choice_solver.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "feedgen/catalog/dominators.h"

namespace zoo::catalog {
namespace {

using NodeId = ChoiceGraph::NodeId;
using Kind = ChoiceGraph::Kind;
using Cost = std::uint64_t;
constexpr NodeId kNone = ChoiceGraph::kNone;
constexpr std::uint32_t kUndecided = ChoiceSolution::kNotReached;
constexpr Cost kInfinite = std::numeric_limits<Cost>::max() / 4;
constexpr std::uint32_t kMaxDepth = 3000;  ///< Nested decisions; keeps the call stack small.

struct Pick {
  NodeId node;
  std::uint32_t edge;
};

struct Outcome {
  Cost cost = 0;
  std::vector<Pick> picks;
};

/// A branch of an `or` with the least that it costs.
struct Candidate {
  Cost least;
  std::uint32_t edge;
};

/// Choices that share products with each other and with no other group.
struct Group {
  std::vector<NodeId> ors;  ///< Undecided, document order.
  Cost least = 0;           ///< Lower bound for the whole group; the cost itself when exact.
  Cost least_of_first = 0;
  bool exact = false;
  std::vector<Pick> picks;            ///< When exact.
  std::vector<Candidate> candidates;  ///< Of ors.front() otherwise; the cheapest first.
};

/// Disjoint sets with path halving.
class UnionFind {
 public:
  void reset(std::uint32_t count) {
    parent_.resize(count);
    for (std::uint32_t i = 0; i < count; ++i) parent_[i] = i;
  }
  std::uint32_t find(std::uint32_t at) {
    while (parent_[at] != at) at = parent_[at] = parent_[parent_[at]];
    return at;
  }
  void join(std::uint32_t a, std::uint32_t b) { parent_[find(a)] = find(b); }

 private:
  std::vector<std::uint32_t> parent_;
};

/// What the search knows of every node of the graph.
struct State {
  State(const ChoiceGraph& g, const std::vector<FixedChoice>& fixed_choices)
      : graph(g),
        only(g.nodes.size(), kUndecided),
        decided(g.nodes.size(), 0),
        included(g.nodes.size(), 0),
        solved(g.nodes.size(), 0),
        cost(g.nodes.size(), 0) {
    for (const FixedChoice& choice : fixed_choices) only[choice.node] = choice.edge;
    for (NodeId id = 0; id < g.nodes.size(); ++id)
      if (g.nodes[id].kind == Kind::kOr && g.nodes[id].count == 1) only[id] = 0;
  }

  /// True for an `or` with more than one branch left.
  bool is_choice(NodeId id) const { return graph.nodes[id].kind == Kind::kOr && only[id] == kUndecided; }
  bool is_product(NodeId id) const { return graph.nodes[id].kind == Kind::kProduct; }
  /// Needs nothing more: it is in the plan or decided already.
  bool satisfied(NodeId id) const { return included[id] != 0 || decided[id] != 0; }
  std::uint32_t count(NodeId id) const { return only[id] == kUndecided ? graph.nodes[id].count : 1; }
  NodeId child(NodeId id, std::uint32_t i) const {
    return graph.edges[graph.nodes[id].first + (only[id] == kUndecided ? i : only[id])].target;
  }

  const ChoiceGraph& graph;
  std::vector<std::uint32_t> only;  ///< The one branch of an `or` that is tied or alone.
  std::vector<char> decided;        ///< `or` nodes taken in the current branch of the search.
  std::vector<char> included;       ///< Products and solved nodes in the current set.
  std::vector<char> solved;         ///< Independent of all else: `cost` holds for it and all below it.
  std::vector<Cost> cost;
};

/// The part of the graph that is open below some nodes: local nodes in topological order, 0 being a root above them.
class Residual {
 public:
  explicit Residual(const State& state) : state_(state), local_(state.graph.nodes.size(), kNone) {}

  void build(const std::vector<NodeId>& roots) {
    for (const NodeId id : ids_)
      if (id != kNone) local_[id] = kNone;
    sort_nodes(roots);
    link(roots);
    find_values();
  }

  std::uint32_t size() const { return static_cast<std::uint32_t>(ids_.size()); }
  std::size_t work() const { return ids_.size() + targets_.size(); }
  NodeId id(std::uint32_t at) const { return ids_[at]; }
  std::uint32_t local(NodeId id) const { return local_[id]; }
  bool exact(std::uint32_t at) const { return exact_[at] != 0; }
  Cost least(std::uint32_t at) const { return least_[at]; }
  /// The least cost of one branch of the `or` at `at`, as far as it is caused by this branch alone.
  Cost branch_least(std::uint32_t at, std::uint32_t i) const {
    const std::uint32_t child = targets_[starts_[at] + i];
    return child != kNone && dominators_.of(child) == at ? least_[child] : 0;
  }

  /// Marks the nodes below which nothing is reachable from elsewhere.
  std::vector<char> closed() const {
    std::vector<std::uint32_t> shallowest(size(), kNone);
    std::vector<char> result(size(), 0);
    for (std::uint32_t at = size(); at-- > 0;) {
      for (std::size_t e = starts_[at]; e < starts_[at + 1]; ++e) {
        if (targets_[e] == kNone) continue;
        const std::uint32_t above = dominators_.depth(dominators_.of(targets_[e]));
        shallowest[at] = std::min({shallowest[at], above, shallowest[targets_[e]]});
      }
      result[at] = shallowest[at] >= dominators_.depth(at) ? 1 : 0;
    }
    return result;
  }

  /// The groups of the roots in the order of their first members.
  std::vector<Group> groups(const std::vector<NodeId>& roots) {
    sets_.reset(size());
    for (std::uint32_t at = 1; at < size(); ++at)
      for (std::size_t e = starts_[at]; e < starts_[at + 1]; ++e)
        if (targets_[e] != kNone) sets_.join(at, targets_[e]);
    std::vector<std::uint32_t> group_of(size(), kNone);
    std::vector<Group> groups;
    for (const NodeId root : roots) {
      std::uint32_t& group = group_of[sets_.find(local_[root])];
      if (group == kNone) {
        group = static_cast<std::uint32_t>(groups.size());
        groups.emplace_back();
      }
      groups[group].ors.push_back(root);
      groups[group].least += least_[local_[root]];
    }
    for (Group& group : groups) complete(group);
    return groups;
  }

 private:
  void sort_nodes(const std::vector<NodeId>& roots) {
    ids_.clear();
    for (std::size_t i = roots.size(); i-- > 0;) visit(roots[i]);
    ids_.push_back(kNone);
    std::reverse(ids_.begin(), ids_.end());
    for (std::uint32_t at = 1; at < ids_.size(); ++at) local_[ids_[at]] = at;
  }

  void visit(NodeId root) {
    if (local_[root] != kNone) return;
    local_[root] = 0;
    stack_.emplace_back(root, 0);
    while (!stack_.empty()) {
      auto& [node, next] = stack_.back();
      if (next == open_count(node)) {
        ids_.push_back(node);
        stack_.pop_back();
        continue;
      }
      const NodeId child = state_.child(node, next++);
      if (local_[child] != kNone || state_.satisfied(child)) continue;
      local_[child] = 0;
      stack_.emplace_back(child, 0);
    }
  }

  std::uint32_t open_count(NodeId node) const { return state_.solved[node] != 0 ? 0 : state_.count(node); }

  /// Edges by local number; kNone stands for what is satisfied, so that positions stay those of the branches.
  void link(const std::vector<NodeId>& roots) {
    targets_.clear();
    starts_.assign(1, 0);
    for (const NodeId root : roots) targets_.push_back(local_[root]);
    starts_.push_back(targets_.size());
    for (std::uint32_t at = 1; at < ids_.size(); ++at) {
      for (std::uint32_t i = 0; i < open_count(ids_[at]); ++i) {
        const NodeId child = state_.child(ids_[at], i);
        targets_.push_back(state_.satisfied(child) ? kNone : local_[child]);
      }
      starts_.push_back(targets_.size());
    }
    dominators_.reset(size());
    for (std::uint32_t at = 0; at < size(); ++at) {
      dominators_.settle(at);
      for (std::size_t e = starts_[at]; e < starts_[at + 1]; ++e)
        if (targets_[e] != kNone) dominators_.edge(at, targets_[e]);
    }
  }

  void find_values() {
    least_.assign(size(), 0);
    exact_.assign(size(), 1);
    for (std::uint32_t at = size(); at-- > 0;) {
      if (at != 0 && state_.solved[ids_[at]] != 0) {
        least_[at] = state_.cost[ids_[at]];
      } else if (at != 0 && state_.is_choice(ids_[at])) {
        choice_value(at);
      } else {
        sum_value(at);
      }
    }
  }

  void choice_value(std::uint32_t at) {
    const auto count = static_cast<std::uint32_t>(starts_[at + 1] - starts_[at]);
    least_[at] = kInfinite;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t child = targets_[starts_[at] + i];
      least_[at] = std::min(least_[at], branch_least(at, i));
      if (child != kNone && (dominators_.of(child) != at || exact_[child] == 0)) exact_[at] = 0;
    }
  }

  /// Each product counts below its immediate dominator only, so that none counts twice: a lower bound.
  void sum_value(std::uint32_t at) {
    if (at != 0 && state_.is_product(ids_[at])) least_[at] = state_.graph.nodes[ids_[at]].weight;
    for (std::size_t e = starts_[at]; e < starts_[at + 1]; ++e) {
      const std::uint32_t child = targets_[e];
      if (child == kNone) continue;
      if (dominators_.of(child) == at) least_[at] += least_[child];
      if (dominators_.of(child) != at || exact_[child] == 0) exact_[at] = 0;
    }
  }

  void complete(Group& group) {
    group.exact =
        std::all_of(group.ors.begin(), group.ors.end(), [this](NodeId id) { return exact_[local_[id]] != 0; });
    if (group.exact) {
      for (const NodeId id : group.ors) pick_exact(local_[id], group.picks);
      return;
    }
    const std::uint32_t first = local_[group.ors.front()];
    group.least_of_first = least_[first];
    for (std::uint32_t i = 0; i < state_.count(ids_[first]); ++i)
      group.candidates.push_back({branch_least(first, i), i});
    std::sort(group.candidates.begin(), group.candidates.end(), [](const Candidate& a, const Candidate& b) {
      return std::pair(a.least, a.edge) < std::pair(b.least, b.edge);
    });
  }

 public:
  /// The picks of an exact node: nothing below it is shared, so each `or` takes its first cheapest branch.
  void pick_exact(std::uint32_t at, std::vector<Pick>& picks) {
    std::vector<std::uint32_t> todo = {at};
    while (!todo.empty()) {
      const std::uint32_t node = todo.back();
      todo.pop_back();
      if (state_.solved[ids_[node]] != 0) continue;
      if (state_.is_choice(ids_[node])) {
        const std::uint32_t best = first_cheapest(node);
        picks.push_back({ids_[node], best});
        const std::uint32_t child = targets_[starts_[node] + best];
        if (child != kNone) todo.push_back(child);
        continue;
      }
      for (std::size_t e = starts_[node]; e < starts_[node + 1]; ++e)
        if (targets_[e] != kNone) todo.push_back(targets_[e]);
    }
  }

 private:
  std::uint32_t first_cheapest(std::uint32_t at) const {
    std::uint32_t best = 0;
    while (branch_least(at, best) != least_[at]) ++best;
    return best;
  }

  const State& state_;
  std::vector<NodeId> ids_;
  std::vector<std::uint32_t> local_;  ///< By node of the graph.
  std::vector<std::size_t> starts_;
  std::vector<std::uint32_t> targets_;
  std::vector<Cost> least_;
  std::vector<char> exact_;
  std::vector<std::pair<NodeId, std::uint32_t>> stack_;
  Dominators dominators_;
  UnionFind sets_;
};

class Search {
 public:
  Search(State& state, std::uint64_t work_limit)
      : state_(state), residual_(state), left_(work_limit), seen_(state.graph.nodes.size(), 0), in_group_(seen_) {}

  bool stopped() const { return stopped_; }

  /// The best set below one node that is independent of all others.
  std::optional<Outcome> run(NodeId node) {
    std::vector<NodeId> open;
    begin_pass();
    const Cost forced = include(node, open);
    auto outcome = solve(open, kInfinite, 0);
    undo(0);
    if (outcome) outcome->cost += forced;
    return outcome;
  }

 private:
  void begin_pass() { ++pass_; }
  bool first_seen(NodeId id) { return std::exchange(seen_[id], pass_) != pass_; }

  void spend(std::size_t steps) {
    stopped_ = stopped_ || left_ < steps;
    left_ -= stopped_ ? 0 : steps;
  }

  struct Visit {
    NodeId id;
    bool known;  ///< Reached through what is in the set already.
  };

  /// Takes in all that `node` needs without a choice, and appends the choices that it meets, in document order. What is
  /// in the set already is walked too: choices of this group below it come first here, which decides ties. Those of
  /// other groups are on their own lists.
  Cost include(NodeId node, std::vector<NodeId>& open) {
    Cost cost = 0;
    std::vector<Visit> todo = {{node, false}};
    while (!todo.empty()) {
      auto [id, known] = todo.back();
      todo.pop_back();
      if (!first_seen(id) || state_.decided[id] != 0) continue;
      if (state_.is_choice(id) && state_.solved[id] == 0) {
        if (!known || in_group_[id] == pass_) open.push_back(id);
        continue;
      }
      if (state_.solved[id] != 0 || state_.is_product(id)) {
        known = known || state_.included[id] != 0;
        cost += take(id);
      }
      if (state_.solved[id] != 0) continue;
      spend(state_.count(id));
      for (std::uint32_t i = state_.count(id); i-- > 0;) todo.push_back({state_.child(id, i), known});
    }
    return cost;
  }

  Cost take(NodeId id) {
    if (state_.included[id] != 0) return 0;
    state_.included[id] = 1;
    trail_.push_back(id);
    return state_.solved[id] != 0 ? state_.cost[id] : state_.graph.nodes[id].weight;
  }

  void undo(std::size_t mark) {
    for (; trail_.size() > mark; trail_.pop_back()) state_.included[trail_.back()] = state_.decided[trail_.back()] = 0;
  }

  /// The best completion for the open choices that costs less than `budget`.
  std::optional<Outcome> solve(const std::vector<NodeId>& open, Cost budget, std::uint32_t depth) {
    if (depth > kMaxDepth) stopped_ = true;
    if (stopped_) return std::nullopt;
    Outcome total;
    if (open.empty()) return budget == 0 ? std::nullopt : std::optional<Outcome>(std::move(total));
    residual_.build(open);
    spend(residual_.work());
    std::vector<Group> groups = residual_.groups(open);
    Cost rest = 0;
    for (const Group& group : groups) rest += group.least;
    for (Group& group : groups) {
      if (total.cost + rest >= budget || stopped_) return std::nullopt;
      rest -= group.least;
      if (group.exact) {
        total.cost += group.least;
        total.picks.insert(total.picks.end(), group.picks.begin(), group.picks.end());
        continue;
      }
      auto best = branch(group, budget - total.cost - rest, depth);
      if (!best) return std::nullopt;
      total.cost += best->cost;
      total.picks.insert(total.picks.end(), best->picks.begin(), best->picks.end());
    }
    if (total.cost >= budget) return std::nullopt;
    return total;
  }

  /// Tries the branches of the first choice, those that promise most first; equal costs go to the earlier branch.
  std::optional<Outcome> branch(const Group& group, Cost budget, std::uint32_t depth) {
    std::optional<Outcome> best;
    std::uint32_t best_edge = 0;
    const Cost others = group.least - group.least_of_first;
    for (const Candidate& candidate : group.candidates) {
      if (best && others + candidate.least > best->cost) break;
      spend(1);
      const Cost limit = !best ? budget : best->cost + (candidate.edge < best_edge ? 1 : 0);
      if (others + candidate.least >= limit) continue;
      auto outcome = attempt(group, candidate.edge, limit, depth);
      if (stopped_) return std::nullopt;
      if (!outcome) continue;
      best = std::move(outcome);
      best_edge = candidate.edge;
    }
    return best;
  }

  std::optional<Outcome> attempt(const Group& group, std::uint32_t edge, Cost limit, std::uint32_t depth) {
    const NodeId choice = group.ors.front();
    const std::size_t mark = trail_.size();
    state_.decided[choice] = 1;
    trail_.push_back(choice);
    begin_pass();
    for (const NodeId other : group.ors) in_group_[other] = pass_;
    std::vector<NodeId> open;
    const Cost cost = include(state_.child(choice, edge), open);
    for (const NodeId other : group.ors)
      if (other != choice && first_seen(other)) open.push_back(other);
    std::optional<Outcome> outcome;
    if (cost < limit) outcome = solve(open, limit - cost, depth + 1);
    undo(mark);
    if (!outcome) return outcome;
    outcome->cost += cost;
    outcome->picks.push_back({choice, edge});
    return outcome;
  }

  State& state_;
  Residual residual_;
  std::uint64_t left_;
  bool stopped_ = false;
  std::vector<std::uint64_t> seen_;      ///< By node: the last pass that came by.
  std::vector<std::uint64_t> in_group_;  ///< By node: the last pass whose group it was in.
  std::uint64_t pass_ = 0;
  std::vector<NodeId> trail_;
};

/// Solves every independent node, the deepest first, so that it is one step for what lies above.
class Modules {
 public:
  Modules(const ChoiceGraph& graph, const std::vector<FixedChoice>& fixed, std::uint64_t work_limit)
      : graph_(graph), state_(graph, fixed), search_(state_, work_limit), all_(state_) {}

  std::optional<ChoiceSolution> run() {
    all_.build({graph_.root});
    const std::vector<char> closed = all_.closed();
    for (std::uint32_t at = all_.size(); at-- > 1;) {
      if (closed[at] == 0) continue;
      if (!solve(all_.id(at))) return std::nullopt;
    }
    return ChoiceSolution{reached(), state_.cost[graph_.root]};
  }

 private:
  bool solve(NodeId id) {
    if (!solve_simple(id)) {
      auto outcome = search_.run(id);
      if (!outcome) return false;
      state_.cost[id] = outcome->cost;
      for (const Pick& pick : outcome->picks) pick_[pick.node] = pick.edge;
    }
    state_.solved[id] = 1;
    return true;
  }

  /// When all children are solved and nobody else's, no search is needed.
  bool solve_simple(NodeId id) {
    const std::uint32_t count = state_.count(id);
    for (std::uint32_t i = 0; i < count; ++i)
      if (state_.solved[state_.child(id, i)] == 0) return false;
    if (state_.is_choice(id)) {
      Cost best = kInfinite;
      for (std::uint32_t i = 0; i < count; ++i) {
        const Cost cost = state_.cost[state_.child(id, i)];
        if (cost >= best) continue;
        best = cost;
        pick_[id] = i;
      }
      state_.cost[id] = best;
      return true;
    }
    Cost sum = graph_.nodes[id].weight;
    for (std::uint32_t i = 0; i < count; ++i) sum += state_.cost[state_.child(id, i)];
    state_.cost[id] = sum;
    return true;
  }

  /// Keeps the picks that the plan comes by.
  std::vector<std::uint32_t> reached() const {
    std::vector<std::uint32_t> choice(graph_.nodes.size(), ChoiceSolution::kNotReached);
    std::vector<char> seen(graph_.nodes.size(), 0);
    std::vector<NodeId> todo = {graph_.root};
    seen[graph_.root] = 1;
    const auto visit = [&](NodeId child) {
      if (std::exchange(seen[child], 1) == 0) todo.push_back(child);
    };
    while (!todo.empty()) {
      const NodeId id = todo.back();
      todo.pop_back();
      if (graph_.nodes[id].kind == Kind::kOr) {
        choice[id] = state_.is_choice(id) ? pick_[id] : state_.only[id];
        visit(graph_.edges[graph_.nodes[id].first + choice[id]].target);
        continue;
      }
      for (std::uint32_t i = 0; i < graph_.nodes[id].count; ++i) visit(state_.child(id, i));
    }
    return choice;
  }

  const ChoiceGraph& graph_;
  State state_;
  Search search_;
  Residual all_;
  std::vector<std::uint32_t> pick_ = std::vector<std::uint32_t>(graph_.nodes.size(), 0);
};

}  // namespace

std::optional<ChoiceSolution> solve_choices(const ChoiceGraph& graph, const std::vector<FixedChoice>& fixed,
                                            std::uint64_t work_limit) {
  return Modules(graph, fixed, work_limit).run();
}

}  // namespace zoo::catalog
