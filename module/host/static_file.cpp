// SPDX-License-Identifier: Apache-2.0
#include "module/host/static_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <optional>

namespace zoo::module {
namespace {

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view kDays = "SunMonTueWedThuFriSat";

std::string make_etag(const struct stat& info) {
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "\"%llx-%llx\"",
                                 static_cast<unsigned long long>(info.st_mtim.tv_sec) * 1'000'000'000ULL +
                                     static_cast<unsigned long long>(info.st_mtim.tv_nsec),
                                 static_cast<unsigned long long>(info.st_size));
  return {text.data(), static_cast<std::size_t>(size)};
}

bool lists_etag(std::string_view list, std::string_view etag, bool weak) {
  if (trim_blanks(list) == "*") return true;
  for (std::string_view item = next_list_element(list); !item.empty(); item = next_list_element(list)) {
    if (item.starts_with("W/")) {
      if (!weak) continue;
      item.remove_prefix(2);
    }
    if (item == etag) return true;
  }
  return false;
}

std::string_view value_of(const HttpRequest& request, std::string_view name) {
  const HeaderField* field = find_field(request.fields, name);
  return field != nullptr ? field->value : std::string_view();
}

// RFC 9110 section 13.2.2; 0: go on.
unsigned check_conditions(const HttpRequest& request, std::string_view etag, std::int64_t modified) {
  if (const auto match = value_of(request, "if-match"); !match.empty()) {
    if (!lists_etag(match, etag, false)) return 412;
  } else if (const std::int64_t since = parse_http_date(value_of(request, "if-unmodified-since"));
             since >= 0 && modified > since) {
    return 412;
  }
  if (const auto none = value_of(request, "if-none-match"); !none.empty()) {
    return lists_etag(none, etag, true) ? 304 : 0;
  }
  const std::int64_t since = parse_http_date(value_of(request, "if-modified-since"));
  return since >= 0 && modified <= since ? 304 : 0;
}

struct Range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

enum class RangeResult { kNone, kRange, kUnsatisfiable };

// One range; several are answered with the whole file, as section 14.2 allows.
RangeResult parse_range(std::string_view text, std::uint64_t size, Range& range) {
  constexpr std::string_view kUnit = "bytes=";
  if (!starts_with_ignoring_case(text, kUnit) || text.find(',') != std::string_view::npos) return RangeResult::kNone;
  text = trim_blanks(text.substr(kUnit.size()));
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return RangeResult::kNone;
  const auto first = parse_length(text.substr(0, dash));
  const auto last = parse_length(text.substr(dash + 1));
  if (dash == 0) {
    if (!last) return RangeResult::kNone;
    if (*last == 0 || size == 0) return RangeResult::kUnsatisfiable;
    range = {size - std::min(size, *last), size - 1};
    return RangeResult::kRange;
  }
  if (!first || (!last && dash + 1 != text.size()) || (last && *last < *first)) return RangeResult::kNone;
  if (*first >= size) return RangeResult::kUnsatisfiable;
  range = {*first, std::min(last.value_or(size - 1), size - 1)};
  return RangeResult::kRange;
}

// Section 13.1.5: a range of another version is of no use.
bool range_is_current(const HttpRequest& request, std::string_view etag, std::int64_t modified) {
  const std::string_view condition = value_of(request, "if-range");
  return condition.empty() || condition == etag || parse_http_date(condition) == modified;
}

void apply_range(const HttpRequest& request, FileResponse& response, std::uint64_t size) {
  Range range;
  switch (parse_range(value_of(request, "range"), size, range)) {
    case RangeResult::kNone:
      return;
    case RangeResult::kUnsatisfiable:
      response.status = 416;
      response.length = 0;
      response.headers += "Content-Range: bytes */" + std::to_string(size) + "\r\n";
      return;
    case RangeResult::kRange:
      response.status = 206;
      response.offset = range.first;
      response.length = range.last - range.first + 1;
      response.headers += "Content-Range: bytes " + std::to_string(range.first) + "-" + std::to_string(range.last) +
                          "/" + std::to_string(size) + "\r\n";
  }
}

int number(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::string http_date(std::int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 64> text{};
  const auto day = kDays.substr(static_cast<std::size_t>(parts.tm_wday) * 3, 3);
  const auto month = kMonths.substr(static_cast<std::size_t>(parts.tm_mon) * 3, 3);
  const int size =
      std::snprintf(text.data(), text.size(), "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", day.data(), parts.tm_mday,
                    month.data(), parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return {text.data(), static_cast<std::size_t>(size)};
}

std::int64_t parse_http_date(std::string_view text) {
  if (text.size() != 29 || text.substr(25) != " GMT") return -1;
  const std::size_t month = kMonths.find(text.substr(8, 3));
  std::tm parts{};
  parts.tm_mday = number(text.substr(5, 2));
  parts.tm_mon = month == std::string_view::npos ? -1 : static_cast<int>(month / 3);
  parts.tm_year = number(text.substr(12, 4)) - 1900;
  parts.tm_hour = number(text.substr(17, 2));
  parts.tm_min = number(text.substr(20, 2));
  parts.tm_sec = number(text.substr(23, 2));
  if (parts.tm_mday < 1 || parts.tm_mon < 0 || parts.tm_year < 0 || parts.tm_hour < 0 || parts.tm_min < 0 ||
      parts.tm_sec < 0) {
    return -1;
  }
  return ::timegm(&parts);
}

FileResponse open_static_file(const HttpRequest& request, const std::string& path, std::string_view content_type) {
  FileResponse response;
  if (request.method != "GET" && request.method != "HEAD") {
    response.status = 405;
    response.headers = "Allow: GET, HEAD\r\n";
    return response;
  }
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat info {};
  if (file < 0 || ::fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
    if (file >= 0) ::close(file);
    return response;
  }
  const auto size = static_cast<std::uint64_t>(info.st_size);
  const std::string etag = make_etag(info);
  response.headers =
      "Last-Modified: " + http_date(info.st_mtim.tv_sec) + "\r\nETag: " + etag + "\r\nAccept-Ranges: bytes\r\n";
  if (!content_type.empty()) response.headers.append("Content-Type: ").append(content_type).append("\r\n");
  response.status = check_conditions(request, etag, info.st_mtim.tv_sec);
  if (response.status == 0) {
    response.status = 200;
    response.length = size;
    if (request.method == "GET" && range_is_current(request, etag, info.st_mtim.tv_sec)) {
      apply_range(request, response, size);
    }
  }
  if (response.length != 0 && request.method == "GET") {
    response.file = file;
  } else {
    ::close(file);
  }
  return response;
}

bool read_small_file(const std::string& path, std::string& text) {
  constexpr std::size_t kMost = 1U << 20U;
  std::ifstream file(path, std::ios::binary);
  text.resize(kMost + 1);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return file.eof() && text.size() <= kMost;
}

}  // namespace zoo::module
