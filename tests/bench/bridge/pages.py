# SPDX-License-Identifier: Apache-2.0
"""Pages under load from wrk: the set-ups take turns, and each slice is compared with an adjacent one of nginx + uWSGI."""

import os
import statistics
import subprocess
import time

from programs import BenchError, cpu_seconds, program, shared_memory
from report import Budget, Table
from setups import Gunicorn, ModWsgi, PAGE_SETUPS, Uwsgi, Zoo, start_all

HERE = os.path.dirname(os.path.abspath(__file__))
CONNECTIONS = 32
MIB = 1 << 20


class Slice:
    """What one run of wrk and the processes' CPU clocks say."""

    def __init__(self, requests, seconds, p99, front_cpu, worker_cpu):
        self.rate = requests / seconds
        self.p99 = p99
        self.front = front_cpu / requests * 1e6
        self.worker = worker_cpu / requests * 1e6


def run_wrk(url, seconds):
    """Returns (requests, seconds, p99 in milliseconds); raises BenchError when an answer was not a 200."""
    args = [program('wrk'), '-t1', '-c%d' % CONNECTIONS, '-d%ds' % seconds, '-s', os.path.join(HERE, 'wrk_report.lua'), url]
    done = subprocess.run(args, capture_output=True, text=True, timeout=seconds + 30)
    for line in done.stdout.splitlines():
        if line.startswith('wrk-report '):
            requests, micros, bad, p99 = map(int, line.split()[1:])
            if bad or not requests:
                raise BenchError('%s: %d of %d requests failed' % (url, bad, requests))
            return requests, micros / 1e6, p99 / 1e3
    raise BenchError('wrk failed: %s%s' % (done.stdout, done.stderr))


def measure(setup, path, seconds):
    front, workers = setup.front(), setup.workers()
    before = cpu_seconds(front), cpu_seconds(workers)
    requests, took, p99 = run_wrk(setup.url(path), seconds)
    setup.programs.check()
    return Slice(requests, took, p99, cpu_seconds(front) - before[0], cpu_seconds(workers) - before[1])


def rounds_of(count):
    """The order of set-ups in each round: zoohost and one of the others stand beside nginx + uWSGI, on changing sides."""
    for number in range(count):
        order = [Zoo, Uwsgi, (Gunicorn, ModWsgi)[number % 2]]
        yield order if number % 4 < 2 else order[::-1]


class Page:
    """The slices of one page."""

    def __init__(self, title, path):
        self.title, self.path = title, path
        self.slices = {cls: [] for cls in PAGE_SETUPS}
        self.pairs = {cls: [] for cls in PAGE_SETUPS}       # (slice, the adjacent one of the peer)
        self.memory = {}

    def run(self, setups, rounds, seconds):
        by_class = {type(setup): setup for setup in setups}
        for setup in setups:
            measure(setup, self.path, 1)                    # caches fill, workers that start on demand are there
        for order in rounds_of(rounds):
            done = {cls: measure(by_class[cls], self.path, seconds) for cls in order}
            for cls, taken in done.items():
                self.slices[cls].append(taken)
                self.pairs[cls].append((taken, done[Uwsgi]))
        self.memory = {cls: shared_memory(by_class[cls].front() + by_class[cls].workers()) for cls in PAGE_SETUPS}
        time.sleep(0.2)

    def ratio(self, cls, field):
        return statistics.median(getattr(mine, field) / getattr(peer, field) for mine, peer in self.pairs[cls])

    def median(self, cls, field):
        return statistics.median(getattr(s, field) for s in self.slices[cls])

    def table(self):
        table = Table(self.title, ['set-up', 'requests/s', 'relative', 'p99, ms', 'front CPU, µs', 'worker CPU, µs', 'MiB'])
        for cls in PAGE_SETUPS:
            if self.slices[cls]:
                table.add(cls.name, '%.0f' % self.median(cls, 'rate'), '%.2f' % self.ratio(cls, 'rate'),
                          '%.1f' % self.median(cls, 'p99'), '%.0f' % self.median(cls, 'front'),
                          '%.0f' % self.median(cls, 'worker'), '%.0f' % (self.memory[cls] / MIB))
        return table

    def relative(self):
        """For the chart: requests/s of each set-up, that of nginx + uWSGI being 1."""
        return [(cls.name, self.ratio(cls, 'rate')) for cls in PAGE_SETUPS if self.slices[cls]]


def hello(programs, report, options):
    setups = start_all(programs, PAGE_SETUPS, 'hello', '/', b'Hello, World!')
    page = Page('Hello: a WSGI application that answers 13 bytes', '/')
    page.run(setups, options.rounds, options.seconds)
    report.page('hello', page)
    report.budget(Budget('hello, requests/s against nginx + uWSGI', page.ratio(Zoo, 'rate'), at_least=1.7))
    stop_all(setups)


def pages(programs, report, options, wanted):
    setups = start_all(programs, PAGE_SETUPS, 'site', '/a', b'The time is')
    if 'page_a' in wanted:
        page = Page('Page A: a Django template with the time', '/a')
        page.run(setups, options.rounds, options.seconds)
        report.page('page A', page)
        for what, field, bounds in (('requests/s', 'rate', {'at_least': 1.30}), ('p99 latency', 'p99', {'at_most': 1.0}),
                                    ('CPU of the front part for each request', 'front', {'at_most': 0.6}),
                                    ('CPU of the Python worker for each request', 'worker', {'at_most': 1.0})):
            report.budget(Budget('page A, %s against nginx + uWSGI' % what, page.ratio(Zoo, field), **bounds))
    if 'page_b' in wanted:
        page = Page('Page B: the time is written to MariaDB and read again', '/b')
        page.run(setups, options.rounds, options.seconds)
        report.page('page B', page)
        report.budget(Budget('page B, requests/s against nginx + uWSGI', page.ratio(Zoo, 'rate'), at_least=1.0))
    stop_all(setups)


def stop_all(setups):
    for setup in setups:
        setup.stop()
