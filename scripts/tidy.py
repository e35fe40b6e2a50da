#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clang-tidy over our own sources, not the tests: Catch2's macros are none of ours. Prints the findings, then `ok FILE` or
`FAIL FILE` for each file.

usage: scripts/tidy.py [--build DIR] [-j N] [PATH...]      PATH: only files below it, e.g. feedgen/base

What is checked is what the compiler is given: the rules as the one file that includes them all, which reads the headers
once instead of a hundred times. A file that was clean is not checked again as long as it, every header of the tree that
it includes, its command, the checks and the installed headers stay the same: DIR/../tidy keeps a mark for each."""

import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("feedgen", "packager", "module")
# Both spellings, since a unity file includes its parts by whole paths.
INCLUDE = re.compile(rb'^\s*#\s*include\s*"([^"]+)"', re.M)


def own_commands(build):
    """Compile commands of our own files and of the unity files made of them."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        for base, unity in ((ROOT, False), (build, True)):
            if path.is_relative_to(base):
                parts = path.relative_to(base).parts
                if parts[0] in FOLDERS and ("Unity" in parts) == unity:
                    yield path, entry["command"]


@functools.cache
def included(path):
    """(SHA-256 of the file, paths of the tree's headers that it names)."""
    data = path.read_bytes()
    names = [ROOT / os.fsdecode(name) for name in INCLUDE.findall(data)]
    return hashlib.sha256(data).hexdigest(), [name for name in names if name.is_file()]


def content(path):
    """What the file and all that it includes from the tree consist of."""
    seen, waiting = {}, [path]
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen[here], names = included(here)
            waiting += names
    return sorted((str(name), digest) for name, digest in seen.items())


def installed():
    """Changes with every package that brings headers or clang-tidy itself."""
    return subprocess.run(["dpkg-query", "-W", "*-dev", "clang-tidy*", "libclang*"], check=False, capture_output=True).stdout


@functools.cache
def target_options(compiler):
    """For a cross compiler: what it is for, and where its headers are. clang brings its own intrinsics."""
    if "mingw" not in compiler:
        return []
    told = subprocess.run([compiler, "-E", "-x", "c++", "-v", os.devnull], check=True, capture_output=True, text=True).stderr
    folders = told.split("search starts here:")[-1].split("End of search")[0].split()
    libraries = [folder for folder in folders if "/include/c++" in folder or "/lib/gcc/" not in os.path.normpath(folder)]
    target = os.path.basename(compiler).split("-g++")[0]
    return [f"--extra-arg-before=--target={target}", "--extra-arg=-nostdinc++"] + [
        f"--extra-arg=-isystem{os.path.normpath(folder)}" for folder in libraries
    ]


def check(path, build, compiler):
    # GCC's own warning options are unknown to clang.
    command = ["clang-tidy", "--quiet", "-p", str(build), "--extra-arg=-Wno-unknown-warning-option"]
    command += [*target_options(compiler), str(path)]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, errors="replace")
    findings = [line for line in done.stdout.splitlines() if line.strip()]
    if done.returncode != 0 and not findings:
        findings = done.stderr.splitlines()[-20:]
    return done.returncode == 0, findings


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/dev")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count())
    parser.add_argument("path", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    build = options.build.resolve()
    marks = build.parent / "tidy"
    marks.mkdir(exist_ok=True)
    checks = [ROOT / ".clang-tidy", *(file for folder in FOLDERS for file in sorted((ROOT / folder).rglob(".clang-tidy")))]
    common = [*(file.read_text() for file in checks), installed().decode(errors="replace")]
    wanted = [path.resolve() for path in options.path]
    failed = 0

    def verdict(path, command):
        key = hashlib.sha256(json.dumps([common, command, content(path)]).encode()).hexdigest()
        if (marks / key).exists():
            return path, True, []
        compiler = next(word for word in command.split() if "g++" in word or "clang" in word or "c++" in word)
        clean, findings = check(path, build, compiler)
        if clean:
            (marks / key).touch()
        return path, clean, findings

    files = sorted(set(own_commands(build)))
    if wanted:
        files = [item for item in files if any(item[0].is_relative_to(path) for path in wanted)]
    if not files:
        sys.exit("tidy.py: no such files in compile_commands.json")
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done in concurrent.futures.as_completed(pool.submit(verdict, *item) for item in files):
            path, clean, findings = done.result()
            failed += not clean
            for line in findings:
                print(line)
            print("ok" if clean else "FAIL", os.path.relpath(path, ROOT), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
