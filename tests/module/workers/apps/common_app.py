# SPDX-License-Identifier: Apache-2.0
"""The application that every worker's protocol tests run, in Python."""

import hashlib
import os
import time

TEXT = [('Content-Type', 'text/plain')]


def note(path):
    with open(os.environ['COUNT_FILE'], 'a') as file:
        file.write(path + '\n')


def pieces(environ, size=65536):
    return iter(lambda: environ['wsgi.input'].read(size), b'')


def big(count):
    block = bytes(range(256)) * 256
    while count > 0:
        yield block[:count]
        count -= len(block)


def slow():
    for word in (b'one', b'two', b'three'):
        yield word
        time.sleep(0.15)


def late(environ):
    yield b'begun'
    raise RuntimeError('late trouble')


def application(environ, start_response):
    path, query = environ['PATH_INFO'], environ['QUERY_STRING']
    if path == '/die':
        raise RuntimeError('early trouble')
    if path == '/none':
        start_response('204 No Content', [])
        return []
    if path == '/evil':
        start_response('200 OK', TEXT + [('X-Evil', 'a\r\nSet-Cookie: b')])
        return [b'x']
    if path == '/headers':
        start_response('201 Created', TEXT + [('Set-Cookie', 'a=1'), ('Set-Cookie', 'b=2')])
        return [b'made']
    body = None
    if path == '/echo':
        body = [environ['wsgi.input'].read()]
    if path == '/sha':
        digest = hashlib.sha1()
        for piece in pieces(environ):
            digest.update(piece)
        body = [digest.hexdigest().encode()]
    if path == '/count':
        note(query)
    if path == '/sleep':
        note('begun')
        time.sleep(float(query))
    if path == '/errors':
        environ['wsgi.errors'].write('a line for the log\n')
    if path == '/env':
        body = [''.join('%s=%s\n' % (k, v) for k, v in sorted(environ.items()) if type(v) is str).encode('latin-1')]
    start_response('200 OK', TEXT)
    if path == '/big':
        return big(int(query))
    if path == '/slow':
        return slow()
    if path == '/late':
        return late(environ)
    if path == '/through':
        return pieces(environ)
    return body or [b'Hello, World!']
