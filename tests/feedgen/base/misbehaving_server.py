# SPDX-License-Identifier: Apache-2.0
"""An HTTP server that misbehaves as the path says, for the download tests.

It listens on 127.0.0.1, prints its port (and with a certificate the port that speaks TLS), and ends with its standard input.
Path: /<mode>/<anything>?key=value; `size` is that of the content. Requests are counted for each path and query, so a test
makes up its own <anything>. GET /log/<path and query> answers the requests seen for it, one line each: the path and the
fields that matter.
"""
import socket
import socketserver
import ssl
import sys
import threading
import urllib.parse

SEEN = {}
LOCK = threading.Lock()
LOGGED = ("range", "if-range", "if-none-match", "if-modified-since", "accept-encoding", "user-agent", "authorization")
MODIFIED = "Wed, 01 Jan 2025 00:00:00 GMT"
NOW = "Thu, 02 Jan 2025 00:00:00 GMT"


def content(size, seed=0):
    return bytes((i * 31 + i // 251 * 7 + seed) & 255 for i in range(size))


class Exchange:
    def __init__(self, sock, target, fields, count):
        self.sock, self.target, self.fields, self.count = sock, target, fields, count
        parts = urllib.parse.urlsplit(target)
        self.mode = parts.path.split("/")[1]
        self.options = dict(urllib.parse.parse_qsl(parts.query))
        self.size = int(self.options.get("size", "100000"))
        self.body = content(self.size, int(self.options.get("seed", "0")))
        self.etag = self.options.get("etag", '"v1"')

    def send(self, data):
        self.sock.sendall(data)

    def head(self, status, *fields):
        lines = ["HTTP/1.1 %s" % status, "Date: " + NOW, *fields, "Connection: close", "", ""]
        self.send("\r\n".join(lines).encode("latin-1"))

    def validators(self):
        return ["ETag: " + self.etag, "Last-Modified: " + MODIFIED]

    def range_start(self):
        wanted = self.fields.get("range", "")
        if not wanted.startswith("bytes="):
            return 0
        if self.fields.get("if-range", self.etag) not in (self.etag, MODIFIED):
            return 0
        return int(wanted[6:].split("-")[0])

    def full_head(self, start, *more):
        length = "Content-Length: %d" % (self.size - start)
        if start:
            place = "Content-Range: bytes %d-%d/%d" % (start, self.size - 1, self.size)
            self.head("206 Partial Content", length, place, *self.validators(), *more)
        else:
            self.head("200 OK", length, *self.validators(), *more)

    def ok(self, *more):
        """A server as it should be."""
        if self.fields.get("if-none-match") == self.etag or self.fields.get("if-modified-since") == MODIFIED:
            return self.head("304 Not Modified", *self.validators())
        start = self.range_start()
        self.full_head(start, *more)
        self.send(self.body[start:])

    def cut(self):
        """Closes in mid-body, `times` times."""
        if self.count > int(self.options.get("times", "1")):
            return self.ok()
        start = self.range_start()
        self.full_head(start)
        self.send(self.body[start:start + int(self.options.get("at", "40000"))])

    def cutchanged(self):
        """Closes in mid-body; then the content is another one."""
        if self.count == 1:
            return self.cut()
        self.etag, self.body = '"v2"', content(self.size, 99)
        return self.ok()

    def cutnorange(self):
        """Closes in mid-body; ranges are not supported."""
        self.full_head(0)
        self.send(self.body if self.count > 1 else self.body[:40000])

    def cutweak(self):
        """Closes in mid-body; has no validator that proves the same bytes."""
        self.head("200 OK", "Content-Length: %d" % self.size, 'ETag: W/"v1"', "Last-Modified: " + NOW)
        self.send(self.body if self.count > 1 else self.body[:40000])

    def cutdate(self):
        """Closes in mid-body; only Last-Modified can continue it."""
        self.etag = 'W/"v1"'
        return self.cut()

    def wrongrange(self):
        """After a cut, a 206 from another place than was asked for."""
        if self.count == 1:
            return self.cut()
        if not self.range_start():
            return self.ok()
        self.head("206 Partial Content", "Content-Length: %d" % (self.size - 7),
                  "Content-Range: bytes 7-%d/%d" % (self.size - 1, self.size), *self.validators())
        self.send(self.body[7:])

    def liedrange(self):
        """After a cut, a 206 of other content under the old range (If-Range ignored)."""
        if self.count == 1:
            return self.cut()
        if "range" not in self.fields:
            return self.ok()
        start = self.range_start()
        self.etag = '"v2"'
        self.full_head(start)
        self.send(content(self.size, 99)[start:])

    def badrange(self):
        """After a cut, a 206 with the right head and wrong bytes."""
        if self.count == 1:
            return self.cut()
        start = self.range_start()
        self.full_head(start)
        self.send(content(self.size, 99)[start:] if start else self.body)

    def unsatisfied(self):
        """After a cut, 416 to any range."""
        if self.count == 1:
            return self.cut()
        if "range" in self.fields:
            return self.head("416 Range Not Satisfiable", "Content-Range: bytes */%d" % self.size, "Content-Length: 0")
        return self.ok()

    def unasked206(self):
        self.head("206 Partial Content", "Content-Length: 10", "Content-Range: bytes 0-9/10")
        self.send(self.body[:10])

    def toolong(self):
        """Announces more than it sends."""
        self.head("200 OK", "Content-Length: %d" % (self.size + 1000))
        self.send(self.body)

    def tooshort(self):
        """Announces less than it sends."""
        self.head("200 OK", "Content-Length: %d" % (self.size - 1000))
        self.send(self.body)

    def stall(self):
        self.full_head(0)
        self.send(self.body[:1000])
        self.sock.settimeout(30)
        self.sock.recv(1)

    def mute(self):
        self.sock.settimeout(30)
        self.sock.recv(1)

    def drip(self):
        """Slow, until the client goes away."""
        self.full_head(self.range_start())
        self.sock.settimeout(0.05)
        for at in range(self.range_start(), self.size, 2000):
            self.send(self.body[at:at + 2000])
            try:
                if not self.sock.recv(1):
                    return
            except (TimeoutError, ssl.SSLWantReadError):
                pass

    def nolength(self):
        """Ends by closing, as HTTP/1.0 did."""
        self.head("200 OK")
        self.send(self.body)

    def chunked(self):
        self.head("200 OK", "Transfer-Encoding: chunked", *self.validators())
        for at in range(0, self.size, 5000):
            piece = self.body[at:at + 5000]
            self.send(b"%x\r\n" % len(piece) + piece + b"\r\n")
        self.send(b"0\r\nETag: \"trailer\"\r\nContent-Length: 3\r\n\r\n")

    def chunkedcut(self):
        self.head("200 OK", "Transfer-Encoding: chunked")
        self.send(b"ffff\r\n" + self.body[:1000])

    def endless(self):
        self.head("200 OK", "Transfer-Encoding: chunked")
        piece = b"2710\r\n" + self.body[:10000] + b"\r\n"
        while True:
            self.send(piece)

    def status(self):
        """`code` with a large page, the first `times` times (default: always)."""
        if self.count > int(self.options.get("times", "1000000")):
            return self.ok()
        page = b"<html>" + b"x" * int(self.options.get("page", "10"))
        more = ["Retry-After: " + self.options["after"]] if "after" in self.options else []
        self.head(self.options["code"] + " Whatever", "Content-Type: text/html", "Content-Length: %d" % len(page), *more)
        self.send(page)

    def html(self):
        self.head("200 OK", "Content-Type: text/HTML; charset=utf-8", "Content-Length: 6")
        self.send(b"<html>")

    def coded(self):
        self.ok("Content-Encoding: " + self.options.get("coding", "gzip"))

    def unasked304(self):
        self.head("304 Not Modified")

    def wrong304(self):
        """304 for content that it names otherwise."""
        if "if-none-match" in self.fields:
            return self.head("304 Not Modified", 'ETag: "other"')
        return self.ok()

    def to(self):
        self.head("302 Found", "Location: " + self.options["url"], "Content-Length: 0")

    def circle(self):
        here = self.target.split("?")[0]
        other = here[:-1] + ("b" if here.endswith("a") else "a")
        self.head("302 Found", "Location: " + other, "Content-Length: 0")

    def chain(self):
        left = int(self.options["left"])
        if left == 0:
            return self.ok()
        self.head("301 Moved", "Location: ?left=%d" % (left - 1), "Content-Length: 0")

    def garbage(self):
        self.send(b"\x00\x01\x02 this is no HTTP\r\n\r\n")

    def emptyfile(self):
        self.head("200 OK", "Content-Length: 0")

    def log(self):
        path = self.target[len("/log"):]
        with LOCK:
            text = "".join(line + "\n" for line in SEEN.get(path, [])).encode()
        self.head("200 OK", "Content-Length: %d" % len(text))
        self.send(text)


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.request.recv(65536)
            if not piece:
                return
            data += piece
        lines = data.decode("latin-1").split("\r\n")
        target = lines[0].split(" ")[1]
        fields = {k.strip().lower(): v.strip() for k, v in (line.split(":", 1) for line in lines[1:] if ":" in line)}
        with LOCK:
            seen = SEEN.setdefault(target, [])
            seen.append("; ".join([target] + ["%s=%s" % (k, fields[k]) for k in LOGGED if k in fields]))
            count = len(seen)
        exchange = Exchange(self.request, target, fields, count)
        try:
            getattr(exchange, exchange.mode)()
            self.request.shutdown(socket.SHUT_WR)
        except (OSError, ssl.SSLError):
            pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


def main():
    server = Server(("127.0.0.1", 0), Handler)
    ports = [server.server_address[1]]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if len(sys.argv) == 3:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        secure = Server(("127.0.0.1", 0), Handler)
        secure.socket = context.wrap_socket(secure.socket, server_side=True)
        ports.append(secure.server_address[1])
        threading.Thread(target=secure.serve_forever, daemon=True).start()
    print(*ports, flush=True)
    sys.stdin.read()


main()
