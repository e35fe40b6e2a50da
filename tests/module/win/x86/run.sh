#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# full
# The tests of module/win and module/core in 32 bits.
exec "$(dirname "${BASH_SOURCE[0]}")/../run.sh" x86
