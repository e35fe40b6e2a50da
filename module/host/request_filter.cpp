// SPDX-License-Identifier: Apache-2.0
#include "module/host/request_filter.h"

#include <algorithm>
#include <string>

namespace zoo::module {
namespace {

// Decoding the decoded path must not change it.
bool is_double_escaped(std::string_view decoded) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
  for (std::size_t i = decoded.find('%'); i != std::string_view::npos; i = decoded.find('%', i + 1)) {
    if (i + 2 < decoded.size() && is_hex(decoded[i + 1]) && is_hex(decoded[i + 2])) return true;
  }
  return false;
}

bool has_hidden_segment(const RequestFilter& filter, std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    if (std::ranges::any_of(filter.hidden_segments,
                            [&](const std::string& hidden) { return equals_ignoring_case(hidden, segment); })) {
      return true;
    }
  }
  return false;
}

bool extension_allowed(const RequestFilter& filter, std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  const std::string_view extension = dot == std::string_view::npos ? "." : name.substr(dot);
  for (const auto& rule : filter.extensions) {
    if (equals_ignoring_case(rule.name, extension)) return rule.allowed;
  }
  return filter.allow_unlisted_extensions;
}

bool verb_allowed(const RequestFilter& filter, std::string_view method) {
  for (const auto& rule : filter.verbs) {
    if (equals_ignoring_case(rule.name, method)) return rule.allowed;
  }
  return filter.allow_unlisted_verbs;
}

}  // namespace

FilterVerdict check_request_filter(const RequestFilter& filter, const HttpRequest& request) {
  if (request.raw_path.size() > filter.max_url) return {404, "404.14: the URL is longer than maxUrl"};
  if (request.query.size() > filter.max_query_string) return {404, "404.15: the query is longer than maxQueryString"};
  if (!filter.allow_double_escaping && is_double_escaped(request.path))
    return {404, "404.11: the URL is escaped twice"};
  if (!verb_allowed(filter, request.method)) return {404, "404.6: requestFiltering denies the verb"};
  return check_path_filter(filter, request.path);
}

FilterVerdict check_path_filter(const RequestFilter& filter, std::string_view path) {
  if (!extension_allowed(filter, path)) return {404, "404.7: requestFiltering denies the extension"};
  if (has_hidden_segment(filter, path)) return {404, "404.8: requestFiltering hides a segment of the path"};
  return {};
}

}  // namespace zoo::module
