// SPDX-License-Identifier: Apache-2.0
#include "module/setup/engine.h"

namespace zoo::setup {
namespace {

NewElement engine_element(const Engine& engine) {
  NewElement element{"add",
                     {{"name", engine.name},
                      {"displayName", engine.display_name},
                      {"fullPath", engine.full_path},
                      {"arguments", engine.arguments},
                      {"transport", engine.http_over_tcp ? "tcp" : "NamedPipe"},
                      {"protocol", engine.http_over_tcp ? "http" : "fastcgi"}},
                     {},
                     false};
  if (!engine.path_variable.empty()) {
    NewElement variable{"add", {{"name", "PATH"}, {"value", engine.path_variable}}, {}, false};
    element.children.push_back({"environmentVariables", {}, {std::move(variable)}, false});
  }
  return element;
}

}  // namespace

NewElement engines_element(const std::vector<Engine>& engines) {
  NewElement element{"engines", {}, {}, false};
  for (const Engine& engine : engines) element.children.push_back(engine_element(engine));
  return element;
}

}  // namespace zoo::setup
