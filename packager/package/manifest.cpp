// SPDX-License-Identifier: Apache-2.0
#include "packager/package/manifest.h"

#include <algorithm>
#include <array>

#include "feedgen/base/xml_writer.h"
#include "feedgen/catalog/product.h"
#include "feedgen/catalog/values.h"

namespace zoo::package {
namespace {

constexpr std::string_view kArchivePrefix = "MSDeploy.";
constexpr std::string_view kResolverPrefix = "MSDeploy.ObjectResolver.";

/// Providers and their settings: web-deploy section 3, by reflection on the real library.
constexpr std::array<ProviderInfo, 38> kProviders = {{
    {"iisApp",
     " skipAppCreation managedRuntimeVersion enable32BitAppOnWin64 managedPipelineMode appOfflineTemplate"
     " webConfigEncryptProvider syncPackageTimeStamps ",
     true, false, true},
    {"contentPath", " appOfflineTemplate webConfigEncryptProvider syncPackageTimeStamps ", true, false, false},
    {"dirPath", " ignoreErrors firstChangeUSN incremental isAppRoot ", true, false, false},
    {"filePath", " ignoreErrors ", true, false, false},
    {"createApp", " managedRuntimeVersion enable32BitAppOnWin64 managedPipelineMode ", false, false, false},
    {"setAcl", " setAclUser setAclAccess setAclResourceType ", false, false, true},
    {"dbFullSql",
     " transacted commandDelimiter removeCommandDelimiter dropDestinationDatabase forceScriptDatabase scriptDropsFirst"
     " skipSqlCmdParsing sqlCe usedacpac objectList createDBConnectionString storeConnectionStringPassword"
     " commandTimeout dacpacAction ",
     true, true, true},
    {"dbMySql",
     " commandDelimiter removeCommandDelimiter waitAttempts waitInterval transacted includeData includeSchema"
     " createDBConnectionString commandTimeout ",
     true, true, true},
    {"dbSqlite",
     " commandDelimiter removeCommandDelimiter waitAttempts waitInterval transacted includeData"
     " createDBConnectionString commandTimeout ",
     true, true, false},
    {"dbDacFx", " dropDestinationDatabase dacpacAction includeData commandTimeout ", true, true, false},
    {"runCommand", " dontUseCommandExe dontUseJobObject waitAttempts waitInterval successReturnCodes ", false, false,
     false},
    {"recycleApp", " recycleMode timeout ", false, false, false},
    {"alias", " from to ", false, false, true},
    {"appPoolNetFx", " netFxVersion ", false, false, false},
    {"appPoolPipeline", " pipelineMode ", false, false, false},
    {"appPoolEnable32Bit", " enable32Bit ", false, false, false},
    {"appHostConfig", "*", false, false, false},
    {"rootWebConfig", "*", false, false, false},
    {"rootWebConfig32", "*", false, false, false},
    {"rootWebConfig64", "*", false, false, false},
    {"machineConfig", "*", false, false, false},
    {"machineConfig32", "*", false, false, false},
    {"machineConfig64", "*", false, false, false},
    {"appPoolConfig", "", false, false, false},
    {"appHostSchema", "", false, false, false},
    {"cert", "", false, false, false},
    {"comObject32", "", false, false, false},
    {"comObject64", "", false, false, false},
    {"gacAssembly", "", false, false, false},
    {"gacInstall", "", false, false, false},
    {"regKey", "", false, false, false},
    {"regValue", "", false, false, false},
    {"fcgiExtConfig", "", false, false, false},
    {"urlScanConfig", "", false, false, false},
    {"webServer", "", false, false, false},
    {"webServer60", "", false, false, false},
    {"package", "*", false, false, false},
    {"manifest", "*", false, false, false},
}};

std::string slashes(std::string_view path) {
  std::string out(path);
  std::replace(out.begin(), out.end(), '\\', '/');
  return out;
}

void read_attribute(XmlNode node, XmlAttribute a, Provider& out) {
  const std::string_view name = a.name();
  if (name == "path") {
    out.path = a.value();
    out.has_path = !out.path.empty();
    out.path_pos = node.pos("path");
  } else if (name == "MSDeploy.MSDeployKeyAttributeName") {
    out.key_attribute = a.value();
  } else if (name == "MSDeploy.MSDeployLinkName") {
    out.link_name = a.value();
  } else if (name == "MSDeploy.MSDeployStreamRelativeFilePath") {
    out.stream = a.value();
  } else if (name.substr(0, kArchivePrefix.size()) != kArchivePrefix && name.substr(0, 5) != "xmlns") {
    out.settings.push_back({std::string(name), std::string(a.value()), node.pos(name)});
  }
}

Provider read_provider(XmlNode node, Flavour flavour) {
  Provider out;
  out.name = node.name();
  if (out.name.substr(0, kArchivePrefix.size()) == kArchivePrefix && flavour == Flavour::kArchive) {
    out.name = out.name.substr(kArchivePrefix.size());
  }
  out.pos = node.pos();
  for (XmlAttribute a = node.first_attribute(); a; a = a.next()) read_attribute(node, a, out);
  if (flavour != Flavour::kArchive) return out;  // children are ignored in manifest.xml
  for (const XmlNode child : children(node)) out.children.push_back(read_provider(child, flavour));
  return out;
}

/// One element of archive.xml with its key; nested ones say how they hang on their parent.
void open_linked(std::string& out, std::string_view indent, std::string_view element, std::string_view path,
                 std::string_view link) {
  out += indent;
  out += '<';
  out += element;
  out += " path=\"";
  append_escaped(out, path, true);
  out += "\" MSDeploy.path=\"2\" MSDeploy.MSDeployLinkName=\"";
  append_escaped(out, link, true);
  out += "\" MSDeploy.MSDeployKeyAttributeName=\"path\"";
}

void put_settings(std::string& out, const Provider& provider) {
  for (const Setting& s : provider.settings) {
    out += ' ' + s.name + "=\"";
    append_escaped(out, s.value, true);
    out += '"';
  }
}

void put_archive_app(std::string& out, const Provider& p, std::string_view link) {
  open_linked(out, "  ", "iisApp", p.path, link);
  out += ">\n";
  open_linked(out, "    ", "createApp", p.path, "createApp");
  put_settings(out, p);
  out += " />\n";
  open_linked(out, "    ", "contentPath", p.path, "contentPath");
  out += ">\n      <MSDeploy.dirPath path=\"";
  append_escaped(out, p.path, true);
  out += "\" MSDeploy.MSDeployLinkName=\"contentPath\" />\n    </contentPath>\n  </iisApp>\n";
}

void put_archive_database(std::string& out, const Provider& p, std::string_view link) {
  open_linked(out, "  ", p.name, p.path, link);
  put_settings(out, p);
  out += ">\n    <sqlScript MSDeploy.MSDeployObjectFlags=\"1\" MSDeploy.MSDeployStreamRelativeFilePath=\"";
  append_escaped(out, p.path, true);
  out += "\" />\n  </" + p.name + ">\n";
}

}  // namespace

std::string_view name(Flavour flavour) {
  constexpr std::string_view kNames[] = {"none", "gallery", "archive"};
  return kNames[static_cast<int>(flavour)];
}

bool Provider::is(std::string_view provider) const {
  return catalog::same_id(name, provider);
}

std::string_view Provider::setting(std::string_view wanted) const {
  for (const Setting& s : settings) {
    if (catalog::same_id(s.name, wanted)) return s.value;
  }
  return {};
}

std::span<const ProviderInfo> all_providers() {
  return kProviders;
}

const ProviderInfo* find_provider(std::string_view wanted) {
  for (const ProviderInfo& p : kProviders) {
    if (catalog::same_id(p.name, wanted)) return &p;
  }
  return nullptr;
}

Manifest read_manifest(const XmlDocument& document, Flavour flavour) {
  Manifest out;
  const XmlNode root = document.root();
  out.flavour = flavour;
  out.root = root.name();
  out.pos = root.pos();
  for (XmlAttribute a = root.first_attribute(); a; a = a.next()) {
    if (a.name().substr(0, kResolverPrefix.size()) == kResolverPrefix) {
      out.resolvers.emplace_back(a.name().substr(kResolverPrefix.size()));
    }
  }
  // archive.xml of one provider has that provider as its root (web-deploy section 4).
  if (flavour == Flavour::kArchive && out.root.substr(0, kArchivePrefix.size()) == kArchivePrefix &&
      !root.attribute("path").value().empty()) {
    out.providers.push_back(read_provider(root, flavour));
    return out;
  }
  for (const XmlNode child : children(root)) out.providers.push_back(read_provider(child, flavour));
  return out;
}

std::string write_manifest(const std::vector<Provider>& providers) {
  std::string out = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<MSDeploy.iisApp>\n";
  for (const Provider& p : providers) {
    out += "  <" + p.name;
    if (p.has_path) {
      out += " path=\"";
      append_escaped(out, p.path, true);
      out += '"';
    }
    put_settings(out, p);
    out += " />\n";
  }
  return out + "</MSDeploy.iisApp>\n";
}

std::string write_archive(const std::vector<Provider>& providers) {
  std::string out = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<sitemanifest";
  constexpr std::array<std::array<std::string_view, 2>, 3> kResolvers = {
      {{"createApp", "CreateApplication"}, {"dirPath", "DirPath"}, {"filePath", "FilePath"}}};
  for (const auto& [provider, type] : kResolvers) {
    out += ' ';
    out += kResolverPrefix;
    out += provider;
    out += "=\"Microsoft.Web.Deployment.";
    out += type;
    out += "ObjectResolver\"";
  }
  out += ">\n";
  std::size_t number = 0;
  for (const Provider& p : providers) {
    const std::string link = "Child" + std::to_string(++number);
    const ProviderInfo* info = find_provider(p.name);
    if (p.is("iisApp")) {
      put_archive_app(out, p, link);
    } else if (info != nullptr && info->database) {
      put_archive_database(out, p, link);
    } else {
      open_linked(out, "  ", p.name, p.path, link);
      put_settings(out, p);
      out += " />\n";
    }
  }
  return out + "</sitemanifest>\n";
}

std::string folder_in_package(std::string_view path, Flavour flavour) {
  std::string out = slashes(path);
  while (!out.empty() && out.back() == '/') out.pop_back();
  if (flavour == Flavour::kGallery) return out == "." ? std::string() : out;
  // C:\x is Content/C_C/x (web-deploy section 4).
  if (out.size() >= 2 && out[1] == ':') out = std::string(1, out[0]) + "_C" + out.substr(2);
  return "Content/" + out;
}

}  // namespace zoo::package
