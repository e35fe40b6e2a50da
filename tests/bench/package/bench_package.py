#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Packs a tree of Django's sources, and the content of the packages that are built here, with packager's writer and with
zip, 7z, bsdtar and Python's zipfile, in turns, and prints time, size and memory. Ends with exit code 1 when a budget of
the design is missed.

usage: bench_package.py [--rounds N] [--program zip_folder] [--tree DIR] [--packages DIR]"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[3]

# Files above this size of Django's package and documentation are about as many, and as large together, as the tree that
# the budgets were set with: 1,336 files of 24 MB.
LEAST = 5 * 1024

PACKAGER, RELEASE, ZIP, SEVEN_ZIP = 'packager, default level', 'packager, release level', 'zip -6', '7z -tzip -mx=9 -mmt=2'
BUDGETS = ((PACKAGER, ZIP, 0, 0.35, 'time'), (PACKAGER, ZIP, 1, 0.97, 'size'),
           (RELEASE, SEVEN_ZIP, 0, 0.35, 'time'), (RELEASE, SEVEN_ZIP, 1, 0.985, 'size'))

PYTHON_ZIP = """
import os, sys, zipfile
folder, out, level = sys.argv[1], sys.argv[2], int(sys.argv[3])
with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED, compresslevel=level) as z:
    for base, folders, files in os.walk(folder):
        for name in files:
            path = os.path.join(base, name)
            z.write(path, os.path.relpath(path, folder))
"""


def django_tree(target):
    """A copy of Django's package with its translations and of its documentation, as Debian has them."""
    fetched = subprocess.run([ROOT / 'scripts/debian_source.sh', 'python-django'], check=True, capture_output=True, text=True)
    source = pathlib.Path(fetched.stdout.strip())
    for path in sorted(p for part in ('django', 'docs') for p in (source / part).rglob('*')):
        if path.is_file() and path.stat().st_size > LEAST:
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def programs(program, folder, out):
    o, f = str(out), str(folder)
    return {
        PACKAGER: [program, f, o, 'default'],
        ZIP: ['zip', '-q', '-r', '-6', o, '.'],
        PACKAGER + ', synced': [program, f, o, 'default', 'sync'],
        'bsdtar --format zip': ['bsdtar', '--format', 'zip', '-cf', o, '.'],
        'Python zipfile, 6': ['/usr/bin/python3', '-c', PYTHON_ZIP, f, o, '6'],
        RELEASE: [program, f, o, 'release'],
        'zip -9': ['zip', '-q', '-r', '-9', o, '.'],
        SEVEN_ZIP: ['7z', 'a', '-tzip', '-mx=9', '-mmt=2', o, '.'],
    }


def start(command, folder, out):
    out.unlink(missing_ok=True)
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def finished(process, command):
    if process.wait() != 0:
        sys.exit('%s ended with %d' % (command[0], process.returncode))


def timed(command, folder, out):
    """(seconds, bytes) of one run."""
    begun = time.monotonic()
    finished(start(command, folder, out), command)
    return time.monotonic() - begun, out.stat().st_size


def peak_mib(command, folder, out):
    """What was resident at most, in a run of its own: looking takes time. Not rusage's, which begins with the memory of
    this program."""
    process = start(command, folder, out)
    peak = 0
    while process.poll() is None:
        try:
            status = pathlib.Path('/proc/%d/status' % process.pid).read_text(encoding='ascii', errors='replace')
        except OSError:
            continue
        peak = max([peak, *(int(line.split()[1]) for line in status.splitlines() if line.startswith('VmHWM:'))])
        time.sleep(0.001)
    finished(process, command)
    return peak / 1024


def measure(program, folder, rounds):
    """name: [(seconds, bytes) of each round], and name: MiB."""
    with tempfile.TemporaryDirectory() as work:
        out = pathlib.Path(work) / 'out.zip'
        commands = programs(program, folder, out)
        count = sum(1 for p in folder.rglob('*') if p.is_file())
        memory = {}
        for name, command in commands.items():  # also reads every file into the cache
            memory[name] = peak_mib(command, folder, out)
            with zipfile.ZipFile(out) as z:
                if sum(1 for i in z.infolist() if not i.is_dir()) != count:
                    sys.exit('%s packed another number of files' % name)
        runs = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                runs[name].append(timed(command, folder, out))
    return runs, memory


def ratio(runs, name, peer, index):
    """The median of the ratios of runs that stood beside each other."""
    return statistics.median(a[index] / b[index] for a, b in zip(runs[name], runs[peer]))


def report(title, folder, runs, memory):
    sizes = [p.stat().st_size for p in folder.rglob('*') if p.is_file()]
    print('**%s**: %s files, %.1f MB\n' % (title, format(len(sizes), ','), sum(sizes) / 1e6))
    print('| program | time | size | resident | time / zip -6 | size / zip -6 |')
    print('| --- | ---: | ---: | ---: | ---: | ---: |')
    for name, measured in runs.items():
        print('| %s | %.3f s | %.3f MB | %.0f MiB | %.2f | %.3f |' % (
            name, statistics.median(run[0] for run in measured), statistics.median(run[1] for run in measured) / 1e6,
            memory[name], ratio(runs, name, ZIP, 0), ratio(runs, name, ZIP, 1)))
    print(flush=True)


def judge(runs):
    failed = False
    print('| the tree of Django\'s sources | against | ratio | budget | |')
    print('| --- | --- | ---: | ---: | --- |')
    for name, peer, index, budget, what in BUDGETS:
        value = ratio(runs, name, peer, index)
        failed = failed or value > budget
        print('| %s, %s | %s | %.3f | %.3f | %s |' % (name, what, peer, value, budget, 'kept' if value <= budget else 'MISSED'))
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--rounds', type=int, default=7)
    parser.add_argument('--program', default=str(ROOT / 'build/bench/bin/zip_folder'))
    parser.add_argument('--tree', type=pathlib.Path, help='instead of Django\'s sources')
    parser.add_argument('--packages', type=pathlib.Path, default=ROOT / 'dist/packages')
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    packages = sorted(arguments.packages.glob('*.zip'))
    if not packages:
        sys.exit('no packages in %s: run ./build.sh first' % arguments.packages)
    print('%d rounds in turns, %d cores; medians, ratios of runs beside each other. Memory is of a run of its own.\n' % (
        arguments.rounds, os.cpu_count()))
    with tempfile.TemporaryDirectory() as work:
        tree = arguments.tree or pathlib.Path(work) / 'django'
        if not arguments.tree:
            django_tree(tree)
        django, memory = measure(program, tree, arguments.rounds)
        report('Django\'s sources', tree, django, memory)
        for package in packages:
            folder = pathlib.Path(work) / package.stem
            with zipfile.ZipFile(package) as z:
                z.extractall(folder)
            report(package.stem, folder, *measure(program, folder, arguments.rounds))
    return judge(django)


if __name__ == '__main__':
    sys.exit(main())
