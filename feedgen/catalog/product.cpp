// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/product.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace zoo::catalog {
namespace {

char fold(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

struct FoldedHash {
  std::size_t operator()(std::string_view text) const {
    std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(fold(c))) * 1099511628211ULL;
    return static_cast<std::size_t>(hash);
  }
};

struct FoldedEqual {
  bool operator()(std::string_view a, std::string_view b) const { return same_id(a, b); }
};

}  // namespace

bool Architectures::has(std::string_view name) const {
  return std::any_of(names.begin(), names.end(), [&](const Field& field) { return field.text == name; });
}

bool Product::is_application() const {
  return std::any_of(installers.begin(), installers.end(), [](const Installer& i) { return i.ms_deploy.present(); });
}

std::string_view StringPool::keep(std::string text) {
  const std::lock_guard lock(mutex_);
  return strings_.emplace_back(std::move(text));
}

bool same_id(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return fold(x) == fold(y); });
}

std::string folded(std::string_view id) {
  std::string out(id);
  std::transform(out.begin(), out.end(), out.begin(), fold);
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

struct ProductIndex::State {
  const Catalog& catalog;
  std::unordered_map<std::string_view, std::size_t, FoldedHash, FoldedEqual> by_id;
};

ProductIndex::ProductIndex(const Catalog& catalog) : state_(new State{catalog, {}}) {
  state_->by_id.reserve(catalog.products.size());
  for (std::size_t i = 0; i < catalog.products.size(); ++i) state_->by_id.emplace(catalog.products[i].id.text, i);
}

ProductIndex::~ProductIndex() = default;

std::ptrdiff_t ProductIndex::position(std::string_view id) const {
  const auto found = state_->by_id.find(id);
  return found == state_->by_id.end() ? -1 : static_cast<std::ptrdiff_t>(found->second);
}

const Product* ProductIndex::find(std::string_view id) const {
  const std::ptrdiff_t at = position(id);
  return at < 0 ? nullptr : &state_->catalog.products[static_cast<std::size_t>(at)];
}

}  // namespace zoo::catalog
