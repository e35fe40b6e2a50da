// SPDX-License-Identifier: Apache-2.0
// Any bytes as applicationHost.config and as web.config: read, merged, matched, expanded and read as settings;
// the rules of <rewrite> are applied to a request.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/config_merge.h"
#include "module/core/environment.h"
#include "module/core/handler_match.h"
#include "module/core/header_field.h"
#include "module/core/settings.h"
#include "module/host/url_rewrite.h"
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

class Facts final : public RewriteFacts {
 public:
  std::string variable(std::string_view name) const override { return "v" + std::string(name); }
  std::string physical_path(std::string_view url_path) const override { return "/app" + std::string(url_path); }
  ResourceKind kind_of(const std::string& path) const override {
    return path.size() % 2 == 0 ? ResourceKind::kFile : ResourceKind::kDirectory;
  }
};

/// Whatever the rules are, what they make can be routed or sent.
void rewrite(const FolderConfig& config) {
  const UrlRewriter rewriter(config.rewrite_rules, config.rewrite_maps);
  const RewriteResult result = rewriter.apply("/a/b c.php", "x=1&y=%20", Facts());
  if (!result.path.starts_with('/')) __builtin_trap();
  if (result.kind == RewriteResult::Kind::kRedirect && !is_field_value(result.location)) __builtin_trap();
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
  rewrite(config);
  return 0;
}
