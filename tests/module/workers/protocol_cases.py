# SPDX-License-Identifier: Apache-2.0
"""What each worker has to do on the wire, whatever its language; the classes that inherit say how to start it."""

import hashlib
import os
import re
import shutil
import socket
import tempfile
import time

import fcgi_client as f
from fcgi_client import Client, Worker, request

BLOCK = bytes(range(256)) * 256


class ProtocolCases:
    args = ()
    env = {}

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.count_file = os.path.join(cls.folder, 'count')
        cls.worker = cls.start()

    @classmethod
    def tearDownClass(cls):
        cls.worker.stop()
        shutil.rmtree(cls.folder)

    @classmethod
    def start(cls, connected=False, tcp=False, **env):
        full = dict(cls.env, COUNT_FILE=cls.count_file)
        full.update(env)
        return Worker(cls.args, full, connected, tcp)

    def own_worker(self, **options):
        worker = self.start(**options)
        self.addCleanup(worker.stop)
        return worker

    def setUp(self):
        if os.path.exists(self.count_file):
            os.remove(self.count_file)
        self.client = self.worker.connect()
        self.addCleanup(self.client.close)

    def counted(self):
        if not os.path.exists(self.count_file):
            return []
        with open(self.count_file) as file:
            return file.read().split()

    def wait_counted(self, lines):
        end = time.monotonic() + f.TIMEOUT
        while len(self.counted()) < lines and time.monotonic() < end:
            time.sleep(0.01)
        self.assertEqual(len(self.counted()), lines)

    def assert_hello(self, response):
        self.assertEqual(response.status, 200)
        self.assertEqual(response.body, b'Hello, World!')
        self.assertEqual((response.app_status, response.protocol_status), (0, f.COMPLETE))

    # Requests in all shapes

    def test_one_request_after_the_other_on_one_connection(self):
        for rid in (1, 1, 2, 300, 65535):
            response = self.client.get('/hello', rid)
            self.assert_hello(response)
            self.assertEqual(response.headers['content-type'], 'text/plain')
            self.assertEqual(response.err, b'')

    def test_without_keep_conn_the_worker_closes(self):
        self.assert_hello(self.client.get('/hello', keep=False))
        self.assertTrue(self.client.closed())
        client = self.worker.connect()
        self.assertEqual(client.post('/echo', b'last', keep=False).body, b'last')
        self.assertTrue(client.closed())

    def test_a_request_split_at_any_byte(self):
        raw = request('/echo', method='POST', body=b'0123456789')
        for at in range(1, len(raw)):
            self.client.send(raw[:at])
            if at % 4 == 0:
                time.sleep(0.001)
            self.client.send(raw[at:])
            self.assertEqual(self.client.read().body, b'0123456789', 'split at %d' % at)

    def test_single_bytes(self):
        for byte in request('/echo', method='POST', body=b'0123456789') + request('/hello', 2):
            self.client.send(bytes((byte,)))
        self.assertEqual(self.client.read().body, b'0123456789')
        self.assert_hello(self.client.read(2))

    def test_records_of_one_byte_with_padding(self):
        self.client.send(request('/echo', method='POST', body=b'abc', piece=1, padding=7))
        self.assertEqual(self.client.read().body, b'abc')

    def test_padding_behind_parameters_and_nothing_else(self):
        self.assert_hello(self.client.get('/hello', padding=5))

    def test_long_names_and_values(self):
        value = 'v' * 70000
        response = self.client.get('/env', HTTP_LONG=value, **{'HTTP_' + 'N' * 200: 'x' * 127, 'HTTP_B': 'y' * 128})
        self.assertIn(('HTTP_LONG=%s\n' % value).encode(), response.body)
        self.assertIn(b'HTTP_' + b'N' * 200 + b'=' + b'x' * 127 + b'\n', response.body)
        self.assertIn(b'HTTP_B=' + b'y' * 128 + b'\n', response.body)

    def test_parameters_of_one_request_do_not_reach_the_next(self):
        for extra in ({'HTTP_X_A': 'secret-a'}, {'HTTP_X_B': 'secret-b'}, {}, {'HTTP_X_A': 'other'}, {}):
            body = self.client.get('/env', **extra).body.decode()
            found = {line.split('=', 1)[0]: line.split('=', 1)[1] for line in body.splitlines() if line.startswith('HTTP_X_')}
            self.assertEqual(found, extra)

    def test_the_same_block_again_and_again(self):
        for _ in range(5):
            self.assertIn(b'HTTP_X_SAME=yes\n', self.client.get('/env', HTTP_X_SAME='yes').body)
        self.assertNotIn(b'HTTP_X_SAME', self.client.get('/env').body)

    def test_queued_requests_are_answered_in_order(self):
        targets = [('/hello', b''), ('/echo', b'x' * 1000), ('/hello', b''), ('/echo', b'y' * 70000), ('/hello', b''),
                   ('/hello', b''), ('/echo', b'')]
        raw = b''.join(request(t, rid, 'POST' if t == '/echo' else 'GET', body)
                       for rid, (t, body) in enumerate(targets, 1))
        self.client.send_aside(raw)
        for rid, (target, body) in enumerate(targets, 1):
            self.assertEqual(self.client.read(rid).body, body if target == '/echo' else b'Hello, World!')

    def test_an_answer_does_not_wait_for_the_next_request(self):
        self.client.send(request('/hello', 1) + request('/sleep?0.6', 2))
        begun = time.monotonic()
        self.assert_hello(self.client.read(1))
        self.assertLess(time.monotonic() - begun, 0.4)
        self.assert_hello(self.client.read(2))

    def test_several_thousand_requests_ahead(self):
        self.client.send_aside(b''.join(request('/hello', rid) for rid in range(1, 3001)))
        for rid in range(1, 3001):
            self.assert_hello(self.client.read(rid))

    def test_http_proxy_is_dropped(self):
        self.assertNotIn(b'HTTP_PROXY', self.client.get('/env', HTTP_PROXY='http://evil/').body)

    # Bodies

    def test_large_bodies_both_ways(self):
        body = BLOCK * 128
        self.assertEqual(self.client.post('/sha', body).body.decode(), hashlib.sha1(body).hexdigest())
        got = self.client.get('/big?%d' % (32 << 20))
        self.assertEqual(hashlib.sha1(got.body).hexdigest(), hashlib.sha1(BLOCK * 512).hexdigest())
        self.assertEqual(got.app_status, 0)

    def test_a_large_body_through_the_application(self):
        body = BLOCK * 96 + b'end'
        response = self.client.post('/through', body)
        self.assertEqual(len(response.body), len(body))
        self.assertEqual(response.body, body)

    def test_an_odd_large_echo(self):
        body = BLOCK * 33 + b'odd'
        self.assertEqual(self.client.post('/echo', body, piece=32749, padding=3).body, body)

    def test_a_body_that_nobody_reads(self):
        self.assert_hello(self.client.post('/hello', BLOCK * 40))
        self.assert_hello(self.client.get('/hello', 2))

    def test_a_stream_arrives_piece_by_piece(self):
        response = self.client.get('/slow')
        self.assertEqual(response.body, b'onetwothree')
        self.assertGreater(response.times[-1] - response.times[0], 0.2)

    def test_head_has_no_body(self):
        for target in ('/hello', '/big?1000000', '/slow'):
            response = self.client.get(target, method='HEAD')
            self.assertEqual((response.status, response.body), (200, b''))

    def test_no_content(self):
        response = self.client.get('/none')
        self.assertEqual((response.status, response.body), (204, b''))
        self.assertNotIn('content-length', response.headers)

    def test_repeated_headers(self):
        response = self.client.get('/headers')
        self.assertEqual(response.status, 201)
        self.assertEqual(re.findall('(?im)^set-cookie: (.*?)\r?$', response.head), ['a=1', 'b=2'])

    # Errors

    def test_an_exception_is_a_500_with_its_trace_in_both_logs(self):
        response = self.client.get('/die')
        self.assertEqual(response.status, 500)
        self.assertNotIn(b'trouble', response.body)
        self.assertIn(b'early trouble', response.err)
        self.assertNotIn('early trouble', self.worker.errors())     # said once
        self.assert_hello(self.client.get('/hello'))

    def test_an_exception_in_mid_body_is_told_by_the_application_status(self):
        response = self.client.get('/late')
        self.assertEqual(response.body, b'begun')
        self.assertNotEqual(response.app_status, 0)
        self.assertIn(b'late trouble', response.err)
        self.assert_hello(self.client.get('/hello'))

    def test_a_header_with_a_line_break_is_refused(self):
        response = self.client.get('/evil')
        self.assertEqual(response.status, 500)
        self.assertNotIn('Set-Cookie', response.head)

    def test_the_error_stream(self):
        response = self.client.get('/errors')
        self.assertEqual(response.err, b'a line for the log\n')
        self.assert_hello(response)

    # The protocol's corners

    def test_get_values(self):
        names = b''.join(f.pair(n, '') for n in ('FCGI_MAX_CONNS', 'FCGI_MPXS_CONNS', 'FCGI_MAX_REQS', 'OTHER'))
        self.client.send(f.record(f.GET_VALUES, 0, names))
        kind, rid, content = self.client.read_record()
        self.assertEqual((kind, rid), (f.GET_VALUES_RESULT, 0))
        self.assertEqual(sorted((f.pair('FCGI_MAX_CONNS', '1'), f.pair('FCGI_MPXS_CONNS', '0'), f.pair('FCGI_MAX_REQS', '1'))),
                         sorted(re.findall(rb'\x0e\x01FCGI_MAX_CONNS.|\x0d\x01FCGI_MAX_REQS.|\x0f\x01FCGI_MPXS_CONNS.', content)))
        self.assertEqual(len(content), 17 + 16 + 18)
        self.assert_hello(self.client.get('/hello'))

    def test_unknown_management_record(self):
        self.client.send(f.record(77, 0, b'what', 4))
        self.assertEqual(self.client.read_record(), (f.UNKNOWN, 0, bytes((77, 0, 0, 0, 0, 0, 0, 0))))

    def test_management_record_inside_a_request(self):
        raw = request('/echo', method='POST', body=b'abc')
        self.client.send(raw[:16] + f.record(78, 0) + raw[16:])
        self.assertEqual(self.client.read_record()[0], f.UNKNOWN)
        self.assertEqual(self.client.read().body, b'abc')

    def test_unknown_role(self):
        self.client.send(f.begin(1, role=3) + f.stream(f.PARAMS, 1, b'') + f.record(f.STDIN, 1) + request('/hello', 2))
        response = self.client.read(1)
        self.assertEqual((response.out, response.protocol_status), (b'', f.UNKNOWN_ROLE))
        self.assert_hello(self.client.read(2))

    def test_interleaved_requests_are_refused(self):
        first = request('/echo', 1, 'POST', b'first')
        self.client.send(first[:-8] + request('/hello', 2))
        response = self.client.read(2)
        self.assertEqual((response.out, response.protocol_status), (b'', f.CANT_MPX))
        self.client.send(first[-8:] + request('/hello', 3))
        self.assertEqual(self.client.read(1).body, b'first')
        self.assert_hello(self.client.read(3))

    def test_a_record_of_a_finished_request_is_ignored(self):
        self.assert_hello(self.client.get('/hello', 1))
        self.client.send(f.record(f.STDIN, 1, b'late') + f.record(f.ABORT, 1) + request('/hello', 2))
        self.assert_hello(self.client.read(2))

    def test_abort_of_a_queued_request(self):
        self.client.send(request('/count?a', 1) + request('/count?b', 2) + request('/count?c', 3) + f.record(f.ABORT, 2))
        self.assert_hello(self.client.read(1))
        response = self.client.read(2)
        self.assertEqual((response.out, response.protocol_status), (b'', f.COMPLETE))
        self.assert_hello(self.client.read(3))
        self.assertEqual(self.counted(), ['a', 'c'])

    def test_abort_of_a_queued_request_with_a_body(self):
        self.client.send(request('/count?a', 1) + request('/count?b', 2, 'POST', b'body') + f.record(f.ABORT, 2))
        self.assert_hello(self.client.read(1))
        self.assertEqual(self.client.read(2).out, b'')
        self.assertEqual(self.counted(), ['a'])

    def test_abort_of_a_queued_request_while_the_one_before_it_runs(self):
        self.client.send(request('/sleep?0.4', 1) + request('/count?b', 2) + request('/count?c', 3))
        self.wait_counted(1)
        self.client.send(f.record(f.ABORT, 2) + f.record(f.ABORT, 3))
        self.assert_hello(self.client.read(1))
        self.assertEqual(self.client.read(2).out, b'')
        self.assertEqual(self.client.read(3).out, b'')
        self.assertEqual(self.counted(), ['begun'])
        self.assert_hello(self.client.get('/hello', 4))

    def test_abort_before_the_parameters_are_complete(self):
        self.client.send(f.begin(1) + f.record(f.PARAMS, 1, b'\x01\x01AB') + f.record(f.ABORT, 1) + request('/hello', 2))
        self.assertEqual(self.client.read(1).out, b'')
        self.assert_hello(self.client.read(2))

    def test_abort_inside_the_body(self):
        raw = request('/echo', 1, 'POST', b'x' * 500)
        self.client.send(raw[:-8] + f.record(f.ABORT, 1) + request('/hello', 2))
        response = self.client.read(1)
        self.assertNotEqual(response.status, 200)
        self.assert_hello(self.client.read(2))

    def test_abort_while_the_answer_streams(self):
        self.client.send(request('/big?400000000', 1))
        self.client.read_record()
        self.client.send(f.record(f.ABORT, 1))
        total = 0
        while True:
            kind, _, content = self.client.read_record()
            if kind == f.END:
                break
            total += len(content)
        self.assertLess(total, 400000000)
        self.assert_hello(self.client.get('/hello', 2))

    def test_a_client_that_vanishes(self):
        for raw, wait in ((request('/big?50000000'), True), (request('/hello')[:30], False),
                          (request('/echo', method='POST', body=b'x' * 1000)[:-100], False), (request('/slow'), True),
                          (b'', False)):
            client = self.worker.connect()
            client.send(raw)
            if wait:
                client.read_record()
            client.close()
            self.assert_hello(self.worker.connect().get('/hello'))

    def test_garbage_closes_the_connection_only(self):
        for raw in (b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', b'\x02' * 64,
                    f.begin(1) + f.record(f.PARAMS, 1, b'\x7f\x7fshort') + f.record(f.PARAMS, 1) + f.record(f.STDIN, 1),
                    f.begin(1) + f.record(f.PARAMS, 1, b'\xff\xff\xff\xff\xff') + f.record(f.PARAMS, 1) + f.record(f.STDIN, 1)):
            client = self.worker.connect()
            client.send(raw)
            self.assertTrue(client.closed())
            self.assert_hello(self.worker.connect().get('/hello'))

    def test_two_connections_take_turns(self):
        other = self.worker.connect()
        for _ in range(3):
            self.assert_hello(self.client.get('/hello'))
            self.assert_hello(other.get('/hello'))

    # The process

    def test_a_connected_socket_and_its_end(self):
        worker = self.own_worker(connected=True)
        client = worker.connect()
        self.assert_hello(client.get('/hello'))
        time.sleep(0.12)                        # past the plain wait, into the one for all descriptors
        self.assert_hello(client.get('/hello'))
        client.close()
        self.assertEqual(worker.wait(), 0)

    def test_tcp_listener(self):
        self.assert_hello(self.own_worker(tcp=True).connect().get('/hello'))

    def test_port_and_host(self):
        with socket.create_server(('127.0.0.1', 0)) as probe:
            port = probe.getsockname()[1]
        env = dict(os.environ, **self.env, COUNT_FILE=self.count_file, PORT=str(port), HOST='127.0.0.1')
        process = f.subprocess.Popen(self.args, stdin=f.subprocess.DEVNULL, env=env)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        for _ in range(200):
            try:
                sock = socket.create_connection(('127.0.0.1', port))
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        self.assert_hello(Client(sock).get('/hello'))

    def test_terminate_while_idle(self):
        worker = self.own_worker()
        client = worker.connect()
        self.assert_hello(client.get('/hello'))
        worker.terminate()
        self.assertEqual(worker.wait(), 0)
        self.assertTrue(client.closed())

    def test_terminate_finishes_the_request_and_refuses_the_queued_ones(self):
        worker = self.own_worker()
        client = worker.connect()
        client.send(request('/sleep?0.4', 1) + request('/count?b', 2) + request('/echo', 3, 'POST', b'x'))
        self.wait_counted(1)
        client.send(request('/count?d', 4))             # still in the system's buffer when the signal comes
        worker.terminate()
        self.assert_hello(client.read(1))
        for rid in (2, 3, 4):
            response = client.read(rid)
            self.assertEqual((response.out, response.protocol_status), (b'', f.OVERLOADED))
        self.assertEqual(worker.wait(), 0)
        self.assertEqual(self.counted(), ['begun'])

    def test_no_application_is_an_error_in_words(self):
        env = {name: '' for name in self.env}
        worker = Worker(self.args[:2], dict(env, APPL_PHYSICAL_PATH=self.folder))
        self.addCleanup(worker.stop)
        self.assertNotEqual(worker.wait(), 0)
        self.assertIn('web.config', worker.errors())
