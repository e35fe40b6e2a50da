#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CPU time that a Python worker spends on one request of the 13-byte hello application, without any front end.

Peers: zoofcgi.py on a kept Unix socket (ping-pong, and with 2 and 8 requests handed over ahead of time), gunicorn's
sync worker (HTTP) and uWSGI (uwsgi protocol), the latter two with one connection for each request because that is how
they are run behind a web server.  The slices of all rows are interleaved; the table shows medians over the rounds and
the median of the ratios to zoofcgi.py's ping-pong slice of the same round.

Usage: worker_cost.py [--rounds N] [--seconds S] [--python PROGRAM] [--params few|many] [--vary] [--json]
Needs Debian's gunicorn, uwsgi-core and uwsgi-plugin-python3 (rows of programs that are missing are left out).
"""

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
WORKER = os.path.join(HERE, '..', '..', 'module', 'workers', 'python', 'zoofcgi.py')
HELLO = '''
def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', '13')])
    return [b'Hello, World!']
'''
BASIC = [('GATEWAY_INTERFACE', 'CGI/1.1'), ('SERVER_SOFTWARE', 'zoohost/1.0'), ('SERVER_NAME', 'localhost'),
         ('SERVER_PORT', '8080'), ('SERVER_PROTOCOL', 'HTTP/1.1'), ('SCRIPT_NAME', ''), ('REQUEST_METHOD', 'GET'),
         ('PATH_INFO', '/'), ('REQUEST_URI', '/'), ('QUERY_STRING', ''), ('REMOTE_ADDR', '127.0.0.1'),
         ('REMOTE_PORT', '50000'), ('HTTP_HOST', 'localhost:8080')]
BROWSER = [('DOCUMENT_ROOT', '/srv/www/site'), ('APPL_PHYSICAL_PATH', '/srv/www/site'), ('REQUEST_SCHEME', 'http'),
           ('HTTP_USER_AGENT', 'Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0'),
           ('HTTP_ACCEPT', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'),
           ('HTTP_ACCEPT_LANGUAGE', 'en-US,en;q=0.5'), ('HTTP_ACCEPT_ENCODING', 'gzip, deflate, br'),
           ('HTTP_REFERER', 'http://localhost:8080/'), ('HTTP_CONNECTION', 'keep-alive'),
           ('HTTP_COOKIE', 'csrftoken=0123456789abcdef0123456789abcdef; sessionid=abcdefghijklmnopqrstuvwxyz012345')]


FLOOR = '''
import socket
sock = socket.socket(fileno=0).accept()[0]
answer = %r
while True:
    data = sock.recv(65536)
    if not data:
        break
    sock.sendall(answer)
'''


def cpu_seconds(pid):
    """Run time of all threads of a process, in seconds with nanosecond steps."""
    total = 0
    for task in os.listdir('/proc/%d/task' % pid):
        with open('/proc/%d/task/%s/schedstat' % (pid, task)) as file:
            total += int(file.read().split()[0])
    return total / 1e9


def record(kind, rid, content=b''):
    return struct.pack('!BBHHBx', 1, kind, rid, len(content), 0) + content


def fastcgi_request(rid, params):
    pairs = b''.join(struct.pack('BB', len(n), len(v)) + n.encode() + v.encode() for n, v in params)
    return record(1, rid, b'\0\1\1\0\0\0\0\0') + record(4, rid, pairs) + record(4, rid) + record(5, rid)


class FastCgi:
    """Keeps `depth` requests in the worker's hands over one connection, as a front end under load does."""

    def __init__(self, path, depth, params, vary):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(path)
        self.depth = depth
        ids = range(1, depth + 1)
        count = 4096 // depth * depth if vary else depth
        self.requests = []
        for i in range(count):
            these = [(n, str(20000 + i) if vary and n == 'REMOTE_PORT' else v) for n, v in params]
            self.requests.append(fastcgi_request(ids[i % depth], these))
        self.next = 0
        self.sock.sendall(self.requests[0])
        answer = b''
        while b'\x01\x03' not in answer or len(answer) % 8 != answer.find(b'\x01\x03') % 8:
            answer += self.sock.recv(65536)
        if b'Hello, World!' not in answer:
            raise SystemExit('unexpected answer %r' % answer)
        self.size = len(answer)

    def run(self, seconds):
        sock, size, requests = self.sock, self.size, self.requests
        end = time.monotonic() + seconds
        done = got = 0
        at = self.next
        count = len(requests)
        sock.sendall(b''.join(requests[(at + i) % count] for i in range(self.depth)))
        at += self.depth
        out = self.depth
        while out:
            got += len(sock.recv(65536))
            finished, got = divmod(got, size)
            done += finished
            out -= finished
            if finished and time.monotonic() < end:
                sock.sendall(b''.join(requests[(at + i) % count] for i in range(finished)))
                at += finished
                out += finished
        self.next = at % count
        return done


class OneConnectionEach:
    """One request a connection until the server closes it."""

    def __init__(self, path, request):
        self.path, self.request = path, request

    def run(self, seconds):
        end = time.monotonic() + seconds
        done = 0
        while time.monotonic() < end:
            with socket.socket(socket.AF_UNIX) as sock:
                sock.connect(self.path)
                sock.sendall(self.request)
                answer = b''
                while True:
                    more = sock.recv(65536)
                    if not more:
                        break
                    answer += more
                if not answer.endswith(b'Hello, World!'):
                    raise SystemExit('unexpected answer %r' % answer)
            done += 1
        return done


def http_request(params):
    headers = ''.join('%s: %s\r\n' % (n[5:].replace('_', '-').title(), v) for n, v in params
                      if n.startswith('HTTP_') and n != 'HTTP_CONNECTION')
    return ('GET / HTTP/1.1\r\n%sConnection: close\r\n\r\n' % headers).encode()


def uwsgi_request(params):
    pairs = b''.join(struct.pack('<H', len(n)) + n.encode() + struct.pack('<H', len(v)) + v.encode() for n, v in params)
    return struct.pack('<BHB', 0, len(pairs), 0) + pairs


def child_of(pid):
    with open('/proc/%d/task/%d/children' % (pid, pid)) as file:
        children = file.read().split()
    return int(children[0]) if children else 0


class Peers:
    """Starts the servers in a temporary folder and stops them."""

    def __init__(self, folder, python, params, vary):
        self.folder, self.python, self.params, self.vary = folder, python, params, vary
        self.processes = []
        with open(os.path.join(folder, 'hello.py'), 'w') as file:
            file.write(HELLO)

    def start(self, args, **options):
        process = subprocess.Popen(args, cwd=self.folder, stdout=subprocess.DEVNULL, start_new_session=True, **options)
        self.processes.append(process)
        return process

    def wait_for(self, path):
        for _ in range(200):
            if os.path.exists(path):
                return
            time.sleep(0.05)
        raise SystemExit('%s did not appear' % path)

    def zoo(self, depth):
        path = os.path.join(self.folder, 'zoo%d.sock' % depth)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()
        env = dict(os.environ, WSGI_APP='hello.application', APPL_PHYSICAL_PATH=self.folder)
        process = self.start([self.python, WORKER], stdin=listener, env=env)
        listener.close()
        return process.pid, FastCgi(path, depth, self.params, self.vary)

    def floor(self):
        """A loop of recv and sendall that understands nothing: what the kernel and the interpreter take at least."""
        path = os.path.join(self.folder, 'floor.sock')
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen()
        answer = record(6, 1, b'Hello, World!' * 7) + record(6, 1) + record(3, 1, bytes(8))
        process = self.start([self.python, '-c', FLOOR % answer], stdin=listener)
        listener.close()
        return process.pid, FastCgi(path, 1, self.params, self.vary)

    def gunicorn(self):
        path = os.path.join(self.folder, 'gunicorn.sock')
        process = self.start(['gunicorn', '-w', '1', '-b', 'unix:' + path, '--log-level', 'error', 'hello:application'],
                             stderr=subprocess.DEVNULL)
        self.wait_for(path)
        time.sleep(1)
        return child_of(process.pid), OneConnectionEach(path, http_request(self.params))

    def uwsgi(self):
        path = os.path.join(self.folder, 'uwsgi.sock')
        process = self.start(['uwsgi', '--plugin', 'python3', '--socket', path, '--wsgi', 'hello:application',
                              '--master', '--processes', '1', '--disable-logging', '--die-on-term'],
                             stderr=subprocess.DEVNULL)
        self.wait_for(path)
        time.sleep(1)
        return child_of(process.pid), OneConnectionEach(path, uwsgi_request(self.params))

    def stop(self):
        for process in self.processes:
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def rows_of(peers):
    rows = {'zoofcgi.py, ping-pong': peers.zoo(1), 'zoofcgi.py, 2 ahead': peers.zoo(2),
            'zoofcgi.py, 8 ahead': peers.zoo(8), 'recv and send alone': peers.floor()}
    if shutil.which('uwsgi'):
        rows['uWSGI, uwsgi protocol'] = peers.uwsgi()
    if shutil.which('gunicorn'):
        rows['gunicorn, sync worker'] = peers.gunicorn()
    return rows


def measure(rows, rounds, seconds):
    figures = {name: [] for name in rows}
    for _, (_, driver) in rows.items():
        driver.run(0.3)
    for _ in range(rounds):
        for name, (pid, driver) in rows.items():
            cpu, wall = cpu_seconds(pid), time.monotonic()
            done = driver.run(seconds)
            figures[name].append(((cpu_seconds(pid) - cpu) / done * 1e6, done / (time.monotonic() - wall)))
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('--rounds', type=int, default=9)
    parser.add_argument('--seconds', type=float, default=0.5)
    parser.add_argument('--python', default='/usr/bin/python3')
    parser.add_argument('--params', choices=('few', 'many'), default='few')
    parser.add_argument('--vary', action='store_true', help='another REMOTE_PORT in each of 4096 requests')
    parser.add_argument('--json', action='store_true')
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        peers = Peers(folder, args.python, BASIC + (BROWSER if args.params == 'many' else []), args.vary)
        try:
            figures = measure(rows_of(peers), args.rounds, args.seconds)
        finally:
            peers.stop()
    base = next(iter(figures.values()))
    table = [{'worker': name, 'cpu_us': statistics.median(c for c, _ in slices),
              'per_second': statistics.median(r for _, r in slices),
              'ratio': statistics.median(c / b for (c, _), (b, _) in zip(slices, base))}
             for name, slices in figures.items()]
    if args.json:
        json.dump({'schema': 1, 'rows': table}, sys.stdout, indent=1)
        print()
        return
    print('%-24s %14s %14s %10s' % ('worker', 'us CPU/request', 'requests/s', 'ratio'))
    for row in table:
        print('%-24s %14.1f %14.0f %10.2f' % (row['worker'], row['cpu_us'], row['per_second'], row['ratio']))


if __name__ == '__main__':
    main()
