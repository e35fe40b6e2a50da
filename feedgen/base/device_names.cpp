// SPDX-License-Identifier: Apache-2.0
#include "feedgen/base/device_names.h"

#include <algorithm>
#include <array>

#include "feedgen/base/http_fields.h"

namespace zoo {

bool is_device_name(std::string_view name) {
  constexpr std::array<std::string_view, 6> kPlain = {"con", "prn", "aux", "nul", "conin$", "conout$"};
  std::string_view stem = name.substr(0, name.find('.'));
  while (!stem.empty() && stem.back() == ' ') stem.remove_suffix(1);
  const std::string lower = ascii_lower(stem);
  if (std::find(kPlain.begin(), kPlain.end(), lower) != kPlain.end()) return true;
  if (lower.compare(0, 3, "com") != 0 && lower.compare(0, 3, "lpt") != 0) return false;
  const std::string number = lower.substr(3);
  const bool superscript = number == "\u00B9" || number == "\u00B2" || number == "\u00B3";
  return superscript || (number.size() == 1 && number[0] >= '1' && number[0] <= '9');
}

}  // namespace zoo
