// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <utility>

#include "module/host/webconfig_sections.h"
#include "module/host/webconfig_values.h"

namespace zoo::module {
namespace {

constexpr std::size_t kMostVariables = 1000;
// Windows takes no longer ones; and nobody means to write one.
constexpr std::size_t kLongestValue = 32767;

struct NumberAttribute {
  std::string_view name;
  std::int64_t Engine::*member;
  std::int64_t least;
  std::int64_t most;
};
constexpr std::int64_t kNoLimit = INT64_MAX;
constexpr std::array<NumberAttribute, 7> kNumbers = {{
    {"portLower", &Engine::port_lower, 1, 65535},
    {"portUpper", &Engine::port_upper, 1, 65535},
    {"minInstances", &Engine::min_instances, 0, kNoLimit},
    {"maxInstances", &Engine::max_instances, 0, kNoLimit},
    {"timeLimit", &Engine::time_limit, 0, kNoLimit},
    {"gracefulShutdownTimeout", &Engine::graceful_shutdown_timeout, 0, kNoLimit},
    {"memoryLimit", &Engine::memory_limit, 0, kNoLimit},
}};

/// Reports a problem that makes one engine or application unusable, and nothing else.
class Faults {
 public:
  Faults(std::vector<std::string>& faults, ConfigProblems& problems) : faults_(faults), problems_(problems) {}

  void add(std::string code, std::string message, const ConfigPlace& place, std::string hint = {}) {
    faults_.push_back(place.file + ":" + std::to_string(place.line) + ": " + message);
    problems_.error(std::move(code), std::move(message), place, std::move(hint));
  }

 private:
  std::vector<std::string>& faults_;
  ConfigProblems& problems_;
};

bool is_variable_name(std::string_view name) {
  return !name.empty() && name.find('=') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

void add_variable(const XmlElement& element, std::vector<Variable>& variables, Faults& faults) {
  Variable variable{std::string(trim(element.attribute("name").value_or(std::string_view()))), element.text_of("value"),
                    element.place()};
  if (!is_variable_name(variable.name)) {
    faults.add("ZC0201", "a variable needs a name without '='", element.place());
    return;
  }
  if (variable.value.size() > kLongestValue || variables.size() >= kMostVariables) {
    faults.add("ZC0202", "there are too many variables, or the value of " + variable.name + " is too long",
               element.place());
    return;
  }
  std::erase_if(variables, [&](const Variable& other) { return equal_nocase(other.name, variable.name); });
  variables.push_back(std::move(variable));
}

void read_variables(const XmlElement& owner, std::vector<Variable>& variables, Faults& faults,
                    ConfigProblems& problems) {
  const std::optional<XmlElement> list = owner.child("environmentVariables");
  if (!list) return;
  for (const XmlElement& element : list->children()) {
    const std::optional<EditKind> kind = edit_kind(element, {"add"}, problems);
    if (!kind) continue;
    if (*kind == EditKind::kClear) {
      variables.clear();
    } else if (*kind == EditKind::kRemove) {
      const std::string_view name = element.attribute("name").value_or(std::string_view());
      std::erase_if(variables, [&](const Variable& variable) { return equal_nocase(variable.name, trim(name)); });
    } else {
      warn_unknown(element, {"name", "value"}, problems);
      add_variable(element, variables, faults);
    }
  }
}

void read_transport(const XmlElement& element, Engine& engine, Faults& faults) {
  const std::string text(trim(element.attribute("transport").value_or(std::string_view())));
  if (text.empty() || equal_nocase(text, "pipe") || equal_nocase(text, "NamedPipe")) return;
  if (equal_nocase(text, "tcp")) {
    engine.transport = EngineTransport::kTcp;
    return;
  }
  faults.add("ZC0203", "transport=\"" + text + "\" is unknown", element.place_of("transport"),
             "known are NamedPipe and tcp");
}

void read_protocol(const XmlElement& element, Engine& engine, Faults& faults) {
  const std::string text(trim(element.attribute("protocol").value_or(std::string_view())));
  if (text.empty() || equal_nocase(text, "fastcgi")) return;
  if (equal_nocase(text, "http")) {
    engine.protocol = EngineProtocol::kHttp;
    return;
  }
  faults.add("ZC0204", "protocol=\"" + text + "\" is unknown", element.place_of("protocol"),
             "known are fastcgi and http");
}

void read_numbers(const XmlElement& element, Engine& engine, Faults& faults) {
  for (const NumberAttribute& number : kNumbers) {
    const std::optional<std::string_view> text = element.attribute(number.name);
    if (!text || trim(*text).empty()) continue;
    const std::optional<std::int64_t> value = parse_number(*text);
    if (value && (*value == kDefaultNumber || (*value >= number.least && *value <= number.most))) {
      engine.*number.member = *value;
      continue;
    }
    faults.add("ZC0205", std::string(number.name) + "=\"" + std::string(*text) + "\" is not a number that it can have",
               element.place_of(number.name), "-1 stands for the default");
  }
  if (engine.port_lower > 0 && engine.port_upper > 0 && engine.port_lower > engine.port_upper) {
    faults.add("ZC0206", "portLower is above portUpper", element.place_of("portLower"));
  }
}

std::optional<Engine> read_engine(const XmlElement& element, EditKind kind, ConfigProblems& problems) {
  std::optional<std::string> name = read_key(element, "name", problems);
  if (!name) return std::nullopt;
  Engine engine;
  engine.name = *std::move(name);
  engine.place = element.place();
  if (kind == EditKind::kRemove) return engine;
  warn_unknown(element,
               {"name", "displayName", "fullPath", "arguments", "transport", "protocol", "host", "portLower",
                "portUpper", "minInstances", "maxInstances", "timeLimit", "gracefulShutdownTimeout", "memoryLimit"},
               problems);
  engine.display_name = element.text_of("displayName");
  engine.full_path = std::string(trim(element.text_of("fullPath")));
  engine.arguments = element.text_of("arguments");
  engine.host = std::string(trim(element.text_of("host")));
  Faults faults(engine.faults, problems);
  if (engine.full_path.empty()) {
    faults.add("ZC0207", "the engine \"" + engine.name + "\" needs fullPath=\"...\"", element.place());
  }
  read_transport(element, engine, faults);
  read_protocol(element, engine, faults);
  read_numbers(element, engine, faults);
  if (engine.protocol == EngineProtocol::kHttp && engine.transport == EngineTransport::kPipe) {
    faults.add("ZC0208", "the engine \"" + engine.name + "\" speaks http and so needs transport=\"tcp\"",
               element.place_of("protocol"));
  }
  read_variables(element, engine.environment, faults, problems);
  return engine;
}

std::optional<SwitchEntry> read_switch(const XmlElement& element, EditKind kind, ConfigProblems& problems) {
  std::optional<std::string> name = read_key(element, "name", problems);
  if (!name) return std::nullopt;
  SwitchEntry entry{*std::move(name), element.text_of("value"), element.place()};
  const std::string_view value = trim(entry.value);
  if (kind == EditKind::kAdd && !equal_nocase(value, "Enabled") && !equal_nocase(value, "Disabled")) {
    problems.warning("ZC0209", "\"" + entry.value + "\" counts as Disabled", element.place_of("value"),
                     "write Enabled or Disabled");
  }
  return entry;
}

std::optional<Application> read_application(const XmlElement& element, EditKind kind, ConfigProblems& problems) {
  Application application;
  application.name = std::string(trim(element.text_of("name")));
  application.place = element.place();
  if (kind == EditKind::kRemove) return application;
  warn_unknown(element, {"name"}, problems);
  Faults faults(application.faults, problems);
  if (application.name.empty()) faults.add("ZC0210", "the application needs name=\"...\"", element.place());
  read_variables(element, application.environment, faults, problems);
  return application;
}

}  // namespace

void read_zoo_server(const XmlElement& section, SectionEdits& edits, ConfigProblems& problems) {
  const auto engine = [&](const XmlElement& element, EditKind kind) { return read_engine(element, kind, problems); };
  for (const XmlElement& element : section.children()) {
    if (element.name() == "engines") {
      read_collection<Engine>(element, {"add", "engine"}, edits.engines, problems, engine);
    } else if (element.name() == "userEngines") {
      read_collection<Engine>(element, {"add", "engine"}, edits.user_engines, problems, engine);
    } else if (element.name() == "switchboard") {
      read_collection<SwitchEntry>(
          element, {"add"}, edits.switchboard, problems,
          [&](const XmlElement& item, EditKind kind) { return read_switch(item, kind, problems); });
    } else if (const std::optional<EditKind> kind = edit_kind(element, {"add", "engine"}, problems)) {
      // Version 1 had the engines here.
      std::optional<Engine> item = *kind == EditKind::kClear ? Engine() : engine(element, *kind);
      if (item) edits.engines.push_back({*kind, *std::move(item)});
    }
  }
}

void read_zoo_applications(const XmlElement& section, SectionEdits& edits, ConfigProblems& problems) {
  read_collection<Application>(
      section, {"application", "add"}, edits.applications, problems,
      [&](const XmlElement& element, EditKind kind) { return read_application(element, kind, problems); });
}

}  // namespace zoo::module
