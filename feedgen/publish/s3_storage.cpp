// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "feedgen/base/http_fields.h"
#include "feedgen/publish/storage.h"

// A bucket is a web server that takes PUT and DELETE and wants each request signed.
namespace zoo::publish {
namespace {

constexpr std::string_view kScheme = "s3://";
constexpr std::string_view kDefaultRegion = "us-east-1";

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// Amazon's rule for names of buckets, which keeps them fit for a path and a host name.
bool is_bucket(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 && is_lower_or_digit(name.front()) && is_lower_or_digit(name.back()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_lower_or_digit(c) || c == '-' || c == '.'; });
}

/// Slash-separated names of letters, digits and "-._": what needs no escape, and no "..".
bool is_prefix(std::string_view path) {
  std::size_t begin = 0;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    const auto plain = [](char c) {
      return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
    };
    if (part.empty() || part == "." || part == ".." || !std::all_of(part.begin(), part.end(), plain)) return false;
    begin = end + 1;
  }
  return true;
}

bool is_region(std::string_view name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_lower_or_digit(c) || c == '-'; });
}

/// Ends with a slash. The bucket is part of the path, which every server understands whatever the bucket's name is.
Result<std::string> address_of(const S3Access& access) {
  if (access.endpoint.empty()) return fmt::format("https://s3.{}.amazonaws.com/", access.region);
  const std::string scheme = url_scheme(access.endpoint);
  if (scheme != "http" && scheme != "https")
    return fail(ExitCode::kUsage, "the endpoint of the bucket is no http or https URL (AWS_ENDPOINT_URL)");
  return access.endpoint.back() == '/' ? access.endpoint : access.endpoint + "/";
}

}  // namespace

Result<std::unique_ptr<Storage>> s3_storage(std::string_view target, HttpAccess access) {
  std::string_view path = target.substr(std::min(kScheme.size(), target.size()));
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  const std::size_t slash = std::min(path.find('/'), path.size());
  const std::string_view bucket = path.substr(0, slash);
  const std::string_view prefix = path.substr(std::min(slash + 1, path.size()));
  if (!is_bucket(bucket) || (slash < path.size() && !is_prefix(prefix)))
    return fail(ExitCode::kUsage, fmt::format("\"{}\" is no bucket: write s3://bucket or s3://bucket/prefix", target));
  if (access.s3.key.empty() || access.s3.secret.empty())
    return fail(ExitCode::kUsage, "the bucket needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment");
  if (access.s3.region.empty()) access.s3.region = kDefaultRegion;
  if (!is_region(access.s3.region))
    return fail(ExitCode::kUsage, fmt::format("\"{}\" is no region (AWS_REGION)", access.s3.region));
  Result<std::string> address = address_of(access.s3);
  if (!address) return tl::unexpected(address.error());
  access.user.clear();
  access.token.clear();
  std::string url = fmt::format("{}{}/{}{}", *address, bucket, prefix, prefix.empty() ? "" : "/");
  return http_storage(std::move(url), std::move(access));
}

}  // namespace zoo::publish
