// SPDX-License-Identifier: Apache-2.0
// The IIS emulator: hosts native modules through the interfaces of module/iis/httpserv.h and knows nothing else of
// them.
#include <winsock2.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/iishost/host/host.h"

namespace {

constexpr const char* kUsage =
    "usage: iishost --port N --config applicationHost.config --schema FILE... --module NAME=DLL...\n"
    "       [--server-version 7.5] [--preload] [--https] [--client-certificate] [--remaining-wraps] [--short-reads "
    "BYTES] [--slow-completions MS] [--synchronous] "
    "[--fail-writes "
    "BYTES]\n";

bool parse(int count, char** arguments, iishost::Options& options) {
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    if (name == "--synchronous") {
      options.faults.synchronous = true;
      continue;
    }
    bool* const flag = name == "--preload"              ? &options.preload
                       : name == "--https"              ? &options.https
                       : name == "--client-certificate" ? &options.client_certificate
                       : name == "--remaining-wraps"    ? &options.faults.remaining_wraps
                                                        : nullptr;
    if (flag != nullptr) {
      *flag = true;
      continue;
    }
    if (++i == count) return false;
    const std::string value = arguments[i];
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
