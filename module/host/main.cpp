// SPDX-License-Identifier: Apache-2.0
// zoohost: serves an application folder by its web.config, with the engines of this machine.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "module/core/version.h"
#include "module/host/host_program.h"

namespace {

int zoohost(int argc, char** argv) {
  zoo::module::HostOptions options;
  CLI::App app("Serves an application folder by its web.config, with the engines of this machine.");
  app.set_version_flag("--version", fmt::format("zoohost {}", zoo::module::zoo_version()));
  app.add_option("--root", options.root, "The application's folder")->check(CLI::ExistingDirectory);
  app.add_option("--config", options.config, "An applicationHost.config: its sites and engines")
      ->check(CLI::ExistingFile);
  app.add_option(
      "--listen", options.listen,
      "ADDRESS:PORT; port 0 takes a free one; by default 127.0.0.1:8080, or with --config the sites' bindings");
  app.add_option("--app", options.applications, "PATH=FOLDER: a further application, e.g. /blog=../blog");
  app.add_option("--dir", options.directories, "PATH=FOLDER: a virtual directory, e.g. /media=site/media");
  app.add_option("--site", options.site, "With --config: the only site to serve; by default all");
  app.add_option("--workers", options.workers, "The folder of the workers zoofcgi.py, zoorack.rb and zoofcgi.pl");
  app.add_option("--access-log", options.access_log, "A file that gets one line for each request");
  app.add_option("--stop-timeout", options.stop_timeout, "Seconds that requests have to end after SIGTERM")
      ->capture_default_str();
  app.add_flag("-q,--quiet", options.quiet, "Do not print what applications do");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (options.root.empty() == options.config.empty()) {
    fmt::print(stderr, "zoohost: give either --root or --config; see --help\n");
    return 2;
  }
  return zoo::module::run_host(options);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return zoohost(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "zoohost: %s\n", error.what());
    return 3;
  }
}
