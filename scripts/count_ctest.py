#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts what a ctest run tested: `count_ctest.py RESULT.xml` reads ctest's JUnit file and ends with a line
`N passed, N failed`. A Catch2 program counts with its test cases, a script that prints such a line itself with that,
anything else as one test. A program that ran no test case is a failure."""

import re
import sys
import xml.etree.ElementTree as ET

ALL_PASSED = re.compile(r"^All tests passed \(.* in (\d+) test cases?\)", re.M)
TEST_CASES = re.compile(r"^test cases: *(\d+)(?: \| *(\d+) passed)?(?: \| *(\d+) failed)?", re.M)
COUNT_LINE = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)


def count_output(text, ended_well):
    """(passed, failed) of one test program by what it printed."""
    if match := ALL_PASSED.search(text):
        passed, failed = int(match[1]), 0
    elif match := TEST_CASES.search(text):
        passed, failed = int(match[2] or 0), int(match[3] or 0)
    elif "No tests ran" in text:
        return 0, 1
    elif matches := COUNT_LINE.findall(text):
        passed, failed = map(int, matches[-1])
    else:
        return (1, 0) if ended_well else (0, 1)
    if failed == 0 and (not ended_well or passed == 0):
        failed = 1  # It crashed, timed out or ran nothing.
    return passed, failed


def main():
    total_passed = total_failed = 0
    for case in ET.parse(sys.argv[1]).getroot().iter("testcase"):
        ended_well = case.get("status") == "run" and case.find("failure") is None
        passed, failed = count_output(case.findtext("system-out") or "", ended_well)
        print(f"{case.get('name')}: {passed} passed, {failed} failed ({float(case.get('time', 0)):.1f} s)")
        total_passed += passed
        total_failed += failed
    print(f"{total_passed} passed, {total_failed} failed")
    return 1 if total_failed else 0


if __name__ == "__main__":
    sys.exit(main())
