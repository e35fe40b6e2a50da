// SPDX-License-Identifier: Apache-2.0
#include "module/host/webconfig_sections.h"
#include "module/host/webconfig_values.h"

namespace zoo::module {
namespace {

/// "address:port:host"; an IPv6 address stands in brackets.
std::optional<SiteBinding> read_binding(const XmlElement& element, ConfigProblems& problems) {
  SiteBinding binding;
  binding.protocol = to_lower(element.text_of("protocol", "http"));
  if (binding.protocol != "http" && binding.protocol != "https") return std::nullopt;
  const std::string text = element.text_of("bindingInformation");
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
  const std::size_t first = bracket == std::string::npos ? bracket : text.find(':', bracket);
  const std::size_t second = first == std::string::npos ? first : text.find(':', first + 1);
  const std::optional<std::int64_t> port =
      second == std::string::npos ? std::nullopt : parse_number(text.substr(first + 1, second - first - 1));
  if (!port || *port < 1 || *port > 65535) {
    problems.error("ZC0401", "bindingInformation=\"" + text + "\" is not of the form address:port:host",
                   element.place_of("bindingInformation"));
    return std::nullopt;
  }
  binding.address = text.substr(0, first);
  binding.port = static_cast<std::uint16_t>(*port);
  binding.host = text.substr(second + 1);
  return binding;
}

SiteApplication read_site_application(const XmlElement& element, ConfigProblems& problems) {
  SiteApplication application;
  application.path = element.text_of("path", "/");
  application.pool = element.text_of("applicationPool");
  for (const XmlElement& child : element.children()) {
    if (child.name() != "virtualDirectory") continue;
    VirtualDirectory directory{child.text_of("path", "/"), child.text_of("physicalPath")};
    if (directory.physical_path.empty()) {
      read_key(child, "physicalPath", problems);
    } else {
      application.directories.push_back(std::move(directory));
    }
  }
  return application;
}

void read_site(const XmlElement& element, const std::string& default_pool, Topology& topology,
               ConfigProblems& problems) {
  std::optional<std::string> name = read_key(element, "name", problems);
  if (!name) return;
  Site site;
  site.name = *std::move(name);
  site.id = static_cast<std::int64_t>(read_unsigned(element, "id", UINT32_MAX, problems).value_or(0));
  site.place = element.place();
  std::string pool = default_pool;
  if (const auto defaults = element.child("applicationDefaults")) pool = defaults->text_of("applicationPool", pool);
  for (const XmlElement& child : element.children()) {
    if (child.name() == "application") {
      site.applications.push_back(read_site_application(child, problems));
      if (site.applications.back().pool.empty()) site.applications.back().pool = pool;
    } else if (child.name() == "bindings") {
      for (const XmlElement& item : child.children()) {
        if (item.name() != "binding") continue;
        if (auto binding = read_binding(item, problems)) site.bindings.push_back(*std::move(binding));
      }
    }
  }
  topology.sites.push_back(std::move(site));
}

void read_pools(const XmlElement& section, Topology& topology, ConfigProblems& problems) {
  bool default_32bit = false;
  if (const auto defaults = section.child("applicationPoolDefaults")) {
    default_32bit = read_bool(*defaults, "enable32BitAppOnWin64", problems).value_or(false);
  }
  for (const XmlElement& element : section.children()) {
    if (element.name() != "add") continue;
    if (std::optional<std::string> name = read_key(element, "name", problems)) {
      const bool is_32bit = read_bool(element, "enable32BitAppOnWin64", problems).value_or(default_32bit);
      topology.pools.push_back({*std::move(name), is_32bit});
    }
  }
}

}  // namespace

void read_topology(const XmlElement& section, Topology& topology, ConfigProblems& problems) {
  if (const auto pools = section.child("applicationPools")) read_pools(*pools, topology, problems);
  const auto sites = section.child("sites");
  if (!sites) return;
  if (const auto defaults = sites->child("applicationDefaults")) {
    topology.default_pool = defaults->text_of("applicationPool");
  }
  for (const XmlElement& element : sites->children()) {
    if (element.name() == "site") read_site(element, topology.default_pool, topology, problems);
  }
}

}  // namespace zoo::module
