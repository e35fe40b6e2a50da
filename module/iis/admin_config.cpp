// SPDX-License-Identifier: Apache-2.0
#include "module/iis/admin_config.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <utility>

#include "module/core/config_text.h"
#include "module/iis/com.h"
#include "module/win/text.h"

namespace zoo::module {
namespace {

constexpr DWORD kMostItems = 10000;  // of one collection: a hostile file must not fill the memory
constexpr std::size_t kLongestValue = 32767;

using Element = ComPtr<IAppHostElement>;

std::string text_of(const Element& element, const wchar_t* attribute) {
  ComPtr<IAppHostProperty> property;
  ComString value;
  if (FAILED(element->GetPropertyByName(ComString(attribute).get(), property.out())) || !property ||
      FAILED(property->get_StringValue(value.out()))) {
    return {};
  }
  return to_utf8(value.view());
}

std::string trimmed(const Element& element, const wchar_t* attribute) {
  return std::string(trim(text_of(element, attribute)));
}

Element child(const Element& element, const wchar_t* name) {
  Element found;
  if (FAILED(element->GetElementByName(ComString(name).get(), found.out()))) return {};
  return found;
}

/// Calls back for each item of an element's own collection.
void each_item(const Element& element, const std::function<void(const Element&)>& callback) {
  ComPtr<IAppHostElementCollection> collection;
  DWORD count = 0;
  if (!element || FAILED(element->get_Collection(collection.out())) || !collection ||
      FAILED(collection->get_Count(&count))) {
    return;
  }
  for (DWORD i = 0; i < std::min(count, kMostItems); ++i) {
    VARIANT index{};
    index.vt = VT_UI4;
    index.ulVal = i;
    Element item;
    if (SUCCEEDED(collection->get_Item(index, item.out())) && item) callback(item);
  }
}

std::vector<Variable> read_variables(const Element& owner, std::vector<std::string>& faults) {
  std::vector<Variable> variables;
  each_item(child(owner, L"environmentVariables"), [&](const Element& item) {
    Variable variable{trimmed(item, L"name"), text_of(item, L"value"), {}};
    if (variable.name.empty() || variable.name.find('=') != std::string::npos) {
      faults.emplace_back("a variable needs a name without '='");
    } else if (variable.value.size() > kLongestValue) {
      faults.push_back("the value of " + variable.name + " is too long");
    } else {
      std::erase_if(variables, [&](const Variable& other) { return equal_nocase(other.name, variable.name); });
      variables.push_back(std::move(variable));
    }
  });
  return variables;
}

struct NumberAttribute {
  const wchar_t* name;
  std::int64_t Engine::*member;
  std::int64_t least;
  std::int64_t most;
};
constexpr std::array<NumberAttribute, 7> kNumbers = {{
    {L"portLower", &Engine::port_lower, 1, 65535},
    {L"portUpper", &Engine::port_upper, 1, 65535},
    {L"minInstances", &Engine::min_instances, 0, INT64_MAX},
    {L"maxInstances", &Engine::max_instances, 0, INT64_MAX},
    {L"timeLimit", &Engine::time_limit, 0, INT64_MAX},
    {L"gracefulShutdownTimeout", &Engine::graceful_shutdown_timeout, 0, INT64_MAX},
    {L"memoryLimit", &Engine::memory_limit, 0, INT64_MAX},
}};

void read_numbers(const Element& element, Engine& engine) {
  for (const NumberAttribute& number : kNumbers) {
    const std::string text = trimmed(element, number.name);
    if (text.empty()) continue;
    const std::optional<std::int64_t> value = parse_number(text);
    if (value && (*value == kDefaultNumber || (*value >= number.least && *value <= number.most))) {
      engine.*number.member = *value;
    } else {
      engine.faults.push_back(to_utf8(number.name) + "=\"" + text + "\" is not a number that it can have");
    }
  }
  if (engine.port_lower > 0 && engine.port_upper > 0 && engine.port_lower > engine.port_upper) {
    engine.faults.emplace_back("portLower is above portUpper");
  }
}

void read_kind(const Element& element, Engine& engine) {
  const std::string transport = trimmed(element, L"transport");
  if (equal_nocase(transport, "tcp")) {
    engine.transport = EngineTransport::kTcp;
  } else if (!transport.empty() && !equal_nocase(transport, "pipe") && !equal_nocase(transport, "NamedPipe")) {
    engine.faults.push_back("transport=\"" + transport + "\" is unknown");
  }
  const std::string protocol = trimmed(element, L"protocol");
  if (equal_nocase(protocol, "http")) {
    engine.protocol = EngineProtocol::kHttp;
  } else if (!protocol.empty() && !equal_nocase(protocol, "fastcgi")) {
    engine.faults.push_back("protocol=\"" + protocol + "\" is unknown");
  }
  if (engine.protocol == EngineProtocol::kHttp && engine.transport == EngineTransport::kPipe) {
    engine.faults.push_back("the engine \"" + engine.name + "\" speaks http and so needs transport=\"tcp\"");
  }
}

Engine read_engine(const Element& element) {
  Engine engine;
  engine.name = trimmed(element, L"name");
  engine.display_name = text_of(element, L"displayName");
  engine.full_path = trimmed(element, L"fullPath");
  engine.arguments = text_of(element, L"arguments");
  engine.host = trimmed(element, L"host");
  if (engine.full_path.empty()) engine.faults.push_back("the engine \"" + engine.name + "\" needs fullPath=\"...\"");
  read_kind(element, engine);
  read_numbers(element, engine);
  engine.environment = read_variables(element, engine.faults);
  return engine;
}

/// An engine of <userEngines> replaces the one of <engines> with its name.
void read_engines(const Element& list, bool from_user, FolderConfig& config) {
  each_item(list, [&](const Element& item) {
    Engine engine = read_engine(item);
    engine.from_user_engines = from_user;
    std::erase_if(config.engines, [&](const Engine& other) { return other.name == engine.name; });
    config.engines.push_back(std::move(engine));
  });
}

void read_server(const Element& section, FolderConfig& config) {
  read_engines(section, false, config);  // version 1 had them here
  read_engines(child(section, L"engines"), false, config);
  read_engines(child(section, L"userEngines"), true, config);
  each_item(child(section, L"switchboard"), [&](const Element& item) {
    config.switchboard.push_back({trimmed(item, L"name"), text_of(item, L"value"), {}});
  });
}

void read_applications(const Element& section, FolderConfig& config) {
  each_item(section, [&](const Element& item) {
    Application application;
    application.name = trimmed(item, L"name");
    if (application.name.empty()) application.faults.emplace_back("the application needs name=\"...\"");
    application.environment = read_variables(item, application.faults);
    config.applications.push_back(std::move(application));
  });
}

void read_handlers(const Element& section, FolderConfig& config) {
  each_item(section, [&](const Element& item) {
    Handler handler;
    handler.name = text_of(item, L"name");
    handler.path = text_of(item, L"path");
    handler.verb = text_of(item, L"verb");
    handler.script_processor = text_of(item, L"scriptProcessor");
    handler.modules = text_of(item, L"modules");
    handler.pre_condition = text_of(item, L"preCondition");
    config.handlers.push_back(std::move(handler));
  });
}

using SectionReader = void (*)(const Element&, FolderConfig&);

void read_section(IAppHostAdminManager& manager, const wchar_t* name, const std::wstring& path,
                  std::pair<SectionReader, FolderConfig&> target) {
  Element section;
  const HRESULT result = manager.GetAdminSection(ComString(name).get(), ComString(path).get(), section.out());
  if (SUCCEEDED(result) && section) {
    target.first(section, target.second);
  } else {
    target.second.faults.push_back("IIS cannot give the section " + to_utf8(name) + ": " +
                                   error_text(static_cast<unsigned long>(result)));
  }
}

std::string read_bindings(const Element& site) {
  std::string bindings;
  each_item(child(site, L"bindings"), [&](const Element& item) {
    if (!bindings.empty()) bindings += ',';
    bindings += trimmed(item, L"protocol") + "/" + trimmed(item, L"bindingInformation");
  });
  return bindings;
}

/// Of the folder that "/" is in "/", e.g. "%SystemDrive%\inetpub\wwwroot".
std::string read_root(const Element& site) {
  std::string root;
  each_item(site, [&](const Element& application) {
    if (trimmed(application, L"path") != "/") return;
    each_item(application, [&](const Element& folder) {
      if (trimmed(folder, L"path") == "/") root = expand_variables(trimmed(folder, L"physicalPath"));
    });
  });
  while (root.ends_with('\\')) root.pop_back();
  return root;
}

}  // namespace

FolderConfig read_folder_config(IAppHostAdminManager& manager, const std::wstring& path) {
  FolderConfig config;
  read_section(manager, L"system.webServer/heliconZooServer", path, {read_server, config});
  read_section(manager, L"system.webServer/heliconZoo", path, {read_applications, config});
  read_section(manager, L"system.webServer/handlers", path, {read_handlers, config});
  return config;
}

SiteFacts read_site_facts(IAppHostAdminManager& manager, std::uint32_t site_id) {
  SiteFacts facts;
  Element sites;
  if (FAILED(manager.GetAdminSection(ComString(L"system.applicationHost/sites").get(),
                                     ComString(L"MACHINE/WEBROOT/APPHOST").get(), sites.out()))) {
    return facts;
  }
  each_item(sites, [&](const Element& site) {
    if (trimmed(site, L"id") == std::to_string(site_id)) facts = {read_root(site), read_bindings(site)};
  });
  return facts;
}

}  // namespace zoo::module
