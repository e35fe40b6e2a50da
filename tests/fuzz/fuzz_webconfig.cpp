// SPDX-License-Identifier: Apache-2.0
// Any bytes as applicationHost.config and as web.config: read, merged, matched, expanded and read as settings.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "module/core/config_merge.h"
#include "module/core/environment.h"
#include "module/core/handler_match.h"
#include "module/core/settings.h"
#include "module/host/webconfig_reader.h"

using namespace zoo::module;

namespace {

void expand(const HandlerBinding& binding) {
  static const std::vector<Variable> none;
  const RuntimeFacts facts;
  const EnvironmentList process = {{"PATH", "/bin"}};
  const auto& engine = binding.engine == nullptr ? none : binding.engine->environment;
  const auto& application = binding.application == nullptr ? none : binding.application->environment;
  for (const PathPolicy* paths : {&windows_paths(), &posix_paths()}) {
    const ExpandedEnvironment environment({facts, engine, application, process, *paths, true});
    for (const auto& [name, value] : environment.variables()) {
      if (masked_value(name, value).empty() != value.empty() && !is_secret_name(name)) __builtin_trap();
    }
    read_settings(environment, "/app", *paths);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ConfigProblems problems;
  const ConfigDocument host = read_config("host", text, ConfigFileKind::kHost, problems);
  const ConfigDocument web = read_config("web", text, ConfigFileKind::kWeb, problems);
  const std::vector<ConfigLevel> levels = {{"", &web, true}, {"a", &web, false}};
  const FolderConfig config = merge_config(&host, "S", levels, problems);
  for (const Handler& handler : config.handlers) {
    match_handler_path(handler.path, "/a/b.php/c");
    if (handler_kind(handler) == HandlerKind::kZoo) expand(bind_handler(config, handler));
  }
  return 0;
}
