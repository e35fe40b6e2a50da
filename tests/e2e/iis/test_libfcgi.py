# SPDX-License-Identifier: Apache-2.0
"""A worker that links libfcgi itself, over named pipes: the way of most FastCGI programs for Windows."""
import concurrent.futures
import os
import unittest
import zlib

from emulator import Emulator

ENGINE = '''<add name="native" fullPath="%(bin)s\\libfcgi_worker.exe" transport="NamedPipe" protocol="fastcgi"
                 minInstances="1" maxInstances="3" gracefulShutdownTimeout="5" />'''


class LibFcgi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.iis = Emulator('libfcgi', engines=ENGINE)
        cls.addClassCleanup(cls.iis.close)

    def test_variables(self):
        status, body, _ = self.iis.request('/some/where?a=%20b', headers={'X-Test': 'one'})
        self.assertEqual(status, 200)
        for line in ('PATH_INFO=/some/where', 'QUERY_STRING=a=%20b', 'HTTP_X_TEST=one', 'REQUEST_METHOD=GET'):
            self.assertIn(line, body.decode().split('\n'))

    def test_one_worker_takes_one_request_after_the_other(self):
        self.assertEqual(len({self.iis.request('/pid')[1] for _ in range(50)}), 1)

    def test_bodies(self):
        for size in (1, 8192, 65535, 65536, 1000003):
            body = os.urandom(size)
            self.assertEqual(self.iis.request('/upload', 'POST', body)[1].decode().split(), [str(size), str(zlib.crc32(body))])
        self.assertEqual(self.iis.request('/big?5000000')[1], b'z' * 5000000)

    def test_many_at_once(self):
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: self.iis.request('/slow?3')[0], range(200)))
        self.assertEqual(answers, [200] * 200)

    def test_clients_that_leave(self):
        for i in range(20):
            with self.iis.connect() as client:
                client.sendall(b'GET /%s HTTP/1.1\r\nHost: x\r\n\r\n' % (b'slow?100', b'big?9000000')[i % 2:][0])
        self.assertEqual(self.iis.wait_until_idle()['active'], 0)
        # libfcgi closes the connection of a client that has left. A request that meets this end fails with 502; the next
        # one finds another connection.
        self.assertIn(200, [self.iis.request('/pid')[0] for _ in range(2)])

    def test_crash(self):
        self.assertEqual(self.iis.request('/crash')[0], 502)
        self.assertEqual(self.iis.request('/pid')[0], 200)

    def test_it_ends_when_it_is_asked_to(self):
        """By the event of _FCGI_SHUTDOWN_EVENT_ and not by force."""
        first = self.iis.request('/pid')[1]
        self.iis.request('/!stop-application')
        self.assertNotEqual(self.iis.request('/pid')[1], first)
        log = ''.join(file.read_text() for file in (self.iis.folder / 'site/log').glob('*'))
        self.assertNotIn('did not end when it was asked to', log)
