# SPDX-License-Identifier: Apache-2.0
"""usage: slow_clients.py PORT COUNT: so many clients send a large body, each one byte a second, until they are ended."""

import socket
import sys
import time


def main():
    port, count = map(int, sys.argv[1:])
    sockets = []
    for _ in range(count):
        sock = socket.create_connection(('127.0.0.1', port), timeout=30)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(b'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n')
        sockets.append(sock)
    print('connected', flush=True)
    due = time.monotonic()
    while True:
        for sock in sockets:
            sock.sendall(b'x')
            due += 1 / count
            time.sleep(max(due - time.monotonic(), 0))


main()
