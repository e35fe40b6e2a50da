# SPDX-License-Identifier: Apache-2.0
"""The four Blank applications with their own web.config files, each an application of the emulator's site behind a TCP
engine.  The engine's program under Wine passes connections on to the worker, which runs on this machine: our FastCGI
workers for Django, Rails and Perl, Mojolicious's own web server for the fourth; and it lets this machine run the deploy
script that the module starts it with.  What they must do is what tests/e2e/apps asks of them, whose words and forms are
used here."""
import concurrent.futures
import shutil
import socket
import subprocess
import sys
import threading
import unittest

from emulator import ROOT, WORK, Emulator, free_port, wait_for_port

sys.path.insert(0, str(ROOT / 'tests/e2e/apps'))
import test_apps as apps  # noqa: E402

ENGINE = '''<add name="%s" fullPath="%%(bin)s\\tcp_relay.exe" arguments="%d" transport="tcp" protocol="%s" maxInstances="1">
  <environmentVariables><add name="DEPLOY_RUNNER" value="%d" /></environmentVariables></add>'''
# What is of Windows or of Wine.
NOT_FOR_SCRIPTS = ('PATH', 'PATHEXT', 'TEMP', 'TMP', 'HOME', 'COMSPEC', 'WINDIR', 'SYSTEMROOT', 'OS', 'WINEPREFIX')


def native(value):
    """A value of a variable as a program of this machine has it."""
    return value[2:].replace('\\', '/') if value.startswith('Z:') else value


class DeployRunner(threading.Thread):
    """Runs deploy scripts on this machine for the module under Wine, which starts tcp_relay.exe as their interpreter; once
    a script has succeeded, `then` is called before the module hears of it."""

    def __init__(self, interpreter, then):
        super().__init__(daemon=True)
        self.interpreter, self.then, self.runs = interpreter, then, []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            connection = self.listener.accept()[0]
            with connection, connection.makefile('rwb') as file:
                script, folder, *variables = file.read().decode().rstrip('\0').split('\0')
                result = self.run_script(native(script), native(folder), variables)
                file.write(result.stdout + b'\0%d' % result.returncode)

    def run_script(self, script, folder, variables):
        environment = dict(apps.CLEAN)
        for name, value in (variable.split('=', 1) for variable in variables if not variable.startswith('=')):
            if name.upper() not in NOT_FOR_SCRIPTS:
                environment[name] = native(value)
        result = subprocess.run([self.interpreter, script], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.runs.append((script, result.returncode))
        if result.returncode == 0:
            self.then()
        return result


class Application:
    """What all four have to do.  Each is copied and deployed by the module, before whose first request its worker gets to
    run."""

    kind = None         # its description in tests/e2e/apps
    protocol = 'fastcgi'
    worker = None

    @classmethod
    def setUpClass(cls):
        kind, cls.port = cls.kind, free_port()
        cls.path = '/' + kind.__name__.lower()
        cls.folder = WORK / 'blank' / kind.product
        shutil.rmtree(cls.folder, ignore_errors=True)
        shutil.copytree(apps.APPS + '/' + kind.product, cls.folder)
        cls.runner = DeployRunner(kind.deploy[0], cls.start_worker)
        cls.addClassCleanup(cls.end_worker)
        cls.iis = Emulator(kind.product, engines=ENGINE % (kind.engine, cls.port, cls.protocol, cls.runner.port),
                           applications={cls.path: cls.folder}, site='<configuration />')
        cls.addClassCleanup(cls.iis.close)
        cls.url = 'http://127.0.0.1:%d%s' % (cls.iis.port, cls.path)
        status, body, _ = cls.iis.request(cls.path + '/', timeout=120)
        if status != 200:
            raise RuntimeError('the first request gets %d: %s' % (status, body.decode()))

    @classmethod
    def start_worker(cls):
        environment = {**apps.CLEAN, **cls.kind.variables(str(cls.folder)), 'HOST': '127.0.0.1', 'PORT': str(cls.port),
                       'APPL_PHYSICAL_PATH': str(cls.folder), 'APPL_VIRTUAL_PATH': cls.path,
                       'RAILS_RELATIVE_URL_ROOT': cls.path, 'MOJO_REVERSE_PROXY': '1'}
        log = cls.folder.with_suffix('.log')
        with open(log, 'wb') as errors:
            cls.worker = subprocess.Popen(cls.command(cls.port), cwd=cls.folder, env=environment,
                                          stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
        if not wait_for_port(cls.port):
            raise RuntimeError('the worker does not listen: ' + log.read_text())

    @classmethod
    def command(cls, port):
        return cls.kind.worker

    @classmethod
    def end_worker(cls):
        if cls.worker:
            cls.worker.kill()
            cls.worker.wait()

    def test_deployed_by_the_module_before_the_first_request(self):
        self.assertEqual(self.runner.runs, [(str(self.folder / self.kind.deploy[1]), 0)])
        log = (self.folder / 'log/deploy.log').read_text()
        begin, end = log.index('--== Deploy begin ==--'), log.index('--== Deploy finished ==--')
        said = log[begin:end].splitlines()[1:]
        self.assertGreaterEqual(len(said), 2, log)      # it says what it does

    def test_page(self):
        status, _, text = apps.Browser(self.url).open('')
        self.assertEqual(status, 200, text)
        self.assertIn('<h1>Hello, World!</h1>', text)
        for words in self.kind.words + (self.kind.engine, 'SQLite', 'connected, up to date'):
            self.assertIn(words, text)
        self.assertIn('"%s%s' % (self.path, self.kind.static_url), text)

    def test_form_session_and_database(self):
        browser, (name, words) = apps.Browser(self.url), self.kind.fields
        form = {**browser.page().fields, name: 'Zoë', words: 'Good <morning> & ünïcödé'}
        status, _, text = browser.open('', form)
        self.assertEqual(status, 200, text)
        self.assertIn('Good &lt;morning&gt; &amp; ünïcödé', text)
        self.assertEqual(browser.page().fields[name], 'Zoë')
        self.assertNotEqual(apps.Browser(self.url).page().fields[name], 'Zoë')

    def test_form_of_somebody_else_is_refused(self):
        stolen = {**apps.Browser(self.url).page().fields, self.kind.fields[1]: 'forged'}
        self.assertIn(apps.Browser(self.url).open('', stolen)[0], (403, 422))

    def test_page_that_is_not_there(self):
        self.assertEqual(apps.Browser(self.url).open('no/such/page')[0], 404)

    def test_many_visitors_at_once(self):
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(lambda _: apps.Browser(self.url).open('')[0], range(30)))
        self.assertEqual(answers, [200] * 30)


class BlankDjango(Application, unittest.TestCase):
    kind = apps.Django


class BlankRails(Application, unittest.TestCase):
    kind = apps.Rails


class BlankPerl(Application, unittest.TestCase):
    kind = apps.Perl


class BlankMojolicious(Application, unittest.TestCase):
    kind, protocol = apps.Mojolicious, 'http'

    @classmethod
    def command(cls, port):
        return apps.PERL, 'script/hello', 'daemon', '-l', 'http://127.0.0.1:%d' % port
