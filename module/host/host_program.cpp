// SPDX-License-Identifier: Apache-2.0
#include "module/host/host_program.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "module/core/environment.h"
#include "module/host/builtin_engines.h"
#include "module/host/server.h"
#include "module/host/site_set.h"
#include "module/host/webconfig_reader.h"
#include "module/posix/event_loop.h"
#include "module/posix/platform.h"

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
    site.folders.push_back({path, absolute_folder(item.substr(equals + 1)), application, {}});
  }
  return true;
}

/// "address:port", "[::1]:80", ":80"; nothing if it is neither.
std::optional<ListenAddress> parse_listen(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  ListenAddress address;
  address.host = text.substr(0, colon);
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  if (address.host.empty() || address.host == "*") address.host = "0.0.0.0";
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data() + colon + 1, end, address.port);
  return error == std::errc() && last == end ? std::optional(address) : std::nullopt;
}

/// Where the bindings say, each once; all addresses of a port make single ones needless.
std::vector<ListenAddress> binding_addresses(const std::vector<const Site*>& sites) {
  std::vector<ListenAddress> found;
  const auto add = [&](const SiteBinding& binding, const std::string& host) {
    const auto covers = [&](const ListenAddress& other) {
      return other.port == binding.port && (other.host == "0.0.0.0" || other.host == host);
    };
    if (std::ranges::none_of(found, covers)) found.push_back({host, binding.port});
  };
  for (const bool all : {true, false}) {
    for (const Site* site : sites) {
      for (const SiteBinding& binding : site->bindings) {
        const bool any = binding.address.empty() || binding.address == "*";
        if (binding.protocol == "http" && any == all) add(binding, any ? "0.0.0.0" : binding.address);
      }
    }
  }
  return found;
}

std::string bindings_text(const std::vector<SiteBinding>& bindings) {
  std::string text;
  for (const SiteBinding& binding : bindings) {
    if (!text.empty()) text.push_back(',');
    text += binding.protocol + "/" + (binding.address.empty() ? "*" : binding.address) + ":" +
            std::to_string(binding.port) + ":" + binding.host;
  }
  return text;
}

bool is_32bit(const Topology& topology, const std::string& pool) {
  const auto found = std::ranges::find(topology.pools, pool, &ApplicationPool::name);
  return found != topology.pools.end() && found->enable_32bit;
}

void fill_from_site(const Site& from, const Topology& topology, SiteMap& site) {
  site.name = from.name;
  site.id = from.id;
  for (const SiteApplication& application : from.applications) {
    const std::string path = application.path == "/" ? std::string() : application.path;
    for (const VirtualDirectory& directory : application.directories) {
      const bool root = directory.path == "/";
      site.folders.push_back({path + (root ? std::string() : directory.path),
                              absolute_folder(posix_paths().path(directory.physical_path)), root,
                              is_32bit(topology, application.pool)});
    }
  }
}

/// What is served: the sites of an applicationHost.config, or one of the options.
struct Loaded {
  std::shared_ptr<const ConfigDocument> document;
  std::vector<const Site*> sites;  // of the document; empty: --root
};

class Host {
 public:
  explicit Host(const HostOptions& options) : options_(options), server_(loop_, {}) {}

  int run();

 private:
  std::optional<Loaded> load() const;
  bool listen(const Loaded& loaded);
  std::shared_ptr<SiteSet> make_sites(const Loaded& loaded);
  bool add_site(SiteSet& sites, SiteMap map, std::vector<SiteBinding> bindings, const Loaded& loaded);
  void reload();
  void stop();
  TimePoint batch_end();

  const HostOptions& options_;
  EventLoop loop_;
  SteadyClock clock_;
  PosixPlatform platform_{loop_};
  Server server_;
  std::shared_ptr<SiteSet> sites_;
  std::vector<std::shared_ptr<SiteSet>> old_sites_;
  TimePoint next_second_{};
  TimePoint stop_deadline_ = TimePoint::max();
};

std::optional<Loaded> Host::load() const {
  Loaded loaded;
  ConfigProblems problems;
  if (options_.config.empty()) {
    loaded.document = std::make_shared<ConfigDocument>(read_config(
        "built-in engines", builtin_engines(find_workers(options_.workers)), ConfigFileKind::kHost, problems));
  } else {
    std::optional<ConfigDocument> document = load_config(options_.config, ConfigFileKind::kHost, problems);
    if (document) loaded.document = std::make_shared<ConfigDocument>(*std::move(document));
  }
  for (const ConfigProblem& problem : problems.items()) say(to_text(problem));
  if (options_.config.empty()) return loaded;
  if (loaded.document != nullptr && loaded.document->faults.empty()) {
    for (const Site& site : loaded.document->topology.sites) {
      if (options_.site.empty() || site.name == options_.site) loaded.sites.push_back(&site);
    }
  }
  if (!loaded.sites.empty()) return loaded;
  say("zoohost: " + options_.config + " has no usable site" + (options_.site.empty() ? "" : " " + options_.site));
  return std::nullopt;
}

bool Host::listen(const Loaded& loaded) {
  std::vector<ListenAddress> addresses;
  for (const std::string& text : options_.listen) {
    if (const auto address = parse_listen(text)) addresses.push_back(*address);
  }
  if (addresses.empty() && options_.config.empty()) addresses.emplace_back();
  if (addresses.empty()) addresses = binding_addresses(loaded.sites);
  std::string error = "the sites have no binding for http; use --listen";
  for (const ListenAddress& address : addresses) {
    if (!server_.listen(address, error)) break;
    const ListenAddress& taken = server_.addresses().back();
    const bool v6 = taken.host.find(':') != std::string::npos;
    say("zoohost: listening on http://" + (v6 ? "[" + taken.host + "]" : taken.host) + ":" +
        std::to_string(taken.port) + "/");
  }
  if (!addresses.empty() && server_.addresses().size() == addresses.size()) return true;
  say("zoohost: " + error);
  return false;
}

bool Host::add_site(SiteSet& sites, SiteMap map, std::vector<SiteBinding> bindings, const Loaded& loaded) {
  if (map.find("/") == nullptr) {
    say("zoohost: the site " + map.name + " has no application \"/\"");
    return false;
  }
  RouterSettings settings;
  settings.cores = std::max(1U, std::thread::hardware_concurrency());
  settings.site = std::move(map);
  settings.host = loaded.document;
  settings.bindings = bindings_text(bindings);
  const bool quiet = options_.quiet;
  SiteRouter::Parts parts{platform_, clock_, [quiet](const std::string& line) {
                            if (!quiet) say(line);
                          }};
  sites.add(std::make_unique<SiteRouter>(std::move(settings), std::move(parts)), std::move(bindings));
  return true;
}

// What --app and --dir add belongs to the first site.
std::shared_ptr<SiteSet> Host::make_sites(const Loaded& loaded) {
  std::vector<SiteMap> maps(std::max<std::size_t>(1, loaded.sites.size()));
  for (std::size_t i = 0; i < loaded.sites.size(); ++i) {
    fill_from_site(*loaded.sites[i], loaded.document->topology, maps[i]);
  }
  if (loaded.sites.empty()) maps.front().folders.push_back({"", absolute_folder(options_.root), true, {}});
  if (!add_folders(options_.applications, true, maps.front()) ||
      !add_folders(options_.directories, false, maps.front())) {
    say("zoohost: folders are given as /path=folder");
    return nullptr;
  }
  auto sites = std::make_shared<SiteSet>(!options_.config.empty() && options_.listen.empty());
  for (std::size_t i = 0; i < maps.size(); ++i) {
    std::vector<SiteBinding> bindings;
    if (!loaded.sites.empty()) {
      bindings = loaded.sites[i]->bindings;
    } else {
      for (const ListenAddress& address : server_.addresses()) {
        bindings.push_back({"http", address.host, address.port, {}});
      }
    }
    if (!add_site(*sites, std::move(maps[i]), std::move(bindings), loaded)) return nullptr;
  }
  return sites;
}

int Host::run() {
  std::signal(SIGPIPE, SIG_IGN);
  if (!std::ranges::all_of(options_.listen, [](const auto& text) { return parse_listen(text).has_value(); })) {
    say("zoohost: --listen takes ADDRESS:PORT");
    return 2;
  }
  const std::optional<Loaded> loaded = load();
  if (!loaded || !listen(*loaded)) return 3;
  sites_ = make_sites(*loaded);
  if (sites_ == nullptr) return 3;
  server_.set_router(sites_);
  if (!options_.access_log.empty() && !server_.access_log().open(options_.access_log)) {
    say("zoohost: cannot write " + options_.access_log);
    return 3;
  }
  for (const int number : {SIGTERM, SIGINT}) loop_.on_signal(number, [this] { stop(); });
  loop_.on_signal(SIGHUP, [this] { reload(); });
  loop_.set_batch_end([this] { return batch_end(); });
  loop_.run();
  return 0;
}

// Requests that run keep the old sites; new ones get the new ones. What is listened on stays.
void Host::reload() {
  const std::optional<Loaded> loaded = load();
  std::shared_ptr<SiteSet> fresh = loaded ? make_sites(*loaded) : nullptr;
  if (!options_.access_log.empty()) server_.access_log().open(options_.access_log);
  if (fresh == nullptr) return;
  say("zoohost: the configuration has been read again");
  old_sites_.push_back(std::exchange(sites_, std::move(fresh)));
  server_.set_router(sites_);
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
  sites_->collect();
  if (now >= sites_->next_check()) sites_->tick(now);
  TimePoint next = sites_->next_check();
  for (const auto& old : old_sites_) {
    if (old.use_count() == 1) old->stop();
    old->tick(now);
    next = std::min(next, old->next_check());
  }
  std::erase_if(old_sites_, [](const auto& old) { return old.use_count() == 1 && old->stopped(); });
  if (now >= next_second_) {
    next_second_ = now + kSecond;
    server_.check_timeouts();
    sites_->check_files();
  }
  if (stop_deadline_ != TimePoint::max()) {
    if (server_.connection_count() == 0) sites_->stop();
    const bool done = server_.connection_count() == 0 && sites_->stopped() && old_sites_.empty();
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
