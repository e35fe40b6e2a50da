// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/html_page.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace zoo::feed {
namespace {

using catalog::Dependency;
using catalog::Product;

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-';
}

/// Stable between builds and machines, unlike std::hash.
std::size_t tone_of(std::string_view id) {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash % 6;
}

/// The first UTF-8 character, ASCII in upper case.
std::string first_letter(std::string_view text) {
  std::size_t end = text.empty() ? 0 : 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
  std::string letter(text.substr(0, end));
  if (letter.size() == 1 && letter[0] >= 'a' && letter[0] <= 'z')
    letter[0] = static_cast<char>(letter[0] - ('a' - 'A'));
  return letter;
}

std::string icon_path(const HtmlPage& page, const Product& product) {
  if (page.options().icon) return relative_path(page.options().icon(product));
  const std::string own = relative_path(product.relative_icon.text);
  return own.empty() ? relative_path(product.icon.text) : own;
}

}  // namespace

std::string anchor_of(std::string_view id) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out = "p-";
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(c)) {
      out += c;
    } else {
      out += '~';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 0xFU];
    }
  }
  return out;
}

HtmlPage::HtmlPage(const catalog::Catalog& catalog, const HtmlOptions& options)
    : catalog_(catalog), options_(options), index_(catalog), needed_by_(catalog.products.size()) {
  anchors_.reserve(catalog.products.size());
  for (std::size_t i = 0; i < catalog.products.size(); ++i) {
    std::string anchor = anchor_of(catalog.products[i].id.text);
    if (index_.position(catalog.products[i].id.text) != static_cast<std::ptrdiff_t>(i))
      anchor += "~~" + std::to_string(i);
    anchors_.push_back(std::move(anchor));
  }
  for (const MissingProduct& missing : options.missing) missing_.insert(catalog::folded(missing.id));
  for (const auto& shared : catalog.dependencies) shared_.emplace(catalog::folded(shared.id.text), &shared.value);
  link_back();
}

bool HtmlPage::is_missing(std::string_view id) const {
  return missing_.find(catalog::folded(id)) != missing_.end();
}

const Dependency& HtmlPage::resolved(const Dependency& dependency) const {
  static const Dependency none;
  const Dependency* found = &dependency;
  for (std::size_t hops = 0; found->kind == Dependency::Kind::kReference; ++hops) {
    const auto shared = shared_.find(catalog::folded(found->id.text));
    if (shared == shared_.end() || hops == kShownLevels) return none;
    found = shared->second;
  }
  return *found;
}

void HtmlPage::collect(const Dependency& dependency, std::size_t level, std::vector<std::size_t>& found,
                       std::size_t& budget) const {
  if (level == kShownLevels || budget == 0) return;
  --budget;
  const Dependency& tree = resolved(dependency);
  if (tree.kind == Dependency::Kind::kProduct) {
    const std::ptrdiff_t position = index_.position(tree.id.text);
    if (position >= 0) found.push_back(static_cast<std::size_t>(position));
  }
  for (const Dependency& child : tree.children) {
    if (budget == 0) break;
    collect(child, level + 1, found, budget);
  }
}

void HtmlPage::link_back() {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < catalog_.products.size(); ++i) {
    std::size_t budget = kShownNodes;
    found.clear();
    collect(catalog_.products[i].dependency, 0, found, budget);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    for (const std::size_t needed : found) needed_by_[needed].push_back(i);
  }
}

std::string HtmlPage::feed_name() const {
  const std::string url = linkable_url(options_.feed_url);
  return url.empty() ? "FEED" : url;
}

void write_icon(HtmlWriter& writer, const HtmlPage& page, const Product& product) {
  const std::string path = icon_path(page, product);
  if (!path.empty()) {
    // The title stands beside it: a text for the icon would only be read twice.
    writer.empty("img", {{"class", "icon"}, {"src", path}, {"alt", ""}, {"width", "48"}, {"height", "48"}});
    return;
  }
  const std::string tone = "icon letter tone" + std::to_string(tone_of(product.id.text));
  writer.element("span", {{"class", tone}, {"aria-hidden", "true"}}, first_letter(title_of(product)));
}

void write_product_link(HtmlWriter& writer, const HtmlPage& page, std::size_t position) {
  const std::string href = '#' + page.anchor(position);
  writer.element("a", {{"href", href}}, title_of(page.product(position)));
}

void write_link(HtmlWriter& writer, std::string_view url, std::string_view text) {
  const std::string href = linkable_url(url);
  if (href.empty()) {
    writer.text(text);
  } else {
    writer.element("a", {{"href", href}, {"rel", "noopener noreferrer"}}, text);
  }
}

std::string_view title_of(const Product& product) {
  return product.title.filled() ? product.title.text : product.id.text;
}

std::string install_command(const HtmlPage& page, const Product& product) {
  const std::string_view id = product.id.text;
  if (id.empty() || !std::all_of(id.begin(), id.end(), is_plain)) return {};
  const std::string_view what = product.is_application() ? " /Application:" : " /Products:";
  return "WebpiCmd.exe /Install" + std::string(what) + std::string(id) + " /XML:" + page.feed_name() + " /AcceptEula";
}

}  // namespace zoo::feed
