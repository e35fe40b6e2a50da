// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "module/core/app_service.h"
#include "module/core/config_edits.h"
#include "module/core/config_model.h"
#include "module/core/handler_match.h"
#include "module/host/route.h"
#include "module/host/site_map.h"

namespace zoo::module {

struct RouterSettings {
  SiteMap site;
  std::shared_ptr<const ConfigDocument> host;  ///< applicationHost.config; may be null
  std::string bindings;                        ///< IIS_BINDNGS: "http/*:80:,https/*:443:"
  unsigned cores = 1;
};

/// Routes one site's requests by its configuration files. They are read when a request needs them, and again when they
/// have changed; running applications are kept as long as their configuration stays the same.
class SiteRouter final : public Router {
 public:
  struct Parts {
    AppPlatform& platform;
    const Clock& clock;
    /// Lines for the program's own output.
    std::function<void(const std::string&)> say;
  };

  SiteRouter(RouterSettings settings, Parts parts);
  ~SiteRouter() override;

  void route(const HttpRequest& request, Route& route) override;
  bool custom_error(const HttpRequest& request, const ErrorFacts& error, CustomError& custom) override;

  /// Looks for changed configuration files; about once a second.
  void check_files();
  /// Ends all applications gracefully.
  void stop();
  bool stopped() const;
  void tick(TimePoint now);
  TimePoint next_check() const;
  void collect();

 private:
  struct Folder;
  class Facts;
  struct WatchedFile {
    std::filesystem::path path;
    std::optional<std::filesystem::file_time_type> time;  ///< Nothing: it is not there.
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
  };

  Folder& folder_of(std::string_view url_path);
  Folder& folder_at(const std::string& directory);
  std::unique_ptr<Folder> load_folder(const std::string& url_folder);
  const ConfigDocument* document(const std::filesystem::path& file);
  /// Applies the rules of the folder. False: the route is complete.
  bool rewrite(const HttpRequest& request, const Folder& folder, Route& route) const;
  void route_path(const HttpRequest& request, std::string_view path, Folder& folder, Route& route);
  void route_handler(const HttpRequest& request, std::string_view path, Folder& folder, Route& route);
  void route_application(const HttpRequest& request, Folder& folder, const HandlerMatch& match, Route& route);
  void route_static(const HttpRequest& request, Folder& folder, std::string_view path, Route& route);
  bool route_default_document(const HttpRequest& request, Folder& folder, std::string_view path, Route& route);
  AppService& service(Folder& folder, const Handler& handler);
  std::shared_ptr<AppDefinition> define(const Folder& folder, const Handler& handler) const;
  RuntimeFacts facts(const Folder& folder) const;
  void forget_configuration();
  static Bitness bitness_of(const Folder& folder);

  RouterSettings settings_;
  Parts parts_;
  EnvironmentList process_environment_;
  std::unordered_map<std::string, Folder*, Hash, std::equal_to<>> by_path_;
  std::unordered_map<std::string, Folder*, Hash, std::equal_to<>> by_directory_;
  std::map<std::string, std::unique_ptr<Folder>> folders_;  // by URL folder
  std::vector<std::unique_ptr<Folder>> old_folders_;        // of requests that are being routed
  std::map<std::string, std::unique_ptr<ConfigDocument>> documents_;
  std::vector<WatchedFile> files_;
  std::map<std::string, std::unique_ptr<AppService>> services_;  // by application path and handler
  std::vector<std::unique_ptr<AppService>> ending_;
};

}  // namespace zoo::module
