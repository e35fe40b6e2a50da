#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""put_server.py ROOT LOG: a web server on the loopback that takes PUT and DELETE into ROOT, with ETags and their
conditions, and writes each request into LOG. It prints its port. What it does wrong is told by files beside ROOT:
ROOT.fail-once holds a name that is answered with 503 once, ROOT.cut a name at which every connection ends,
ROOT.meanwhile a name that somebody else replaces just before its PUT, ROOT.login asks for Basic zoo:secret.
ROOT.sigv4 holds `key secret region [token]`: every request must be signed with AWS Signature Version 4 as a bucket of S3
wants it, its content included, else it is answered with 403 and the XML of S3."""

import base64
import datetime
import hashlib
import hmac
import http.server
import pathlib
import re
import sys
import urllib.parse

ROOT, LOG = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])


def switch(name):
    path = pathlib.Path(f"{ROOT}.{name}")
    return path.read_text().strip() if path.exists() else None


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def signature(secret, scope, stamp, request):
    """Signature Version 4 of the canonical request: a chain of keys from the secret to the scope, then the text."""
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, sha256(request.encode())])
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def fault_of_signature(method, path, headers, body, expected):
    """What is wrong with the signature of a request: a code of S3, or None."""
    key, secret, region, *token = expected.split()
    form = r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)"
    match = re.fullmatch(form, headers.get("Authorization", ""))
    if not match:
        return "AccessDenied"
    used, day, used_region, names, given = match.groups()
    names = names.split(";")
    if used != key:
        return "InvalidAccessKeyId"
    if used_region != region:
        return "AuthorizationHeaderMalformed"
    stamp = headers.get("X-Amz-Date", "")
    now = datetime.datetime.now(datetime.timezone.utc)
    sent = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    if stamp[:8] != day or abs((now - sent).total_seconds()) > 900:
        return "RequestTimeTooSkewed"
    must = {name.lower() for name in headers.keys() if name.lower().startswith("x-amz-")} | {"host"}
    if names != sorted(names) or not must <= set(names) or any(name not in headers for name in names):
        return "AccessDenied"
    if headers.get("X-Amz-Content-Sha256") != sha256(body):
        return "XAmzContentSHA256Mismatch"
    if headers.get("X-Amz-Security-Token") != (token[0] if token else None):
        return "InvalidToken"
    canonical = "\n".join([
        method,
        urllib.parse.quote(urllib.parse.unquote(path), safe="/-_.~"),
        "",
        *(f"{name}:{' '.join(headers[name].split())}" for name in names),
        "",
        ";".join(names),
        sha256(body),
    ])
    right = signature(secret, f"{day}/{region}/s3/aws4_request", stamp, canonical)
    return None if hmac.compare_digest(right, given) else "SignatureDoesNotMatch"


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

    def target(self, body=b""):
        """The file of the request, or None after an answer."""
        name = self.path.lstrip("/")
        with LOG.open("a") as log:
            print(self.command, name, self.headers.get("Content-Type", "-").split(";")[0],
                  self.headers.get("Cache-Control", "-"), file=log)
        login = "Basic " + base64.b64encode(b"zoo:secret").decode()
        if switch("login") is not None and self.headers.get("Authorization") != login:
            self.answer(401)
            return None
        if switch("sigv4") is not None:
            fault = fault_of_signature(self.command, self.path, self.headers, body, switch("sigv4"))
            if fault:
                self.answer(403, f"<Error><Code>{fault}</Code><Message>no</Message></Error>".encode())
                return None
        if switch("cut") == name:
            self.close_connection = True
            self.connection.close()
            return None
        if switch("fail-once") == name and self.command == "PUT":
            pathlib.Path(f"{ROOT}.fail-once").unlink()
            self.answer(503)
            return None
        return ROOT / (urllib.parse.unquote(name) if switch("sigv4") is not None else name)

    @staticmethod
    def etag(path):
        return '"' + hashlib.md5(path.read_bytes()).hexdigest() + '"' if path.exists() else None

    def do_GET(self):
        path = self.target()
        if path is None:
            return
        self.answer(200, path.read_bytes(), self.etag(path)) if path.exists() else self.answer(404, b"not here")

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        path = self.target(body)
        if path is None:
            return
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
