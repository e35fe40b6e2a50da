// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "module/core/environment.h"

namespace zoo::module {

/// What an error page can say. Everything but `status`, `what` and `advice` is for local visitors only.
struct ErrorPage {
  unsigned status = 500;
  std::string what;    ///< One sentence for every visitor, without names and paths: "The application did not answer".
  std::string advice;  ///< What a visitor can do: "Try again in a minute."
  unsigned retry_after = 0;  ///< Seconds; 0: not said.

  std::vector<std::string> reasons;  ///< What was done and what was seen, one sentence each.
  std::vector<std::string> steps;    ///< What the developer can try.
  std::string worker_errors;         ///< The end of the worker's standard error.
  std::string deploy_log;            ///< The end of it, after a deploy that failed.
  EnvironmentList settings;          ///< Engine and settings, ready to be shown.
  EnvironmentList environment;       ///< The application's variables; secrets are masked here.
};

/// The whole page: HTML 5, UTF-8, no script and nothing loaded from elsewhere. Texts of any bytes are safe. Long ones
/// are cut to their ends (64 KiB each). `local`: show the details; otherwise none of them is in the page.
std::string error_page(const ErrorPage& page, bool local);

/// The phrase of a status ("Bad Gateway"); "Error" for unknown ones.
std::string_view status_phrase(unsigned status);

/// A request is local if it comes from a loopback address, or from the address that it was sent to. Addresses in
/// numbers, without ports; empty ones are not local.
bool is_local_request(std::string_view remote_address, std::string_view local_address);

/// Text for HTML, in elements and quoted attributes. Bytes that are not UTF-8 and control characters become U+FFFD.
std::string html_text(std::string_view text);

}  // namespace zoo::module
