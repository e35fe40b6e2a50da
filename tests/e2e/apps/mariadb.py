# SPDX-License-Identifier: Apache-2.0
"""A MariaDB server with a folder and a socket of its own."""

import os
import pwd
import subprocess
import tempfile
import time


class Server:
    def __init__(self):
        # In memory where there is such a place: the server syncs its files often, which a busy disk turns into minutes.
        self.folder = tempfile.TemporaryDirectory(dir='/dev/shm' if os.path.isdir('/dev/shm') else None)
        self.socket = os.path.join(self.folder.name, 'db.sock')
        data = os.path.join(self.folder.name, 'data')
        user = pwd.getpwuid(os.getuid()).pw_name
        common = ['--no-defaults', '--datadir=' + data, '--user=' + user]
        os.makedirs(data)
        # What mariadb-install-db does, without the sys schema and the help texts, which take most of its time.
        script = ['CREATE DATABASE mysql;', 'USE mysql;', 'SET @auth_root_socket = NULL;']
        for name in ('mysql_system_tables.sql', 'mysql_system_tables_data.sql'):
            with open('/usr/share/mysql/' + name, encoding='utf-8') as file:
                script.append(file.read())
        subprocess.run(['/usr/sbin/mariadbd', *common, '--bootstrap', '--silent-startup', '--skip-networking'], check=True, text=True,
                       input='\n'.join(script), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180)
        self.process = subprocess.Popen(
            ['/usr/sbin/mariadbd', *common, '--socket=' + self.socket, '--skip-networking', '--innodb-buffer-pool-size=32M',
             '--innodb-flush-log-at-trx-commit=0', '--pid-file=' + os.path.join(self.folder.name, 'pid')],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait()

    def _wait(self):
        end = time.monotonic() + 120
        while self._run('SELECT 1').returncode != 0:
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError('MariaDB does not start')
            time.sleep(0.2)

    def _run(self, sql, account=('-uroot',)):
        return subprocess.run(['mariadb', '--no-defaults', '--default-character-set=utf8mb4', '--socket=' + self.socket,
                               '-N', '-B', '-e', sql, *account], capture_output=True, text=True, timeout=60)

    def sql(self, text, account=('-uroot',)):
        """Its result, a line a row. `account`: options of the client, and the database to use."""
        result = self._run(text, account)
        if result.returncode != 0:
            raise RuntimeError(result.stderr)
        return result.stdout.strip()

    def stop(self):
        self.process.terminate()
        self.process.wait(60)
        self.folder.cleanup()
