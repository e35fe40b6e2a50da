// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iishost {

/// An element of a configuration or schema file. Text content is dropped: these files have none.
struct XmlElement {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::vector<std::unique_ptr<XmlElement>> children;

  const XmlElement* child(std::string_view wanted) const;
  std::string attribute(const std::string& wanted, const std::string& fallback = {}) const;
};

/// Null: the text is not well-formed.
std::unique_ptr<XmlElement> parse_xml(std::string_view text);

/// Nothing: the file cannot be read.
std::optional<std::string> read_file(const std::string& path);

}  // namespace iishost
