// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "module/core/cgi_environment.h"
#include "module/core/header_field.h"
#include "module/iis/definition.h"
#include "module/iis/httpserv.h"

namespace zoo::module {

/// Everything about a request, copied out of IIS so that it can be used on any thread. UTF-8, but the raw URL and the
/// headers are the client's bytes.
class RequestFacts {
 public:
  /// In a notification of the request only.
  explicit RequestFacts(IHttpContext& context);
  RequestFacts(const RequestFacts&) = delete;
  RequestFacts& operator=(const RequestFacts&) = delete;

  const AppFacts& application() const { return application_; }
  /// Views into this object.
  CgiRequest& cgi() { return cgi_; }
  bool has_body() const { return has_body_; }
  /// Content-Length; nothing for a chunked body, or if there is none.
  std::optional<std::uint64_t> announced_length() const { return announced_length_; }
  /// The protocols that the client would change to (RFC 9110 section 7.8); empty: none. A view into this object.
  std::string_view upgrade() const;
  bool is_local() const;

 private:
  void read_headers(const HTTP_REQUEST& raw, bool is_rewritten);
  void read_url(const HTTP_REQUEST& raw, IHttpContext& context);
  void read_variables(IHttpContext& context);
  void read_encryption(IHttpContext& context);
  void split_path(IHttpContext& context);
  void fill_cgi();

  AppFacts application_;
  CgiRequest cgi_;
  std::string method_, url_, path_, query_, script_name_, path_info_, path_translated_, physical_path_;
  std::string software_, server_name_, server_port_, protocol_, local_address_, remote_address_, remote_port_;
  std::string remote_user_, auth_type_, https_;
  std::vector<std::pair<std::string, std::string>> header_texts_;
  std::vector<std::pair<std::string, std::string>> extra_texts_;
  std::vector<HeaderField> headers_;
  std::vector<HeaderField> extra_;
  std::optional<std::uint64_t> announced_length_;
  bool has_body_ = false;
};

/// The application of a request, or of a context without one (preload); the handler, if one has been chosen.
AppFacts application_facts(IHttpContext& context);

/// The value of a server variable of IIS, or "".
std::string server_variable(IHttpContext& context, const char* name);

}  // namespace zoo::module
