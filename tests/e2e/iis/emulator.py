# SPDX-License-Identifier: Apache-2.0
"""The IIS emulator as a test has it: started with a site of its own, asked over HTTP, ended.  BIN (the folder with the
built programs), WORK, BITS and WINE (the command that runs programs for Windows) come from run.sh."""
import http.client
import os
import pathlib
import shutil
import socket
import subprocess
import time

BIN = pathlib.Path(os.environ['BIN'])
WORK = pathlib.Path(os.environ['WORK'])
WINE = os.environ['WINE'].split()
BITS = os.environ['BITS']
ROOT = pathlib.Path(__file__).resolve().parents[3]
DLL = 'HeliconZoo_x64' if BITS == '64' else 'HeliconZoo_x86'

HOST_CONFIG = '''<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <configSections>
    <sectionGroup name="system.webServer">
      <section name="heliconZooServer" overrideModeDefault="Deny" />
      <section name="heliconZoo" overrideModeDefault="Allow" />
      <section name="handlers" overrideModeDefault="Allow" />
    </sectionGroup>
  </configSections>
  <system.applicationHost>
    <sites>
      <site name="Zoo Site" id="7">
        <bindings>
          <binding protocol="http" bindingInformation="*:80:" />
          <binding protocol="https" bindingInformation="*:443:zoo.example" />
        </bindings>
%(applications)s
      </site>
    </sites>
  </system.applicationHost>
  <system.webServer>
    <heliconZooServer>
      <engines>
%(engines)s
      </engines>
      <switchboard><add name="off" value="Disabled" /></switchboard>
    </heliconZooServer>
  </system.webServer>
</configuration>
'''

APPLICATION = '<application path="%s"><virtualDirectory path="/" physicalPath="%s" /></application>'

ENGINES = '''
        <add name="native" fullPath="%(bin)s\\fcgi_worker.exe" transport="NamedPipe" protocol="fastcgi"
             minInstances="1" maxInstances="4" timeLimit="-1" memoryLimit="-1" gracefulShutdownTimeout="5" />
        <add name="missing" fullPath="C:\\no\\such.exe" />
        <add name="off" fullPath="%(bin)s\\fcgi_worker.exe" />
'''

SITE_CONFIG = '''<configuration><system.webServer>
  <heliconZoo>
    <clear />
    <application name="native.app"><environmentVariables>
      <add name="GREETING" value="%(greeting)s" />
      <add name="WHERE" value="%%APPL_PHYSICAL_PATH%%" />
      <add name="WORKER_REQUEST_TIMEOUT" value="%(timeout)d" />
      <add name="ERROR_LOG_DIR" value="log" />
      %(variables)s
    </environmentVariables></application>
  </heliconZoo>
  <handlers>
    <add name="missing#x%(bits)s" path="*.missing" verb="*" modules="HeliconZoo_x86,HeliconZoo_x64" scriptProcessor="missing" />
    <add name="off#x%(bits)s" path="*.off" verb="*" modules="HeliconZoo_x86,HeliconZoo_x64" scriptProcessor="off" />
    <add name="native.app#x86" path="*" verb="*" modules="HeliconZoo_x86" scriptProcessor="native" preCondition="bitness32" />
    <add name="native.app#x64" path="*" verb="*" modules="HeliconZoo_x64" scriptProcessor="native" preCondition="bitness64" />
  </handlers>
</system.webServer></configuration>
'''


def windows_path(path):
    return 'Z:' + str(path).replace('/', '\\')


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def wait_for_port(port, seconds=60):
    """A port that nobody listens on yet may be given to the socket that tries it, which is then connected to itself."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(('127.0.0.1', port)) == 0 and probe.getsockname() != probe.getpeername():
                return True
        time.sleep(0.1)
    return False


class Emulator:
    """A running emulator with a site of its own in WORK/name.  `applications`: paths of further ones, with folders;
    `site`: another web.config; `environment`: further variables of the emulator and its workers."""

    running = []

    def __init__(self, name, *switches, module=None, engines=ENGINES, applications=None, site=None, environment=None):
        self.folder = WORK / name
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / 'site').mkdir(parents=True)
        self.port = free_port()
        self.write_site('hello')
        if site:
            (self.folder / 'site/web.config').write_text(site)
        command = WINE + [str(BIN / 'iishost.exe'), '--port', str(self.port),
                          '--config', windows_path(self.write_host(engines, applications or {})),
                          '--schema', windows_path(ROOT / 'tests/iishost/schema/base_schema.xml'),
                          '--schema', windows_path(ROOT / 'module/iis/heliconZoo_schema.xml'),
                          '--module', module or '%s=%s' % (DLL, windows_path(BIN / (DLL + '.dll'))), *switches]
        self.log = open(self.folder / 'emulator.log', 'wb')
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
                                        env={**os.environ, **(environment or {})})
        self.running.append(self)
        if not wait_for_port(self.port):
            raise RuntimeError('the emulator does not listen: ' + (self.folder / 'emulator.log').read_text())

    def write_host(self, engines, applications):
        folders = {'/': self.folder / 'site', **applications}
        file = self.folder / 'applicationHost.config'
        file.write_text(HOST_CONFIG % {
            'engines': engines % {'bin': windows_path(BIN)},
            'applications': '\n'.join(APPLICATION % (path, windows_path(folder)) for path, folder in folders.items())})
        return file

    def write_site(self, greeting, variables='', timeout=12):
        """All at once: the emulator must not see half a file."""
        new = self.folder / 'new.config'
        new.write_text(SITE_CONFIG % {'greeting': greeting, 'bits': BITS, 'variables': variables, 'timeout': timeout})
        new.replace(self.folder / 'site/web.config')

    def connect(self, timeout=60):
        return socket.create_connection(('127.0.0.1', self.port), timeout)

    def request(self, path, method='GET', body=None, headers=None, connection=None, timeout=60):
        own = connection is None
        connection = connection or http.client.HTTPConnection('127.0.0.1', self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {}, encode_chunked=False)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer
        finally:
            if own:
                connection.close()

    def status(self):
        """The emulator's counts: requests, active, generations, handles, threads, private (bytes of memory) ..."""
        text = self.request('/!status')[1].decode()
        return {key: int(value) for key, value in (part.split('=') for part in text.split())}

    def wait_until_idle(self, seconds=30):
        """The counts once no request is under way, or those at the end of the time."""
        end = time.monotonic() + seconds
        while self.status()['active'] != 0 and time.monotonic() < end:
            time.sleep(0.1)
        return self.status()

    def close(self):
        try:
            self.request('/!quit', timeout=5)
        except OSError:
            pass
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()
        self.running.remove(self)

    def last_words(self):
        """For the report of a failed test: whether it still runs, and the ends of its logs."""
        try:
            code = self.process.wait(10)    # one that has crashed writes down where, which takes a while
        except subprocess.TimeoutExpired:
            code = None
        parts = ['the emulator "%s" %s' % (self.folder.name, 'runs' if code is None else 'has ended with %s' % code)]
        for log in [self.folder / 'emulator.log', *sorted(self.folder.glob('site/log/*'))]:
            lines = log.read_text(errors='replace').splitlines()[-15:]
            parts.append('\n'.join(['the end of %s:' % log.relative_to(self.folder), *lines]))
        return '\n'.join(parts) + '\n'
