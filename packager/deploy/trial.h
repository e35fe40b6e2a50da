// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "feedgen/base/interrupt.h"
#include "feedgen/base/result.h"

namespace zoo::deploy {

struct TrialOptions {
  std::string zoohost;                ///< The program.
  std::string folder;                 ///< The application.
  std::string page = "/";             ///< What is requested, with the slash at its beginning.
  std::chrono::seconds timeout{120};  ///< For everything: start, deploy script, first page.
  const Cancellation* cancellation = nullptr;
};

struct Trial {
  int status = 0;           ///< Of the answer; 0: there was none.
  std::string body;         ///< At most 1 MiB.
  std::string output;       ///< What zoohost printed.
  std::string first_error;  ///< The first telling line of the application's logs or of zoohost; "" when the page came.
  std::string title;        ///< Of the page.
  bool served() const { return status >= 200 && status < 400; }
};

/// Runs an application folder by zoohost with the runtimes of this machine on a free port of 127.0.0.1 and requests one
/// page. The program and what it started have ended when this returns. An Error when it cannot be run at all.
Result<Trial> try_application(const TrialOptions& options);

/// "<title>" of an HTML page, or "".
std::string title_of(const std::string& html);
/// The line that says what went wrong: of a Python, Ruby or Perl traceback its message, else the first line with an
/// error's name in it; "" when there is none.
std::string first_error_in(const std::string& log);

}  // namespace zoo::deploy
