# SPDX-License-Identifier: Apache-2.0
"""The four Blank applications with their own web.config files, each an application of the emulator's site behind a TCP
engine.  The engine's program under Wine passes connections on to the worker, which runs on this machine: our FastCGI
workers for Django, Rails and Perl, Mojolicious's own web server for the fourth.  What they must do is what
tests/e2e/apps asks of them, whose words and forms are used here."""
import concurrent.futures
import re
import shutil
import subprocess
import sys
import unittest

from emulator import ROOT, WORK, Emulator, free_port, wait_for_port

sys.path.insert(0, str(ROOT / 'tests/e2e/apps'))
import test_apps as apps  # noqa: E402

ENGINE = '<add name="%s" fullPath="%%(bin)s\\tcp_relay.exe" arguments="%d" transport="tcp" protocol="%s" maxInstances="1" />'


class Application:
    """What all four have to do.  Each is copied, deployed, and its worker listens on a port."""

    kind = None         # its description in tests/e2e/apps
    protocol = 'fastcgi'

    @classmethod
    def setUpClass(cls):
        kind, port = cls.kind, free_port()
        cls.path = '/' + kind.__name__.lower()
        folder = WORK / 'blank' / kind.product
        shutil.copytree(apps.APPS + '/' + kind.product, folder)
        # The script of deployment runs here and not under Wine.
        config = folder / 'web.config'
        config.write_text(re.sub(r' *<add name="DEPLOY_[A-Z]+" [^>]*/>\n', '', config.read_text()))
        environment = {**apps.CLEAN, **kind.variables(str(folder)), 'HOST': '127.0.0.1', 'PORT': str(port),
                       'APPL_PHYSICAL_PATH': str(folder), 'APPL_VIRTUAL_PATH': cls.path,
                       'RAILS_RELATIVE_URL_ROOT': cls.path, 'MOJO_REVERSE_PROXY': '1'}
        subprocess.run(kind.deploy, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)
        log = folder.with_suffix('.log')
        with open(log, 'wb') as errors:
            cls.worker = subprocess.Popen(cls.command(port), cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                          stdout=errors, stderr=errors)
        cls.addClassCleanup(cls.end_worker)
        if not wait_for_port(port):
            raise RuntimeError('the worker does not listen: ' + log.read_text())
        cls.iis = Emulator(kind.product, engines=ENGINE % (kind.engine, port, cls.protocol),
                           applications={cls.path: folder}, site='<configuration />')
        cls.addClassCleanup(cls.iis.close)
        cls.url = 'http://127.0.0.1:%d%s' % (cls.iis.port, cls.path)

    @classmethod
    def command(cls, port):
        return cls.kind.worker

    @classmethod
    def end_worker(cls):
        cls.worker.kill()
        cls.worker.wait()

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
