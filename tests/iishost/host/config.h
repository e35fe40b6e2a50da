// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/iishost/host/xml.h"

/// The configuration as IIS has it: files, inheritance along the path, schema. Enough of it for native modules.
namespace iishost {

/// A node of a section in force. Attributes have their defaults.
struct ConfigNode {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::map<std::string, std::shared_ptr<ConfigNode>> children;
  std::vector<std::shared_ptr<ConfigNode>> items;  ///< Of its collection.
};

struct SiteApp {
  std::string path;    ///< "" for the root, "/blog"
  std::string folder;  ///< Windows path
};

struct SiteInfo {
  std::string name;
  unsigned id = 1;
  std::vector<SiteApp> applications;
};

class Configuration {
 public:
  /// `schemas`: files; later ones add sections.
  bool load_schemas(const std::vector<std::string>& files);
  void set_host_file(std::string path) { host_file_ = std::move(path); }

  /// Null with a HRESULT in `error`: a file is malformed, the section is unknown, or a web.config changes a locked one.
  std::shared_ptr<ConfigNode> section(const std::string& name, const std::string& path, long& error);

  /// The first site of applicationHost.config.
  std::optional<SiteInfo> site();

  /// The configuration path of the first file that has changed since the last call, or nothing.
  std::optional<std::string> changed();

 private:
  struct Source {
    const XmlElement* section = nullptr;
    bool from_web_config = false;
  };

  const XmlElement* file(const std::string& path, const std::string& config_path, bool& malformed);
  void apply_file(const XmlElement& root, const std::string& section, const std::string& location, Source source,
                  std::vector<Source>& sources);
  bool is_locked(const XmlElement& host, const std::string& section) const;

  struct CachedFile {
    std::string text;
    std::unique_ptr<XmlElement> root;
    std::string config_path;
    bool exists = false;
  };

  std::mutex mutex_;
  std::string host_file_;
  std::vector<std::unique_ptr<XmlElement>> schema_files_;
  std::map<std::string, const XmlElement*> schemas_;
  std::map<std::string, CachedFile> files_;
};

}  // namespace iishost
