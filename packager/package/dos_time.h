// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace zoo::package {

/// MS-DOS date and time as a zip has them (APPNOTE 4.4.6): steps of two seconds, no time zone.
struct DosTime {
  std::uint16_t date = 0;
  std::uint16_t time = 0;
  bool operator==(const DosTime&) const = default;
};

/// Seconds since 1970 as if the DOS time were UTC; odd seconds are rounded down. From 1980-01-01 to 2107-12-31.
DosTime to_dos_time(std::int64_t seconds);
/// The inverse; 0 for a date that does not exist.
std::int64_t from_dos_time(DosTime time);
/// False for zero or impossible dates, which Windows turns into 1601-01-01.
bool is_valid(DosTime time);
std::string to_text(DosTime time);  ///< "2026-01-31 12:30:58"

/// Where the times of a build lie: before the beginning of the year of `epoch` (seconds since 1970).
inline constexpr int kYearsOfTimes = 16;
inline constexpr std::int64_t kDefaultEpoch = 1767225600;  ///< 2026-01-01, without SOURCE_DATE_EPOCH

/// A time made from a file's content. Web Deploy copies a file when its size or its time differs (web-deploy section
/// 2): with one time for all, an edit that keeps the size would never arrive; with the time of the build, every file
/// would be copied each time. So equal bytes get equal times, and other bytes other ones, but for one chance in 250
/// million. `fingerprint` is any 64-bit hash of the content. The times lie in the kYearsOfTimes years before the year
/// of `epoch`, never after it, and stay the same for a year of builds.
DosTime content_time(std::uint64_t fingerprint, std::int64_t epoch);

}  // namespace zoo::package
