// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace zoo {

/// Process exit codes of every Zoo program; docs/exit-codes.md is written from this list.
enum class ExitCode : int {
  kOk = 0,            ///< Done, nothing to report.
  kFindings = 1,      ///< The input has findings (lint errors, a changed lock, a feed that differs).
  kUsage = 2,         ///< The command line is wrong.
  kIo = 3,            ///< A file or the network failed.
  kVerification = 4,  ///< A size, hash, signature or lock entry did not match.
  kInterrupted = 130  ///< Ended by SIGINT or SIGTERM.
};

}  // namespace zoo
