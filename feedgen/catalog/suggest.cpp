// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/suggest.h"

#include <algorithm>
#include <cstdint>
#include <tuple>

namespace zoo::catalog {
namespace {

constexpr std::size_t kMaxLength = 64;  ///< Longer ids are compared by their beginning.
constexpr std::size_t kFar = 1000;

/// Levenshtein distance by two rows; kFar as soon as it must exceed `limit`.
std::size_t distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (a.size() > b.size() + limit || b.size() > a.size() + limit) return kFar;
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    std::size_t least = row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
      least = std::min(least, row[j]);
    }
    if (least > limit) return kFar;
  }
  return row[b.size()];
}

std::size_t score(const std::string& wanted, const std::string& known) {
  constexpr std::size_t kShortestPart = 3;
  const std::size_t limit = std::max<std::size_t>(2, wanted.size() / 3);
  const std::size_t typed = distance(wanted, known, limit);
  if (typed <= limit) return typed;
  const bool part = wanted.size() >= kShortestPart && known.find(wanted) != std::string::npos;
  const bool whole = known.size() >= kShortestPart && wanted.find(known) != std::string::npos;
  return part || whole ? limit + 1 : kFar;
}

}  // namespace

std::vector<std::string_view> nearest_ids(const Catalog& catalog, std::string_view id, std::size_t limit) {
  using Hit = std::tuple<std::size_t, std::size_t, std::string_view>;
  const std::string wanted = folded(trimmed(id).substr(0, kMaxLength));
  std::vector<Hit> hits;
  if (wanted.empty()) return {};
  for (std::size_t i = 0; i < catalog.products.size(); ++i) {
    const std::string_view known = catalog.products[i].id.text;
    const std::size_t points = score(wanted, folded(known.substr(0, kMaxLength)));
    if (points != kFar) hits.emplace_back(points, i, known);
  }
  const auto kept = static_cast<std::ptrdiff_t>(std::min(limit, hits.size()));
  std::partial_sort(hits.begin(), hits.begin() + kept, hits.end());
  std::vector<std::string_view> ids;
  for (auto hit = hits.begin(); hit != hits.begin() + kept; ++hit) {
    // Beside a near one a far one is no help.
    if (std::get<0>(*hit) > 2 * std::get<0>(hits.front()) + 1) break;
    ids.push_back(std::get<2>(*hit));
  }
  return ids;
}

std::string did_you_mean(const std::vector<std::string_view>& ids) {
  if (ids.empty()) return {};
  std::string text = "; did you mean ";
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i != 0) text += i + 1 == ids.size() ? " or " : ", ";
    text += ids[i];
  }
  return text + "?";
}

}  // namespace zoo::catalog
