# SPDX-License-Identifier: Apache-2.0
"""The 13-byte WSGI application, and what the sections about bodies need beside it."""

import os

NOTES = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'posts')
BLOCK = b'x' * 65528


def application(environ, start_response):
    if environ['REQUEST_METHOD'] == 'POST':
        return post(environ, start_response)
    if environ['PATH_INFO'] == '/large':
        return large(environ, start_response)
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', '13')])
    return [b'Hello, World!']


def post(environ, start_response):
    """Answers with the size of the body; leaves a note as soon as it is called."""
    with open(NOTES, 'a') as notes:
        notes.write('.')
    size = 0
    while True:
        piece = environ['wsgi.input'].read(262144)
        if not piece:
            break
        size += len(piece)
    body = b'%d' % size
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', str(len(body)))])
    return [body]


def large(environ, start_response):
    """As many bytes as the query says."""
    size = int(environ['QUERY_STRING'])
    start_response('200 OK', [('Content-Type', 'application/octet-stream'), ('Content-Length', str(size))])
    return blocks(size)


def blocks(size):
    while size > 0:
        yield BLOCK[:size]
        size -= len(BLOCK)
