// SPDX-License-Identifier: Apache-2.0
#include "module/core/config_model.h"

#include <algorithm>

namespace zoo::module {
namespace {

/// `value`, or `fallback` for -1 and everything else below zero, cut to what the type holds.
template <typename T>
T number_or(std::int64_t value, T fallback, std::int64_t highest) {
  return value < 0 ? fallback : static_cast<T>(std::min(value, highest));
}

// More workers of one application than this is a slip of the pen, not a plan.
constexpr std::int64_t kMostInstances = 1000;
constexpr std::int64_t kMostMinutes = std::int64_t{10} * 365 * 24 * 60;
constexpr std::int64_t kMostMegabytes = std::int64_t{16} * 1024 * 1024;

}  // namespace

EngineLimits effective_limits(const Engine& engine, unsigned cores) {
  EngineLimits limits;
  limits.port_lower = std::max<std::uint16_t>(1, number_or(engine.port_lower, limits.port_lower, 65535));
  limits.port_upper =
      std::max<std::uint16_t>(limits.port_lower, number_or(engine.port_upper, limits.port_upper, 65535));
  const auto most = number_or<std::uint32_t>(engine.max_instances, 0, kMostInstances);
  limits.max_instances = most != 0 ? most : std::max(cores, 1U);
  // A written maximum bounds the minimum; "one for each core" gives way to it.
  const auto least = number_or<std::uint32_t>(engine.min_instances, 1, kMostInstances);
  limits.min_instances = most != 0 ? std::min(least, most) : least;
  limits.max_instances = std::max(limits.max_instances, limits.min_instances);
  limits.time_limit_minutes = number_or(engine.time_limit, limits.time_limit_minutes, kMostMinutes);
  limits.graceful_shutdown_seconds =
      number_or(engine.graceful_shutdown_timeout, limits.graceful_shutdown_seconds, std::int64_t{24} * 3600);
  limits.memory_limit_bytes = number_or<std::uint64_t>(engine.memory_limit, 0, kMostMegabytes) * 1024 * 1024;
  return limits;
}

}  // namespace zoo::module
