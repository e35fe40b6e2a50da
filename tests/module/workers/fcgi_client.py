# SPDX-License-Identifier: Apache-2.0
"""A deliberately dumb FastCGI front end for tests: it sends what a test tells it to, well-formed or not."""

import os
import select
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
WORKERS = os.path.join(HERE, '..', '..', '..', 'module', 'workers')
APPS = os.path.join(HERE, 'apps')
BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR, GET_VALUES, GET_VALUES_RESULT, UNKNOWN = 1, 2, 3, 4, 5, 6, 7, 9, 10, 11
COMPLETE, CANT_MPX, OVERLOADED, UNKNOWN_ROLE = 0, 1, 2, 3
TIMEOUT = 30


def record(kind, rid, content=b'', padding=0):
    return struct.pack('!BBHHBx', 1, kind, rid, len(content), padding) + content + bytes(padding)


def stream(kind, rid, content, piece=65535, padding=0):
    """A stream in records of at most `piece` bytes, with its empty end record."""
    out = [record(kind, rid, content[i:i + piece], padding) for i in range(0, len(content), piece)]
    return b''.join(out) + record(kind, rid)


def pair(name, value):
    def length(n):
        return struct.pack('B', n) if n < 128 else struct.pack('!I', n | 0x80000000)
    name, value = name.encode('latin-1'), value.encode('latin-1')
    return length(len(name)) + length(len(value)) + name + value


def begin(rid, keep=True, role=1):
    return record(BEGIN, rid, struct.pack('!HB5x', role, 1 if keep else 0))


def params_of(target, method='GET', body=b'', **extra):
    path, _, query = target.partition('?')
    params = {'GATEWAY_INTERFACE': 'CGI/1.1', 'SERVER_SOFTWARE': 'test/1', 'SERVER_NAME': 'localhost',
              'SERVER_PORT': '80', 'SERVER_PROTOCOL': 'HTTP/1.1', 'REQUEST_METHOD': method, 'SCRIPT_NAME': '',
              'PATH_INFO': path, 'QUERY_STRING': query, 'REQUEST_URI': target, 'REMOTE_ADDR': '127.0.0.1',
              'HTTP_HOST': 'localhost'}
    if body or method == 'POST':
        params['CONTENT_LENGTH'] = str(len(body))
        params['CONTENT_TYPE'] = 'application/octet-stream'
    params.update(extra)
    return {name: value for name, value in params.items() if value is not None}


def request(target, rid=1, method='GET', body=b'', keep=True, piece=65535, padding=0, **extra):
    pairs = b''.join(pair(n, v) for n, v in params_of(target, method, body, **extra).items())
    return begin(rid, keep) + stream(PARAMS, rid, pairs, piece, padding) + stream(STDIN, rid, body, piece, padding)


class Response:
    def __init__(self):
        self.out = b''
        self.err = b''
        self.app_status = self.protocol_status = None
        self.times = []

    @property
    def head(self):
        return self.out.partition(b'\r\n\r\n')[0].decode('latin-1')

    @property
    def body(self):
        return self.out.partition(b'\r\n\r\n')[2]

    @property
    def headers(self):
        pairs = [line.split(': ', 1) for line in self.head.split('\r\n')]
        return {name.lower(): value for name, value in pairs}

    @property
    def status(self):
        return int(self.headers.get('status', '200')[:3]) if self.out else None


class Closed(Exception):
    """The worker closed the connection."""


class Client:
    def __init__(self, sock):
        self.sock = sock
        self.sock.settimeout(TIMEOUT)
        self.buffer = b''

    def send(self, data):
        self.sock.sendall(data)

    def send_aside(self, data):
        """Sends from a thread, so that the test can read the answer meanwhile."""
        thread = threading.Thread(target=self._send_quietly, args=(data,), daemon=True)
        thread.start()
        return thread

    def _send_quietly(self, data):
        try:
            self.sock.sendall(data)
        except OSError:
            pass

    def _need(self, count):
        chunks, have = [self.buffer], len(self.buffer)
        while have < count:
            try:
                more = self.sock.recv(1 << 20)
            except ConnectionError:
                more = b''
            if not more:
                raise Closed('%d bytes are left over' % have)
            chunks.append(more)
            have += len(more)
        data = b''.join(chunks)
        self.buffer = data[count:]
        return data[:count]

    def read_record(self):
        version, kind, rid, length, padding = struct.unpack('!BBHHBx', self._need(8))
        assert version == 1
        content = self._need(length + padding)[:length]
        return kind, rid, content

    def read(self, rid=1):
        """All of one answer; a record of another request or after the end fails the test."""
        response, chunks = Response(), []
        while True:
            kind, other, content = self.read_record()
            assert other == rid, 'record type %d of request %d inside the answer to %d' % (kind, other, rid)
            if kind == STDOUT:
                chunks.append(content)
                response.times.append(time.monotonic())
            elif kind == STDERR:
                response.err += content
            else:
                assert kind == END, kind
                response.app_status, response.protocol_status = struct.unpack('!IB3x', content)
                response.out = b''.join(chunks)
                return response

    def get(self, target, rid=1, **options):
        self.send(request(target, rid, **options))
        return self.read(rid)

    def post(self, target, body, rid=1, **options):
        thread = self.send_aside(request(target, rid, 'POST', body, **options))
        response = self.read(rid)
        thread.join(TIMEOUT)
        return response

    def silent(self, seconds=0.15):
        """Whether nothing arrives for so long."""
        return not self.buffer and not select.select([self.sock], [], [], seconds)[0]

    def closed(self):
        """Waits for the worker to close; False when it says something instead."""
        try:
            self._need(1)
        except Closed:
            return True
        return False

    def close(self):
        self.sock.close()


class Worker:
    """A worker process on a listening Unix socket, or on one connection with connected=True."""

    def __init__(self, args, env=None, connected=False, tcp=False):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, 'worker.sock')
        self.stderr = tempfile.TemporaryFile()
        full = {k: v for k, v in os.environ.items() if not k.startswith(('PYTHON', 'DJANGO', 'RUBY', 'PERL5'))}
        full.update(env or {})
        self.first = None
        if connected:
            mine, theirs = socket.socketpair()
            self.first = Client(mine)
        elif tcp:
            theirs = socket.create_server(('127.0.0.1', 0))
            self.address = theirs.getsockname()
        else:
            theirs = socket.socket(socket.AF_UNIX)
            theirs.bind(self.path)
            theirs.listen()
        self.tcp = tcp
        self.process = subprocess.Popen(args, stdin=theirs, stderr=self.stderr, env=full)
        theirs.close()

    def connect(self):
        if self.first is not None:
            return self.first
        if self.tcp:
            return Client(socket.create_connection(self.address))
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(self.path)
        return Client(sock)

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self):
        return self.process.wait(TIMEOUT)

    def errors(self):
        self.stderr.seek(0)
        return self.stderr.read().decode('utf-8', 'replace')

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.stderr.close()
        self.folder.cleanup()
