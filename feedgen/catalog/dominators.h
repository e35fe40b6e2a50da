// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace zoo::catalog {

/// Immediate dominators of an acyclic graph whose nodes are numbered parents first, node 0 being the root. Settle the
/// nodes in that order and give each one's edges right after it: linear but for the logarithm of a tree walk by jump
/// pointers (E. W. Myers, "An applicative random-access stack", 1983).
class Dominators {
 public:
  void reset(std::uint32_t count);
  void settle(std::uint32_t node);
  void edge(std::uint32_t from, std::uint32_t to);
  std::uint32_t of(std::uint32_t node) const { return parent_[node]; }    ///< The root's is itself.
  std::uint32_t depth(std::uint32_t node) const { return depth_[node]; }  ///< Settled nodes only.

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;
  std::uint32_t common(std::uint32_t a, std::uint32_t b) const;
  std::uint32_t lifted(std::uint32_t node, std::uint32_t depth) const;
  std::vector<std::uint32_t> parent_, jump_, depth_;
};

}  // namespace zoo::catalog
