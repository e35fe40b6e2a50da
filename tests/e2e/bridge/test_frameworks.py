# SPDX-License-Identifier: Apache-2.0
"""zoohost with the frameworks themselves: the four Blank projects, MariaDB, uploads, sessions, WebSocket, the seed's project."""
import base64
import concurrent.futures
import hashlib
import http.cookies
import json
import os
import re
import socket
import sys
import urllib.parse
import xml.sax.saxutils

from host import APPS, ROOT, Host
from test_bridge import replaced

sys.path.insert(0, str(ROOT / 'tests/e2e/apps'))
import mariadb  # noqa: E402

BLANK = ROOT / 'manifests/apps'
SEED = ROOT / 'tests/fixtures/seed-project'
UPLOAD = APPS / 'upload'
SERVERS = []


def database():
    if not SERVERS:
        SERVERS.append(mariadb.Server())
    return SERVERS[0]


def stop_servers():
    while SERVERS:
        SERVERS.pop().stop()


class Visitor:
    """Keeps cookies, and sends forms with what their hidden fields hold."""

    def __init__(self, host, prefix=''):
        self.host, self.prefix, self.cookies = host, prefix, http.cookies.SimpleCookie()

    def open(self, path, method='GET', body=None, **headers):
        if self.cookies:
            headers['Cookie'] = '; '.join('%s=%s' % (name, item.value) for name, item in self.cookies.items())
        answer = self.host.get(self.prefix + path, method, body, headers, timeout=120)
        for line in answer.headers.get_all('Set-Cookie') or ():
            self.cookies.load(line)
        if answer.status in (302, 303):
            return self.open(urllib.parse.urlsplit(answer.headers['Location']).path[len(self.prefix):])
        answer.text = answer.body.decode()
        return answer

    def fields(self, path):
        found = {}
        for tag in re.findall(r'<input[^>]*>', self.open(path).text):
            name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
            if name:
                found[name.group(1)] = value.group(1) if value else ''
        return found

    def send(self, path, **values):
        body = urllib.parse.urlencode({**self.fields(path), **values})
        return self.open(path, 'POST', body, **{'Content-Type': 'application/x-www-form-urlencoded'})


def multipart(fields, name, filename, content):
    boundary = 'zoo' + os.urandom(12).hex()
    parts = [b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (boundary.encode(), key.encode(), value.encode())
             for key, value in fields.items()]
    parts.append(b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: image/png\r\n\r\n%s\r\n--%s--\r\n'
                 % (boundary.encode(), name.encode(), filename.encode(), content, boundary.encode()))
    return b''.join(parts), 'multipart/form-data; boundary=' + boundary


def blank(name, fields, *needles, prefix=''):
    """The page, its files, a form with a session, and what must not be served."""
    options = ['--app', prefix + '=SITE'] if prefix else []
    with Host(BLANK / name, *options) as host:
        visitor = Visitor(host, prefix)
        page = visitor.open('/')
        assert page.status == 200, (page.status, page.text[-2000:])
        for needle in ('Hello, World!', *needles):
            assert needle in page.text, needle
        files = [f for f in re.findall(r'(?:href|src)="([^"]+\.(?:css|svg|js|png))"', page.text) if ':' not in f]
        assert files
        for file in files:
            assert file.startswith(prefix + '/'), file
            found = host.get(file)
            assert found.status == 200 and found.headers['ETag'], file      # by zoohost itself, not by the application
        key, words = fields
        assert 'Good &lt;morning&gt; ünïcödé' in visitor.send('/', **{key: 'Zoë', words: 'Good <morning> ünïcödé'}).text
        assert visitor.fields('/')[key] == 'Zoë'
        assert Visitor(host, prefix).fields('/')[key] != 'Zoë'
        for path in ('/web.config', '/settings.ini', '/data/secret_key', '/static/web.config'):
            assert host.get(prefix + path).status == 404, path


def test_blank_django():
    blank('BlankDjangoProject', ('name', 'text'), 'Django')


def test_blank_django_below_another_site():
    blank('BlankDjangoProject', ('name', 'text'), 'Django', prefix='/shop')


def test_blank_rails():
    blank('BlankRailsProject', ('greeting[name]', 'greeting[text]'), 'Rails')


def test_blank_perl():
    blank('BlankPerlProject', ('name', 'words'), 'Perl')


def test_blank_mojolicious():
    blank('BlankMojoliciousProject', ('name', 'words'), 'Mojolicious')


def test_blank_mojolicious_below_another_site():
    blank('BlankMojoliciousProject', ('name', 'words'), 'Mojolicious', prefix='/shop')


class WebSocket:
    """A client of RFC 6455, enough to talk text."""

    def __init__(self, host, path):
        self.sock = socket.create_connection(('127.0.0.1', host.port), timeout=60)
        self.file = self.sock.makefile('rb')
        key = base64.b64encode(os.urandom(16)).decode()
        self.sock.sendall(('GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                           'Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n' % (path, host.port, key)).encode())
        self.head = b''
        while not self.head.endswith(b'\r\n\r\n'):
            line = self.file.readline()
            assert line, self.head
            self.head += line
        accept = base64.b64encode(hashlib.sha1((key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').encode()).digest())
        assert self.head.startswith(b'HTTP/1.1 101 ') and b'Sec-WebSocket-Accept: ' + accept in self.head, self.head

    def send(self, data, opcode=1):
        mask = os.urandom(4)
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b'\xfe' + len(data).to_bytes(2, 'big')
        self.sock.sendall(bytes([0x80 | opcode]) + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def receive(self):
        """(opcode, data) of one frame."""
        opcode, size = self.file.read(2)
        if size == 126:
            size = int.from_bytes(self.file.read(2), 'big')
        return opcode & 15, self.file.read(size)

    def talk(self, text):
        self.send(text.encode())
        return self.receive()[1].decode()

    def close(self):
        self.send(b'\x03\xe8', 8)
        assert self.receive()[0] == 8
        assert self.file.read() == b''
        self.sock.close()


def test_websocket_through_mojolicious():
    with Host(BLANK / 'BlankMojoliciousProject') as host:
        assert host.get('/', timeout=120).status == 200
        many = [WebSocket(host, '/echo') for _ in range(200)]       # more than a worker gets requests
        for number, one in enumerate(many):
            assert one.talk('hello %d' % number) == 'echo: hello %d' % number
        assert many[0].talk('x' * 3000) == 'echo: ' + 'x' * 3000
        assert host.get('/').status == 200                          # there is room beside them
        for one in many:
            one.close()
        refused = host.get('/', headers={'Upgrade': 'websocket', 'Connection': 'Upgrade'})
        assert refused.status == 200                                # not a handshake: an ordinary answer


def test_uploads_and_sessions_in_django():
    with Host(UPLOAD) as host:
        visitor = Visitor(host)
        content = os.urandom(5 << 20)
        body, kind = multipart(visitor.fields('/'), 'file', 'picture é.png', content)
        sent = visitor.open('/', 'POST', body, **{'Content-Type': kind})
        assert sent.status == 200, sent.text[-2000:]
        assert json.loads(sent.text)['files'] == {
            'file': ['picture é.png', len(content), hashlib.sha256(content).hexdigest(), 'image/png']}
        assert [visitor.open('/count').text for _ in range(3)] == ['1', '2', '3']
        assert Visitor(host).open('/count').text == '1'
        assert host.get('/rows').body.endswith(b'row 99999\n')
        forged = Visitor(host)
        assert forged.open('/', 'POST', body, **{'Content-Type': kind}).status == 403


def test_django_with_mariadb():
    server = database()
    server.sql("CREATE DATABASE bridge CHARACTER SET utf8mb4; CREATE USER bridge@localhost IDENTIFIED BY 'pw'; "
               'GRANT ALL ON bridge.* TO bridge@localhost')
    settings = json.dumps({'ENGINE': 'django.db.backends.mysql', 'NAME': 'bridge', 'USER': 'bridge', 'PASSWORD': 'pw',
                           'HOST': server.socket, 'OPTIONS': {'charset': 'utf8mb4'}})

    def edit(folder):
        text = (folder / 'web.config').read_text()
        text = re.sub(r'name="DATABASE" value="[^"]*"', lambda _: 'name="DATABASE" value=%s' % xml.sax.saxutils.quoteattr(settings), text)
        (folder / 'web.config').write_text(text)
    with Host(UPLOAD, edit=edit) as host:
        visitors = [Visitor(host) for _ in range(8)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for _ in range(5):
                list(pool.map(lambda one: one.open('/count'), visitors))
        assert [one.open('/count').text for one in visitors] == ['6'] * 8
        assert server.sql('SELECT COUNT(*) FROM bridge.django_session') == '8'


def test_blank_django_with_mariadb():
    server = database()
    server.sql("CREATE DATABASE blank CHARACTER SET utf8mb4; CREATE USER blank@localhost IDENTIFIED BY 'pw'; "
               'GRANT ALL ON blank.* TO blank@localhost')

    def edit(folder):
        path = folder / 'settings.ini'
        text = path.read_text()
        for key, value in (('engine', 'mysql'), ('name', 'blank'), ('user', 'blank'), ('password', 'pw'), ('host', server.socket)):
            text = re.sub(r'(?m)^%s =.*$' % key, '%s = %s' % (key, value), text)
        path.write_text(text)
    with Host(BLANK / 'BlankDjangoProject', edit=edit) as host:
        visitor = Visitor(host)
        assert 'MariaDB' in visitor.open('/').text
        assert 'stored 🐘' in visitor.send('/', name='Zoë', text='stored 🐘').text
        assert server.sql('SET NAMES utf8mb4; SELECT text FROM blank.hello_greeting') == 'stored 🐘'


def test_seed_project():
    with Host(SEED, '--dir', '/media=SITE/site/media') as host:
        visitor = Visitor(host)
        assert 'The site runs on Zoo' in visitor.open('/').text
        for path in ('/', '/gallery/', '/contact/'):
            files = re.findall(r'(?:href|src)="(/media/[^"]+)"', visitor.open(path).text)
            assert files, path
            for file in files:
                found = host.get(file)
                assert found.status == 200 and found.headers['ETag'], file
        assert '1 messages' in visitor.send('/contact/', text='hello').text
        log = (host.folder / 'log/deploy.log').read_text()
        assert 'Applying news.0001_initial' in log
        assert host.get('/media/web.config').status == 404


def test_stack_trace_reaches_the_log_and_not_the_client():
    edit = replaced('site_app.py', 'def count(request):\n', "def count(request):\n    raise RuntimeError('secret detail')\n")
    with Host(UPLOAD, edit=edit) as host:
        answer = host.get('/count')
        assert answer.status == 500 and b'secret detail' not in answer.body
        assert 'secret detail' in (host.folder / 'log/ZooError-1.log').read_text()
