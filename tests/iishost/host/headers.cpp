// SPDX-License-Identifier: Apache-2.0
#include "tests/iishost/host/headers.h"

#include <algorithm>
#include <array>

namespace iishost {
namespace {

// HTTP_HEADER_ID of the HTTP Server API.
constexpr std::array<std::string_view, 20> kCommon = {"Cache-Control",
                                                      "Connection",
                                                      "Date",
                                                      "Keep-Alive",
                                                      "Pragma",
                                                      "Trailer",
                                                      "Transfer-Encoding",
                                                      "Upgrade",
                                                      "Via",
                                                      "Warning",
                                                      "Allow",
                                                      "Content-Length",
                                                      "Content-Type",
                                                      "Content-Encoding",
                                                      "Content-Language",
                                                      "Content-Location",
                                                      "Content-MD5",
                                                      "Content-Range",
                                                      "Expires",
                                                      "Last-Modified"};
constexpr std::array<std::string_view, 21> kRequest = {"Accept",
                                                       "Accept-Charset",
                                                       "Accept-Encoding",
                                                       "Accept-Language",
                                                       "Authorization",
                                                       "Cookie",
                                                       "Expect",
                                                       "From",
                                                       "Host",
                                                       "If-Match",
                                                       "If-Modified-Since",
                                                       "If-None-Match",
                                                       "If-Range",
                                                       "If-Unmodified-Since",
                                                       "Max-Forwards",
                                                       "Proxy-Authorization",
                                                       "Referer",
                                                       "Range",
                                                       "TE",
                                                       "Translate",
                                                       "User-Agent"};
constexpr std::array<std::string_view, 10> kResponse = {
    "Accept-Ranges", "Age",    "ETag",       "Location", "Proxy-Authenticate",
    "Retry-After",   "Server", "Set-Cookie", "Vary",     "WWW-Authenticate"};

template <std::size_t N>
std::string_view name_of(const std::array<std::string_view, N>& own, int id) {
  const auto index = static_cast<std::size_t>(id);
  if (id < 0 || index >= kCommon.size() + N) return {};
  return index < kCommon.size() ? kCommon.at(index) : own.at(index - kCommon.size());
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool equal_names(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view request_header_name(int id) {
  return name_of(kRequest, id);
}

std::string_view response_header_name(int id) {
  return name_of(kResponse, id);
}

int request_header_id(std::string_view name) {
  for (int id = 0; id < HttpHeaderRequestMaximum; ++id) {
    if (equal_names(request_header_name(id), name)) return id;
  }
  return -1;
}

}  // namespace iishost
