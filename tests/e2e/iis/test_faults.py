# SPDX-License-Identifier: Apache-2.0
"""The module when the system fails it, or calls it in unusual ways: no memory, no job objects, threads that impersonate the
visitor; and what it writes to the event log.  The emulator stands between the DLL and the functions that it imports
(tests/iishost/host/system_calls.h): the DLL is the one that ships."""
import http.client
import os
import pathlib
import re
import shutil
import time
import unittest
import zlib

from emulator import BITS, DLL, WORK, Emulator, free_port
from test_websocket import Backend, Client, eventually, relay_to

ENGINES = '''
  <add name="native" fullPath="%(bin)s\\fcgi_worker.exe" transport="NamedPipe" protocol="fastcgi"
       minInstances="1" maxInstances="1" gracefulShutdownTimeout="5" />
  <add name="missing" fullPath="C:\\no\\such.exe" />
'''
SITE = '''<configuration><system.webServer>
  <heliconZoo><clear /><application name="app"><environmentVariables>%(variables)s</environmentVariables></application>
  </heliconZoo>
  <handlers><clear />
    <add name="app#x%(bits)s" path="*" verb="*" modules="%(module)s" scriptProcessor="%(engine)s" />
  </handlers>
</system.webServer></configuration>
'''


def site(engine='native', **variables):
    text = ''.join('<add name="%s" value="%s" />' % variable for variable in variables.items())
    return SITE % {'engine': engine, 'variables': text, 'module': DLL, 'bits': '86' if BITS == '32' else BITS}


def events(iis):
    """What the module has written to the event log: (type, number, source, text)."""
    found = []
    for line in (iis.folder / 'emulator.log').read_text(errors='replace').splitlines():
        if line.startswith('event '):
            head, text = line.split(': ', 1)
            kind, number, _, source = head.split(' ')[1:]
            found.append((kind, int(number), source, text))
    return found


def folder_with(name, config):
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / 'web.config').write_text(config)
    return folder


class EventLog(unittest.TestCase):
    def start(self, **sites):
        self.folders = {'/' + name: folder_with('events-' + name, config) for name, config in sites.items()}
        self.iis = Emulator('events', engines=ENGINES, applications=self.folders)
        self.addCleanup(self.iis.close)

    def test_configuration_that_cannot_work(self):
        self.start(unknown=site(engine='nobody'), bad=site(WORKER_REQUEST_TIMEOUT='soon'))
        for _ in range(3):
            for path, words in (('/unknown/x', b'nobody'), ('/bad/x', b'WORKER_REQUEST_TIMEOUT')):
                status, body, _ = self.iis.request(path)
                self.assertEqual(status, 500)
                self.assertIn(words, body)      # the reason, for those who ask on the server itself
        self.assertEqual(self.iis.request('/pid')[0], 200)     # the other application
        found = events(self.iis)
        self.assertEqual([event[:3] for event in found], [('error', 1001, 'HeliconZoo')] * 2)     # once each
        self.assertIn('Application "MACHINE/WEBROOT/APPHOST/Zoo Site/unknown": ', found[0][3])
        self.assertIn('nobody', found[0][3])
        self.assertIn('WORKER_REQUEST_TIMEOUT', found[1][3])

    def test_configuration_that_was_mended(self):
        self.start(unknown=site(engine='nobody'))
        self.assertEqual(self.iis.request('/unknown/x')[0], 500)
        (self.folders['/unknown'] / 'web.config').write_text(site())
        end = time.monotonic() + 20
        while self.iis.request('/unknown/pid')[0] != 200 and time.monotonic() < end:
            time.sleep(0.2)
        self.assertEqual(self.iis.request('/unknown/pid')[0], 200)
        self.assertEqual(len(events(self.iis)), 1)

    def test_workers_that_fail(self):
        self.start(missing=site(engine='missing'), hang=site(WORKER_REQUEST_TIMEOUT='2'))
        for _ in range(3):
            self.assertEqual(self.iis.request('/crash')[0], 502)
        self.assertIn(self.iis.request('/missing/x')[0], (502, 503))
        self.assertEqual(self.iis.request('/hang/hang')[0], 504)
        found = {number: text for _, number, _, text in events(self.iis)}
        self.assertEqual(sorted(number for _, number, _, _ in events(self.iis)), [1002, 1003, 1004])
        self.assertIn('exit code 3', found[1002])
        self.assertIn('such.exe', found[1003])
        self.assertIn('no response within 2 seconds', found[1004])

    def test_deploy_that_fails(self):
        self.start(deploy=site(DEPLOY_FILE='deploy.txt'))
        (self.folders['/deploy'] / 'deploy.txt').write_text('5 broken')
        self.assertEqual(self.iis.request('/deploy/x')[0], 503)
        (event,) = events(self.iis)
        self.assertEqual(event[:3], ('error', 1005, 'HeliconZoo'))
        self.assertIn('failed with exit code 5', event[3])


class Impersonation(unittest.TestCase):
    """Whatever visitor a thread of IIS acts for, what the module does there is done by the pool's own identity."""

    def test_everything_on_threads_that_impersonate(self):
        body = bytes(range(251)) * 2000
        deploy = folder_with('visitor-deploy', site(DEPLOY_FILE='deploy.txt', DEPLOY_LOG='log\\deploy.log'))
        (deploy / 'deploy.txt').write_text('0 fine')
        iis = Emulator('visitor', '--impersonate', '--preload', applications={'/deploy': deploy})
        self.addCleanup(iis.close)
        iis.write_site('hello', '<add name="POST_BUFFER" value="1000" />')
        time.sleep(1)
        for _ in range(3):
            self.assertEqual(iis.request('/upload', 'POST', body)[1].split(),     # by way of a file
                             [b'%d' % len(body), b'%d' % zlib.crc32(body)])
            self.assertEqual(len(iis.request('/big?3000000')[1]), 3000000)
            self.assertEqual(iis.request('/deploy/pid')[0], 200)
            self.assertEqual(iis.request('/crash')[0], 502)
            self.assertEqual(iis.request('/x.missing')[0], 502)
            with iis.connect() as client:
                client.sendall(b'GET /slow?300 HTTP/1.1\r\nHost: x\r\n\r\n')
            self.assertEqual(iis.request('/!recycle')[1], b'recycled\n')
            self.assertEqual(iis.request('/!stop-application')[1], b'stopped\n')
        self.assertTrue(list(iis.folder.glob('site/log/ZooError-*.log')))
        self.assertTrue((deploy / 'log/deploy.log').exists())
        status = iis.wait_until_idle()
        self.assertGreater(status['calls_impersonated'], 60)     # of the module
        self.assertEqual(status['changed_tokens'], 0, iis.last_words())
        self.assertEqual(status['calls_as_visitor'], 0, iis.last_words())
        self.assertEqual(status['violations'], 0)


class JobObjects(unittest.TestCase):
    """Before Windows 8 a process is in one job object only, and IIS may have put w3wp into one."""

    def workers(self):
        """The command lines, without folders, of what runs for this test: Wine's processes are processes of this machine."""
        found = []
        for folder in pathlib.Path('/proc').glob('[0-9]*'):
            try:
                command = (folder / 'cmdline').read_bytes()
                if self.mark in (folder / 'environ').read_bytes() and b'.exe' in command:
                    program, *arguments = command.decode().rstrip('\0').split('\0')
                    found.append(' '.join([re.split(r'[/\\]', program)[-1], *arguments[:1]]))
            except OSError:
                pass
        return found

    def start(self, *switches):
        number = str(time.monotonic_ns())
        self.mark = b'WINEZOOMARK=' + number.encode()     # scripts/wine32.sh hands on variables with such names
        self.iis = Emulator('jobs', *switches, environment={'WINEZOOMARK': number})
        self.iis.write_site('hello')
        self.assertEqual(self.iis.request('/child')[0], 200)     # the worker has started another program
        self.assertIn('fcgi_worker.exe --wait', self.workers())

    def assert_none_of(self, *programs):
        end = time.monotonic() + 20
        while set(self.workers()) & set(programs) and time.monotonic() < end:
            time.sleep(0.2)
        self.assertEqual(set(self.workers()) & set(programs), set())

    def assert_all_end(self):
        end = time.monotonic() + 20
        while self.workers() and time.monotonic() < end:
            time.sleep(0.2)
        self.assertEqual(self.workers(), [])

    def kill(self):
        """As a crash of w3wp, or taskkill /f: nothing of it runs any more."""
        with self.iis.connect() as client:
            client.sendall(b'GET /!die HTTP/1.1\r\nHost: x\r\n\r\n')
            self.assertEqual(client.recv(1), b'')
        self.iis.close()
        self.assert_all_end()

    def test_nothing_survives_the_server(self):
        self.start()
        self.assertNotIn('zoosetup.exe guard', self.workers())
        self.kill()

    def test_nothing_survives_the_server_without_job_objects(self):
        self.start('--deny-jobs')
        self.assertIn('zoosetup.exe guard', self.workers())     # it guards the worker
        self.kill()

    def test_an_application_that_stops_takes_everything_with_it(self):
        self.start('--deny-jobs')
        self.assertEqual(self.iis.request('/!stop-application')[1], b'stopped\n')
        self.assert_none_of('fcgi_worker.exe', 'fcgi_worker.exe --wait', 'zoosetup.exe guard')
        self.iis.close()

    def test_a_worker_that_crashes_takes_its_children_with_it(self):
        self.start('--deny-jobs')
        self.assertEqual(self.iis.request('/crash')[0], 502)
        self.assert_none_of('fcgi_worker.exe --wait')
        self.assertEqual(self.iis.request('/pid')[0], 200)
        self.iis.close()


class MemoryFaults(unittest.TestCase):
    """Allocations of the DLL fail: the request ends, normally or with an error, and the next one is served."""

    PROBE = '/pid'
    ENDS = (200, 500, 502, 503, 'reset', 'IncompleteRead', 'RemoteDisconnected')

    def ask(self, path, **request):
        try:
            return self.iis.request(path, timeout=40, **request)[0]
        except http.client.HTTPException as error:
            return type(error).__name__
        except ConnectionError:
            return 'reset'

    def with_failures(self, first, count, action, what):
        """(How `action` ended, how many allocations failed meanwhile)."""
        self.iis.request('/!fail-allocations/%d/%d' % (first, count))
        outcome = action()
        failed = self.iis.status()['failed_allocations']
        self.iis.request('/!fail-allocations/0/0')
        self.assertIn(outcome, self.ENDS, 'allocation %d of %s' % (first, what))
        return outcome, failed

    def serves(self):
        """The next request may find workers that start anew."""
        end = time.monotonic() + 20
        while self.ask(self.PROBE) != 200:
            self.assertLess(time.monotonic(), end, 'it does not recover')
            time.sleep(0.1)

    def sweep_action(self, action, what, step=1, count=1, before=lambda: None):
        """Lets each allocation fail in turn, until the action needs no more."""
        self.serves()
        outcomes = {}
        first, unfailed = 1, 0
        while unfailed < 3:
            before()
            outcome, failed = self.with_failures(first, count, action, what)
            outcomes[outcome] = outcomes.get(outcome, 0) + 1
            unfailed = 0 if failed else unfailed + 1
            first += step
            self.serves()
        self.assertGreater(first, 20)
        self.assertEqual(self.iis.wait_until_idle()['active'], 0)
        self.assertEqual(self.iis.status()['violations'], 0)
        print('%s: %d points, %s' % (what, first // step, outcomes), flush=True)

    def sweep(self, path, step=1, count=1, before=lambda: None, **request):
        self.sweep_action(lambda: self.ask(path, **request), path, step, count, before)


class Memory(MemoryFaults):
    def setUp(self):
        self.iis = Emulator('memory')
        self.addCleanup(self.iis.close)

    def test_each_allocation_of_a_request(self):
        self.sweep('/variables?x=1')

    def test_each_allocation_of_a_request_with_a_body(self):
        self.sweep('/upload', method='POST', body=bytes(200000), step=3)

    def test_each_allocation_of_a_start(self):
        self.sweep('/pid', step=11 if BITS == '64' else 47,
                   before=lambda: self.iis.request('/!stop-application'))

    def test_a_while_without_any_memory(self):
        self.sweep('/big?300000', step=2, count=1000)
        self.sweep('/upload', method='POST', body=bytes(200000), step=3, count=100000)

    def test_failures_leave_nothing_behind(self):
        def exhaust(rounds):
            for i in range(rounds):
                self.with_failures(1 + i * 5 % 150, 1, lambda: self.ask('/variables'), '/variables')
                self.serves()
            return self.iis.wait_until_idle()
        exhaust(60)
        before = self.iis.status()
        exhaust(120)
        most = {'handles': before['handles'] + 30, 'threads': before['threads'] + 2, 'private': before['private'] + (4 << 20)}
        end = time.monotonic() + 30     # what has ended may need a moment to be gone
        while grown := {name: count for name, count in self.iis.status().items() if count > most.get(name, count)}:
            self.assertLess(time.monotonic(), end, 'grown: %s, at most %s' % (grown, most))
            time.sleep(0.5)


class TunnelMemory(MemoryFaults):
    """The same where the worker is an HTTP server on a TCP port, and where a connection is upgraded."""

    PROBE = '/plain'
    ENDS = (*MemoryFaults.ENDS, 101, 'cut')

    def setUp(self):
        port = free_port()
        self.backend = Backend(port)
        self.addCleanup(self.backend.close)
        self.iis = relay_to(port, 'tunnel-memory')
        self.addCleanup(self.iis.close)

    def talk(self):
        """An upgrade, bytes both ways, the end. 101, or how it failed."""
        try:
            client = Client(self.iis, '/echo')
        except ConnectionError:
            return 'reset'
        try:
            if client.status() != 101:
                return client.status()
            return 101 if self.echo(client) else 'cut'
        except ConnectionError:
            return 'cut'
        finally:
            client.close()

    def echo(self, client):
        data = os.urandom(10000)
        for _ in range(5):
            client.sock.sendall(data)
            if client.file.read(len(data)) != data:
                return False
        return True

    def test_each_allocation_of_a_request(self):
        self.sweep('/plain')

    def test_each_allocation_of_a_tunnel(self):
        self.sweep_action(self.talk, 'tunnel')
        self.assertTrue(eventually(lambda: self.backend.open == 0), self.backend.open)

    def test_each_allocation_of_a_start(self):
        self.sweep('/plain', step=11 if BITS == '64' else 47,
                   before=lambda: self.iis.request('/!stop-application'))

    def test_a_while_without_any_memory(self):
        self.sweep('/plain', step=3, count=1000)
        self.sweep_action(self.talk, 'tunnel', step=5, count=100000)
        self.assertTrue(eventually(lambda: self.backend.open == 0), self.backend.open)
