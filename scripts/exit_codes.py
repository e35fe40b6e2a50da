#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes docs/exit-codes.md from feedgen/base/exit_code.h; `--check` only compares and fails when they differ."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADER = ROOT / "feedgen/base/exit_code.h"
DOCUMENT = ROOT / "docs/exit-codes.md"
ENTRY = re.compile(r"^\s*(k\w+) = (\d+),?\s*///< (.+)$", re.M)

TEXT = """\
# Exit codes

Every Zoo program ends with one of these. This page is written by `scripts/exit_codes.py` from
`feedgen/base/exit_code.h`; a test compares them.

| code | name | meaning |
| ---: | --- | --- |
"""


def document(header):
    entries = ENTRY.findall(header)
    if len(entries) != header.count(" = "):
        sys.exit(f"{HEADER}: an enumerator without a number or without a ///< comment")
    return TEXT + "".join(f"| {code} | `{name}` | {meaning} |\n" for name, code, meaning in entries)


def main():
    wanted = document(HEADER.read_text(encoding="utf-8"))
    if sys.argv[1:] == ["--check"]:
        same = DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == wanted
        if not same:
            print(f"{DOCUMENT} is not what {HEADER} says: run scripts/exit_codes.py")
        return 0 if same else 1
    DOCUMENT.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
