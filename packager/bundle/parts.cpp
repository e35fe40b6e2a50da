// SPDX-License-Identifier: Apache-2.0
#include "packager/bundle/parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "feedgen/catalog/product.h"

namespace zoo::bundle {
namespace {

std::string anchored(std::string_view text) {
  return "^" + package::regex_escaped(text) + "$";
}

}  // namespace

package::Value value(std::string text) {
  return {std::move(text), true, {}};
}

package::Parameter parameter(std::string_view name, std::optional<std::string> default_value, std::string_view tags) {
  package::Parameter p;
  p.name = value(std::string(name));
  if (default_value) p.default_value = value(std::move(*default_value));
  if (!tags.empty()) p.tags = value(std::string(tags));
  return p;
}

package::Provider provider(std::string_view name, std::string path, std::vector<package::Setting> settings) {
  package::Provider p;
  p.name = name;
  p.path = std::move(path);
  p.has_path = true;
  p.settings = std::move(settings);
  return p;
}

package::ParameterEntry provider_entry(std::string_view name, std::string_view path) {
  const auto kind = package::EntryKind::kProviderPath;
  return {{}, kind, value(std::string(package::name(kind))), value(anchored(name)), value(anchored(path)), {}};
}

package::ParameterEntry file_entry(package::EntryKind kind, std::string_view file, std::string match) {
  std::string windows(file);
  std::replace(windows.begin(), windows.end(), '/', '\\');
  return {{}, kind, value(std::string(package::name(kind))), value(anchored(windows)), value(std::move(match)), {}};
}

package::Validation validation(std::string_view kind, std::string_view text) {
  return {{}, value(std::string(kind)), value(std::string(text))};
}

package::ParameterEntry line_entry(std::string_view file, std::string_view key) {
  return file_entry(package::EntryKind::kTextFile, file, fmt::format("(?<=\\n{} =)[^\\r\\n]*", key));
}

std::optional<std::string> current_line(const std::string& settings, std::string_view key) {
  const std::string mark = fmt::format("\n{} =", key);
  const std::size_t at = settings.find(mark);
  if (at == std::string::npos) return std::nullopt;
  const std::size_t begin = at + mark.size();
  const std::size_t end = std::min(settings.find_first_of("\r\n", begin), settings.size());
  return std::string(catalog::trimmed(std::string_view(settings).substr(begin, end - begin)));
}

}  // namespace zoo::bundle
