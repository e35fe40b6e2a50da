// SPDX-License-Identifier: Apache-2.0
#include "packager/bundle/libraries.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace zoo::bundle {
namespace {

using Json = nlohmann::json;

/// A text member; "" when it is missing or no text.
std::string text_of(const Json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json& list_of(const Json& object, const char* key) {
  static const Json none = Json::array();
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : none;
}

}  // namespace

const Library* Libraries::find(std::string_view package) const {
  const auto found =
      std::find_if(libraries.begin(), libraries.end(), [&](const Library& l) { return l.package == package; });
  return found == libraries.end() ? nullptr : &*found;
}

const LinkedProgram* Libraries::program(std::string_view name, std::string_view machine) const {
  const auto found = std::find_if(programs.begin(), programs.end(),
                                  [&](const LinkedProgram& p) { return p.name == name && p.machine == machine; });
  return found == programs.end() ? nullptr : &*found;
}

Result<Libraries> read_libraries(const std::string& path, std::string_view text) {
  const auto wrong = [&](std::string_view what) {
    return fail(ExitCode::kVerification, fmt::format("{}: {}", path, what));
  };
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("schema", Json()) != 1) return wrong("no list of libraries of schema 1");
  Libraries out;
  for (const Json& l : list_of(json, "libraries")) {
    out.libraries.push_back({text_of(l, "package"), text_of(l, "version"), text_of(l, "licence")});
    const Library& last = out.libraries.back();
    if (last.package.empty() || last.version.empty() || last.licence.empty()) return wrong("a library is incomplete");
  }
  for (const Json& p : list_of(json, "programs")) {
    out.programs.push_back({text_of(p, "name"), text_of(p, "machine"), {}});
    for (const Json& name : list_of(p, "libraries")) {
      if (!name.is_string() || out.find(name.get<std::string>()) == nullptr) return wrong("a library is not described");
      out.programs.back().libraries.push_back(name.get<std::string>());
    }
  }
  return out;
}

}  // namespace zoo::bundle
