#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the four Blank projects and the seed's project with the frameworks of the machine; prints "N passed, N failed".
# Usage: run.sh [NAME ...]      part of a test's name; pictures of the pages go to build/e2e/apps
cd "$(dirname "$0")" && exec /usr/bin/python3 -B -W ignore test_apps.py "$@"
