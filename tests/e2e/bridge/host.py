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
ZOOHOST = os.environ.get('ZOOHOST') or str(ROOT / 'build/release/bin/zoohost')


class Host:
    """zoohost on a copy of an application folder; options are added to its command line."""

    def __init__(self, app, *options, edit=None, environ=None):
        self.temporary = tempfile.TemporaryDirectory(prefix='zoo-e2e-')
        self.folder = pathlib.Path(self.temporary.name) / 'site'
        shutil.copytree(app, self.folder)
        if edit:
            edit(self.folder)
        self.output = open(pathlib.Path(self.temporary.name) / 'output', 'wb+')
        self.process = subprocess.Popen(
            [ZOOHOST, '--root', str(self.folder), '--listen', '127.0.0.1:0', '--workers', str(ROOT / 'module/workers'),
             *(o.replace('SITE', str(self.folder)) for o in options)],
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

    def workers(self):
        found = subprocess.run(['ps', '-o', 'pid=', '--ppid', str(self.process.pid)], capture_output=True, text=True)
        return [int(p) for p in found.stdout.split()]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if error[0] is not None:
            print(self.printed()[-3000:])
        self.output.close()
        self.temporary.cleanup()
