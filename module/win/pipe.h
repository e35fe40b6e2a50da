// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "module/win/handle.h"

/// For the source files of this folder only.
namespace zoo::module {

enum class PipeRole {
  kWorker,  ///< Both directions; the child's end is a byte-mode pipe without overlapped operations, as libfcgi wants
            ///< it.
  kOutput   ///< The child writes, this process reads with overlapped operations.
};

/// One named pipe. Its name is random, it is the only instance of it, it refuses clients from other machines, and only
/// this process's user and the system may open it.
struct PipePair {
  std::wstring name;
  Handle child;   ///< Inheritable; with kWorker the server end.
  Handle parent;  ///< Opened for overlapped operations.
};

/// False: `error` is the system's code.
bool make_pipe(PipeRole role, PipePair& pair, DWORD& error);

/// Connects to the pipe's server end again. Empty with ERROR_PIPE_BUSY while the worker does not wait for a client.
Handle open_pipe(const std::wstring& name, DWORD& error);

}  // namespace zoo::module
