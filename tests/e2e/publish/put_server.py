#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""put_server.py ROOT LOG: a web server on the loopback that takes PUT and DELETE into ROOT, with ETags and their
conditions, and writes each request into LOG. It prints its port. What it does wrong is told by files beside ROOT:
ROOT.fail-once holds a name that is answered with 503 once, ROOT.cut a name at which every connection ends,
ROOT.meanwhile a name that somebody else replaces just before its PUT, ROOT.login asks for Basic zoo:secret."""

import base64
import hashlib
import http.server
import pathlib
import sys

ROOT, LOG = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])


def switch(name):
    path = pathlib.Path(f"{ROOT}.{name}")
    return path.read_text().strip() if path.exists() else None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", etag=None):
        self.send_response(status)
        if etag:
            self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def target(self):
        """The file of the request, or None after an answer."""
        name = self.path.lstrip("/")
        with LOG.open("a") as log:
            print(self.command, name, self.headers.get("Content-Type", "-").split(";")[0],
                  self.headers.get("Cache-Control", "-"), file=log)
        login = "Basic " + base64.b64encode(b"zoo:secret").decode()
        if switch("login") is not None and self.headers.get("Authorization") != login:
            self.answer(401)
            return None
        if switch("cut") == name:
            self.close_connection = True
            self.connection.close()
            return None
        if switch("fail-once") == name and self.command == "PUT":
            pathlib.Path(f"{ROOT}.fail-once").unlink()
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(503)
            return None
        return ROOT / name

    @staticmethod
    def etag(path):
        return '"' + hashlib.md5(path.read_bytes()).hexdigest() + '"' if path.exists() else None

    def do_GET(self):
        path = self.target()
        if path is None:
            return
        self.answer(200, path.read_bytes(), self.etag(path)) if path.exists() else self.answer(404, b"not here")

    def do_PUT(self):
        path = self.target()
        if path is None:
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if switch("meanwhile") == self.path.lstrip("/"):
            path.write_text("somebody else's")
        there = self.etag(path)
        if "If-Match" in self.headers and self.headers["If-Match"] != there:
            return self.answer(412)
        if self.headers.get("If-None-Match") == "*" and there is not None:
            return self.answer(412)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        self.answer(201 if there is None else 204)

    def do_DELETE(self):
        path = self.target()
        if path is None:
            return
        if not path.exists():
            return self.answer(404)
        path.unlink()
        self.answer(204)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
