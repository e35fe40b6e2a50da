// SPDX-License-Identifier: Apache-2.0
#include "module/host/webconfig_values.h"

#include <algorithm>

namespace zoo::module {

std::optional<std::uint64_t> read_unsigned(const XmlElement& element, std::string_view attribute, std::uint64_t most,
                                           ConfigProblems& problems) {
  const std::optional<std::string_view> text = element.attribute(attribute);
  if (!text) return std::nullopt;
  const std::optional<std::int64_t> number = parse_number(*text);
  if (number && *number >= 0 && static_cast<std::uint64_t>(*number) <= most) return static_cast<std::uint64_t>(*number);
  problems.error(
      "ZC0103",
      std::string(attribute) + "=\"" + std::string(*text) + "\" is not a number from 0 to " + std::to_string(most),
      element.place_of(attribute));
  return std::nullopt;
}

std::optional<bool> read_bool(const XmlElement& element, std::string_view attribute, ConfigProblems& problems) {
  const std::optional<std::string_view> text = element.attribute(attribute);
  if (!text) return std::nullopt;
  const std::optional<bool> value = parse_bool(*text);
  if (!value) {
    problems.error("ZC0104", std::string(attribute) + "=\"" + std::string(*text) + "\" is neither true nor false",
                   element.place_of(attribute));
  }
  return value;
}

void warn_unknown(const XmlElement& element, std::initializer_list<std::string_view> known, ConfigProblems& problems) {
  for (const std::string& name : element.unknown_attributes(known)) {
    problems.warning("ZC0105", "<" + std::string(element.name()) + "> has no attribute \"" + name + "\"",
                     element.place_of(name), "it has no effect; IIS may refuse the file");
  }
}

std::optional<EditKind> edit_kind(const XmlElement& element, std::initializer_list<std::string_view> add,
                                  ConfigProblems& problems) {
  if (element.name() == "clear") return EditKind::kClear;
  if (element.name() == "remove") return EditKind::kRemove;
  if (std::find(add.begin(), add.end(), element.name()) != add.end()) return EditKind::kAdd;
  problems.warning("ZC0106", "<" + std::string(element.name()) + "> is not expected here", element.place(),
                   "it has no effect; IIS may refuse the file");
  return std::nullopt;
}

std::optional<std::string> read_key(const XmlElement& element, std::string_view attribute, ConfigProblems& problems) {
  std::string value(trim(element.attribute(attribute).value_or(std::string_view())));
  if (!value.empty()) return value;
  problems.error("ZC0102", "<" + std::string(element.name()) + "> needs " + std::string(attribute) + "=\"...\"",
                 element.place());
  return std::nullopt;
}

}  // namespace zoo::module
