# SPDX-License-Identifier: Apache-2.0
"""An application that behaves as its path says."""
import hashlib
import os
import struct
import time

VERSION = 1
HELD = []
PIECE = b'0123456789abcdef' * 4096


def application(environ, start_response):
    path = environ['PATH_INFO']
    action = getattr(Actions, path.strip('/').split('/')[0] or 'hello', None)
    if action is None:
        start_response('404 Not Found', [('Content-Type', 'text/plain')])
        return [b'no such action']
    return action(environ, start_response)


def text(start_response, body):
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', str(len(body)))])
    return [body]


class Actions:
    def hello(environ, start_response):
        return text(start_response, b'Hello, World!')

    def version(environ, start_response):
        return text(start_response, b'%d %d' % (VERSION, os.getpid()))

    def env(environ, start_response):
        return text(start_response, '\n'.join('%s=%s' % i for i in sorted(environ.items(), key=str)).encode())

    def environ(environ, start_response):
        """The process's own variables."""
        return text(start_response, '\n'.join('%s=%s' % i for i in sorted(os.environ.items())).encode())

    def length(environ, start_response):
        total = 0
        while True:
            piece = environ['wsgi.input'].read(1 << 18)
            if not piece:
                return text(start_response, b'%d' % total)
            total += len(piece)

    def big(environ, start_response):
        count = int(environ['QUERY_STRING']) * 16
        start_response('200 OK', [('Content-Length', str(count * len(PIECE)))])
        return (PIECE for _ in range(count))

    def digest(environ, start_response):
        """The SHA-256 of what was sent."""
        digest = hashlib.sha256()
        while piece := environ['wsgi.input'].read(1 << 18):
            digest.update(piece)
        return text(start_response, digest.hexdigest().encode())

    def blocks(environ, start_response):
        """So many blocks of 1 MiB, all different."""
        count = int(environ['QUERY_STRING'])
        start_response('200 OK', [('Content-Type', 'application/octet-stream')])
        return (struct.pack('!Q', i) * (1 << 17) for i in range(count))

    def echo(environ, start_response):
        start_response('200 OK', [('Content-Type', 'application/octet-stream')])
        return iter(lambda: environ['wsgi.input'].read(1 << 18), b'')

    def page(environ, start_response):
        """So many KiB at once."""
        return text(start_response, b'x' * (int(environ['QUERY_STRING']) << 10))

    def leak(environ, start_response):
        """Keeps 4 MiB for ever; says who it is."""
        HELD.append(os.urandom(1 << 22))
        return text(start_response, b'%d' % os.getpid())

    def stream(environ, start_response):
        start_response('200 OK', [('Content-Type', 'text/plain')])
        return (time.sleep(0.2) or b'piece %d\n' % i for i in range(5))

    def sleep(environ, start_response):
        time.sleep(float(environ['QUERY_STRING']))
        return text(start_response, b'slept')

    def die(environ, start_response):
        print('about to die', flush=True)
        os._exit(3)

    def die_later(environ, start_response):
        start_response('200 OK', [('Content-Length', str(10 * len(PIECE)))])
        yield PIECE
        os._exit(4)

    def garbage(environ, start_response):
        for fd in range(3, 20):     # whichever is the connection
            try:
                os.write(fd, b'this is not FastCGI, nothing of it\n')
            except OSError:
                pass
        return text(start_response, b'garbage')
