# SPDX-License-Identifier: Apache-2.0
"""CPU time that a Python worker spends on one request of the 13-byte hello application, without any front end.

Peers: zoofcgi.py on a kept Unix socket (ping-pong, and with 2 and 8 requests handed over ahead of time), gunicorn's
sync worker (HTTP) and uWSGI (uwsgi protocol), the latter two with one connection for each request because that is how
they are run behind a web server.  The slices of all rows take turns; the table shows medians over the rounds and the
median of the ratios to zoofcgi.py's ping-pong slice of the same round.
"""

import os
import socket
import statistics
import struct
import time

from programs import BenchError, cpu_seconds, tree
from report import Table
from setups import PYTHON, WORKER, copy_app, workers_environment

ROUNDS = 7
SECONDS = 0.4
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
            raise BenchError('unexpected answer %r' % answer)
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
                    raise BenchError('unexpected answer %r' % answer)
            done += 1
        return done


def http_request(params):
    headers = ''.join('%s: %s\r\n' % (n[5:].replace('_', '-').title(), v) for n, v in params
                      if n.startswith('HTTP_') and n != 'HTTP_CONNECTION')
    return ('GET / HTTP/1.1\r\n%sConnection: close\r\n\r\n' % headers).encode()


def uwsgi_request(params):
    pairs = b''.join(struct.pack('<H', len(n)) + n.encode() + struct.pack('<H', len(v)) + v.encode() for n, v in params)
    return struct.pack('<BHB', 0, len(pairs), 0) + pairs


class Workers:
    """Starts one worker of each kind on the hello application."""

    def __init__(self, programs):
        self.programs, self.folder = programs, copy_app(programs, 'hello')

    def start(self, name, args, **options):
        return self.programs.start('cost-' + name, args, cwd=self.folder, **options)

    def listening(self, name, args, **environ):
        """A process whose descriptor 0 listens: (process id, path)."""
        path = self.programs.path('cost-%s.sock' % name)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            process = self.start(name, [PYTHON, '-O'] + args, stdin=listener, env=workers_environment(**environ))
        return process.pid, path

    def zoo(self, name, depth, params, vary):
        pid, path = self.listening(name, [WORKER], WSGI_APP='bench_app.application', APPL_PHYSICAL_PATH=self.folder)
        return pid, FastCgi(path, depth, params, vary)

    def floor(self):
        """A loop of recv and sendall that understands nothing: what the kernel and the interpreter take at least."""
        answer = record(6, 1, b'Hello, World!' * 7) + record(6, 1) + record(3, 1, bytes(8))
        pid, path = self.listening('floor', ['-c', FLOOR % answer])
        return pid, FastCgi(path, 1, BASIC, False)

    def gunicorn(self):
        path = self.programs.path('cost-gunicorn.sock')
        process = self.start('gunicorn', ['gunicorn', '-w', '1', '-b', 'unix:' + path, '--log-level', 'error', 'bench_app:application'],
                             env=workers_environment())
        return self._child(process, path, OneConnectionEach(path, http_request(BASIC)))

    def uwsgi(self):
        path = self.programs.path('cost-uwsgi.sock')
        process = self.start('uwsgi', ['uwsgi', '--plugin', 'python3', '--socket', path, '--wsgi', 'bench_app:application', '--master',
                                       '--processes', '1', '--disable-logging', '--die-on-term', '--optimize', '1'],
                             env=workers_environment())
        return self._child(process, path, OneConnectionEach(path, uwsgi_request(BASIC)))

    def _child(self, process, path, driver):
        self.programs.wait_for(process.name + ' did not come up', lambda: os.path.exists(path) and len(tree(process.pid)) > 1)
        driver.run(0.1)
        return tree(process.pid)[1], driver


def rows_of(workers):
    many = BASIC + BROWSER
    return {
        'zoofcgi.py, one at a time': workers.zoo('zoo1', 1, BASIC, False),
        'zoofcgi.py, 2 ahead': workers.zoo('zoo2', 2, BASIC, False),
        'zoofcgi.py, 8 ahead': workers.zoo('zoo8', 8, BASIC, False),
        "zoofcgi.py, 8 ahead, a browser's 23 parameters, one of them new each time": workers.zoo('zoo8v', 8, many, True),
        'recv and send alone, one at a time': workers.floor(),
        'uWSGI (uwsgi protocol)': workers.uwsgi(),
        "gunicorn's sync worker (HTTP)": workers.gunicorn(),
    }


def measure(rows):
    figures = {name: [] for name in rows}
    for _, driver in rows.values():
        driver.run(0.3)
    for _ in range(ROUNDS):
        for name, (pid, driver) in rows.items():
            cpu, wall = cpu_seconds([pid]), time.monotonic()
            done = driver.run(SECONDS)
            figures[name].append(((cpu_seconds([pid]) - cpu) / done * 1e6, done / (time.monotonic() - wall)))
    return figures


def section(programs, report, _options):
    figures = measure(rows_of(Workers(programs)))
    base = next(iter(figures.values()))
    table = Table('The Python worker alone, hello, 13 parameters', ['worker', 'CPU, µs a request', 'requests/s', 'relative CPU'])
    for name, slices in figures.items():
        table.add(name, '%.1f' % statistics.median(c for c, _ in slices), '%.0f' % statistics.median(r for _, r in slices),
                  '%.2f' % statistics.median(c / b for (c, _), (b, _) in zip(slices, base)))
    report.table(table)
