// SPDX-License-Identifier: Apache-2.0
#include "module/setup/host_config.h"

#include <algorithm>
#include <array>
#include <optional>

namespace zoo::setup {
namespace {

constexpr std::string_view kServerSection = "heliconZooServer";
constexpr std::string_view kApplicationSection = "heliconZoo";
constexpr std::string_view kWebServer = "system.webServer";
constexpr std::array<std::string_view, 2> kModuleNames = {"HeliconZoo_x86", "HeliconZoo_x64"};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_module_name(std::string_view name) {
  return std::ranges::any_of(kModuleNames, [name](std::string_view ours) { return equal_nocase(ours, name); });
}

/// Reads and edits one file for one purpose.
class HostConfig {
 public:
  explicit HostConfig(ConfigEditor editor) : editor_(std::move(editor)) {}

  static SetupResult<HostConfig> open(const std::string& text, const std::string& name) {
    SetupResult<ConfigEditor> editor = ConfigEditor::open(text, name);
    if (!editor) return tl::unexpected(editor.error());
    if (editor->scan().at(ConfigEditor::kRoot).name != "configuration") {
      return fail(SetupExit::kFindings, name + " is no configuration: its root element is <" +
                                            std::string(editor->scan().at(ConfigEditor::kRoot).name) + ">");
    }
    return HostConfig(std::move(*editor));
  }

  SetupResult<void> declare(const std::string& section, const std::string& override_mode, bool host_only);
  SetupResult<void> register_module(const ModuleDll& dll);
  SetupResult<void> enable_module(const ModuleDll& dll);
  SetupResult<void> add_server_section();
  SetupResult<void> write_engines(const std::vector<Engine>& engines);

  bool has_foreign_module(const std::string& folder) const;
  SetupResult<void> remove_modules();
  SetupResult<void> remove_sections();
  SetupResult<void> remove_declarations();

  HostStatus status() const;
  std::size_t handlers() const;
  ConfigPlan& plan() { return plan_; }
  ConfigPlan finish() {
    plan_.text = editor_.text();
    return std::move(plan_);
  }

 private:
  const XmlScan& scan() const { return editor_.scan(); }
  std::string value(ElementId element, std::string_view name) const {
    return scan().attribute(element, name).value_or(std::string());
  }
  std::vector<ElementId> web_servers() const;
  ElementId section(std::string_view name) const;
  std::vector<ElementId> sections(std::string_view name) const;
  SetupResult<void> append_to_section(const std::string& name, const NewElement& element);
  SetupResult<void> add_section(const NewElement& element);
  ElementId group() const;
  ElementId find_item(const std::vector<ElementId>& lists, std::string_view name) const;
  std::optional<ElementId> find_removable(std::string_view list) const;
  SetupResult<void> check_inline(ElementId element) const;
  std::vector<std::string> names_in(std::string_view collection) const;
  bool has_engines(ElementId list, const std::vector<Engine>& engines) const;
  bool equals(ElementId element, const NewElement& wanted) const;

  ConfigEditor editor_;
  ConfigPlan plan_;
};

/// <system.webServer> of the whole server: at the root, or in a <location> without a path. IIS itself has <modules> in
/// <location path="" overrideMode="Allow">.
std::vector<ElementId> HostConfig::web_servers() const {
  std::vector<ElementId> found;
  for (const ElementId id : scan().children(ConfigEditor::kRoot)) {
    const bool location = scan().at(id).name == "location";
    const std::string path = location ? value(id, "path") : std::string();
    if (!location && scan().at(id).name == kWebServer) found.push_back(id);
    if (!location || (!path.empty() && path != ".")) continue;
    for (const ElementId inner : scan().children(id)) {
      if (scan().at(inner).name == kWebServer) found.push_back(inner);
    }
  }
  return found;
}

std::vector<ElementId> HostConfig::sections(std::string_view name) const {
  std::vector<ElementId> found;
  for (const ElementId server : web_servers()) {
    const ElementId id = scan().child(server, name);
    if (id != kNoElement) found.push_back(id);
  }
  return found;
}

/// The one that has something in it, if there are several.
ElementId HostConfig::section(std::string_view name) const {
  const std::vector<ElementId> found = sections(name);
  if (found.empty()) return kNoElement;
  const auto full = std::ranges::find_if(found, [&](ElementId id) { return scan().at(id).first_child != kNoElement; });
  return full == found.end() ? found.front() : *full;
}

SetupResult<void> HostConfig::check_inline(ElementId element) const {
  if (!scan().attribute(element, "configSource")) return {};
  return fail(SetupExit::kFindings, editor_.name() + ": <" + std::string(scan().at(element).name) +
                                        "> lies in another file (configSource=\"" + value(element, "configSource") +
                                        "\"); move it back, or register the module there by hand");
}

/// Writes the element into the section of that name, which is made when there is none.
SetupResult<void> HostConfig::append_to_section(const std::string& name, const NewElement& element) {
  const ElementId found = section(name);
  if (found == kNoElement) return add_section({name, {}, {element}, true});
  const SetupResult<void> checked = check_inline(found);
  return checked ? editor_.append(found, element) : checked;
}

SetupResult<void> HostConfig::add_section(const NewElement& element) {
  const ElementId server = scan().child(ConfigEditor::kRoot, kWebServer);
  if (server != kNoElement) return editor_.append(server, element);
  return editor_.append(ConfigEditor::kRoot, {std::string(kWebServer), {}, {element}, true});
}

ElementId HostConfig::group() const {
  const ElementId sections = scan().child(ConfigEditor::kRoot, "configSections");
  if (sections == kNoElement) return kNoElement;
  for (const ElementId id : scan().children(sections)) {
    if (scan().at(id).name == "sectionGroup" && value(id, "name") == kWebServer) return id;
  }
  return kNoElement;
}

SetupResult<void> HostConfig::declare(const std::string& section, const std::string& override_mode, bool host_only) {
  const ElementId owner = group();
  if (owner != kNoElement) {
    for (const ElementId id : scan().children(owner)) {
      if (scan().at(id).name == "section" && value(id, "name") == section) return {};
    }
  }
  NewElement element{"section", {{"name", section}, {"overrideModeDefault", override_mode}}, {}, false};
  if (host_only) element.attributes.insert(element.attributes.begin() + 1, {"allowDefinition", "AppHostOnly"});
  plan_.changes.push_back("declared the section system.webServer/" + section);
  if (owner != kNoElement) return editor_.append(owner, element);
  const NewElement group{"sectionGroup", {{"name", std::string(kWebServer)}}, {std::move(element)}, true};
  const ElementId sections = scan().child(ConfigEditor::kRoot, "configSections");
  if (sections != kNoElement) return editor_.append(sections, group);
  return editor_.insert_first(ConfigEditor::kRoot, {"configSections", {}, {group}, true});  // IIS wants it to be first
}

ElementId HostConfig::find_item(const std::vector<ElementId>& lists, std::string_view name) const {
  for (const ElementId list : lists) {
    for (const ElementId id : scan().children(list)) {
      if (scan().at(id).name == "add" && equal_nocase(value(id, "name"), name)) return id;
    }
  }
  return kNoElement;
}

SetupResult<void> HostConfig::register_module(const ModuleDll& dll) {
  const NewElement element{
      "add", {{"name", dll.name}, {"image", dll.image}, {"preCondition", dll.pre_condition}}, {}, false};
  const ElementId old = find_item(sections("globalModules"), dll.name);
  if (old == kNoElement) {
    plan_.changes.push_back("registered the module " + dll.name + ": " + dll.image);
    return append_to_section("globalModules", element);
  }
  const std::string image = value(old, "image");
  if (same_path(image, dll.image) && value(old, "preCondition") == dll.pre_condition) return {};
  plan_.changes.push_back("changed the module " + dll.name + " from " + image + " to " + dll.image);
  return editor_.replace(old, element);
}

SetupResult<void> HostConfig::enable_module(const ModuleDll& dll) {
  if (find_item(sections("modules"), dll.name) != kNoElement) return {};
  plan_.changes.push_back("enabled the module " + dll.name);
  return append_to_section("modules", {"add", {{"name", dll.name}, {"preCondition", dll.pre_condition}}, {}, false});
}

/// Empty lists, so that people and panels see what there is.
SetupResult<void> HostConfig::add_server_section() {
  const ElementId found = section(kServerSection);
  if (found != kNoElement) return check_inline(found);
  const NewElement element{std::string(kServerSection),
                           {},
                           {engines_element({}), {"userEngines", {}, {}, false}, {"switchboard", {}, {}, false}},
                           false};
  plan_.changes.emplace_back("added <heliconZooServer>");
  return add_section(element);
}

bool HostConfig::equals(ElementId element, const NewElement& wanted) const {
  if (scan().at(element).name != wanted.name || scan().all_attributes(element) != wanted.attributes) return false;
  const std::vector<ElementId> children = scan().children(element);
  if (children.size() != wanted.children.size()) return false;
  for (std::size_t i = 0; i < children.size(); ++i) {
    if (!equals(children[i], wanted.children[i])) return false;
  }
  return true;
}

SetupResult<void> HostConfig::write_engines(const std::vector<Engine>& engines) {
  const ElementId server = section(kServerSection);
  if (server == kNoElement) {
    return fail(SetupExit::kFindings, editor_.name() + ": the module is not registered; run zoosetup install first");
  }
  const NewElement element = engines_element(engines);
  const ElementId old = scan().child(server, "engines");
  if (old != kNoElement && equals(old, element)) return {};
  std::string names;
  for (const Engine& engine : engines) names += (names.empty() ? "" : ", ") + engine.name;
  plan_.changes.push_back("wrote <engines>: " + (names.empty() ? "none" : names));
  return old == kNoElement ? editor_.insert_first(server, element) : editor_.replace(old, element);
}

bool HostConfig::has_foreign_module(const std::string& folder) const {
  for (const ElementId list : sections("globalModules")) {
    for (const ElementId id : scan().children(list)) {
      const std::string image = value(id, "image");
      if (is_module_name(value(id, "name")) && !same_path(folder_of(image), folder)) return true;
    }
  }
  return false;
}

/// One entry of ours in one of the lists of that name.
std::optional<ElementId> HostConfig::find_removable(std::string_view list) const {
  for (const std::string_view name : kModuleNames) {
    const ElementId id = find_item(sections(list), name);
    if (id != kNoElement) return id;
  }
  return std::nullopt;
}

SetupResult<void> HostConfig::remove_modules() {
  for (const std::string_view list : {std::string_view("modules"), std::string_view("globalModules")}) {
    while (const std::optional<ElementId> id = find_removable(list)) {
      plan_.changes.push_back("removed " + value(*id, "name") + " from <" + std::string(list) + ">");
      SetupResult<void> done = editor_.remove(*id);
      if (!done) return done;
    }
  }
  return {};
}

/// Also those that panels write for single sites in <location>.
SetupResult<void> HostConfig::remove_sections() {
  const auto is_ours = [&](const ScannedElement& element) {
    return (element.name == kServerSection || element.name == kApplicationSection) && element.parent != kNoElement &&
           scan().at(element.parent).name == kWebServer;
  };
  for (;;) {
    const auto found = std::ranges::find_if(scan().elements, is_ours);
    if (found == scan().elements.end()) return {};
    const auto id = static_cast<ElementId>(found - scan().elements.begin());
    const std::string location = value(scan().at(found->parent).parent, "path");
    plan_.changes.push_back("removed <" + std::string(found->name) + ">" +
                            (location.empty() ? std::string() : " of the location \"" + location + "\""));
    SetupResult<void> done = editor_.remove(id);
    if (!done) return done;
  }
}

SetupResult<void> HostConfig::remove_declarations() {
  for (const std::string_view section : {kApplicationSection, kServerSection}) {
    const ElementId owner = group();
    if (owner == kNoElement) return {};
    for (const ElementId id : scan().children(owner)) {
      if (scan().at(id).name != "section" || value(id, "name") != section) continue;
      plan_.changes.push_back("removed the declaration of system.webServer/" + std::string(section));
      SetupResult<void> done = editor_.remove(id);
      if (!done) return done;
      break;
    }
  }
  return {};
}

std::vector<std::string> HostConfig::names_in(std::string_view collection) const {
  std::vector<std::string> names;
  for (const ElementId server : sections(kServerSection)) {
    const ElementId list = scan().child(server, collection);
    if (list == kNoElement) continue;
    for (const ElementId id : scan().children(list)) {
      if (scan().at(id).name == "add" || scan().at(id).name == "engine") names.push_back(value(id, "name"));
    }
  }
  return names;
}

std::size_t HostConfig::handlers() const {
  const auto names_us = [&](const ScannedElement& element) {
    if (element.name != "add" || element.parent == kNoElement || scan().at(element.parent).name != "handlers") {
      return false;
    }
    const auto id = static_cast<ElementId>(&element - scan().elements.data());
    return is_module_name(value(id, "modules"));
  };
  return static_cast<std::size_t>(std::ranges::count_if(scan().elements, names_us));
}

HostStatus HostConfig::status() const {
  HostStatus status;
  if (const ElementId owner = group(); owner != kNoElement) {
    for (const ElementId id : scan().children(owner)) {
      status.server_section = status.server_section || value(id, "name") == kServerSection;
      status.application_section = status.application_section || value(id, "name") == kApplicationSection;
    }
  }
  const std::vector<ElementId> enabled = sections("modules");
  for (const ElementId list : sections("globalModules")) {
    for (const ElementId id : scan().children(list)) {
      const std::string name = value(id, "name");
      if (is_module_name(name)) {
        status.modules.push_back(
            {name, value(id, "image"), value(id, "preCondition"), find_item(enabled, name) != kNoElement});
      } else if (equal_nocase(std::string_view(name).substr(0, 10), "HeliconZoo")) {
        status.other_modules.push_back(name);
      }
    }
  }
  status.engines = names_in("engines");
  status.user_engines = names_in("userEngines");
  status.handlers = handlers();
  return status;
}

SetupResult<void> install(HostConfig& config, const Registration& wanted) {
  SetupResult<void> done = config.declare(std::string(kServerSection), "Deny", true);
  if (done) done = config.declare(std::string(kApplicationSection), "Allow", false);
  for (const ModuleDll& dll : wanted.modules) {
    if (done) done = config.register_module(dll);
    if (done) done = config.enable_module(dll);
  }
  if (done) done = config.add_server_section();
  return done && wanted.engines ? config.write_engines(*wanted.engines) : done;
}

SetupResult<void> uninstall(HostConfig& config) {
  SetupResult<void> done = config.remove_modules();
  if (done) done = config.remove_sections();
  return done ? config.remove_declarations() : done;
}

}  // namespace

bool equal_nocase(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](char a, char b) { return lower(a) == lower(b); });
}

bool same_path(std::string_view left, std::string_view right) {
  const auto plain = [](char c) { return c == '/' ? '\\' : lower(c); };
  return std::ranges::equal(left, right, [&](char a, char b) { return plain(a) == plain(b); });
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.find_last_of("\\/");
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::vector<ModuleDll> module_dlls(const std::string& install_folder, bool x64) {
  std::vector<ModuleDll> dlls = {{"HeliconZoo_x86", install_folder + "\\HeliconZoo_x86.dll", "bitness32"}};
  if (x64) dlls.push_back({"HeliconZoo_x64", install_folder + "\\HeliconZoo_x64.dll", "bitness64"});
  return dlls;
}

bool HostStatus::registered() const {
  return server_section && application_section && !modules.empty() &&
         std::ranges::all_of(modules, &RegisteredModule::enabled);
}

SetupResult<ConfigPlan> plan_install(const std::string& text, const std::string& name, const Registration& wanted) {
  SetupResult<HostConfig> config = HostConfig::open(text, name);
  if (!config) return tl::unexpected(config.error());
  for (const std::string& other : config->status().other_modules) {
    config->plan().warnings.push_back("another version of Zoo is registered as well: " + other +
                                      "; both work side by side, but you will want one of them only");
  }
  SetupResult<void> done = install(*config, wanted);
  if (!done) return tl::unexpected(done.error());
  return config->finish();
}

SetupResult<ConfigPlan> plan_engines(const std::string& text, const std::string& name,
                                     const std::vector<Engine>& engines) {
  SetupResult<HostConfig> config = HostConfig::open(text, name);
  if (!config) return tl::unexpected(config.error());
  if (!config->status().registered()) {
    return fail(SetupExit::kFindings, name + ": the module is not registered; run zoosetup install first");
  }
  SetupResult<void> done = config->write_engines(engines);
  if (!done) return tl::unexpected(done.error());
  return config->finish();
}

SetupResult<ConfigPlan> plan_uninstall(const std::string& text, const std::string& name,
                                       const std::string& install_folder) {
  SetupResult<HostConfig> config = HostConfig::open(text, name);
  if (!config) return tl::unexpected(config.error());
  if (config->has_foreign_module(install_folder)) {
    config->plan().warnings.push_back("the module that is registered does not lie in " + install_folder +
                                      "; it is left alone");
    return config->finish();
  }
  SetupResult<void> done = uninstall(*config);
  if (!done) return tl::unexpected(done.error());
  if (const std::size_t handlers = config->handlers(); handlers > 0) {
    config->plan().warnings.push_back(std::to_string(handlers) +
                                      " handlers still name the module; requests for them will fail");
  }
  return config->finish();
}

SetupResult<HostStatus> inspect(const std::string& text, const std::string& name) {
  const SetupResult<HostConfig> config = HostConfig::open(text, name);
  if (!config) return tl::unexpected(config.error());
  return config->status();
}

}  // namespace zoo::setup
