// SPDX-License-Identifier: Apache-2.0
#include "feedgen/feed/mirror_names.h"

#include <algorithm>
#include <array>

#include "feedgen/base/device_names.h"
#include "feedgen/base/http_fields.h"

namespace zoo::feed {
namespace {

constexpr std::size_t kMaxName = 100;

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
}

/// ".msi"; "" when the end of the name is no type of a file.
std::string_view type_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || name.size() - dot < 2 || name.size() - dot > 6) return {};
  const std::string_view letters = name.substr(dot + 1);
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return std::any_of(letters.begin(), letters.end(), letter) ? name.substr(dot) : std::string_view();
}

std::string_view type_of_content(std::string_view first_bytes) {
  struct Known {
    std::string_view magic, type;
  };
  constexpr std::array<Known, 4> kKnown = {Known{"MZ", ".exe"}, Known{"\xD0\xCF\x11\xE0", ".msi"},
                                           Known{"PK\x03\x04", ".zip"}, Known{"MSCF", ".cab"}};
  for (const Known& known : kKnown) {
    if (first_bytes.substr(0, known.magic.size()) == known.magic) return known.type;
  }
  return {};
}

/// Scripts that answer with a file are no types of it.
bool is_page(std::string_view type) {
  const std::string lower = ascii_lower(type);
  constexpr std::array<std::string_view, 6> kPages = {".aspx", ".ashx", ".asp", ".php", ".cgi", ".jsp"};
  return std::find(kPages.begin(), kPages.end(), lower) != kPages.end();
}

}  // namespace

std::string plain_file_name(std::string_view name) {
  std::string out(name);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return !is_plain(c); }, '_');
  if (out.size() > kMaxName) {
    const std::string type(type_of(out));
    out = out.substr(0, kMaxName - type.size()) + type;
  }
  while (!out.empty() && out.back() == '.') out.pop_back();
  out.erase(0, std::min(out.find_first_not_of('.'), out.size()));
  return is_device_name(out) ? "_" + out : out;
}

bool is_plain_file_name(std::string_view name) {
  return !name.empty() && plain_file_name(name) == name;
}

std::string download_name(std::string_view url, std::string_view final_url, std::string_view first_bytes) {
  std::string first = plain_file_name(url_file_name(url));
  if (const std::string_view type = type_of(first); !type.empty() && !is_page(type)) return first;
  std::string last = plain_file_name(url_file_name(final_url));
  if (const std::string_view type = type_of(last); !type.empty() && !is_page(type)) return last;
  const std::string stem = first.substr(0, first.size() - type_of(first).size());
  return (stem.empty() ? std::string("download") : stem) + std::string(type_of_content(first_bytes));
}

}  // namespace zoo::feed
