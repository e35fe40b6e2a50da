// SPDX-License-Identifier: Apache-2.0
#include "module/core/forwarded_headers.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace zoo::module {
namespace {

// Many frameworks see X_Forwarded_Proto and X-Forwarded-Proto as one variable, so the client may send neither.
bool is_same_variable(std::string_view name, std::string_view ours) noexcept {
  return std::ranges::equal(name, ours, [](char left, char right) {
    const char folded = left == '_' ? '-' : left;
    return equals_ignoring_case({&folded, 1}, {&right, 1});
  });
}

bool is_vouched_for(const HeaderField& field) noexcept {
  constexpr std::array<std::string_view, 4> kNames = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host",
                                                      "x-forwarded-port"};
  constexpr std::string_view kZooPrefix = "x-zoo-";
  return is_same_variable(field.name.substr(0, kZooPrefix.size()), kZooPrefix) ||
         std::ranges::any_of(kNames, [&](std::string_view name) { return is_same_variable(field.name, name); });
}

std::string join_forwarded_for(const std::vector<HeaderField>& fields, std::string_view peer) {
  std::string joined;
  for (const HeaderField& field : fields) {
    if (!equals_ignoring_case(field.name, "x-forwarded-for") || field.value.empty()) continue;
    joined.append(field.value).append(", ");
  }
  return joined.append(peer);
}

}  // namespace

void ForwardedHeaders::apply(const ForwardedRequest& request, std::vector<HeaderField>& fields) {
  forwarded_for_ = join_forwarded_for(fields, request.remote_address);
  port_ = std::to_string(request.server_port);
  std::erase_if(fields, is_vouched_for);
  const std::string_view scheme = request.https ? "https" : "http";
  fields.insert(fields.end(), {{"X-Forwarded-For", forwarded_for_},
                               {"X-Forwarded-Proto", scheme},
                               {"X-Forwarded-Host", request.host},
                               {"X-Forwarded-Port", port_},
                               {"X-Zoo-Forwarded-For", forwarded_for_},
                               {"X-Zoo-Forwarded-Protocol", scheme},
                               {"X-Zoo-Forwarded-Host", request.host},
                               {"X-Zoo-Forwarded-Port", port_},
                               {"X-Zoo-Forwarded-Server", request.server_name},
                               {"X-Zoo-Real-IP", request.remote_address},
                               {"X-Zoo-Appl-Physical-Path", request.application_physical_path},
                               {"X-Zoo-Appl-Virtual-Path", request.application_virtual_path}});
  const std::initializer_list<HeaderField> user = {{"X-Zoo-AUTH-TYPE", request.auth_type},
                                                   {"X-Zoo-AUTH-USER", request.auth_user},
                                                   {"X-Zoo-LOGON-USER", request.logon_user},
                                                   {"X-Zoo-REMOTE-USER", request.remote_user}};
  for (const HeaderField& field : user) {
    if (!field.value.empty()) fields.push_back(field);
  }
}

}  // namespace zoo::module
