// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/tree_text.h"

namespace zoo::catalog {
namespace {

constexpr std::size_t kMaxDepth = 512;  ///< Through references too; what lies deeper is shown as "...".

}  // namespace

struct TreeText::Writer {
  const TreeText& text;
  std::string out;

  bool full() const { return out.size() > text.limit_; }

  /// `outer` is the kind of the group around it, which decides about brackets.
  void write(const Dependency& written, Dependency::Kind outer, std::size_t depth) {
    if (full()) return;
    std::size_t hops = 0;
    const Dependency& tree = *text.resolved(written, hops);
    if (depth + hops > kMaxDepth) {
      out += "...";
    } else if (tree.kind == Dependency::Kind::kProduct) {
      out += tree.id.text;
    } else if (tree.kind == Dependency::Kind::kReference) {
      out += '@';
      out += tree.id.text;
    } else if (tree.children.size() == 1) {
      write(tree.children.front(), outer, depth + hops + 1);
    } else if (tree.kind != Dependency::Kind::kNone) {
      write_group(tree, outer, depth + hops + 1);
    }
  }

  void write_group(const Dependency& tree, Dependency::Kind outer, std::size_t depth) {
    const bool brackets = outer != Dependency::Kind::kNone && outer != tree.kind;
    if (brackets) out += '(';
    for (std::size_t i = 0; i < tree.children.size() && !full(); ++i) {
      if (i != 0) out += tree.kind == Dependency::Kind::kOr ? " or " : " and ";
      write(tree.children[i], tree.kind, depth);
    }
    if (brackets) out += ')';
  }
};

TreeText::TreeText(const Catalog& catalog, std::size_t limit) : limit_(limit) {
  for (const auto& shared : catalog.dependencies) shared_.emplace(shared.id.text, &shared.value);
}

const Dependency* TreeText::resolved(const Dependency& tree, std::size_t& hops) const {
  const Dependency* at = &tree;
  for (; at->kind == Dependency::Kind::kReference && hops <= kMaxDepth; ++hops) {
    const auto found = shared_.find(at->id.text);
    if (found == shared_.end()) break;
    at = found->second;
  }
  return at;
}

std::string TreeText::operator()(const Dependency& tree) const {
  Writer writer{*this, {}};
  writer.write(tree, Dependency::Kind::kNone, 0);
  if (!writer.full()) return std::move(writer.out);
  std::size_t end = limit_;
  while (end > 0 && (static_cast<unsigned char>(writer.out[end]) & 0xC0U) == 0x80U) --end;
  return writer.out.substr(0, end) + "...";
}

}  // namespace zoo::catalog
