// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <winsock2.h>
//
#include <windows.h>

/// The emulator between a module and the functions of the system that it imports: it watches some of them, and lets
/// some fail. What it knows is of the process and not of a host, because the functions are told of nothing else.
namespace iishost {

/// Replaces the imports of a library that has just been loaded. Events that it writes to the event log are printed on
/// standard error: "event error 1001 of HeliconZoo: text".
void stand_before_system(HMODULE library);

/// From the `first`-th allocation of the modules from now on, `count` of them fail. 0 of both: none does.
void fail_allocations(unsigned long first, unsigned long count);
/// Allocations since then.
unsigned long allocations();
/// Those of them that have failed.
unsigned long failed_allocations();

/// No process can be assigned to a job object, as before Windows 8 when it is in one already.
void deny_jobs();

/// Files, pipes, processes and keys that modules have opened while their thread acted for a visitor.
unsigned long calls_as_visitor();

}  // namespace iishost
