// SPDX-License-Identifier: Apache-2.0
#include "module/host/host_program.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <memory>
#include <thread>

#include "module/core/environment.h"
#include "module/host/builtin_engines.h"
#include "module/host/server.h"
#include "module/host/site_router.h"
#include "module/host/webconfig_reader.h"
#include "module/posix/event_loop.h"

namespace zoo::module {
namespace {

namespace fs = std::filesystem;

constexpr Duration kSecond = std::chrono::seconds(1);

void say(const std::string& line) {
  const std::string text = line + "\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

std::string absolute_folder(const std::string& path) {
  std::string text = fs::weakly_canonical(fs::absolute(path)).string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

// build/bin/zoohost finds module/workers of its source tree; an installed one has workers/ beside it.
std::string find_workers(const std::string& configured) {
  if (!configured.empty()) return absolute_folder(configured);
  std::error_code ignored;
  for (fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path(); folder != folder.root_path();
       folder = folder.parent_path()) {
    for (const char* name : {"workers", "module/workers"}) {
      if (fs::exists(folder / name / "python/zoofcgi.py", ignored)) return (folder / name).string();
    }
  }
  return {};
}

bool add_folders(const std::vector<std::string>& items, bool application, SiteMap& site) {
  for (const std::string& item : items) {
    const std::size_t equals = item.find('=');
    if (!item.starts_with('/') || equals == std::string::npos) return false;
    std::string path = item.substr(0, equals);
    while (path.ends_with('/')) path.pop_back();
    site.folders.push_back({path, absolute_folder(item.substr(equals + 1)), application});
  }
  return true;
}

const Site* find_site(const Topology& topology, const std::string& name) {
  const auto found = std::ranges::find(topology.sites, name, &Site::name);
  if (!name.empty()) return found == topology.sites.end() ? nullptr : &*found;
  return topology.sites.empty() ? nullptr : &topology.sites.front();
}

void fill_from_site(const Site& from, SiteMap& site) {
  site.name = from.name;
  site.id = from.id;
  for (const SiteApplication& application : from.applications) {
    const std::string path = application.path == "/" ? std::string() : application.path;
    for (const VirtualDirectory& directory : application.directories) {
      const bool root = directory.path == "/";
      site.folders.push_back({path + (root ? std::string() : directory.path),
                              absolute_folder(posix_paths().path(directory.physical_path)), root});
    }
  }
}

class Host {
 public:
  explicit Host(const HostOptions& options) : options_(options), server_(loop_, server_settings(options)) {}

  int run();

 private:
  static ServerSettings server_settings(const HostOptions& options);
  bool load();
  std::shared_ptr<SiteRouter> make_router();
  void reload();
  void stop();
  TimePoint batch_end();

  const HostOptions& options_;
  EventLoop loop_;
  SteadyClock clock_;
  Server server_;
  std::shared_ptr<SiteRouter> router_;
  std::vector<std::shared_ptr<SiteRouter>> old_routers_;
  TimePoint next_second_{};
  TimePoint stop_deadline_ = TimePoint::max();
};

ServerSettings Host::server_settings(const HostOptions& options) {
  ServerSettings settings;
  const std::size_t colon = options.listen.rfind(':');
  settings.address = options.listen.substr(0, colon);
  if (settings.address.starts_with('[')) settings.address = settings.address.substr(1, settings.address.size() - 2);
  const std::string port = colon == std::string::npos ? "8080" : options.listen.substr(colon + 1);
  std::from_chars(port.data(), port.data() + port.size(), settings.port);
  return settings;
}

std::shared_ptr<SiteRouter> Host::make_router() {
  RouterSettings settings;
  settings.cores = std::max(1U, std::thread::hardware_concurrency());
  ConfigProblems problems;
  if (options_.config.empty()) {
    settings.host = std::make_shared<ConfigDocument>(read_config(
        "built-in engines", builtin_engines(find_workers(options_.workers)), ConfigFileKind::kHost, problems));
    settings.site.folders.push_back({"", absolute_folder(options_.root), true});
  } else {
    std::optional<ConfigDocument> document = load_config(options_.config, ConfigFileKind::kHost, problems);
    const Site* site = document ? find_site(document->topology, options_.site) : nullptr;
    if (site == nullptr || !document->faults.empty()) {
      say("zoohost: " + options_.config + " has no usable site" + (options_.site.empty() ? "" : " " + options_.site));
      return nullptr;
    }
    fill_from_site(*site, settings.site);
    settings.host = std::make_shared<ConfigDocument>(std::move(*document));
  }
  for (const ConfigProblem& problem : problems.items()) say(to_text(problem));
  if (!add_folders(options_.applications, true, settings.site) ||
      !add_folders(options_.directories, false, settings.site) || settings.site.find("/") == nullptr) {
    say("zoohost: folders are given as /path=folder, and the site needs a root");
    return nullptr;
  }
  const bool quiet = options_.quiet;
  return std::make_shared<SiteRouter>(std::move(settings),
                                      AppService::Parts{loop_, clock_, [quiet](const std::string& line) {
                                                          if (!quiet) say(line);
                                                        }});
}

int Host::run() {
  ::signal(SIGPIPE, SIG_IGN);
  router_ = make_router();
  if (router_ == nullptr) return 3;
  server_.set_router(router_);
  std::string error;
  if (!options_.access_log.empty() && !server_.access_log().open(options_.access_log)) {
    say("zoohost: cannot write " + options_.access_log);
    return 3;
  }
  if (!server_.listen(error)) {
    say("zoohost: " + error);
    return 3;
  }
  for (const int number : {SIGTERM, SIGINT}) loop_.on_signal(number, [this] { stop(); });
  loop_.on_signal(SIGHUP, [this] { reload(); });
  loop_.set_batch_end([this] { return batch_end(); });
  say("zoohost: listening on http://" + server_.settings().address + ":" + std::to_string(server_.port()) + "/");
  loop_.run();
  return 0;
}

// Requests that run keep the old router; new ones get the new one.
void Host::reload() {
  std::shared_ptr<SiteRouter> fresh = make_router();
  if (!options_.access_log.empty()) server_.access_log().open(options_.access_log);
  if (fresh == nullptr) return;
  say("zoohost: the configuration has been read again");
  old_routers_.push_back(std::exchange(router_, std::move(fresh)));
  server_.set_router(router_);
}

void Host::stop() {
  if (stop_deadline_ != TimePoint::max()) {  // asked twice: at once
    loop_.stop();
    return;
  }
  stop_deadline_ = clock_.now() + std::chrono::seconds(options_.stop_timeout);
  server_.drain();
}

TimePoint Host::batch_end() {
  server_.collect();
  const TimePoint now = server_.batch_time();
  router_->collect();
  if (now >= router_->next_check()) router_->tick(now);
  TimePoint next = router_->next_check();
  for (const auto& old : old_routers_) {
    if (old.use_count() == 1) old->stop();
    old->tick(now);
    next = std::min(next, old->next_check());
  }
  std::erase_if(old_routers_, [](const auto& old) { return old.use_count() == 1 && old->stopped(); });
  if (now >= next_second_) {
    next_second_ = now + kSecond;
    server_.check_timeouts();
    router_->check_files();
  }
  if (stop_deadline_ != TimePoint::max()) {
    if (server_.connection_count() == 0) router_->stop();
    const bool done = server_.connection_count() == 0 && router_->stopped() && old_routers_.empty();
    if (done || now >= stop_deadline_) loop_.stop();
    next = std::min(next, now + std::chrono::milliseconds(100));
  }
  return std::min(next, next_second_);
}

}  // namespace

int run_host(const HostOptions& options) {
  Host host(options);
  return host.run();
}

}  // namespace zoo::module
