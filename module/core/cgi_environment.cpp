// SPDX-License-Identifier: Apache-2.0
#include "module/core/cgi_environment.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace zoo::module {
namespace {

constexpr std::string_view kHeaderPrefix = "HTTP_";
constexpr std::string_view kProxyVariable = "HTTP_PROXY";
constexpr std::size_t kMaxDigits = 20;  // of a 64-bit number
constexpr std::size_t kNumbers = 3;     // the two ports and the length

constexpr bool is_plain_name_char(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

constexpr char to_variable_char(char c) noexcept {
  if (c == '-') return '_';
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
}

// Two headers must not become one variable (X_Real_IP and X-Real-IP), so only letters, digits and '-' are let through.
bool is_refused(const HeaderField& header) noexcept {
  return header.name.empty() || !std::ranges::all_of(header.name, is_plain_name_char) ||
         equals_ignoring_case(header.name, "proxy") || !is_field_value(header.value);
}

bool has_own_variable(std::string_view name) noexcept {
  return equals_ignoring_case(name, "content-length") || equals_ignoring_case(name, "content-type") ||
         equals_ignoring_case(name, "transfer-encoding");
}

}  // namespace

void CgiEnvironment::build(const CgiRequest& request) {
  variables_.clear();
  arena_.clear();
  refused_headers_ = 0;
  reserve(request);
  add_server(request);
  add_target(request);
  add_client(request);
  add_headers(request);
  for (const HeaderField& variable : request.extra) add_extra(variable);
}

void CgiEnvironment::add_server(const CgiRequest& request) {
  add("GATEWAY_INTERFACE", "CGI/1.1");
  add_unless_empty("SERVER_SOFTWARE", request.server_software);
  add("SERVER_PROTOCOL", request.server_protocol);
  add("SERVER_NAME", request.server_name);
  add("SERVER_PORT", store_number(request.server_port));
  add_unless_empty("SERVER_ADDR", request.server_address);
  add("HTTPS", request.https ? "on" : "off");
}

void CgiEnvironment::add_target(const CgiRequest& request) {
  add("REQUEST_METHOD", request.method);
  add("REQUEST_URI", request.request_uri);
  add("SCRIPT_NAME", request.script_name);
  add("PATH_INFO", request.path_info);
  add_unless_empty("PATH_TRANSLATED", request.path_translated);
  add("QUERY_STRING", request.query);
  add_unless_empty("SCRIPT_FILENAME", request.physical_path);
  add_unless_empty("DOCUMENT_ROOT", request.document_root);
}

void CgiEnvironment::add_client(const CgiRequest& request) {
  add("REMOTE_ADDR", request.remote_address);
  if (request.remote_port != 0) add("REMOTE_PORT", store_number(request.remote_port));
  add_unless_empty("REMOTE_USER", request.remote_user);
  add_unless_empty("AUTH_TYPE", request.auth_type);
  if (request.content_length) add("CONTENT_LENGTH", store_number(*request.content_length));
}

void CgiEnvironment::add_headers(const CgiRequest& request) {
  const bool authenticated = !request.auth_type.empty();
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const HeaderField& header = request.headers[i];
    if (is_refused(header)) {
      ++refused_headers_;
    } else if (equals_ignoring_case(header.name, "content-type")) {
      add_extra({"CONTENT_TYPE", header.value});
    } else if (!has_own_variable(header.name) &&
               !(authenticated && equals_ignoring_case(header.name, "authorization"))) {
      add_header(request.headers, i);
    }
  }
}

void CgiEnvironment::add_header(std::span<const HeaderField> headers, std::size_t index) {
  const auto same_name = [&](const HeaderField& other) {
    return equals_ignoring_case(other.name, headers[index].name) && is_field_value(other.value);
  };
  if (std::ranges::any_of(headers.first(index), same_name)) return;  // joined to the first of them
  const bool repeated = std::ranges::any_of(headers.subspan(index + 1), same_name);
  const std::string_view name = store_name(headers[index].name);
  add(name, repeated ? store_joined(headers, index) : headers[index].value);
}

void CgiEnvironment::add_extra(const HeaderField& variable) {
  if (equals_ignoring_case(variable.name, kProxyVariable)) return;
  const auto same = std::ranges::find(variables_, variable.name, &HeaderField::name);
  if (same != variables_.end()) {
    same->value = variable.value;
  } else {
    variables_.push_back(variable);
  }
}

void CgiEnvironment::add_unless_empty(std::string_view name, std::string_view value) {
  if (!value.empty()) add(name, value);
}

void CgiEnvironment::reserve(const CgiRequest& request) {
  constexpr std::size_t kSeparator = 2;
  std::size_t size = kNumbers * kMaxDigits;
  for (const HeaderField& header : request.headers) {
    size += kHeaderPrefix.size() + header.name.size() + header.value.size() + kSeparator;
  }
  arena_.reserve(size);
}

std::string_view CgiEnvironment::store_number(std::uint64_t number) {
  std::array<char, kMaxDigits> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  const std::size_t begin = arena_.size();
  arena_.append(digits.data(), end);
  return std::string_view(arena_).substr(begin);
}

std::string_view CgiEnvironment::store_name(std::string_view header) {
  const std::size_t begin = arena_.size();
  arena_.append(kHeaderPrefix);
  for (const char c : header) arena_.push_back(to_variable_char(c));
  return std::string_view(arena_).substr(begin);
}

// RFC 9110 section 5.3; cookies are the exception (RFC 6265 section 5.4).
std::string_view CgiEnvironment::store_joined(std::span<const HeaderField> headers, std::size_t first) {
  const std::string_view name = headers[first].name;
  const std::string_view separator = equals_ignoring_case(name, "cookie") ? "; " : ", ";
  const std::size_t begin = arena_.size();
  arena_.append(headers[first].value);
  for (const HeaderField& header : headers.subspan(first + 1)) {
    if (equals_ignoring_case(header.name, name) && is_field_value(header.value)) {
      arena_.append(separator).append(header.value);
    }
  }
  return std::string_view(arena_).substr(begin);
}

}  // namespace zoo::module
