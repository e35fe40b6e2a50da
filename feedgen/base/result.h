// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "feedgen/base/exit_code.h"

namespace zoo {

/// A failure of the environment (file, network, verification). Problems in a user's data are Diagnostics instead.
struct Error {
  ExitCode code = ExitCode::kIo;
  std::string message;  ///< One line, UTF-8, says what was done and what was seen: "cannot write dist/feed.xml: ...".
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ExitCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace zoo
