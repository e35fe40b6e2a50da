// SPDX-License-Identifier: Apache-2.0
#include "module/host/site_router.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <utility>

#include "module/core/config_merge.h"
#include "module/core/version.h"
#include "module/host/request_filter.h"
#include "module/host/rewrite_text.h"
#include "module/host/url_rewrite.h"
#include "module/host/webconfig_reader.h"

namespace zoo::module {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxPaths = 4096;  // whose folders are remembered until the next look at the disk

EnvironmentList process_environment() {
  EnvironmentList list;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) list.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return list;
}

std::optional<fs::file_time_type> time_of(const fs::path& file) {
  std::error_code error;
  const auto time = fs::last_write_time(file, error);
  return error ? std::nullopt : std::optional(time);
}

bool is_directory(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool is_file(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// 8 of "404.8: ..."; -1: there is none.
int sub_status(std::string_view problem, unsigned status) {
  const std::string begin = std::to_string(status) + ".";
  if (!problem.starts_with(begin)) return -1;
  int number = -1;
  std::from_chars(problem.data() + begin.size(), problem.data() + problem.size(), number);
  return number;
}

/// The entry of the sub-status itself before that of all.
const HttpErrors::Entry* find_error(const HttpErrors& errors, unsigned status, int sub) {
  const HttpErrors::Entry* found = nullptr;
  for (const HttpErrors::Entry& entry : errors.entries) {
    if (entry.status != static_cast<int>(status) || entry.path.empty()) continue;
    if (entry.sub_status == sub && sub >= 0) return &entry;
    if (entry.sub_status == -1 && found == nullptr) found = &entry;
  }
  return found;
}

/// `path` below `folder`; empty if it leads out of it.
std::string inside(const std::string& folder, std::string_view path) {
  const std::string file = fs::path(posix_paths().absolute(folder, path)).lexically_normal().string();
  return file.starts_with(folder + "/") ? file : std::string();
}

void set_error(Route& route, unsigned status, std::string_view problem) {
  route.kind = Route::Kind::kError;
  route.status = status;
  route.problem = problem;
}

void set_redirect(Route& route, unsigned status, std::string location) {
  route.kind = Route::Kind::kRedirect;
  route.status = status;
  route.location = std::move(location);
}

std::string_view path_of(const HttpRequest& request, const Route& route) {
  return route.rewritten ? std::string_view(route.path) : std::string_view(request.path);
}

std::string_view without_port(std::string_view host) {
  return host.substr(0, host.starts_with('[') ? host.find(']') + 1 : host.find(':'));
}

ResourceKind kind_of_file(const std::string& path) {
  if (is_directory(path)) return ResourceKind::kDirectory;
  return is_file(path) ? ResourceKind::kFile : ResourceKind::kNone;
}

std::string_view mime_type(const FolderConfig& config, std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  const std::string_view extension = dot == std::string_view::npos ? "." : name.substr(dot);
  std::string_view others;
  for (const MimeType& type : config.mime_types) {
    if (equals_ignoring_case(type.extension, extension)) return type.type;
    if (type.extension == ".*") others = type.type;
  }
  return others;
}

}  // namespace

/// The configuration in force for one URL folder.
struct SiteRouter::Folder {
  std::string url;  ///< "" or "/static"
  FolderConfig config;
  const SiteFolder* application = nullptr;
  PoolTraits pool;
  const Handler* catch_all = nullptr;   ///< The first handler, if it takes every request for a Zoo engine.
  std::optional<UrlRewriter> rewriter;  ///< Nothing: there are no rules.
  std::map<const Handler*, AppService*> services;
};

/// The server variables of a request that rules of <rewrite> may name.
class SiteRouter::Facts final : public RewriteFacts {
 public:
  Facts(const HttpRequest& request, const SiteMap& site, const Folder& folder)
      : request_(request), site_(site), folder_(folder) {}

  std::string variable(std::string_view name) const override {
    if (starts_with_ignoring_case(name, "HTTP_")) {
      if (equals_ignoring_case(name, "HTTP_URL")) return std::string(request_.target);
      if (equals_ignoring_case(name, "HTTP_X_ORIGINAL_URL")) return std::string(request_.target);
      return header(name.substr(5));
    }
    const std::pair<std::string_view, std::string> known[] = {
        {"APPL_PHYSICAL_PATH", folder_.application == nullptr ? "" : folder_.application->physical_path + "/"},
        {"DOCUMENT_ROOT", site_.physical_path({})},
        {"UNENCODED_URL", std::string(request_.target)},
        {"REQUEST_METHOD", std::string(request_.method)},
        {"REMOTE_ADDR", std::string(request_.remote_address)},
        {"REMOTE_HOST", std::string(request_.remote_address)},
        {"SERVER_NAME", std::string(without_port(request_.host))},
        {"SERVER_PORT", std::to_string(request_.local_port)},
        {"SERVER_PORT_SECURE", "0"},
        {"SERVER_PROTOCOL", request_.minor_version == 0 ? "HTTP/1.0" : "HTTP/1.1"},
        {"HTTPS", "off"},
        {"CONTENT_TYPE", header("CONTENT_TYPE")},
        {"CONTENT_LENGTH", header("CONTENT_LENGTH")}};
    for (const auto& [key, value] : known) {
      if (equals_ignoring_case(name, key)) return value;
    }
    return {};
  }

  std::string physical_path(std::string_view url_path) const override { return site_.physical_path(url_path); }
  ResourceKind kind_of(const std::string& path) const override { return kind_of_file(path); }

 private:
  /// By its name as a variable: '_' for '-'.
  std::string header(std::string_view name) const {
    for (const HeaderField& field : request_.fields) {
      const bool same = std::ranges::equal(field.name, name, [](char a, char b) {
        return a == '-' ? b == '_' : equals_ignoring_case({&a, 1}, {&b, 1});
      });
      if (same) return std::string(field.value);
    }
    return {};
  }

  const HttpRequest& request_;
  const SiteMap& site_;
  const Folder& folder_;
};

// Without a pool: 32 bits where engines have handlers for these only.
Bitness SiteRouter::bitness_of(const Folder& folder) {
  if (folder.application == nullptr) return Bitness::k64;
  if (folder.application->pool_32bit) return *folder.application->pool_32bit ? Bitness::k32 : Bitness::k64;
  const auto has_engine = [&](Bitness bitness) {
    PoolTraits pool;
    pool.bitness = bitness;
    return std::ranges::any_of(folder.config.handlers, [&](const Handler& handler) {
      return handler_kind(handler) == HandlerKind::kZoo && meets_precondition(handler.pre_condition, pool);
    });
  };
  return !has_engine(Bitness::k64) && has_engine(Bitness::k32) ? Bitness::k32 : Bitness::k64;
}

SiteRouter::SiteRouter(RouterSettings settings, Parts parts)
    : settings_(std::move(settings)), parts_(std::move(parts)), process_environment_(process_environment()) {}

SiteRouter::~SiteRouter() = default;

// ---- Configuration ----

// "/static" may be a folder itself, "/static/x" lies in one.
SiteRouter::Folder& SiteRouter::folder_of(std::string_view url_path) {
  if (const auto known = by_path_.find(url_path); known != by_path_.end()) return *known->second;
  const std::string path(url_path);
  const bool folder = !path.ends_with('/') && is_directory(settings_.site.physical_path(path));
  Folder& found = folder_at(folder ? path : path.substr(0, path.rfind('/')));
  if (by_path_.size() >= kMaxPaths) by_path_.clear();
  by_path_.emplace(path, &found);
  return found;
}

SiteRouter::Folder& SiteRouter::folder_at(const std::string& directory) {
  if (const auto known = by_directory_.find(directory); known != by_directory_.end()) return *known->second;
  std::string existing = directory;
  while (!existing.empty() && !is_directory(settings_.site.physical_path(existing))) {
    existing.erase(existing.rfind('/'));
  }
  std::unique_ptr<Folder>& folder = folders_[existing];
  if (folder == nullptr) folder = load_folder(existing);
  if (by_directory_.size() >= kMaxPaths) by_directory_.clear();
  by_directory_.emplace(directory, folder.get());
  return *folder;
}

const ConfigDocument* SiteRouter::document(const fs::path& file) {
  const auto known = documents_.find(file.string());
  if (known != documents_.end()) return known->second.get();
  files_.push_back({file, time_of(file)});
  ConfigProblems problems;
  std::optional<ConfigDocument> loaded = load_config(file, ConfigFileKind::kWeb, problems);
  for (const ConfigProblem& problem : problems.items()) parts_.say(to_text(problem));
  auto& slot = documents_[file.string()];
  if (loaded) slot = std::make_unique<ConfigDocument>(std::move(*loaded));
  return slot.get();
}

std::unique_ptr<SiteRouter::Folder> SiteRouter::load_folder(const std::string& url_folder) {
  auto folder = std::make_unique<Folder>();
  folder->url = url_folder;
  folder->application = settings_.site.find_application(url_folder);
  std::vector<ConfigLevel> levels;
  for (std::size_t end = 0; end != std::string::npos;) {
    const std::size_t begin = end;
    end = begin < url_folder.size() ? std::min(url_folder.find('/', begin + 1), url_folder.size()) : std::string::npos;
    const std::string prefix = url_folder.substr(0, begin);
    ConfigLevel level;
    level.name = prefix.substr(prefix.rfind('/') + 1);
    level.document = document(fs::path(settings_.site.physical_path(prefix)) / "web.config");
    const SiteFolder* application = settings_.site.find_application(prefix);
    level.application_root = application != nullptr && application->virtual_path.size() == prefix.size();
    levels.push_back(level);
  }
  ConfigProblems problems;
  folder->config = merge_config(settings_.host.get(), settings_.site.name, levels, problems);
  for (const ConfigProblem& problem : problems.items()) parts_.say(to_text(problem));
  folder->pool.bitness = bitness_of(*folder);
  if (!folder->config.rewrite_rules.empty()) {
    folder->rewriter.emplace(folder->config.rewrite_rules, folder->config.rewrite_maps);
    for (const std::string& fault : folder->rewriter->faults()) {
      parts_.say(fault);
      folder->config.faults.push_back(fault);
    }
  }
  for (const Handler& handler : folder->config.handlers) {
    if (!meets_precondition(handler.pre_condition, folder->pool)) continue;
    if (handler.path == "*" && handler.verb == "*" && handler_kind(handler) == HandlerKind::kZoo &&
        equals_ignoring_case(handler.resource_type, "unspecified") && folder->config.access.script) {
      folder->catch_all = &handler;
    }
    break;
  }
  return folder;
}

void SiteRouter::check_files() {
  by_path_.clear();  // folders may have come or gone
  by_directory_.clear();
  const bool changed =
      std::ranges::any_of(files_, [](const WatchedFile& file) { return time_of(file.path) != file.time; });
  if (changed) forget_configuration();
}

void SiteRouter::forget_configuration() {
  old_folders_.clear();
  for (auto& [url, folder] : folders_) old_folders_.push_back(std::move(folder));
  folders_.clear();
  documents_.clear();
  files_.clear();
}

// ---- Requests ----

void SiteRouter::route(const HttpRequest& request, Route& route) {
  route.application = nullptr;
  route.problem = {};
  route.rewritten = false;
  if (!request.path.starts_with('/')) {
    set_error(route, 400, "only OPTIONS * has no path, and nothing here answers it");
    return;
  }
  Folder& folder = folder_of(request.path);
  if (!folder.config.faults.empty()) {
    set_error(route, 500, folder.config.faults.front());
    return;
  }
  if (const FilterVerdict verdict = check_request_filter(folder.config.filter, request); verdict.status != 0) {
    set_error(route, verdict.status, verdict.problem);
    return;
  }
  if (folder.rewriter) {
    if (rewrite(request, folder, route))
      route_path(request, path_of(request, route), folder_of(path_of(request, route)), route);
    return;
  }
  route_path(request, request.path, folder, route);
}

bool SiteRouter::rewrite(const HttpRequest& request, const Folder& folder, Route& route) const {
  RewriteResult result = folder.rewriter->apply(request.path, request.query, Facts(request, settings_.site, folder));
  switch (result.kind) {
    case RewriteResult::Kind::kUnchanged:
      return true;
    case RewriteResult::Kind::kRewritten:
      route.rewritten = true;
      route.path = std::move(result.path);
      route.query = std::move(result.query);
      return true;
    case RewriteResult::Kind::kRedirect:
      set_redirect(route, result.status, std::move(result.location));
      return false;
    case RewriteResult::Kind::kAnswer:
      route.problem_text = std::move(result.text);
      set_error(route, result.status, route.problem_text);
      return false;
    case RewriteResult::Kind::kAbort:
      route.kind = Route::Kind::kAbort;
      return false;
  }
  return false;
}

void SiteRouter::route_path(const HttpRequest& request, std::string_view path, Folder& folder, Route& route) {
  if (route.rewritten) {
    // Rules must not lead to what no visitor may ask for.
    const FilterVerdict verdict = check_path_filter(folder.config.filter, path);
    const bool unusable = !folder.config.faults.empty();
    if (unusable) set_error(route, 500, folder.config.faults.front());
    if (verdict.status != 0) set_error(route, verdict.status, verdict.problem);
    if (unusable || verdict.status != 0) return;
  }
  route.max_body = folder.config.filter.max_content_length;
  if (folder.catch_all != nullptr) {
    HandlerMatch match;
    match.handler = folder.catch_all;
    match.kind = HandlerKind::kZoo;
    route_application(request, folder, match, route);
    return;
  }
  route_handler(request, path, folder, route);
}

void SiteRouter::route_handler(const HttpRequest& request, std::string_view path, Folder& folder, Route& route) {
  const auto probe = [&](const std::string& url) { return kind_of_file(settings_.site.physical_path(url)); };
  const auto match = match_handler(folder.config, {path, request.method}, folder.pool, probe);
  if (!match) {
    set_error(route, 404, "404.4: no handler is configured for the path and verb");
  } else if (match->access_denied) {
    set_error(route, 403, "403.1: the handler's requireAccess is not in the folder's accessPolicy");
  } else if (match->kind == HandlerKind::kZoo) {
    route_application(request, folder, *match, route);
  } else if (match->kind == HandlerKind::kStatic) {
    route_static(request, folder, path, route);
  } else {
    set_error(route, 500, "the path's handler is a module that only IIS can run");
  }
}

void SiteRouter::route_application(const HttpRequest& request, Folder& folder, const HandlerMatch& match,
                                   Route& route) {
  auto& known = folder.services[match.handler];
  if (known == nullptr) known = &service(folder, *match.handler);
  route.kind = Route::Kind::kApplication;
  route.application = known;
  const SiteFolder& application = *folder.application;
  // A handler for scripts (*.pl) names the script, one for everything the application.
  const bool script = match.handler->path.find('.') != std::string::npos && !match.path.script_path.empty();
  const std::size_t split = script ? match.path.script_path.size() : application.virtual_path.size();
  const std::string_view path = path_of(request, route);
  route.script_name = path.substr(0, split);
  route.path_info = path.substr(std::min(split, path.size()));
  route.document_root = application.physical_path;
  route.physical_path.assign(application.physical_path);
  if (script) {
    route.physical_path = settings_.site.physical_path(match.path.script_path);
  } else {
    route.physical_path.append(route.path_info);
  }
  const Settings& settings = known->definition().settings;
  route.body_memory = static_cast<std::size_t>(settings.post_buffer);
  route.body_folder = settings.post_cache_dir;
}

void SiteRouter::route_static(const HttpRequest& request, Folder& folder, std::string_view path, Route& route) {
  route.physical_path = settings_.site.physical_path(path);
  if (is_directory(route.physical_path)) {
    if (!path.ends_with('/')) {
      const std::string_view query = route.rewritten ? std::string_view(route.query) : request.query;
      const std::string location = route.rewritten ? encode_url_path(path) : std::string(request.raw_path);
      set_redirect(route, 301, location + "/" + (query.empty() ? std::string() : "?" + std::string(query)));
    } else if (!route_default_document(request, folder, path, route)) {
      set_error(route, 403, "403.14: there is no default document, and folders are not listed");
    }
    return;
  }
  if (path.ends_with('/') || !is_file(route.physical_path)) {
    set_error(route, 404, "404.0: there is no such file");
    return;
  }
  route.content_type = mime_type(folder.config, path);
  if (route.content_type.empty()) {
    set_error(route, 404, "404.3: staticContent has no mimeMap for the extension");
    return;
  }
  route.kind = Route::Kind::kFile;
}

bool SiteRouter::route_default_document(const HttpRequest& request, Folder& folder, std::string_view path,
                                        Route& route) {
  if (!folder.config.default_documents.enabled) return false;
  for (const std::string& name : folder.config.default_documents.files) {
    const std::string candidate = std::string(path) + name;
    if (!is_file(settings_.site.physical_path(candidate))) continue;
    route_handler(request, candidate, folder, route);
    return true;
  }
  return false;
}

// ---- Errors ----

// As in IIS, paths of files are relative; those of a URL are the site's. A page that is not there, or that an
// application would have to make, is not worth a second error.
bool SiteRouter::custom_error(const HttpRequest& request, const ErrorFacts& error, CustomError& custom) {
  if (!request.path.starts_with('/')) return false;
  const Folder& folder = folder_of(request.path);
  const HttpErrors& errors = folder.config.errors;
  if (errors.mode == HttpErrors::Mode::kDetailed) return false;
  if (errors.mode == HttpErrors::Mode::kDetailedLocalOnly && error.local) return false;
  const HttpErrors::Entry* entry = find_error(errors, error.status, sub_status(error.problem, error.status));
  if (entry == nullptr || folder.application == nullptr) return false;
  switch (entry->response) {
    case HttpErrors::Response::kRedirect:
      custom.location = entry->path;
      return is_field_value(custom.location);
    case HttpErrors::Response::kExecuteUrl: {
      std::string path;
      if (!normalize_path(entry->path, path) || !path.starts_with('/')) return false;
      custom.file = settings_.site.physical_path(path);
      break;
    }
    case HttpErrors::Response::kFile:
      custom.file = inside(folder.application->physical_path, entry->path);
      break;
  }
  custom.content_type = mime_type(folder.config, custom.file);
  return !custom.content_type.empty() && is_file(custom.file);
}

// ---- Applications ----

AppService& SiteRouter::service(Folder& folder, const Handler& handler) {
  std::shared_ptr<const AppDefinition> definition = define(folder, handler);
  std::unique_ptr<AppService>& slot = services_[definition->key];
  if (slot != nullptr && slot->definition().fingerprint() == definition->fingerprint()) return *slot;
  if (slot != nullptr) {
    slot->stop();
    ending_.push_back(std::move(slot));
  }
  const auto tell = [say = parts_.say, name = definition->name](std::optional<EventId>, const std::string& text) {
    say(name + ": " + text);
  };
  for (const std::string& fault : definition->faults) tell(EventId::kConfiguration, fault);
  slot = std::make_unique<AppService>(std::move(definition), AppService::Parts{parts_.platform, parts_.clock, tell});
  return *slot;
}

RuntimeFacts SiteRouter::facts(const Folder& folder) const {
  RuntimeFacts facts;
  facts.appl_physical_path = folder.application->physical_path;
  facts.appl_virtual_path = folder.application->virtual_path.empty() ? "/" : folder.application->virtual_path;
  facts.instance_id = std::to_string(settings_.site.id);
  facts.site_name = settings_.site.name;
  facts.site_physical_path = settings_.site.physical_path({});
  facts.iis_bindings = settings_.bindings;
  facts.zoo_version = zoo_version();
  return facts;
}

std::shared_ptr<AppDefinition> SiteRouter::define(const Folder& folder, const Handler& handler) const {
  auto definition = std::make_shared<AppDefinition>();
  definition->name = std::string(without_bitness(handler.name));
  definition->folder = folder.application->physical_path;
  definition->virtual_path = folder.application->virtual_path;
  definition->key = definition->virtual_path + "\n" + handler.script_processor + "\n" + definition->name;
  const RuntimeFacts runtime = facts(folder);
  define_workers(*definition, bind_handler(folder.config, handler),
                 {runtime, process_environment_, posix_paths(), settings_.cores});
  return definition;
}

void SiteRouter::stop() {
  for (const auto& [key, service] : services_) service->stop();
}

bool SiteRouter::stopped() const {
  return std::ranges::all_of(services_, [](const auto& entry) { return entry.second->stopped(); }) &&
         std::ranges::all_of(ending_, [](const auto& service) { return service->stopped(); });
}

void SiteRouter::tick(TimePoint now) {
  for (const auto& [key, service] : services_) {
    if (now >= service->next_check()) service->tick();
  }
  for (const auto& service : ending_) {
    if (now >= service->next_check()) service->tick();
  }
  std::erase_if(ending_, [](const auto& service) { return service->stopped(); });
}

TimePoint SiteRouter::next_check() const {
  TimePoint next = TimePoint::max();
  for (const auto& [key, service] : services_) next = std::min(next, service->next_check());
  for (const auto& service : ending_) next = std::min(next, service->next_check());
  return next;
}

void SiteRouter::collect() {
  for (const auto& [key, service] : services_) service->collect();
  for (const auto& service : ending_) service->collect();
}

}  // namespace zoo::module
