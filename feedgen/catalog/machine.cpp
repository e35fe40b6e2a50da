// SPDX-License-Identifier: Apache-2.0
#include "feedgen/catalog/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "feedgen/catalog/product.h"
#include "feedgen/catalog/values.h"

namespace zoo::catalog {
namespace {

constexpr std::array<std::string_view, 9> kTypes = {"Server",  "ServerCore", "Client",     "HomeBasic", "HomePremium",
                                                    "Starter", "Ultimate",   "Enterprise", "Business"};

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool read_os(std::string_view text, Machine& machine) {
  const auto parts = split(text, '.');
  if (parts.size() < 2 || parts.size() > 3) return false;
  std::array<unsigned, 3> values{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto value = number(parts[i]);
    if (!value) return false;
    values[i] = *value;
  }
  machine.os_major = values[0];
  machine.os_minor = values[1];
  machine.service_pack = values[2];
  return true;
}

std::string type_names() {
  return fmt::format("{}", fmt::join(kTypes, ", "));
}

bool is_server(std::string_view type) {
  return same_id(type, "Server") || same_id(type, "ServerCore");
}

}  // namespace

Result<Machine> parse_machine(const MachineOptions& options) {
  Machine machine;
  if (!options.os.empty() && !read_os(options.os, machine))
    return fail(ExitCode::kUsage,
                fmt::format("--os takes major.minor or major.minor.sp, such as 10.0 or 6.1.1, not '{}'", options.os));
  if (!options.arch.empty()) {
    if (options.arch != "x86" && options.arch != "x64")
      return fail(ExitCode::kUsage, fmt::format("--arch takes x86 or x64, not '{}'", options.arch));
    machine.arch = options.arch;
  }
  if (!options.type.empty()) {
    const auto* const known =
        std::find_if(kTypes.begin(), kTypes.end(), [&](std::string_view type) { return same_id(type, options.type); });
    if (known == kTypes.end())
      return fail(ExitCode::kUsage, fmt::format("--type takes one of {}, not '{}'", type_names(), options.type));
    machine.type = *known;
  }
  machine.language = options.language;
  for (const std::string_view id : split(options.installed, ','))
    if (!trimmed(id).empty()) machine.installed.emplace_back(trimmed(id));
  return machine;
}

bool os_type_matches(std::string_view machine_type, std::string_view wanted) {
  if (same_id(machine_type, wanted)) return true;
  if (is_server(machine_type) || is_server(wanted)) return false;
  if (same_id(wanted, "Client")) return true;
  const bool known = std::any_of(kTypes.begin(), kTypes.end(), [&](std::string_view t) { return same_id(t, wanted); });
  return same_id(machine_type, "Client") && known && !same_id(wanted, "Starter") && !same_id(wanted, "HomeBasic");
}

std::string describe(const Machine& machine) {
  const std::string pack = machine.service_pack == 0 ? "" : fmt::format(" SP{}", machine.service_pack);
  return fmt::format("Windows {}.{}{} {}, {}", machine.os_major, machine.os_minor, pack, machine.type, machine.arch);
}

}  // namespace zoo::catalog
