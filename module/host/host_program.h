// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace zoo::module {

struct HostOptions {
  std::string root;
  std::string config;
  std::vector<std::string> listen;  ///< "127.0.0.1:8080"; empty: that, or with `config` where its sites' bindings say.
  std::vector<std::string> applications;  ///< "/blog=folder"
  std::vector<std::string> directories;
  std::string site;
  std::string workers;  ///< Empty: beside the program, or the source tree's.
  std::string access_log;
  unsigned stop_timeout = 30;
  bool quiet = false;
};

/// Serves until SIGTERM or SIGINT; SIGHUP reads the configuration again. Returns the program's exit code: 0; 2 for
/// wrong options; 3 if the configuration cannot be read or the address not be listened on.
int run_host(const HostOptions& options);

}  // namespace zoo::module
