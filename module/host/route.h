// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "module/host/http_request.h"

namespace zoo::module {

class AppService;

/// Where a request goes. The views point into the router, or into the request's path. Reusable.
struct Route {
  enum class Kind {
    kApplication,
    kFile,
    kError,
    kRedirect,
    kAbort  ///< The connection is to be dropped without an answer.
  };

  Kind kind = Kind::kError;
  unsigned status = 404;   ///< Of kError and kRedirect.
  bool rewritten = false;  ///< `path` and `query` take the place of the request's own.
  std::string path;        ///< Decoded, as HttpRequest::path.
  std::string query;
  AppService* application = nullptr;    ///< Of kApplication.
  std::string_view script_name;         ///< The application's virtual path, "" for the root.
  std::string_view path_info;           ///< The rest of the path.
  std::string_view document_root;       ///< Physical.
  std::string physical_path;            ///< Of kFile what to send; of kApplication where the path would be.
  std::string_view content_type;        ///< Of kFile.
  std::string location;                 ///< Of kRedirect.
  std::uint64_t max_body = 30'000'000;  ///< IIS's maxAllowedContentLength.
  std::size_t body_memory = std::size_t{64} * 1024;  ///< POST_BUFFER.
  std::string_view body_folder;                      ///< POST_CACHE_DIR.
  std::string_view problem;                          ///< Of kError: one line for local visitors.
  std::string problem_text;                          ///< Where `problem` is not a text of the router's.
};

/// An error that the server itself answers with.
struct ErrorFacts {
  unsigned status = 500;
  std::string_view problem;  ///< As in Route; may begin with IIS's sub-status ("404.8: ").
  bool local = false;        ///< The visitor sits at the server.
};

/// What <httpErrors> has instead of the server's own page.
struct CustomError {
  std::string file;  ///< To be sent with the error's status.
  std::string content_type;
  std::string location;  ///< Not empty: a redirect instead.
};

class Router {
 public:
  Router() = default;
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;
  virtual ~Router() = default;

  virtual void route(const HttpRequest& request, Route& route) = 0;
  /// False: the server's own page is to be sent.
  virtual bool custom_error(const HttpRequest& request, const ErrorFacts& error, CustomError& custom) = 0;
};

}  // namespace zoo::module
