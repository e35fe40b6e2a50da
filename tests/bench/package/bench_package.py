#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Packs Django's source tree with packager's writer and with zip, 7z, bsdtar and Python's zipfile, in turns, and prints
time, size and memory. Ends with exit code 1 when a budget of the design is missed.

usage: bench_package.py [--rounds N] [--program zip_folder] [--tree DIR]"""

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

PYTHON_ZIP = """
import os, sys, zipfile
folder, out, level = sys.argv[1], sys.argv[2], int(sys.argv[3])
with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED, compresslevel=level) as z:
    for base, folders, files in os.walk(folder):
        for name in files:
            path = os.path.join(base, name)
            z.write(path, os.path.relpath(path, folder))
"""


def make_tree(target):
    """Django's installed files without translations and what Python compiled: a copy, so that every program reads the same."""
    import importlib.util

    spec = importlib.util.spec_from_file_location('django', '/usr/lib/python3/dist-packages/django/__init__.py')
    source = pathlib.Path(spec.origin).parent
    shutil.copytree(source, target / 'django', ignore=shutil.ignore_patterns('__pycache__', '*.pyc', 'locale'), symlinks=False)


def peak_kib(pid):
    """The peak of a process so far. Not rusage's: that begins with the memory of this program."""
    try:
        with open('/proc/%d/status' % pid, encoding='ascii', errors='replace') as status:
            for line in status:
                if line.startswith('VmHWM:'):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def measure(command, folder, out):
    """(seconds, bytes, MiB resident) of one run."""
    if out.exists():
        out.unlink()
    begun = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    resident = 0
    while process.poll() is None:
        resident = max(resident, peak_kib(process.pid))
        time.sleep(0.002)
    seconds = time.monotonic() - begun
    if process.returncode != 0:
        sys.exit('%s ended with %d' % (command[0], process.returncode))
    return seconds, out.stat().st_size, resident / 1024


def programs(program, folder, out):
    """name: (command, its peer or None)"""
    o, f = str(out), str(folder)
    return {
        'packager, default level': [program, f, o, 'default'],
        'zip -6': ['zip', '-q', '-r', '-6', o, '.'],
        'bsdtar --format zip': ['bsdtar', '--format', 'zip', '-cf', o, '.'],
        'Python zipfile, 6': ['/usr/bin/python3', '-c', PYTHON_ZIP, f, o, '6'],
        'packager, release level': [program, f, o, 'release'],
        'zip -9': ['zip', '-q', '-r', '-9', o, '.'],
        '7z -tzip -mx=9 -mmt=2': ['7z', 'a', '-tzip', '-mx=9', '-mmt=2', o, '.'],
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--rounds', type=int, default=7)
    parser.add_argument('--program', default=str(ROOT / 'build/bench/bin/zip_folder'))
    parser.add_argument('--tree')
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        folder = pathlib.Path(arguments.tree) if arguments.tree else work / 'tree'
        if not arguments.tree:
            make_tree(folder)
        out = work / 'out.zip'
        files = [p for p in folder.rglob('*') if p.is_file()]
        commands = programs(os.path.abspath(arguments.program), folder, out)
        runs = {name: [] for name in commands}
        for _ in range(arguments.rounds):
            for name, command in commands.items():
                runs[name].append(measure(command, folder, out))
                with zipfile.ZipFile(out) as z:
                    if sum(1 for i in z.infolist() if not i.is_dir()) != len(files):
                        sys.exit('%s packed another number of files' % name)
    total = sum(p.stat().st_size for p in files) if arguments.tree else None
    report(runs, len(files), total)
    return judge(runs)


def median(runs, index):
    return statistics.median(run[index] for run in runs)


def ratio(runs, name, peer, index):
    """The median of the ratios of runs that stood beside each other."""
    return statistics.median(a[index] / b[index] for a, b in zip(runs[name], runs[peer]))


def report(runs, count, total):
    print('%d files%s, %d rounds in turns, %d cores; medians.' % (
        count, '' if total is None else ', %.1f MB' % (total / 1e6), len(next(iter(runs.values()))), os.cpu_count()))
    print()
    print('| program | time | size | resident |')
    print('| --- | ---: | ---: | ---: |')
    for name, measured in runs.items():
        print('| %s | %.3f s | %.3f MB | %.0f MiB |' % (
            name, median(measured, 0), median(measured, 1) / 1e6, median(measured, 2)))
    print()


def judge(runs):
    budgets = [('packager, default level', 'zip -6', 0, 0.35, 'time'),
               ('packager, default level', 'zip -6', 1, 0.97, 'size'),
               ('packager, release level', '7z -tzip -mx=9 -mmt=2', 0, 0.35, 'time'),
               ('packager, release level', '7z -tzip -mx=9 -mmt=2', 1, 0.985, 'size')]
    failed = False
    print('| | against | ratio | budget | |')
    print('| --- | --- | ---: | ---: | --- |')
    for name, peer, index, budget, what in budgets:
        value = ratio(runs, name, peer, index)
        good = value <= budget
        failed = failed or not good
        print('| %s, %s | %s | %.3f | %.3f | %s |' % (name, what, peer, value, budget, 'kept' if good else 'MISSED'))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
