# SPDX-License-Identifier: Apache-2.0
"""Applications that IIS 7.5 and later makes ready before their first request (preloadEnabled="true")."""
import shutil
import time
import unittest

from emulator import WORK, Emulator

ENGINES = '''
  <add name="native" fullPath="%(bin)s\\fcgi_worker.exe" transport="NamedPipe" protocol="fastcgi"
       minInstances="2" maxInstances="4" gracefulShutdownTimeout="5" />
'''
CONFIG = '''<configuration><system.webServer>
  <heliconZoo><clear /><application name="ready"><environmentVariables>
    <add name="ERROR_LOG_DIR" value="log" /><add name="ERROR_LOG_LEVEL" value="notification" />
    <add name="DEPLOY_FILE" value="deploy.txt" /><add name="DEPLOY_LOG" value="log\\deploy.log" />
  </environmentVariables></application></heliconZoo>
  <handlers><clear />
    <add name="ready#x86" path="*" verb="*" modules="HeliconZoo_x86" scriptProcessor="native" preCondition="bitness32" />
    <add name="ready#x64" path="*" verb="*" modules="HeliconZoo_x64" scriptProcessor="native" preCondition="bitness64" />
  </handlers>
</system.webServer></configuration>
'''


class Preload(unittest.TestCase):
    def start(self, *switches, script=None):
        self.folder = WORK / 'ready'
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        (self.folder / 'web.config').write_text(CONFIG)
        if script:
            (self.folder / 'deploy.txt').write_text(script)
        self.iis = Emulator('preload', *switches, engines=ENGINES, applications={'/ready': self.folder},
                            site='<configuration />')
        self.addCleanup(self.iis.close)

    def log(self):
        return ''.join(file.read_text() for file in self.folder.glob('log/ZooError-*.log'))

    def wait_for_log(self, words, count=1, seconds=30):
        end = time.monotonic() + seconds
        while self.log().count(words) < count and time.monotonic() < end:
            time.sleep(0.1)
        return self.log()

    def test_workers_are_there_before_the_first_request(self):
        self.start('--preload')
        self.assertEqual(self.wait_for_log(' is ready', 2).count(' is ready'), 2)
        self.assertEqual(self.iis.status()['requests'], 0)
        self.assertEqual(self.iis.request('/ready/pid')[0], 200)
        self.assertEqual(self.log().count(' is ready'), 2)
        self.assertEqual(self.iis.status()['violations'], 0)

    def test_it_is_deployed_first(self):
        self.start('--preload', script='0 all is well')
        log = self.wait_for_log(' is ready', 2)
        self.assertLess(log.index('Deploy script has finished'), log.index(' is ready'))
        self.assertEqual((self.folder / 'log/deploy.log').read_text().count('script says: 0 all is well'), 1)
        self.assertEqual(self.iis.request('/ready/pid')[0], 200)
        self.assertEqual((self.folder / 'log/deploy.log').read_text().count('script says'), 1)

    def test_a_deploy_that_fails_is_told_to_the_first_request(self):
        self.start('--preload', script='5 broken')
        self.wait_for_log('failed with exit code 5')
        status, body, _ = self.iis.request('/ready/pid')
        self.assertEqual(status, 503)
        self.assertIn(b'script says: 5 broken', body)

    def test_a_recycled_process_is_ready_too(self):
        self.start('--preload')
        self.wait_for_log(' is ready', 2)
        self.iis.request('/!recycle')
        self.assertEqual(self.wait_for_log(' is ready', 4).count(' is ready'), 4)
        self.assertEqual(self.iis.status()['violations'], 0)

    def test_iis_7_0_knows_nothing_of_it(self):
        self.start('--preload', '--server-version', '7.0')
        time.sleep(2)
        self.assertEqual(self.log(), '')
        self.assertEqual(self.iis.request('/ready/pid')[0], 200)

    def test_nothing_is_started_without_it(self):
        self.start()
        time.sleep(2)
        self.assertEqual(self.log(), '')
