# SPDX-License-Identifier: Apache-2.0
"""WSGI applications for the tests of zoofcgi.py alone."""

import io
import os
import sys
import tempfile
from wsgiref.validate import validator

TEXT = [('Content-Type', 'text/plain')]
CLOSED = []


def plain(environ, start_response):
    """Keeps every rule that wsgiref.validate knows; reads in all the ways there are."""
    source = environ['wsgi.input']
    lines = [source.readline(), source.read(3), *source.readlines(), *source]
    start_response('200 OK', TEXT)
    return [b'|'.join(lines)]


validated = validator(plain)


class Closing:
    def __init__(self, chunks):
        self.chunks = iter(chunks)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.chunks)

    def close(self):
        CLOSED.append('closed')


def file_of(data):
    file = tempfile.TemporaryFile()
    file.write(data)
    file.seek(0)
    return file


def use_write(_environ, start_response):
    write = start_response('200 OK', TEXT)
    write(b'one ')
    write(b'two ')
    return [b'three']


def replaced(_environ, start_response):
    start_response('200 OK', TEXT)
    try:
        raise ValueError('found out late')
    except ValueError:
        start_response('503 Service Unavailable', TEXT, sys.exc_info())
    return [b'replaced']


def too_late(_environ, start_response):
    start_response('200 OK', TEXT)(b'sent')
    try:
        raise ValueError('found out too late')
    except ValueError:
        start_response('500 Oops', TEXT, sys.exc_info())
    return []


def lazy(_environ, start_response):
    """A generator: start_response is called with the first block only."""
    start_response('200 OK', TEXT)
    yield b''
    yield b'lazy'


def endless(_environ, start_response):
    start_response('200 OK', TEXT + [('Content-Length', '5')])
    while True:
        yield b'abc'


def tail(environ, start_response):
    """Code behind the last block still runs, though the answer is complete by then."""
    start_response('200 OK', TEXT + [('Content-Length', '4')])
    yield b'done'
    environ['wsgi.errors'].write('after the end')
    CLOSED.append('tail')


def application(environ, start_response):
    path, query = environ['PATH_INFO'], environ['QUERY_STRING']
    found = globals().get(path[1:])
    if callable(found) and path[1:] in ('validated', 'use_write', 'replaced', 'too_late', 'lazy', 'endless', 'tail'):
        return found(environ, start_response)
    if path == '/exit':
        sys.exit(3)
    if path == '/nothing':
        return [b'no start_response']
    if path == '/twice':
        start_response('200 OK', TEXT)
    if path == '/header':
        name, _, value = query.partition('=')
        start_response('200 OK', TEXT + [(name, value)])
        return [b'']
    if path == '/short':
        start_response('200 OK', TEXT + [('Content-Length', '10')])
        return [b'123']
    start_response('200 OK', TEXT)
    if path == '/file':
        return environ['wsgi.file_wrapper'](file_of(bytes(range(256)) * int(query)))
    if path == '/file-rest':
        file = file_of(b'0123456789')
        file.read(4)
        return environ['wsgi.file_wrapper'](file, 3)
    if path == '/file-memory':
        return environ['wsgi.file_wrapper'](io.BytesIO(b'from memory'), 4)
    if path == '/closing':
        return Closing([b'a', b'', b'b'])
    if path == '/closing-error':
        return Closing(1 // len(x) for x in ([1], []))
    if path == '/closed':
        body = ','.join(CLOSED).encode()
        CLOSED.clear()
        return [body]
    if path == '/keep-input':
        CLOSED.append(environ['wsgi.input'])
        return [b'kept']
    if path == '/use-kept-input':
        return [CLOSED.pop().read()]
    if path == '/where':
        return [('%s %s' % (os.getcwd(), os.getcwd() in sys.path)).encode()]
    if path == '/stdin':
        return [sys.stdin.read().encode() + b'empty']
    return [('%s|%s|%s|%s' % (environ['SCRIPT_NAME'], path, query, environ['wsgi.url_scheme'])).encode('latin-1')]


def factory():
    return application


class Holder:
    nested = staticmethod(application)
