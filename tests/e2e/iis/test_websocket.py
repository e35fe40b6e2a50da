# SPDX-License-Identifier: Apache-2.0
"""Upgraded connections through the DLL in the IIS emulator: the real Mojolicious application, and a small server of this
script that does what an application rarely does."""
import base64
import hashlib
import os
import shutil
import socket
import struct
import subprocess
import threading
import time
import unittest

from emulator import ROOT, Emulator, free_port, wait_for_port

BLANK = ROOT / 'manifests/apps/BlankMojoliciousProject'
ENGINE = '<add name="relay" fullPath="%%(bin)s\\tcp_relay.exe" arguments="%d" transport="tcp" protocol="http" maxInstances="1" />'
SITE = '''<configuration><system.webServer>
  <heliconZoo><clear /><application name="relayed" /></heliconZoo>
  <handlers><add name="relayed" path="*" verb="*" modules="HeliconZoo_x86,HeliconZoo_x64" scriptProcessor="relay" /></handlers>
</system.webServer></configuration>'''
HANDSHAKE = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'     # RFC 6455 section 1.3


def relay_to(port, name, *switches):
    return Emulator(name, *switches, engines=ENGINE % port, site=SITE)


def eventually(true, seconds=20):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.1)
    return true()


class Client:
    """A client that asks for an upgrade; afterwards bytes, or WebSocket frames."""

    def __init__(self, iis, path, early=b''):
        self.sock = socket.create_connection(('127.0.0.1', iis.port), timeout=60)
        self.file = self.sock.makefile('rb')
        self.key = base64.b64encode(os.urandom(16)).decode()
        self.sock.sendall(('GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                           'Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n'
                           % (path, iis.port, self.key)).encode() + early)
        self.head = b''
        while not self.head.endswith(b'\r\n\r\n'):
            line = self.file.readline()
            if not line:
                raise ConnectionError('no answer: %r' % self.head)
            self.head += line

    def status(self):
        return int(self.head.split()[1])

    def accept(self):
        return base64.b64encode(hashlib.sha1((self.key + HANDSHAKE).encode()).digest())

    def send_frame(self, data, opcode=1):
        mask = os.urandom(4)
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b'\xfe' + len(data).to_bytes(2, 'big')
        self.sock.sendall(bytes([0x80 | opcode]) + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def receive_frame(self):
        opcode, size = self.file.read(2)
        if size == 126:
            size = int.from_bytes(self.file.read(2), 'big')
        return opcode & 15, self.file.read(size)

    def talk(self, text):
        self.send_frame(text.encode())
        return self.receive_frame()[1].decode()

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.close()

    def close(self):
        self.file.close()
        self.sock.close()


class Backend:
    """Answers on the port that the relay passes connections on to. What it does depends on the path."""

    def __init__(self, port):
        self.listener = socket.create_server(('127.0.0.1', port), backlog=300)
        self.heads, self.flooded, self.open = [], 0, 0
        self.lock = threading.Lock()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                sock = self.listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        with sock:
            try:
                self.answer(sock)
            except OSError:
                pass

    def answer(self, sock):
        head = b''
        while b'\r\n\r\n' not in head:
            piece = sock.recv(65536)
            if not piece:
                return
            head += piece
        head, early = head.split(b'\r\n\r\n', 1)
        self.heads.append(head)
        path = head.split()[1].decode()
        if path == '/plain' or b'\nUpgrade: websocket' not in head:
            status = '200 OK' if path == '/plain' else '426 Upgrade Required'
            sock.sendall(('HTTP/1.1 %s\r\nContent-Length: 5\r\nConnection: close\r\n\r\nplain' % status).encode())
            return
        sock.sendall(b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Own: yes\r\n\r\n'
                     + (b'at once' if path == '/early' else b''))
        with self.lock:
            self.open += 1
        try:
            self.tunnel(sock, path, early)
        finally:
            with self.lock:
                self.open -= 1

    def tunnel(self, sock, path, data):
        if path == '/bye':
            sock.sendall(b'bye')
            return
        if path == '/flood':
            piece = bytes(65536)
            for _ in range(16 * 200):       # 200 MiB
                sock.sendall(piece)
                self.flooded += len(piece)
            return
        while True:
            if data:
                sock.sendall(data)
            data = sock.recv(65536)
            if not data:
                return

    def close(self):
        self.listener.close()


class Tunnels(unittest.TestCase):
    SWITCHES = ()

    def setUp(self):
        port = free_port()
        self.backend = Backend(port)
        self.addCleanup(self.backend.close)
        self.iis = relay_to(port, 'websocket', *self.SWITCHES)
        self.addCleanup(self.iis.close)

    def assert_all_ended(self):
        self.assertTrue(eventually(lambda: self.iis.status()['active'] == 0), self.iis.status())
        self.assertTrue(eventually(lambda: self.backend.open == 0), self.backend.open)
        self.assertEqual(self.iis.status()['violations'], 0)

    def echo(self, client, data):
        sender = threading.Thread(target=client.sock.sendall, args=(data,))
        sender.start()
        received = client.file.read(len(data))
        sender.join()
        return received


class EveryWay(Tunnels):
    def test_bytes_both_ways_at_once(self):
        client = Client(self.iis, '/echo')
        self.assertEqual(client.status(), 101)
        fields = client.head.lower().split(b'\r\n')
        for field in (b'upgrade: websocket', b'connection: upgrade', b'x-own: yes'):
            self.assertEqual(fields.count(field), 1, client.head)
        for field in fields:
            self.assertFalse(field.startswith((b'transfer-encoding', b'content-length', b'connection: close')), field)
        data = os.urandom(1 << 16) * 200        # 12.5 MiB
        self.assertTrue(self.echo(client, data) == data)     # not shown when it differs
        client.close()
        self.assert_all_ended()

    def test_what_comes_with_the_heads(self):
        client = Client(self.iis, '/early')
        self.assertEqual(client.file.read(7), b'at once')
        self.assertEqual(self.echo(client, b'abc'), b'abc')
        client.close()
        eager = Client(self.iis, '/echo', early=b'before the answer')
        self.assertEqual(eager.file.read(17), b'before the answer')
        eager.close()
        self.assert_all_ended()

    def test_the_server_closes(self):
        client = Client(self.iis, '/bye')
        self.assertEqual(client.file.read(), b'bye')        # and the end
        self.assert_all_ended()
        client.close()

    def test_the_client_leaves(self):
        clients = [Client(self.iis, '/echo') for _ in range(10)]
        for number, client in enumerate(clients):
            self.assertEqual(self.echo(client, b'here'), b'here')
            client.close() if number % 2 else client.reset()
        self.assert_all_ended()
        self.assertEqual(self.iis.request('/plain')[0], 200)

    def test_tunnels_take_no_worker_from_requests(self):
        clients = [Client(self.iis, '/echo') for _ in range(80)]    # more than an http worker gets requests, and one worker
        self.assertEqual(self.iis.request('/plain')[:2], (200, b'plain'))
        for client in clients:
            self.assertEqual(self.echo(client, b'still here'), b'still here')
            client.close()
        self.assert_all_ended()

    def test_an_ordinary_answer_instead(self):
        client = Client(self.iis, '/plain')
        self.assertEqual(client.status(), 200)
        self.assertEqual(client.file.read(5), b'plain')
        client.close()

    def test_a_client_that_takes_nothing_stops_the_server(self):
        client = Client(self.iis, '/flood')
        seen = -1
        while seen != self.backend.flooded:         # until the buffers on the way are full
            seen = self.backend.flooded
            time.sleep(2)
        self.assertLess(seen, 100 << 20)
        size = 0
        while piece := client.file.read(1 << 20):
            size += len(piece)
        self.assertEqual(size, 200 << 20)
        client.close()
        self.assert_all_ended()

    def test_a_client_that_takes_nothing_and_leaves(self):
        client = Client(self.iis, '/flood')
        time.sleep(2)
        client.reset()
        self.assert_all_ended()

    def test_a_recycle_ends_tunnels_and_nothing_else(self):
        client = Client(self.iis, '/echo')
        self.assertEqual(self.echo(client, b'here'), b'here')
        self.assertEqual(self.iis.request('/!recycle')[1], b'recycled\n')
        self.assertEqual(client.file.read(), b'')
        again = Client(self.iis, '/echo')
        self.assertEqual(self.echo(again, b'again'), b'again')
        again.close()
        client.close()
        self.assert_all_ended()

    def test_the_end_of_the_application_ends_its_tunnels(self):
        client = Client(self.iis, '/echo')
        self.assertEqual(self.echo(client, b'here'), b'here')
        self.iis.request('/!stop-application')
        self.assertEqual(client.file.read(), b'')
        self.assert_all_ended()
        client.close()


class SlowIis(Tunnels):
    SWITCHES = ('--short-reads', '100', '--slow-completions', '2')

    def test_bytes_both_ways(self):
        client = Client(self.iis, '/echo')
        data = os.urandom(30000)
        self.assertEqual(self.echo(client, data), data)
        client.close()
        self.assert_all_ended()


class SynchronousIis(Tunnels):
    SWITCHES = ('--synchronous',)

    def test_bytes_both_ways(self):
        client = Client(self.iis, '/echo')
        data = os.urandom(3000000)
        self.assertEqual(self.echo(client, data), data)
        client.close()
        self.assert_all_ended()


class Iis75(Tunnels):
    SWITCHES = ('--server-version', '7.5')

    def test_upgrades_are_not_passed_on(self):
        client = Client(self.iis, '/echo')
        self.assertEqual(client.status(), 426)      # what an application says that is not asked for an upgrade
        self.assertNotIn(b'upgrade: websocket', self.backend.heads[-1].lower())
        self.assertEqual(self.iis.request('/plain')[0], 200)
        client.close()


class Iis70(Iis75):
    SWITCHES = ('--server-version', '7.0')


class Mojolicious(unittest.TestCase):
    """The application of the Blank Mojolicious Project, run by its own server on this machine."""

    def setUp(self):
        port = free_port()
        self.iis = relay_to(port, 'mojolicious')
        self.addCleanup(self.iis.close)
        folder = self.iis.folder / 'app'
        shutil.copytree(BLANK, folder)
        subprocess.run(['perl', 'deploy.pl'], cwd=folder, stdout=subprocess.DEVNULL, check=True)
        app = subprocess.Popen(['perl', 'script/hello', 'daemon', '-l', 'http://127.0.0.1:%d' % port],
                               cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(app.wait)
        self.addCleanup(app.kill)
        self.assertTrue(wait_for_port(port))

    def test_websocket(self):
        clients = [Client(self.iis, '/echo') for _ in range(40)]
        for number, client in enumerate(clients):
            self.assertIn(b'Sec-WebSocket-Accept: ' + client.accept(), client.head)
            self.assertEqual(client.talk('hello %d' % number), 'echo: hello %d' % number)
        self.assertEqual(clients[0].talk('x' * 3000), 'echo: ' + 'x' * 3000)
        self.assertEqual(self.iis.request('/')[0], 200)
        for client in clients:
            client.send_frame(b'\x03\xe8', 8)       # close, 1000
            self.assertEqual(client.receive_frame()[0], 8)
            self.assertEqual(client.file.read(), b'')       # the server ends the connection
            client.close()
        self.assertTrue(eventually(lambda: self.iis.status()['active'] == 0), self.iis.status())
        refused = self.iis.request('/', headers={'Upgrade': 'websocket', 'Connection': 'Upgrade'})
        self.assertEqual(refused[0], 200)           # no handshake: an ordinary answer
        self.assertEqual(self.iis.status()['violations'], 0)

