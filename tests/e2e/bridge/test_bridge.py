# SPDX-License-Identifier: Apache-2.0
"""zoohost with a WSGI application that misbehaves on demand."""
import concurrent.futures
import os
import signal
import socket
import threading
import time

from host import APPS, GROWTH, Host

WSGI = APPS / 'wsgi'


def replaced(file, old, new):
    def edit(folder):
        path = folder / file
        text = path.read_text()
        assert old in text, old
        path.write_text(text.replace(old, new))
    return edit


def variable(name, value):
    return replaced('web.config', '<environmentVariables>',
                    '<environmentVariables><add name="%s" value="%s" />' % (name, value))


def test_requests_and_variables():
    with Host(WSGI) as host:
        assert host.get('/').body == b'Hello, World!'
        lines = host.get('/env/a%20b?x=1&y=%20', headers={'X-Thing': 'v', 'Proxy': 'evil', 'X-Original-URL': '/forged'}).body.decode().split('\n')
        for line in ('REQUEST_METHOD=GET', 'PATH_INFO=/env/a b', 'QUERY_STRING=x=1&y=%20', 'SCRIPT_NAME=',
                     'REQUEST_URI=/env/a%20b?x=1&y=%20', 'HTTP_X_THING=v', 'REMOTE_ADDR=127.0.0.1', 'HTTPS=off'):
            assert line in lines, line
        assert not any(line.startswith('HTTP_PROXY') for line in lines)
        assert host.get('/', method='HEAD').body == b''
        assert host.get('/nothing').status == 404


def test_keep_alive_and_pipelining():
    with Host(WSGI) as host:
        connection = host.connect()
        for _ in range(3):
            connection.request('GET', '/')
            assert connection.getresponse().read() == b'Hello, World!'
        request = b'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
        answer = host.raw(request * 9 + request[:-2] + b'Connection: close\r\n\r\n')
        assert answer.count(b'200 OK') == 10 and answer.endswith(b'World!')


def test_bad_requests_are_refused():
    with Host(WSGI) as host:
        for bad in (b'GET / HTTP/1.1\r\n\r\n',
                    b'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
                    b'GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n',
                    b'GET /../secret HTTP/1.1\r\nHost: a\r\n\r\n',
                    b'GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n',
                    b'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
                    b'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
                    b'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'):
            assert host.raw(bad).startswith(b'HTTP/1.1 400 '), bad
        assert host.raw(b'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n').startswith(b'HTTP/1.1 501 ')
        assert host.raw(b'GET /' + b'a' * 40000 + b' HTTP/1.1\r\nHost: a\r\n\r\n').startswith(b'HTTP/1.1 431 ')
        assert host.get('/' + 'a' * 5000).status == 404       # maxUrl
        assert host.get('/?' + 'a' * 3000).status == 404      # maxQueryString
        assert host.get('/').status == 200


def test_body_is_asked_for_before_it_is_sent():
    with Host(WSGI) as host:
        head = b'POST /length HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n\r\n'
        with socket.create_connection(('127.0.0.1', host.port), timeout=30) as sock:
            sock.sendall(head % 5)
            assert sock.recv(100) == b'HTTP/1.1 100 Continue\r\n\r\n'
            sock.sendall(b'12345')
            answer = b''.join(iter(lambda: sock.recv(65536), b''))
            assert answer.startswith(b'HTTP/1.1 200 ') and answer.endswith(b'\r\n\r\n5'), answer
        assert host.raw(head % (1 << 40)).startswith(b'HTTP/1.1 413 ')      # and not 100
        assert host.raw(head.replace(b'/length', b'/static/site.css') % 5).startswith(b'HTTP/1.1 405 ')


def lines_of(file, count):
    for _ in range(100):
        found = file.read_text().split('\n')[:-1] if file.exists() else []
        if len(found) >= count:
            return found
        time.sleep(0.1)
    raise AssertionError(found)


def test_access_log_is_written_and_opened_anew():
    with Host(WSGI, '--access-log', 'SITE.log') as host:
        log = host.folder.with_name('site.log')
        host.get('/env?secret=1', headers={'X-Secret': 'secret'})
        host.get('/length', 'POST', b'secret')
        host.get('/nothing')
        host.get('/static/site.css')
        written = lines_of(log, 4)
        assert [line.split()[-5:-1] for line in written[1:]] == [
            ['POST', '/length', '200', '1'], ['GET', '/nothing', '404', '14'], ['GET', '/static/site.css', '200', '17']], written
        assert not any('secret' in line for line in written)
        log.rename(log.with_name('old.log'))
        host.signal(signal.SIGHUP)
        time.sleep(0.5)
        host.get('/')
        assert lines_of(log, 1)[0].split()[-5:-1] == ['GET', '/', '200', '13']
        assert len(lines_of(log.with_name('old.log'), 4)) == 4


def zeros(count):
    piece = bytes(1 << 20)
    for _ in range(count):
        yield piece


def test_large_bodies():
    with Host(WSGI) as host:
        host.get('/')
        before = host.memory()
        size = 500
        sent = host.get('/length', 'POST', zeros(size), {'Content-Length': str(size << 20)}, timeout=120)
        assert sent.body == b'%d' % (size << 20), sent.body
        connection = host.connect(120)
        connection.request('POST', '/length', zeros(20), {'Transfer-Encoding': 'chunked'}, encode_chunked=True)
        assert connection.getresponse().read() == b'%d' % (20 << 20)
        connection.request('GET', '/big?%d' % size)
        answer = connection.getresponse()
        total = 0
        while piece := answer.read(1 << 20):
            total += len(piece)
        assert total == size << 20, total
        assert host.memory() - before < GROWTH, host.memory() - before


def test_body_limit():
    edit = replaced('web.config', 'maxAllowedContentLength="1073741824"', 'maxAllowedContentLength="1000"')
    with Host(WSGI, edit=edit) as host:
        assert host.get('/length', 'POST', b'x' * 1000).body == b'1000'
        assert host.get('/length', 'POST', b'x' * 1001).status == 413
        head = b'POST /length HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'
        assert host.raw(head + b'800\r\n' + b'x' * 0x800 + b'\r\n0\r\n\r\n').startswith(b'HTTP/1.1 413 ')


def test_streaming():
    with Host(WSGI) as host:
        host.get('/')
        connection = host.connect()
        connection.request('GET', '/stream')
        begun = time.monotonic()
        answer = connection.getresponse()
        first = answer.read(8)
        assert first == b'piece 0\n' and time.monotonic() - begun < 0.9
        assert answer.read().endswith(b'piece 4\n')


def test_static_files():
    with Host(WSGI, '--dir', '/media=SITE/static') as host:
        answer = host.get('/static/site.css')
        assert answer.status == 200 and answer.body == b'p { color: red }\n'
        assert answer.headers['Content-Type'] == 'text/css'
        etag, modified = answer.headers['ETag'], answer.headers['Last-Modified']
        assert host.get('/static/site.css', headers={'If-None-Match': etag}).status == 304
        assert host.get('/static/site.css', headers={'If-Modified-Since': modified}).status == 304
        assert host.get('/static/site.css', headers={'If-Match': '"other"'}).status == 412
        part = host.get('/static/site.css', headers={'Range': 'bytes=4-8'})
        assert part.status == 206 and part.body == b'color' and part.headers['Content-Range'] == 'bytes 4-8/17'
        assert host.get('/static/site.css', headers={'Range': 'bytes=-2'}).body == b'}\n'
        assert host.get('/static/site.css', headers={'Range': 'bytes=99-'}).status == 416
        assert host.get('/static/site.css', 'POST', b'x').status == 405
        assert host.get('/static/').body == b'<p>index</p>\n'
        moved = host.get('/static?a=b')
        assert moved.status == 301 and moved.headers['Location'] == '/static/?a=b'
        assert host.get('/static/missing.css').status == 404
        assert host.get('/static/web.config').status == 404
        assert host.get('/web.config').status == 404
        assert host.get('/media/site.css').body == b'p { color: red }\n'


def test_sub_application():
    with Host(WSGI, '--app', '/blog=SITE') as host:
        lines = host.get('/blog/env/x').body.decode().split('\n')
        assert 'SCRIPT_NAME=/blog' in lines and 'PATH_INFO=/env/x' in lines, lines


def test_worker_dies():
    with Host(WSGI) as host:
        answer = host.get('/die')
        assert answer.status == 502 and b'exit code 3' in answer.body and b'about to die' in answer.body
        hidden = host.get('/die', headers={'X-Forwarded-For': '192.0.2.1'})
        assert hidden.status == 502 and b'exit code' not in hidden.body
        assert host.get('/').body == b'Hello, World!'
        cut = host.raw(b'GET /die_later HTTP/1.1\r\nHost: a\r\n\r\n')
        assert b'200 OK' in cut and len(cut) < 10 * 65536
        assert host.get('/').body == b'Hello, World!'
        log = (host.folder / 'log/ZooError-1.log').read_text()
        assert 'has ended unexpectedly' in log


def test_worker_killed_and_hanging():
    with Host(WSGI) as host:
        host.get('/')
        with concurrent.futures.ThreadPoolExecutor() as pool:
            running = pool.submit(host.get, '/sleep?2')
            time.sleep(0.5)
            for worker in host.workers():
                os.kill(worker, signal.SIGKILL)
            assert running.result().status == 502
        begun = time.monotonic()
        answer = host.get('/sleep?60')
        assert answer.status == 504 and 2 < time.monotonic() - begun < 10, answer.status
        assert b'WORKER_REQUEST_TIMEOUT' in answer.body
        assert host.get('/').status == 200


def test_worker_writes_garbage():
    with Host(WSGI) as host:
        assert host.get('/garbage').status == 502
        assert host.get('/').status == 200


def test_slow_request_holds_nobody_up():
    with Host(WSGI) as host:
        for _ in range(50):
            host.get('/')
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            slow = pool.submit(host.get, '/sleep?2.5')
            time.sleep(0.1)
            before = 0
            while not slow.done():
                for answer in [pool.submit(host.get, '/') for _ in range(15)]:
                    assert answer.result().status == 200
                before += 0 if slow.done() else 15
            assert before >= 15, before
            assert slow.result().body == b'slept'


def test_slow_bodies_hold_no_worker():
    with Host(WSGI) as host:
        host.get('/')
        socks = []
        for _ in range(300):
            sock = socket.create_connection(('127.0.0.1', host.port))
            sock.sendall(b'POST /length HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx')
            socks.append(sock)
        for _ in range(5):
            for sock in socks:
                sock.sendall(b'x')
            begun = time.monotonic()
            assert host.get('/').status == 200
            assert time.monotonic() - begun < 1
        socks[0].sendall(b'x' * 94)
        assert socks[0].recv(65536).endswith(b'100')
        for sock in socks:
            sock.close()


def test_client_that_leaves():
    with Host(WSGI) as host:
        host.get('/')
        for _ in range(20):
            sock = socket.create_connection(('127.0.0.1', host.port))
            sock.sendall(b'GET /big?200 HTTP/1.1\r\nHost: a\r\n\r\n')
            sock.recv(1000)
            sock.close()
        assert host.get('/', timeout=10).status == 200


def many_requests(host, stop, path='/version'):
    """Requests until `stop`; returns the answers and the failures."""
    answers, failures = [], []
    connection = host.connect()
    while not stop.is_set():
        try:
            connection.request('GET', path)
            answer = connection.getresponse()
            body = answer.read()
            (answers if answer.status == 200 else failures).append(body)
            if answer.getheader('Connection') == 'close':
                connection.close()
        except Exception as error:
            failures.append(repr(error))
            connection.close()
    return answers, failures


def under_load(host, action):
    stop = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        running = [pool.submit(many_requests, host, stop) for _ in range(8)]
        time.sleep(0.5)
        action()
        stop.set()
        answers, failures = [], []
        for one in running:
            answers += one.result()[0]
            failures += one.result()[1]
    assert not failures, failures[:3]
    return answers


def test_restart_on_file_change_loses_nothing():
    with Host(WSGI) as host:
        assert host.get('/version').body.startswith(b'1 ')

        def change():
            replaced('app.py', 'VERSION = 1', 'VERSION = 2')(host.folder)
            time.sleep(3)
        answers = under_load(host, change)
        assert any(a.startswith(b'1 ') for a in answers)
        assert host.get('/version').body.startswith(b'2 ')


def test_reload_loses_nothing():
    with Host(WSGI) as host:
        host.get('/')

        def reload():
            for _ in range(3):
                host.signal(signal.SIGHUP)
                time.sleep(0.7)
        assert len(under_load(host, reload)) > 50


def test_configuration_change_is_noticed():
    with Host(WSGI) as host:
        assert b'COLOR=' not in host.get('/env').body
        first = host.get('/version').body
        variable('WSGI_COLOR', 'green')(host.folder)
        time.sleep(2.5)
        assert host.get('/version').body != first
        (host.folder / 'web.config').write_text('<configuration><broken')
        time.sleep(2.5)
        assert host.get('/').status == 500


def test_graceful_stop():
    with Host(WSGI) as host:
        host.get('/')
        with concurrent.futures.ThreadPoolExecutor() as pool:
            running = pool.submit(host.get, '/sleep?1')
            time.sleep(0.3)
            host.signal(signal.SIGTERM)
            assert running.result().body == b'slept'
        assert host.process.wait(10) == 0


def deploy_script(text, log='log/deploy.log'):
    def edit(folder):
        (folder / 'deploy.py').write_text(text)
        variable('DEPLOY_FILE', 'deploy.py')(folder)
        variable('DEPLOY_LOG', log)(folder)
    return edit


def test_deploy_runs_once_while_clients_wait():
    script = "import time\nopen('runs', 'a').write('x')\ntime.sleep(1)\nprint('deployed')\n"
    with Host(WSGI, edit=deploy_script(script)) as host:
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            for answer in [pool.submit(host.get, '/') for _ in range(20)]:
                assert answer.result().body == b'Hello, World!'
        assert (host.folder / 'runs').read_text() == 'x'
        log = (host.folder / 'log/deploy.log').read_text()
        assert '--== Deploy begin ==--' in log and 'deployed' in log and '--== Deploy finished ==--' in log


def test_deploy_does_not_start_itself_again():
    with Host(WSGI, edit=deploy_script("open('generated.py', 'w').write('x')\n")) as host:      # *.py is watched
        for _ in range(3):
            assert host.get('/').status == 200
            time.sleep(0.7)
        log = host.folder / 'log/deploy.log'
        assert log.read_text().count('--== Deploy begin ==--') == 1
        (host.folder / 'app.py').write_text((host.folder / 'app.py').read_text() + '\n')
        time.sleep(1)
        assert host.get('/').status == 200 and log.read_text().count('--== Deploy begin ==--') == 2


def test_deploy_that_fails_is_tried_again_after_a_change():
    with Host(WSGI, edit=deploy_script("raise SystemExit('the database is away')\n")) as host:
        answer = host.get('/')
        assert answer.status == 503 and b'the database is away' in answer.body
        assert b'database' not in host.get('/', headers={'Forwarded': 'for=192.0.2.1'}).body
        for _ in range(4):      # neither logs nor requests are changes
            time.sleep(0.5)
            assert host.get('/').status == 503
        assert (host.folder / 'log/deploy.log').read_text().count('--== Deploy begin ==--') == 1
        (host.folder / 'deploy.py').write_text('')
        time.sleep(1)
        assert host.get('/').body == b'Hello, World!'
