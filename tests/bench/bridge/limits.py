# SPDX-License-Identifier: Apache-2.0
"""Many idle connections, clients that send slowly, and large bodies."""

import os
import socket
import statistics
import sys
import time

from programs import BenchError, cpu_seconds, peak_resident, reset_peak, resident
from report import Budget, Table
from setups import NginxFastCgi, Uwsgi, Zoo, copy_app

HERE = os.path.dirname(os.path.abspath(__file__))
IDLE = 10000
SLOW = 500
PROBES_PER_SECOND = 100
PROBE_SECONDS = 2
PROBE_ROUNDS = 6
BODY = 1 << 30
PIECE = 1 << 20
BODY_ROUNDS = 3
MIB = 1 << 20
REQUEST = b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'


def connect(port):
    sock = socket.create_connection(('127.0.0.1', port), timeout=30)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def ask(sock):
    """One request on a kept connection."""
    sock.sendall(REQUEST)
    data = b''
    while b'Hello, World!' not in data:
        piece = sock.recv(4096)
        data += piece
        if not piece or not data.startswith(b'HTTP/1.1 200'):
            raise BenchError('a probe was answered with %r' % data)


class Probe:
    """Requests at a steady rate over a few kept connections; remembers how long each took."""

    def __init__(self, port):
        self.sockets = [connect(port) for _ in range(4)]
        self.times = []

    def run(self, seconds):
        begin = time.perf_counter()
        for number in range(int(seconds * PROBES_PER_SECOND)):
            due = begin + number / PROBES_PER_SECOND
            wait = due - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
                due = time.perf_counter()
            ask(self.sockets[number % len(self.sockets)])
            self.times.append(time.perf_counter() - due)

    def percentile(self, share):
        return sorted(self.times)[int(len(self.times) * share)]

    def close(self):
        for sock in self.sockets:
            sock.close()


def start_pair(programs, cls, label):
    """Two of the same set-up: one to be loaded, one to compare with."""
    folder = copy_app(programs, 'hello')
    pair = [cls(programs, folder, label + suffix) for suffix in ('-loaded', '-calm')]
    for setup in pair:
        setup.start()
    for setup in pair:
        setup.wait('/', b'Hello, World!')
    return pair


def probe_in_turns(loaded, calm):
    probes = [Probe(loaded.port), Probe(calm.port)]
    for probe in probes:
        probe.run(0.2)
        probe.times.clear()
    for number in range(PROBE_ROUNDS):
        for probe in probes if number % 2 else probes[::-1]:
            probe.run(PROBE_SECONDS)
    for probe in probes:
        probe.close()
    return probes


def stop_all(setups):
    for setup in setups:
        setup.stop()


def add_probes(table, name, probes, *more):
    table.add(name, *('%.2f' % (probe.percentile(share) * 1e3) for probe in probes for share in (0.5, 0.99)),
              '%.2f' % (probes[0].percentile(0.99) / probes[1].percentile(0.99)), *more)


PROBE_COLUMNS = ['set-up', 'median, ms', 'p99, ms', 'median without, ms', 'p99 without, ms', 'p99 ratio']


def idle(programs, report, _options):
    table = Table('%s idle keep-alive connections beside %d requests/s' % (format(IDLE, ','), PROBES_PER_SECOND),
                  PROBE_COLUMNS + ['bytes resident a connection'])
    for cls in (Zoo, Uwsgi):
        pair = start_pair(programs, cls, 'idle')
        probes, growth, served = idle_beside(*pair)
        add_probes(table, cls.name, probes, '%.0f' % growth)
        stop_all(pair)
        if cls is Zoo:
            what = format(IDLE, ',') + ' idle connections: '
            report.budget(Budget(what + 'share that is served before and after', served / IDLE, at_least=1.0))
            report.budget(Budget(what + 'resident memory of each', growth / 1024, at_most=2.0, unit=' KiB'))
            report.budget(Budget(what + 'p99 of others against none idle',
                                 probes[0].percentile(0.99) / probes[1].percentile(0.99), at_most=2.0))
    report.table(table)


def idle_beside(loaded, calm):
    front = loaded.front()
    before = resident(front)
    sockets = []
    for _ in range(IDLE):
        sockets.append(connect(loaded.port))
        ask(sockets[-1])
    time.sleep(0.5)
    growth = (resident(front) - before) / IDLE
    probes = probe_in_turns(loaded, calm)
    served = 0
    for sock in sockets:
        try:
            ask(sock)
            served += 1
        except (BenchError, OSError):
            pass
        sock.close()
    return probes, growth, served


def slow(programs, report, _options):
    loaded, calm = pair = start_pair(programs, Zoo, 'slow')
    notes = os.path.join(loaded.folder, 'posts')
    clients = programs.start('slow-clients', [sys.executable, os.path.join(HERE, 'slow_clients.py'), str(loaded.port), str(SLOW)])
    programs.wait_for('the slow clients did not connect', lambda: 'connected' in programs.log_end('slow-clients'))
    probes = probe_in_turns(loaded, calm)
    programs.check()
    begun = count_notes(notes)
    upload(loaded.port, 1000)
    if count_notes(notes) != begun + 1:
        raise BenchError('the application did not note the request that was sent completely')
    programs.stop([clients])
    table = Table('%d clients that send a body at one byte a second, beside %d requests/s' % (SLOW, PROBES_PER_SECOND), PROBE_COLUMNS)
    add_probes(table, Zoo.name, probes)
    report.table(table)
    report.budget(Budget('%d slow clients: requests of theirs that reached a worker' % SLOW, begun, at_most=0))
    report.budget(Budget('%d slow clients: p99 of others against none slow' % SLOW,
                         probes[0].percentile(0.99) / probes[1].percentile(0.99), at_most=2.0))
    stop_all(pair)


def count_notes(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def upload(port, size):
    """Seconds until a body of zeros is answered with its size."""
    begin = time.perf_counter()
    with connect(port) as sock:
        sock.settimeout(120)
        sock.sendall(b'POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n' % size)
        piece = memoryview(bytes(min(PIECE, size)))
        for start in range(0, size, PIECE):
            sock.sendall(piece[:size - start])
        answer = b''
        while True:
            more = sock.recv(4096)
            if not more:
                break
            answer += more
    if not answer.endswith(b'\r\n\r\n%d' % size):
        raise BenchError('an upload of %d bytes was answered with %r' % (size, answer[:300]))
    return time.perf_counter() - begin


def download(port, size):
    """Seconds until a body of that size has been received."""
    begin = time.perf_counter()
    with connect(port) as sock:
        sock.settimeout(120)
        sock.sendall(b'GET /large?%d HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' % size)
        buffer = bytearray(PIECE)
        head = b''
        while b'\r\n\r\n' not in head:
            piece = sock.recv(65536)
            if not piece:
                raise BenchError('a download was answered with %r' % head)
            head += piece
        received = len(head) - head.index(b'\r\n\r\n') - 4
        while True:
            count = sock.recv_into(buffer)
            if not count:
                break
            received += count
    if received != size:
        raise BenchError('a download of %d bytes yielded %d' % (size, received))
    return time.perf_counter() - begin


def bodies(programs, report, _options):
    folder = copy_app(programs, 'hello')
    setups = [cls(programs, folder, 'bodies') for cls in (Zoo, NginxFastCgi)]
    for setup in setups:
        setup.start()
    for setup in setups:
        setup.wait('/', b'Hello, World!')
    table = Table('A body of 1 GiB', ['direction and set-up', 'MB/s', 'relative', 'front CPU, s', 'front grows by, MiB'])
    for direction, transfer in (('up', upload), ('down', download)):
        runs = {setup: [] for setup in setups}
        for setup in setups:
            transfer(setup.port, 16 * MIB)
        for number in range(BODY_ROUNDS):
            for setup in setups if number % 2 else setups[::-1]:
                runs[setup].append(one_body(setup, transfer))
        zoo, peer = (runs[setup] for setup in setups)
        ratio = statistics.median(p[0] / z[0] for z, p in zip(zoo, peer))
        for setup, relative in zip(setups, (ratio, 1)):
            seconds, cpu = (statistics.median(run[i] for run in runs[setup]) for i in (0, 1))
            table.add('%s, %s' % (direction, setup.name), '%.0f' % (BODY / seconds / 1e6), '%.2f' % relative, '%.2f' % cpu,
                      '%.1f' % (max(run[2] for run in runs[setup]) / MIB))
        report.budget(Budget('1 GiB %s: resident set grows by' % direction, max(run[2] for run in zoo) / MIB, at_most=8, unit=' MiB'))
        report.budget(Budget('1 GiB %s: throughput against nginx with FastCGI' % direction, ratio, at_least=1.0))
    report.table(table)
    stop_all(setups)


def one_body(setup, transfer):
    """(seconds, CPU seconds of the front, bytes by which it grew at most)"""
    front = setup.front()
    reset_peak(front)
    before, cpu = resident(front), cpu_seconds(front)
    seconds = transfer(setup.port, BODY)
    return seconds, cpu_seconds(front) - cpu, max(peak_resident(front) - before, 0)
