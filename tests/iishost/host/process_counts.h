// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace iishost {

/// What this process holds at the moment; what grows with use is a leak.
struct ProcessCounts {
  unsigned long handles = 0;
  unsigned long threads = 0;
  std::uint64_t private_bytes = 0;  ///< Memory that no other process shares.
};

ProcessCounts process_counts();

}  // namespace iishost
