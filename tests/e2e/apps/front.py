# SPDX-License-Identifier: Apache-2.0
"""A small web server for the tests: static folders from disk, as their web.config asks, and all else to a worker."""

import contextlib
import http.server
import os
import sys
import threading
import urllib.parse

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..', '..'))
sys.path.insert(0, os.path.join(ROOT, 'tests', 'module', 'workers'))

import fcgi_client  # noqa: E402

fcgi_client.TIMEOUT = 120  # an application's first page on a busy machine

TYPES = {'.css': 'text/css', '.svg': 'image/svg+xml', '.js': 'text/javascript', '.html': 'text/html'}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def answer(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        site = self.server.site
        # As Internet Information Services: the file itself, never its folder's web.config.
        for address, folder in site.static.items():
            if path.startswith(address):
                return self.send_file(os.path.normpath(os.path.join(folder, path[len(address):])))
        if not (path + '/').startswith(site.prefix + '/'):
            return self.send_error(404)
        return self.forward(path[len(site.prefix):])

    do_GET = do_POST = do_HEAD = do_PUT = answer

    def send_file(self, name):
        inside = any(name.startswith(folder + os.sep) for folder in self.server.site.static.values())
        if not inside or not os.path.isfile(name) or os.path.basename(name) == 'web.config':
            return self.send_error(404)
        with open(name, 'rb') as file:
            self.reply(200, [('Content-Type', TYPES.get(os.path.splitext(name)[1], 'application/octet-stream')),
                             ('X-Static', '1')], file.read())

    def reply(self, status, headers, body):
        self.send_response(status)
        for name, value in headers:
            if name.lower() != 'content-length':
                self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def forward(self, path):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        extra = {'HTTP_' + name.upper().replace('-', '_'): value for name, value in self.headers.items()}
        extra.update(PATH_INFO=path, SCRIPT_NAME=self.server.site.prefix, SERVER_PORT=str(self.server.server_port),
                     SERVER_SOFTWARE='test/1')
        if self.headers.get('Content-Type'):
            extra['CONTENT_TYPE'] = self.headers['Content-Type']
        with contextlib.closing(self.server.site.worker.connect()) as client:
            target = self.path[len(self.server.site.prefix):]
            client.send_aside(fcgi_client.request(target, 1, self.command, body, keep=False, **extra))
            response = client.read()
        sys.stderr.write(response.err.decode('utf-8', 'replace'))
        headers = [tuple(line.split(': ', 1)) for line in response.head.split('\r\n') if ': ' in line]
        self.reply(response.status, [pair for pair in headers if pair[0].lower() != 'status'], response.body)


class Site:
    """An application folder behind its worker; static maps the beginning of a path to a folder."""

    def __init__(self, folder, args, env=None, static=(), prefix=''):
        self.prefix = prefix
        self.static = {prefix + '/%s/' % name: os.path.join(folder, name) for name in static}
        variables = {'APPL_PHYSICAL_PATH': folder, 'APPL_VIRTUAL_PATH': prefix or '/', **(env or {})}
        self.worker = fcgi_client.Worker(args, variables)
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.server.site = self
        self.url = 'http://127.0.0.1:%d%s' % (self.server.server_port, prefix)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.worker.stop()
