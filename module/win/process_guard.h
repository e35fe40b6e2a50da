// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "module/win/handle.h"

/// For the source files of this folder only: it shows windows.h.
namespace zoo::module {

/// For a process that cannot be put into a job object (before Windows 8 it is in one already when this process is):
/// starts zoosetup.exe, which lies beside the module, as its guard. The guard ends it, with all that it has started,
/// when this process ends, however that happens, and ends with it. Empty, with the reason in `error`: it cannot be
/// started.
Handle start_guard(HANDLE process, DWORD& error);

}  // namespace zoo::module
