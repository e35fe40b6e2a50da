# SPDX-License-Identifier: Apache-2.0
"""Limits of the worker pool, large bodies with their hashes, and load by wrk."""
import concurrent.futures
import hashlib
import http.client
import os
import re
import signal
import socket
import struct
import subprocess
import time

from host import APPS, CONFIG, GROWTH, Host, python_engine, site
from test_bridge import WSGI, replaced, under_load

MEBIBYTE = 1 << 20
SECRET = os.urandom(MEBIBYTE - 8)


def with_engine(**attributes):
    return CONFIG.format(sites=site('one', 1, {'/': 'SITE'}, '*:80:'), engines=python_engine(**attributes))


def pieces(count, digest):
    """Megabytes that are all different."""
    for number in range(count):
        piece = struct.pack('!Q', number) + SECRET
        digest.update(piece)
        yield piece


def receive(answer, digest):
    total = 0
    while piece := answer.read(MEBIBYTE):
        digest.update(piece)
        total += len(piece)
    return total


def test_500_megabytes_arrive_whole_and_are_not_kept_in_memory():
    count = 500
    with Host(WSGI) as host:
        host.get('/')
        before = host.peak_memory()
        sent = hashlib.sha256()
        answer = host.get('/digest', 'POST', pieces(count, sent), {'Content-Length': str(count * MEBIBYTE)}, timeout=300)
        assert answer.body.decode() == sent.hexdigest()
        expected, received = hashlib.sha256(), hashlib.sha256()
        for number in range(count):
            expected.update(struct.pack('!Q', number) * (1 << 17))
        connection = host.connect(300)
        connection.request('GET', '/blocks?%d' % count)
        assert receive(connection.getresponse(), received) == count * MEBIBYTE
        assert received.hexdigest() == expected.hexdigest()
        both, back = hashlib.sha256(), hashlib.sha256()
        connection.request('POST', '/echo', pieces(64, both), {'Content-Length': str(64 * MEBIBYTE)})
        assert receive(connection.getresponse(), back) == 64 * MEBIBYTE and back.hexdigest() == both.hexdigest()
        grown = host.peak_memory() - before
        assert grown <= GROWTH, grown


def test_stream_arrives_while_it_is_made_and_is_cut_when_the_worker_is_killed():
    with Host(WSGI) as host:
        host.get('/')
        connection = host.connect()
        connection.request('GET', '/stream')
        answer = connection.getresponse()
        assert answer.read(8) == b'piece 0\n'
        for worker in host.workers():
            os.kill(worker, signal.SIGKILL)
        try:
            raise AssertionError('whole, though the worker was killed: %r' % answer.read())
        except http.client.IncompleteRead:
            pass
        assert host.get('/').status == 200


def test_worker_that_leaks_is_replaced_without_a_lost_request():
    with Host(WSGI, config=with_engine(maxInstances=1, memoryLimit=100)) as host:
        seen = {host.get('/version').body.split()[1]}
        for _ in range(150):
            answer = host.get('/leak')
            assert answer.status == 200, answer.body
            seen.add(answer.body)
            time.sleep(0.02)
        assert len(seen) >= 3, seen
        assert 'it has reached its memory limit' in host.printed()
        alive = host.workers()
        assert len(alive) <= 2, alive


def test_worker_is_replaced_under_load_without_a_lost_request():
    with Host(WSGI, config=with_engine(maxInstances=2, memoryLimit=60)) as host:
        host.get('/')

        def leak():
            for _ in range(60):
                assert host.get('/leak').status == 200
        answers = under_load(host, leak)
        assert len({answer.split()[1] for answer in answers}) >= 3


def test_client_that_leaves_frees_the_worker():
    with Host(WSGI, config=with_engine(maxInstances=1)) as host:
        worker = host.get('/version').body
        for _ in range(3):
            with socket.create_connection(('127.0.0.1', host.port)) as sock:
                sock.sendall(b'GET /big?100000 HTTP/1.1\r\nHost: a\r\n\r\n')
                assert sock.recv(1000).startswith(b'HTTP/1.1 200')
            begun = time.monotonic()
            assert host.get('/version').body == worker     # the same: nobody had to be killed
            assert time.monotonic() - begun < 2


def test_slow_reader_holds_its_worker_and_no_other():
    with Host(WSGI, config=with_engine(minInstances=2, maxInstances=2)) as host:
        host.get('/')
        with socket.create_connection(('127.0.0.1', host.port)) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.sendall(b'GET /big?1000 HTTP/1.1\r\nHost: a\r\n\r\n')
            sock.recv(100)
            before = host.memory()
            for _ in range(100):
                begun = time.monotonic()
                assert host.get('/').status == 200
                assert time.monotonic() - begun < 1
            assert host.memory() - before < 4 * MEBIBYTE


def test_slow_reader_of_a_page_holds_no_worker():
    with Host(WSGI, config=with_engine(maxInstances=1)) as host:
        host.get('/')
        socks = []
        for _ in range(50):
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.connect(('127.0.0.1', host.port))
            sock.sendall(b'GET /page?200 HTTP/1.1\r\nHost: a\r\n\r\n')      # 200 KiB, of which nothing is read
            socks.append(sock)
        assert host.get('/', timeout=10).status == 200
        for sock in socks:
            sock.close()


def test_full_queue_is_told_with_a_time_to_come_again():
    with Host(WSGI, config=with_engine(maxInstances=1)) as host:
        host.get('/')
        socks = []
        for _ in range(1001):      # one runs, 1000 wait
            sock = socket.create_connection(('127.0.0.1', host.port))
            sock.sendall(b'POST /sleep?2 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n')
            socks.append(sock)
        answer = host.get('/')
        assert answer.status == 503 and int(answer.headers['Retry-After']) > 0, (answer.status, answer.headers)
        for sock in socks:
            sock.close()
        assert host.get('/').body == b'Hello, World!'


def wrk(host, seconds, path='/version'):
    return subprocess.Popen(['wrk', '-t1', '-c16', '-d%ds' % seconds, 'http://127.0.0.1:%d%s' % (host.port, path)],
                            stdout=subprocess.PIPE, text=True)


def test_reload_and_restart_under_wrk_lose_nothing():
    with Host(WSGI) as host:
        host.get('/')
        load = wrk(host, 6)
        for number in range(2, 4):
            time.sleep(1)
            host.signal(signal.SIGHUP)
            time.sleep(1)
            (host.folder / 'app.py').write_text((WSGI / 'app.py').read_text().replace('VERSION = 1', 'VERSION = %d' % number))
        output = load.communicate(timeout=30)[0]
        count = int(re.search(r'(\d+) requests in', output).group(1))
        assert count > 100 and 'Non-2xx' not in output and 'Socket errors' not in output, output
        assert host.get('/version').body.startswith(b'3 ')


def test_deploy_that_fails_under_load_answers_503_and_recovers():
    def edit(folder):
        (folder / 'deploy.py').write_text("raise SystemExit('not yet')\n")
        replaced('web.config', '<environmentVariables>', '<environmentVariables><add name="DEPLOY_FILE" value="deploy.py" />'
                 '<add name="DEPLOY_LOG" value="log\\deploy.log" />')(folder)
    with Host(WSGI, edit=edit) as host:
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            for answer in [pool.submit(host.get, '/') for _ in range(20)]:
                assert answer.result().status == 503 and answer.result().headers['Retry-After']
        assert (host.folder / 'log/deploy.log').read_text().count('--== Deploy begin ==--') == 1
        (host.folder / 'deploy.py').write_text('')
        for _ in range(50):
            if host.get('/').status == 200:
                break
            time.sleep(0.1)
        assert host.get('/').body == b'Hello, World!'


def test_ruby_worker_does_not_grow_with_the_body():
    with Host(APPS / 'rack') as host:
        worker = int(host.get('/', 'POST', b'x').body.split()[1])

        def resident():
            return int(re.search(r'VmHWM:\s*(\d+) kB', open('/proc/%d/status' % worker).read()).group(1)) << 10
        before = resident()
        answer = host.get('/', 'POST', pieces(200, hashlib.sha256()), {'Content-Length': str(200 * MEBIBYTE)}, timeout=120)
        assert answer.body == b'%d %d' % (200 * MEBIBYTE, worker)
        assert resident() - before < 16 * MEBIBYTE, resident() - before
