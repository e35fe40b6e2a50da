// SPDX-License-Identifier: Apache-2.0
#include "tests/iishost/host/config.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace iishost {
namespace {

constexpr std::string_view kRoot = "MACHINE/WEBROOT/APPHOST";
constexpr long kInvalidData = static_cast<long>(0x8007000D);
constexpr long kUnknownSection = static_cast<long>(0x80070490);
constexpr long kLocked = static_cast<long>(0x80070021);

std::shared_ptr<ConfigNode> make_node(const XmlElement& schema, const std::string& name) {
  auto node = std::make_shared<ConfigNode>();
  node->name = name;
  for (const auto& part : schema.children) {
    if (part->name == "attribute") {
      node->attributes[part->attribute("name")] = part->attribute("defaultValue");
    } else if (part->name == "element") {
      node->children[part->attribute("name")] = make_node(*part, part->attribute("name"));
    }
  }
  return node;
}

std::string key_attribute(const XmlElement& collection) {
  for (const auto& part : collection.children) {
    if (part->name == "attribute" && part->attribute("isUniqueKey") == "true") return part->attribute("name");
  }
  return {};
}

bool is_listed(const std::string& list, const std::string& name) {
  for (std::string_view rest = list; !rest.empty();) {
    const std::string_view part = rest.substr(0, rest.find(','));
    if (part == name) return true;
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  }
  return false;
}

bool apply(const XmlElement& schema, const XmlElement& written, ConfigNode& node);

bool apply_item(const XmlElement& collection, const XmlElement& written, ConfigNode& node) {
  const std::string key = key_attribute(collection);
  const auto same_key = [&](const std::shared_ptr<ConfigNode>& item) {
    return !key.empty() && item->attributes[key] == written.attribute(key);
  };
  if (written.name == collection.attribute("clearElement")) {
    node.items.clear();
    return true;
  }
  if (written.name == collection.attribute("removeElement")) {
    std::erase_if(node.items, same_key);
    return true;
  }
  if (!is_listed(collection.attribute("addElement"), written.name)) return false;
  if (std::any_of(node.items.begin(), node.items.end(), same_key)) return false;  // IIS refuses a second one
  std::shared_ptr<ConfigNode> item = make_node(collection, written.name);
  if (!apply(collection, written, *item)) return false;
  node.items.push_back(std::move(item));
  return true;
}

// False: something is not in the schema.
bool apply(const XmlElement& schema, const XmlElement& written, ConfigNode& node) {
  for (const auto& [name, value] : written.attributes) {
    if (name.starts_with("lock")) continue;
    if (!node.attributes.contains(name)) return false;
    node.attributes[name] = value;
  }
  for (const auto& inner : written.children) {
    const XmlElement* collection = nullptr;
    const XmlElement* element = nullptr;
    for (const auto& part : schema.children) {
      if (part->name == "collection") collection = part.get();
      if (part->name == "element" && part->attribute("name") == inner->name) element = part.get();
    }
    const bool fits = element != nullptr ? apply(*element, *inner, *node.children[inner->name])
                                         : collection != nullptr && apply_item(*collection, *inner, node);
    if (!fits) return false;
  }
  return true;
}

const XmlElement* find_section(const XmlElement& parent, std::string_view section) {
  const XmlElement* element = &parent;
  while (element != nullptr && !section.empty()) {
    const std::string_view part = section.substr(0, section.find('/'));
    section.remove_prefix(std::min(section.size(), part.size() + 1));
    element = element->child(part);
  }
  return element;
}

std::string expanded(const std::string& path) {
  std::string out;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = path[at] == '%' ? path.find('%', at + 1) : std::string::npos;
    if (end == std::string::npos) {
      out += path[at++];
      continue;
    }
    const char* value = std::getenv(path.substr(at + 1, end - at - 1).c_str());
    out += value == nullptr ? "" : value;
    at = end + 1;
  }
  return out;
}

}  // namespace

bool Configuration::load_schemas(const std::vector<std::string>& files) {
  for (const std::string& path : files) {
    const std::optional<std::string> text = read_file(path);
    std::unique_ptr<XmlElement> root = text ? parse_xml(*text) : nullptr;
    if (root == nullptr) return false;
    for (const auto& section : root->children) {
      if (section->name == "sectionSchema") schemas_[section->attribute("name")] = section.get();
    }
    schema_files_.push_back(std::move(root));
  }
  return true;
}

const XmlElement* Configuration::file(const std::string& path, const std::string& config_path, bool& malformed) {
  const auto [entry, is_new] = files_.try_emplace(path);
  CachedFile& cached = entry->second;
  if (is_new) {
    const std::optional<std::string> text = read_file(path);
    cached.config_path = config_path;
    cached.exists = text.has_value();
    cached.text = text.value_or("");
    if (text) cached.root = parse_xml(cached.text);
  }
  if (cached.exists && cached.root == nullptr) malformed = true;
  return cached.root.get();
}

bool Configuration::is_locked(const XmlElement& host, const std::string& section) const {
  const XmlElement* element = host.child("configSections");
  std::string_view rest = section;
  while (element != nullptr && !rest.empty()) {
    const std::string part(rest.substr(0, rest.find('/')));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    const auto found = std::find_if(element->children.begin(), element->children.end(),
                                    [&](const auto& child) { return child->attribute("name") == part; });
    element = found == element->children.end() ? nullptr : found->get();
  }
  return element != nullptr && element->attribute("overrideModeDefault") == "Deny";
}

/// The section in the file itself (`location` is empty) or in its <location> elements of that path.
void Configuration::apply_file(const XmlElement& root, const std::string& section, const std::string& location,
                               Source source, std::vector<Source>& sources) {
  const auto add = [&](const XmlElement& parent) {
    source.section = find_section(parent, section);
    if (source.section != nullptr) sources.push_back(source);
  };
  if (location.empty()) add(root);
  for (const auto& element : root.children) {
    if (element->name != "location") continue;
    const std::string path = element->attribute("path");
    if (path == location || (location.empty() && path == ".")) add(*element);
  }
}

std::shared_ptr<ConfigNode> Configuration::section(const std::string& name, const std::string& path, long& error) {
  const std::optional<SiteInfo> info = site();
  const std::lock_guard lock(mutex_);
  const auto schema = schemas_.find(name);
  bool malformed = false;
  const XmlElement* host = file(host_file_, std::string(kRoot), malformed);
  error = schema == schemas_.end() ? kUnknownSection : kInvalidData;
  if (schema == schemas_.end() || host == nullptr || malformed || !info) return nullptr;
  std::vector<Source> sources;
  apply_file(*host, name, {}, {}, sources);
  std::string below = path.size() > kRoot.size() ? path.substr(kRoot.size() + 1) : std::string();
  std::string seen;                                                // "site/folder"
  std::vector<std::pair<const XmlElement*, std::string>> parents;  // with what of the path is below them
  while (!below.empty()) {
    const std::string part = below.substr(0, below.find('/'));
    below.erase(0, part.size() + 1);
    seen += (seen.empty() ? "" : "/") + part;
    apply_file(*host, name, seen, {}, sources);
    for (auto& [parent, location] : parents) {
      location += (location.empty() ? "" : "/") + part;
      apply_file(*parent, name, location, {nullptr, true}, sources);
    }
    const std::string url = seen.substr(std::min(seen.size(), info->name.size()));
    const SiteApp* application = nullptr;
    for (const SiteApp& candidate : info->applications) {
      if (url.starts_with(candidate.path) &&
          (application == nullptr || candidate.path.size() > application->path.size())) {
        application = &candidate;
      }
    }
    if (application == nullptr) continue;
    std::string folder = application->folder + url.substr(application->path.size());
    std::replace(folder.begin(), folder.end(), '/', '\\');
    const XmlElement* web = file(folder + "\\web.config", std::string(kRoot) + "/" + seen, malformed);
    if (malformed) return nullptr;
    if (web == nullptr) continue;
    apply_file(*web, name, {}, {nullptr, true}, sources);
    parents.emplace_back(web, "");
  }
  std::shared_ptr<ConfigNode> node = make_node(*schema->second, name);
  const bool locked = is_locked(*host, name);
  for (const Source& source : sources) {
    if (source.from_web_config && locked) {
      error = kLocked;
      return nullptr;
    }
    if (!apply(*schema->second, *source.section, *node)) return nullptr;
  }
  error = 0;
  return node;
}

std::optional<SiteInfo> Configuration::site() {
  const std::lock_guard lock(mutex_);
  bool malformed = false;
  const XmlElement* host = file(host_file_, std::string(kRoot), malformed);
  const XmlElement* sites = host == nullptr ? nullptr : find_section(*host, "system.applicationHost/sites");
  const XmlElement* site = sites == nullptr ? nullptr : sites->child("site");
  if (site == nullptr) return std::nullopt;
  SiteInfo info;
  info.name = site->attribute("name");
  info.id = static_cast<unsigned>(std::strtoul(site->attribute("id", "1").c_str(), nullptr, 10));
  for (const auto& application : site->children) {
    const XmlElement* directory = application->child("virtualDirectory");
    if (application->name != "application" || directory == nullptr) continue;
    const std::string path = application->attribute("path");
    info.applications.push_back({path == "/" ? "" : path, expanded(directory->attribute("physicalPath"))});
  }
  return info;
}

std::optional<std::string> Configuration::changed() {
  const std::lock_guard lock(mutex_);
  for (const auto& [path, cached] : files_) {
    const std::optional<std::string> text = read_file(path);
    if (text.has_value() == cached.exists && text.value_or("") == cached.text) continue;
    std::string config_path = cached.config_path;
    files_.clear();
    return config_path;
  }
  return std::nullopt;
}

}  // namespace iishost
