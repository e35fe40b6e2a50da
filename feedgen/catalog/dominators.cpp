// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/dominators.h"

namespace zoo::catalog {

void Dominators::reset(std::uint32_t count) {
  parent_.assign(count, kNone);
  jump_.assign(count, 0);
  depth_.assign(count, 0);
}

void Dominators::settle(std::uint32_t node) {
  if (parent_[node] == kNone) {  // the root, or what it does not reach
    parent_[node] = jump_[node] = node;
    return;
  }
  const std::uint32_t parent = parent_[node];
  const std::uint32_t jump = jump_[parent];
  depth_[node] = depth_[parent] + 1;
  const bool equal_strides = depth_[parent] - depth_[jump] == depth_[jump] - depth_[jump_[jump]];
  jump_[node] = equal_strides ? jump_[jump] : parent;
}

void Dominators::edge(std::uint32_t from, std::uint32_t to) {
  parent_[to] = parent_[to] == kNone ? from : common(parent_[to], from);
}

std::uint32_t Dominators::lifted(std::uint32_t node, std::uint32_t depth) const {
  while (depth_[node] > depth) node = depth_[jump_[node]] >= depth ? jump_[node] : parent_[node];
  return node;
}

std::uint32_t Dominators::common(std::uint32_t a, std::uint32_t b) const {
  a = lifted(a, depth_[b]);
  b = lifted(b, depth_[a]);
  while (a != b) {
    const bool jump = jump_[a] != jump_[b];
    a = jump ? jump_[a] : parent_[a];
    b = jump ? jump_[b] : parent_[b];
  }
  return a;
}

}  // namespace zoo::catalog
