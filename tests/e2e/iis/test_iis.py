# SPDX-License-Identifier: Apache-2.0
"""The module's DLL in the IIS emulator under Wine: a native FastCGI worker over named pipes."""
import concurrent.futures
import http.client
import socket
import time
import unittest
import zlib

from emulator import BIN, WORK, Emulator, windows_path

PROBE_CONFIG = '''<configuration><system.webServer><handlers>
  <add name="probe" path="*" verb="*" modules="Probe" />
</handlers></system.webServer></configuration>
'''


class Serving(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        broken = WORK / 'broken'
        broken.mkdir(parents=True, exist_ok=True)
        (broken / 'web.config').write_text('<configuration><system.webServer>')
        cls.iis = Emulator('serving', applications={'/broken': broken})

    @classmethod
    def tearDownClass(cls):
        cls.iis.close()

    def test_variables_of_a_request(self):
        status, body, _ = self.iis.request('/deep/p%C3%A4th?x=%20y', headers={'X-Test': 'one', 'Proxy': 'evil'})
        lines = body.decode().split('\n')
        self.assertEqual(status, 200)
        for line in ('REQUEST_METHOD=GET', 'REQUEST_URI=/deep/p%C3%A4th?x=%20y', 'PATH_INFO=/deep/p\u00e4th',
                     'SCRIPT_NAME=', 'QUERY_STRING=x=%20y', 'HTTP_X_TEST=one', 'SERVER_PORT=%d' % self.iis.port,
                     'REMOTE_ADDR=127.0.0.1', 'HTTPS=off', 'SERVER_NAME=127.0.0.1', 'SERVER_PROTOCOL=HTTP/1.1'):
            self.assertIn(line, lines)
        self.assertNotIn('evil', body.decode())

    def test_variables_of_the_application(self):
        body = self.iis.request('/environment')[1].decode()
        self.assertIn('GREETING=hello\n', body)
        self.assertIn('WHERE=' + windows_path(self.iis.folder / 'site') + '\n', body)
        self.assertIn('SITE_PHYSICAL_PATH=' + windows_path(self.iis.folder / 'site') + '\n', body)
        self.assertIn('IIS_BINDNGS=http/*:80:,https/*:443:zoo.example\n', body)

    def test_kept_connection_and_headers(self):
        connection = http.client.HTTPConnection('127.0.0.1', self.iis.port, timeout=60)
        for _ in range(5):
            status, body, answer = self.iis.request('/headers', connection=connection)
            self.assertEqual((status, body), (200, b'two cookies\n'))
            self.assertEqual(answer.headers.get_all('Set-Cookie'), ['a=1', 'b=2'])
            self.assertIsNone(answer.headers.get('Date'))
        connection.close()

    def test_status_and_head(self):
        self.assertEqual(self.iis.request('/status?418')[0], 418)
        status, body, answer = self.iis.request('/big?5000', method='HEAD')
        self.assertEqual((status, body, answer.headers['Content-Length']), (200, b'', '5000'))

    def test_large_bodies_both_ways(self):
        self.assertEqual(len(self.iis.request('/big?30000000')[1]), 30000000)
        body = bytes(range(251)) * 8000
        answer = self.iis.request('/upload', 'POST', body)[1].decode().split()
        self.assertEqual(answer, [str(len(body)), str(zlib.crc32(body))])

    def test_chunked_body(self):
        pieces = [b'a' * 70000, b'bc', b'd' * 3]
        connection = http.client.HTTPConnection('127.0.0.1', self.iis.port, timeout=60)
        connection.request('POST', '/upload', iter(pieces), encode_chunked=True)
        answer = connection.getresponse().read().decode().split()
        self.assertEqual(answer, [str(70005), str(zlib.crc32(b''.join(pieces)))])
        connection.close()

    def test_worker_that_crashes(self):
        status, body, _ = self.iis.request('/crash')
        self.assertEqual(status, 502)
        self.assertIn(b'exit code 3', body)
        self.assertEqual(self.iis.request('/pid')[0], 200)

    def test_worker_that_talks_nonsense(self):
        self.assertEqual(self.iis.request('/garbage')[0], 502)
        self.assertEqual(self.iis.request('/pid')[0], 200)

    def test_worker_that_hangs(self):
        status, body, _ = self.iis.request('/hang')
        self.assertEqual(status, 504)
        self.assertIn(b'WORKER_REQUEST_TIMEOUT', body)

    def test_response_that_is_cut(self):
        with self.assertRaises((http.client.IncompleteRead, ConnectionError)):
            self.iis.request('/cut')

    def test_engine_that_cannot_be_run(self):
        status, body, _ = self.iis.request('/x.missing')
        self.assertEqual(status, 502)
        self.assertIn(b'such.exe', body)

    def test_engine_that_is_switched_off(self):
        status, body, _ = self.iis.request('/x.off')
        self.assertEqual(status, 500)
        self.assertIn(b'off', body)

    def test_malformed_configuration_hurts_its_application_only(self):
        self.assertEqual(self.iis.request('/broken/x')[0], 500)
        self.assertEqual(self.iis.request('/pid')[0], 200)

    def test_many_at_once(self):
        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            answers = list(pool.map(lambda _: self.iis.request('/pid')[0], range(400)))
        self.assertEqual(answers.count(200), 400)

    def test_clients_that_leave(self):
        for _ in range(20):
            with socket.create_connection(('127.0.0.1', self.iis.port)) as client:
                client.sendall(b'GET /slow?300 HTTP/1.1\r\nHost: x\r\n\r\n')
                time.sleep(0.02)
        self.assertEqual(self.iis.request('/pid')[0], 200)
        time.sleep(2)
        self.assertEqual(self.iis.status()['active'], 0)


class Changing(unittest.TestCase):
    def setUp(self):
        self.iis = Emulator('changing')

    def tearDown(self):
        self.iis.close()

    def test_configuration_change_under_load(self):
        self.assertIn(b'GREETING=hello', self.iis.request('/environment')[1])
        failed = []
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            load = [pool.submit(self.iis.request, '/slow?20') for _ in range(60)]
            self.iis.write_site('changed')
            end = time.monotonic() + 20
            while b'GREETING=changed' not in self.iis.request('/environment')[1] and time.monotonic() < end:
                time.sleep(0.1)
            failed = [job.result()[0] for job in load if job.result()[0] != 200]
        self.assertIn(b'GREETING=changed', self.iis.request('/environment')[1])
        self.assertEqual(failed, [])
        self.assertEqual(self.iis.status()['config_objects'], 0)

    def test_recycling_under_load(self):
        failed = []
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            load = [pool.submit(self.iis.request, '/slow?10') for _ in range(150)]
            for _ in range(10):
                self.assertEqual(self.iis.request('/!recycle')[1], b'recycled\n')
                time.sleep(0.2)
            failed = [job.result()[0] for job in load if job.result()[0] != 200]
        self.assertEqual(failed, [])
        self.assertEqual(self.iis.status()['generations'], 11)

    def test_application_stop_starts_anew(self):
        first = self.iis.request('/pid')[1]
        self.iis.request('/!stop-application')
        self.assertNotEqual(self.iis.request('/pid')[1], first)

    def test_many_starts_leave_nothing_behind(self):
        handles = []
        for _ in range(15):
            self.assertEqual(self.iis.request('/pid')[0], 200)
            self.iis.request('/!stop-application')
            handles.append(self.iis.status()['handles'])
        time.sleep(1)
        self.assertLessEqual(self.iis.status()['handles'], handles[5] + 10)


class Deploying(unittest.TestCase):
    VARIABLES = '<add name="DEPLOY_FILE" value="deploy.txt" /><add name="DEPLOY_LOG" value="log\\deploy.log" />'

    def setUp(self):
        self.iis = Emulator('deploying')
        self.script = self.iis.folder / 'site/deploy.txt'
        self.log = self.iis.folder / 'site/log/deploy.log'

    def tearDown(self):
        self.iis.close()

    def deploy(self, text):
        self.script.write_text(text)
        self.iis.write_site('hello', self.VARIABLES)
        time.sleep(1)

    def test_script_that_succeeds_runs_before_the_first_request(self):
        self.deploy('0 all is well')
        self.assertEqual(self.iis.request('/pid')[0], 200)
        log = self.log.read_text()
        self.assertIn('--== Deploy begin ==--', log)
        self.assertIn('script says: 0 all is well', log)
        self.assertIn('--== Deploy finished ==--', log)
        self.assertEqual(self.iis.request('/pid')[0], 200)
        self.assertEqual(self.log.read_text(), log)     # it has run once

    def test_script_that_fails_is_not_run_again_for_its_own_logs(self):
        self.deploy('5 broken')
        for _ in range(3):
            self.assertEqual(self.iis.request('/pid')[0], 503)
            time.sleep(1)
        self.assertTrue(list(self.log.parent.glob('ZooError-*.log')))     # the other log that it writes
        self.assertEqual(self.log.read_text().count('Deploy begin'), 1)

    def test_script_that_fails_is_shown_and_tried_again_when_files_change(self):
        self.deploy('5 broken')
        status, body, _ = self.iis.request('/pid')
        self.assertEqual(status, 503)
        self.assertIn(b'exit code 5', body)
        self.assertIn(b'script says: 5 broken', body)
        self.script.write_text('0 repaired')
        end = time.monotonic() + 20
        while self.iis.request('/pid')[0] != 200 and time.monotonic() < end:
            time.sleep(0.2)
        self.assertEqual(self.iis.request('/pid')[0], 200)


class Faults(unittest.TestCase):
    def check(self, name, *switches):
        iis = Emulator(name, *switches)
        try:
            body = bytes(range(256)) * 100
            answer = iis.request('/upload', 'POST', body)[1].decode().split()
            self.assertEqual(answer, [str(len(body)), str(zlib.crc32(body))])
            self.assertEqual(len(iis.request('/big?300000')[1]), 300000)
            self.assertEqual(iis.request('/status?404')[0], 404)
        finally:
            iis.close()

    def test_short_reads_and_slow_completions(self):
        self.check('slow', '--short-reads', '1000', '--slow-completions', '3')

    def test_operations_that_complete_at_once(self):
        self.check('at-once', '--synchronous')

    def test_iis_7_0(self):
        self.check('iis70', '--server-version', '7.0')

    def test_writes_that_fail(self):
        iis = Emulator('failing', '--fail-writes', '100000')
        try:
            with self.assertRaises((http.client.IncompleteRead, ConnectionError)):
                iis.request('/big?1000000')
            self.assertEqual(iis.request('/pid')[0], 200)
        finally:
            iis.close()


class OtherModules(unittest.TestCase):
    """The emulator hosts modules that have nothing to do with this one, of both compilers."""

    def probe(self, dll):
        iis = Emulator('probe', module='Probe=' + windows_path(BIN / dll))
        try:
            (iis.folder / 'site/web.config').write_text(PROBE_CONFIG)
            time.sleep(0.5)     # until the emulator has seen the file
            status, body, _ = iis.request('/x', headers={'User-Agent': 'probe/1', 'X-Probe': 'yes'})
            return status, body.decode()
        except (OSError, http.client.HTTPException):
            return 0, 'the module has brought the server down'
        finally:
            iis.close()

    def test_module_of_gcc(self):
        self.assertEqual(self.probe('probe_gcc.dll'), (203, '31 of 31 calls\n'))

    def test_module_in_the_mode_of_microsofts_compiler(self):
        self.assertEqual(self.probe('probe_msvc.dll'), (203, '31 of 31 calls\n'))

    def test_module_with_another_order_of_overloads_is_found_out(self):
        status, body = self.probe('probe_unswapped.dll')
        self.assertNotEqual((status, body), (203, '31 of 31 calls\n'))
