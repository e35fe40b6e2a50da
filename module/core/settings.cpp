// SPDX-License-Identifier: Apache-2.0
#include "module/core/settings.h"

#include <algorithm>

#include "module/core/config_text.h"
#include "module/core/wildcard.h"

namespace zoo::module {
namespace {

constexpr std::int64_t kMostSeconds = std::int64_t{7} * 24 * 3600;
constexpr std::int64_t kMostKilobytes = std::int64_t{1024} * 1024;

class SettingsReader {
 public:
  SettingsReader(const ExpandedEnvironment& environment, std::string_view folder, const PathPolicy& paths)
      : environment_(environment), folder_(folder), paths_(paths) {}

  Settings read() {
    read_deploy();
    read_error_log();
    read_worker();
    settings_.post_buffer = number("POST_BUFFER", 64, kMostKilobytes) * 1024;
    settings_.post_cache_dir = path("POST_CACHE_DIR");
    read_proxy_pass();
    settings_.substitute_host = text("ZOO_SUBSTITUTE_HOST");
    settings_.console_url = text("CONSOLE_URL");
    if (!settings_.console_url.empty()) {
      warn("CONSOLE_URL is set, but there is no web console: it would be a command line for visitors");
    }
    check_host();
    return std::move(settings_);
  }

 private:
  std::string text(std::string_view name) const {
    const std::string* value = environment_.find_configured(name);
    return value == nullptr ? std::string() : std::string(trim(*value));
  }

  std::string path(std::string_view name) const {
    const std::string value = text(name);
    return value.empty() ? value : paths_.absolute(folder_, value);
  }

  void fault(std::string message) { settings_.faults.push_back(std::move(message)); }
  void warn(std::string message) { settings_.warnings.push_back(std::move(message)); }

  /// Not set, empty and -1 give `fallback`.
  std::uint64_t number(std::string_view name, std::int64_t fallback, std::int64_t most) {
    const std::string value = text(name);
    const std::optional<std::int64_t> number = value.empty() ? kDefaultNumber : parse_number(value);
    if (!number || *number < kDefaultNumber) {
      fault(std::string(name) + "=\"" + value + "\" is not a number of 0 or more");
      return static_cast<std::uint64_t>(fallback);
    }
    return static_cast<std::uint64_t>(*number == kDefaultNumber ? fallback : std::min(*number, most));
  }

  void read_deploy() {
    settings_.deploy_file = path("DEPLOY_FILE");
    settings_.deploy_log = path("DEPLOY_LOG");
    settings_.deploy_timeout = std::chrono::seconds(number("DEPLOY_TIMEOUT", 600, kMostSeconds));
    const std::string mode = text("DEPLOY_MODE");
    if (equal_nocase(mode, "once")) {
      settings_.deploy_mode = DeployMode::kOnce;
    } else if (!mode.empty() && !equal_nocase(mode, "start")) {
      fault("DEPLOY_MODE=\"" + mode + "\" is neither \"start\" nor \"once\"");
    }
  }

  void read_error_log() {
    const std::string folder = text("ERROR_LOG_DIR");
    if (!equal_nocase(folder, "NULL")) settings_.error_log_dir = path("ERROR_LOG_DIR");
    settings_.error_log_file = text("ERROR_LOG_FILE");
    if (settings_.error_log_file.find_first_of("/\\") != std::string::npos) {
      fault("ERROR_LOG_FILE=\"" + settings_.error_log_file + "\" must be a name; its folder belongs in ERROR_LOG_DIR");
    }
    const std::string level = text("ERROR_LOG_LEVEL");
    if (level.empty()) return;
    if (const std::optional<LogLevel> parsed = parse_log_level(level)) {
      settings_.error_log_level = *parsed;
    } else {
      warn("ERROR_LOG_LEVEL=\"" + level + "\" is unknown; warning is used");
    }
  }

  void read_worker() {
    settings_.current_directory = path("CURRENT_DIRECTORY");
    if (settings_.current_directory.empty()) settings_.current_directory = folder_;
    const std::string masks = text("WATCH_FILE_CHANGES_MASK");
    for (const std::string_view part : split_list(masks, ';')) {
      for (const std::string_view mask : split_list(part, ',')) settings_.watch_masks.emplace_back(mask);
    }
    settings_.request_timeout = std::chrono::seconds(number("WORKER_REQUEST_TIMEOUT", 60, kMostSeconds));
    const std::string strategy = text("ZOO_STRATEGY");
    if (equal_nocase(strategy, "fixed")) {
      settings_.strategy = WorkerStrategy::kFixed;
    } else if (!strategy.empty() && !equal_nocase(strategy, "smart")) {
      fault("ZOO_STRATEGY=\"" + strategy + "\" is neither \"smart\" nor \"fixed\"");
    }
  }

  /// It becomes a part of each request's line. Of an address only the path counts: the worker's port is the engine's.
  void read_proxy_pass() {
    std::string value = text("PROXYPASS");
    if (const std::size_t scheme = value.find("://"); scheme != std::string::npos) {
      const std::size_t slash = value.find('/', scheme + 3);
      value = slash == std::string::npos ? "/" : value.substr(slash);
    }
    const auto is_bad = [](char c) { return c <= ' ' || c == 0x7F || c == '?' || c == '#' || c == '\\'; };
    if (std::any_of(value.begin(), value.end(), is_bad) || (!value.empty() && !value.starts_with('/'))) {
      fault("PROXYPASS=\"" + value + "\" is not the path of an address");
      return;
    }
    settings_.proxy_pass = std::move(value);
  }

  /// It becomes a header field of each request.
  void check_host() {
    const auto is_bad = [](char c) { return c <= ' ' || c == 0x7F || c == '/' || c == '@'; };
    if (std::any_of(settings_.substitute_host.begin(), settings_.substitute_host.end(), is_bad)) {
      fault("ZOO_SUBSTITUTE_HOST=\"" + settings_.substitute_host + "\" cannot be a host's name");
      settings_.substitute_host.clear();
    }
  }

  const ExpandedEnvironment& environment_;
  std::string folder_;
  const PathPolicy& paths_;
  Settings settings_;
};

}  // namespace

Settings read_settings(const ExpandedEnvironment& environment, std::string_view application_folder,
                       const PathPolicy& paths) {
  return SettingsReader(environment, application_folder, paths).read();
}

bool matches_watch_mask(std::string_view mask, std::string_view path) {
  std::string wanted(mask);
  std::string given(path);
  std::replace(wanted.begin(), wanted.end(), '\\', '/');
  std::replace(given.begin(), given.end(), '\\', '/');
  if (wanted.find('/') != std::string::npos) return matches_wildcard(wanted, given);
  return matches_wildcard(wanted, std::string_view(given).substr(given.rfind('/') + 1));
}

}  // namespace zoo::module
