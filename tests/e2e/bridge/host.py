# SPDX-License-Identifier: Apache-2.0
"""Starts zoohost and talks to it, for the end-to-end tests."""
import http.client
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
APPS = pathlib.Path(__file__).resolve().parent / 'apps'
ZOOHOST = os.environ.get('ZOOHOST') or os.path.join(os.environ.get('ZOO_BIN') or str(ROOT / 'build/bin'), 'zoohost')
WORKERS = ROOT / 'module/workers'
# How much zoohost may grow with large bodies. AddressSanitizer keeps freed memory: 256 MiB, and more around it.
GROWTH = 400 << 20 if b'__asan_init' in pathlib.Path(ZOOHOST).read_bytes() else 8 << 20

SITE = '<site name="{name}" id="{id}">{applications}<bindings>{bindings}</bindings></site>'
CONFIG = '''<?xml version="1.0" encoding="UTF-8"?>
<configuration>
  <system.applicationHost><sites>{sites}</sites></system.applicationHost>
  <system.webServer><heliconZooServer><engines>{engines}</engines></heliconZooServer></system.webServer>
</configuration>
'''
PYTHON_ENGINE = ('<add name="python.3.11" fullPath="/usr/bin/python3" arguments="-O &quot;%s&quot;" transport="NamedPipe" '
                 'protocol="fastcgi" {more} />' % (WORKERS / 'python/zoofcgi.py'))


def site(name, number, folders, *bindings):
    """<site>; folders maps "/", "/blog" to its folder, bindings are "*:80:host"."""
    applications = ''.join('<application path="%s"><virtualDirectory path="/" physicalPath="%s" /></application>' % item
                           for item in folders.items())
    return SITE.format(name=name, id=number, applications=applications, bindings=''.join(
        '<binding protocol="http" bindingInformation="%s" />' % one for one in bindings))


def python_engine(**more):
    return PYTHON_ENGINE.format(more=' '.join('%s="%s"' % item for item in more.items()))


class Host:
    """zoohost on a copy of an application folder; options are added to its command line. With `config` its text is
    the applicationHost.config; SITE in it is the copy."""

    def __init__(self, app, *options, edit=None, environ=None, config=None, listen='127.0.0.1:0'):
        self.temporary = tempfile.TemporaryDirectory(prefix='zoo-e2e-')
        self.folder = pathlib.Path(self.temporary.name) / 'site'
        shutil.copytree(app, self.folder, ignore=shutil.ignore_patterns('secret_key', '*.sqlite3', '*.log'))
        if edit:
            edit(self.folder)
        self.output = open(pathlib.Path(self.temporary.name) / 'output', 'wb+')
        what = ['--root', str(self.folder), '--workers', str(WORKERS)]
        if config:
            file = pathlib.Path(self.temporary.name) / 'applicationHost.config'
            file.write_text(config.replace('SITE', str(self.folder)))
            what = ['--config', str(file)]
        if listen:
            what += ['--listen', listen]
        self.process = subprocess.Popen(
            [ZOOHOST, *what, *(o.replace('SITE', str(self.folder)) for o in options)],
            stderr=self.output, env={**os.environ, 'PATH': '/usr/bin:/bin', **(environ or {})})
        self.port = self._wait_for_port()

    def _wait_for_port(self):
        for _ in range(200):
            found = re.search(r'listening on http://127.0.0.1:(\d+)/', self.printed())
            if found:
                return int(found.group(1))
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError('zoohost did not start: ' + self.printed())

    def printed(self):
        self.output.flush()
        return pathlib.Path(self.output.name).read_text(errors='replace')

    def connect(self, timeout=30):
        return http.client.HTTPConnection('127.0.0.1', self.port, timeout=timeout)

    def get(self, path, method='GET', body=None, headers=None, timeout=30):
        connection = self.connect(timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            answer.body = answer.read()
            return answer
        finally:
            connection.close()

    def raw(self, data, timeout=10):
        with socket.create_connection(('127.0.0.1', self.port), timeout=timeout) as sock:
            sock.sendall(data)
            received = b''
            while True:
                piece = sock.recv(65536)
                if not piece:
                    return received
                received += piece

    def signal(self, number):
        self.process.send_signal(number)

    def memory(self):
        return int(pathlib.Path('/proc/%d/statm' % self.process.pid).read_text().split()[1]) * os.sysconf('SC_PAGE_SIZE')

    def peak_memory(self):
        status = pathlib.Path('/proc/%d/status' % self.process.pid).read_text()
        return int(re.search(r'VmHWM:\s*(\d+) kB', status).group(1)) << 10

    def workers(self):
        found = subprocess.run(['ps', '-o', 'pid=', '--ppid', str(self.process.pid)], capture_output=True, text=True)
        return [int(p) for p in found.stdout.split()]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.signal(signal.SIGTERM)
        try:
            ended = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            ended = 'not at all'
        printed = self.printed()
        self.output.close()
        self.temporary.cleanup()
        if error[0] is not None:
            print(printed[-3000:])
        # A build with sanitizers tells of leaks when it ends.
        elif ended != 0 or 'Sanitizer' in printed or 'runtime error' in printed:
            raise AssertionError('zoohost ended with %s:\n%s' % (ended, printed[-6000:]))
