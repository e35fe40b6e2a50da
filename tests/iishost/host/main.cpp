// SPDX-License-Identifier: Apache-2.0
// The IIS emulator: hosts native modules through the interfaces of module/iis/httpserv.h and knows nothing else of
// them.
#include <winsock2.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "tests/iishost/host/host.h"
#include "tests/iishost/host/system_calls.h"
#include "tests/iishost/host/visitor.h"

namespace {

constexpr const char* kUsage =
    "usage: iishost --port N --config applicationHost.config --schema FILE... --module NAME=DLL...\n"
    "       [--server-version 7.5] [--preload] [--https] [--client-certificate] [--impersonate] [--deny-jobs]\n"
    "       [--short-reads BYTES] [--slow-completions MS] [--synchronous] [--remaining-wraps] [--fail-writes BYTES]\n";

bool set_flag(const std::string& name, iishost::Options& options) {
  const std::map<std::string, bool*> flags = {{"--preload", &options.preload},
                                              {"--https", &options.https},
                                              {"--client-certificate", &options.client_certificate},
                                              {"--impersonate", &options.impersonate},
                                              {"--deny-jobs", &options.deny_jobs},
                                              {"--synchronous", &options.faults.synchronous},
                                              {"--remaining-wraps", &options.faults.remaining_wraps}};
  const auto found = flags.find(name);
  if (found != flags.end()) *found->second = true;
  return found != flags.end();
}

bool set_value(const std::string& name, const std::string& value, iishost::Options& options) {
  const unsigned long long number = std::strtoull(value.c_str(), nullptr, 10);
  if (name == "--port") {
    options.port = static_cast<std::uint16_t>(number);
  } else if (name == "--config") {
    options.host_file = value;
  } else if (name == "--schema") {
    options.schemas.push_back(value);
  } else if (name == "--module" && value.find('=') != std::string::npos) {
    options.modules.emplace_back(value.substr(0, value.find('=')), value.substr(value.find('=') + 1));
  } else if (name == "--server-version") {
    const std::size_t dot = value.find('.');
    const unsigned long minor = dot == std::string::npos ? 0 : std::strtoul(value.c_str() + dot + 1, nullptr, 10);
    options.version = static_cast<std::uint32_t>(number << 16 | minor);
  } else if (name == "--short-reads") {
    options.faults.short_reads = static_cast<std::size_t>(number);
  } else if (name == "--slow-completions") {
    options.faults.slow_completions = static_cast<unsigned>(number);
  } else if (name == "--fail-writes") {
    options.faults.fail_writes = number;
  } else {
    return false;
  }
  return true;
}

bool parse(int count, char** arguments, iishost::Options& options) {
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    if (set_flag(name, options)) continue;
    if (++i == count || !set_value(name, arguments[i], options)) return false;
  }
  return options.port != 0 && !options.modules.empty();
}

}  // namespace

int main(int count, char** arguments) {
  iishost::Options options;
  WSADATA data;
  if (!parse(count, arguments, options) || ::WSAStartup(MAKEWORD(2, 2), &data) != 0) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  if (options.deny_jobs) iishost::deny_jobs();
  if (options.impersonate && !iishost::impersonate_visitors()) {
    std::fputs("iishost: there is no token to impersonate\n", stderr);
    return 1;
  }
  iishost::Host host(std::move(options));
  std::string error;
  if (!host.start(error)) {
    std::fprintf(stderr, "iishost: %s\n", error.c_str());
    return 1;
  }
  std::puts("iishost: ready");
  std::fflush(stdout);
  host.run();
  return 0;
}
