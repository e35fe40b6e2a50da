// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace zoo::module {

/// Ends what a process has started, and what that has started. `process`: a handle that may be waited for and asked;
/// the process itself may have ended.
void end_descendants(void* process);

/// Ends the process, then its descendants. `process` may be ended with the handle, too.
void end_process_tree(void* process);

/// Waits until one of two processes has ended. If it was `parent`, ends `child` and its descendants.
void guard_process(void* parent, void* child);

}  // namespace zoo::module
