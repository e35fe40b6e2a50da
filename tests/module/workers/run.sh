#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tests the FastCGI workers with the interpreters of the machine; prints "N passed, N failed" at its end.
# Usage: run.sh [python|ruby|perl ...]      ZOO_TEST_PYTHON, ZOO_TEST_RUBY, ZOO_TEST_PERL choose other interpreters.
cd "$(dirname "$0")" && exec "${ZOO_TEST_PYTHON:-/usr/bin/python3}" -B -W ignore run_tests.py "$@"
