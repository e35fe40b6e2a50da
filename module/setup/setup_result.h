// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace zoo::setup {

/// Exit codes of zoosetup, with the numbers that every Zoo program uses (docs/exit-codes.md).
enum class SetupExit : int {
  kOk = 0,        ///< Done, or nothing had to be done.
  kFindings = 1,  ///< The configuration cannot be edited as it is, or (status) is not registered.
  kUsage = 2,     ///< The command line is wrong.
  kIo = 3         ///< A file or the registry could not be read or written.
};

/// A failure with a text for the user: what was done, what was seen. One line, UTF-8.
struct SetupError {
  SetupExit code = SetupExit::kIo;
  std::string message;
};

template <typename T>
using SetupResult = tl::expected<T, SetupError>;

inline tl::unexpected<SetupError> fail(SetupExit code, std::string message) {
  return tl::unexpected<SetupError>(SetupError{code, std::move(message)});
}

}  // namespace zoo::setup
