// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "module/core/header_field.h"

namespace zoo::module {

/// A request as CGI sees it (RFC 3875 section 4.1). Paths and names are the front end's business: nothing is decoded,
/// resolved or checked here. Empty optional values are left out of the environment.
struct CgiRequest {
  std::string_view method;
  std::string_view request_uri;      ///< REQUEST_URI: path and query as the client sent them.
  std::string_view script_name;      ///< SCRIPT_NAME: the application's virtual path; "" for the root.
  std::string_view path_info;        ///< PATH_INFO: decoded, the rest of the path.
  std::string_view query;            ///< QUERY_STRING: without the question mark.
  std::string_view path_translated;  ///< PATH_TRANSLATED: where path_info would be on disk.
  std::string_view physical_path;    ///< SCRIPT_FILENAME.
  std::string_view document_root;
  std::string_view server_software;
  std::string_view server_name;
  std::string_view server_address;
  std::uint16_t server_port = 0;
  std::string_view server_protocol = "HTTP/1.1";
  bool https = false;
  std::string_view remote_address;
  std::uint16_t remote_port = 0;  ///< 0: unknown.
  std::string_view remote_user;
  std::string_view auth_type;                   ///< Not empty: the server itself has authenticated the user.
  std::optional<std::uint64_t> content_length;  ///< Of the decoded body; nothing if there is none or it is not known.
  std::span<const HeaderField> headers;
  std::span<const HeaderField> extra;  ///< Replace variables of the same name.
};

/// The variables of one request, for FCGI_PARAMS or a CGI environment (docs/formats/fastcgi.md says which and in what
/// order). HTTP_PROXY is never among them. Reusable; after the first requests build() allocates nothing.
class CgiEnvironment {
 public:
  CgiEnvironment() = default;
  CgiEnvironment(const CgiEnvironment&) = delete;
  CgiEnvironment& operator=(const CgiEnvironment&) = delete;

  /// Replaces the variables. They are views into `request`'s strings and into this object.
  void build(const CgiRequest& request);

  std::span<const HeaderField> variables() const noexcept { return variables_; }

  /// How many of the request's headers the last build() refused: Proxy, names that could alias others, control
  /// characters.
  std::size_t refused_headers() const noexcept { return refused_headers_; }

 private:
  void add_server(const CgiRequest& request);
  void add_target(const CgiRequest& request);
  void add_client(const CgiRequest& request);
  void add_headers(const CgiRequest& request);
  void add_header(std::span<const HeaderField> headers, std::size_t index);
  void add_extra(const HeaderField& variable);
  void add(std::string_view name, std::string_view value) { variables_.push_back({name, value}); }
  void add_unless_empty(std::string_view name, std::string_view value);
  void reserve(const CgiRequest& request);
  std::string_view store_number(std::uint64_t number);
  std::string_view store_name(std::string_view header);
  std::string_view store_joined(std::span<const HeaderField> headers, std::size_t first);

  std::string arena_;  // reserved before use, so views into it stay valid
  std::vector<HeaderField> variables_;
  std::size_t refused_headers_ = 0;
};

}  // namespace zoo::module
