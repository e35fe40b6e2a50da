// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/header_field.h"

namespace zoo::module {

/// What a front end knows about the client's request and passes on to an HTTP worker.
struct ForwardedRequest {
  std::string_view remote_address;  ///< The peer's numeric address, without port and without brackets.
  std::string_view host;            ///< The client's Host header.
  std::string_view server_name;
  std::uint16_t server_port = 0;
  bool https = false;
  std::string_view application_physical_path;
  std::string_view application_virtual_path;
  std::string_view auth_type;  ///< This and the following: empty when nobody is logged on.
  std::string_view auth_user;
  std::string_view logon_user;
  std::string_view remote_user;
};

/// Rewrites a request's headers for a worker: removes the client's copies of headers that the worker takes on trust,
/// and adds X-Forwarded-For (appended to the client's list), -Proto, -Host, -Port and the X-Zoo-* headers. Field values
/// with control characters are left for the encoder to refuse.
class ForwardedHeaders {
 public:
  /// The added fields are views into `request` and into this object, which must outlive their use.
  void apply(const ForwardedRequest& request, std::vector<HeaderField>& fields);

 private:
  std::string forwarded_for_;
  std::string port_;
};

}  // namespace zoo::module
