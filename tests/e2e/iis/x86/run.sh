#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# full
# The 32-bit DLL in the 32-bit emulator. What proves quantity (test_load.py) is done with less: see there.
exec "$(dirname "${BASH_SOURCE[0]}")/../run.sh" x86 "$@"
