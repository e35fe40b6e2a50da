#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: tests/e2e/bridge/run.sh [NAME...]
# zoohost end to end: an application that misbehaves on demand, and the Blank projects on their real frameworks.
# ZOOHOST names the program (default build/bin/zoohost). Prints "N passed, N failed".
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")"
exec env PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 run_tests.py "$@"
