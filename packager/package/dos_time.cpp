// SPDX-License-Identifier: Apache-2.0
#include "packager/package/dos_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace zoo::package {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::int64_t kSecondsOfDay = 86400;

std::int64_t start_of_year(int y) {
  return sys_days(year(y) / month(1) / day(1)).time_since_epoch().count() * kSecondsOfDay;
}

struct Parts {
  int y;
  unsigned mon, d, h, min, s;
};

Parts parts_of(DosTime t) {
  const unsigned date = t.date, time = t.time;
  return {static_cast<int>(1980 + (date >> 9U)),
          (date >> 5U) & 15U,
          date & 31U,
          time >> 11U,
          (time >> 5U) & 63U,
          (time & 31U) * 2};
}

/// One step of the splitmix64 generator (public domain, S. Vigna): every bit of the result depends on every bit.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

}  // namespace

DosTime to_dos_time(std::int64_t seconds) {
  seconds = std::clamp(seconds, start_of_year(1980), start_of_year(2108) - 2);
  const std::int64_t days = seconds / kSecondsOfDay;
  const auto rest = static_cast<unsigned>(seconds % kSecondsOfDay);
  const year_month_day date{sys_days(std::chrono::days(days))};
  const auto y = static_cast<unsigned>(static_cast<int>(date.year()) - 1980);
  const unsigned packed_date =
      (y << 9U) | (static_cast<unsigned>(date.month()) << 5U) | static_cast<unsigned>(date.day());
  const unsigned packed_time = ((rest / 3600) << 11U) | ((rest / 60 % 60) << 5U) | (rest % 60 / 2);
  return {static_cast<std::uint16_t>(packed_date), static_cast<std::uint16_t>(packed_time)};
}

bool is_valid(DosTime time) {
  const Parts p = parts_of(time);
  return year_month_day(year(p.y), month(p.mon), day(p.d)).ok() && p.h < 24 && p.min < 60 && p.s < 60;
}

std::int64_t from_dos_time(DosTime time) {
  if (!is_valid(time)) return 0;
  const Parts p = parts_of(time);
  const std::int64_t days = sys_days(year(p.y) / month(p.mon) / day(p.d)).time_since_epoch().count();
  return days * kSecondsOfDay + std::int64_t{p.h} * 3600 + std::int64_t{p.min} * 60 + p.s;
}

std::string to_text(DosTime time) {
  const Parts p = parts_of(time);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", p.y, p.mon, p.d, p.h, p.min, p.s);
}

DosTime content_time(std::uint64_t fingerprint, std::int64_t epoch) {
  constexpr std::int64_t kStep = 2;
  const std::int64_t days = std::clamp(epoch, start_of_year(1996), start_of_year(2107)) / kSecondsOfDay;
  const int last = static_cast<int>(year_month_day(sys_days(std::chrono::days(days))).year());
  const std::int64_t begin = start_of_year(last - kYearsOfTimes);
  const auto steps = static_cast<std::uint64_t>((start_of_year(last) - begin) / kStep);
  return to_dos_time(begin + static_cast<std::int64_t>(mixed(fingerprint) % steps) * kStep);
}

}  // namespace zoo::package
