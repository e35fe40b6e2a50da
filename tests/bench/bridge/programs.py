# SPDX-License-Identifier: Apache-2.0
"""Programs that the benchmark starts: found, started in a folder of their own, watched, and ended whatever happens."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


class BenchError(Exception):
    """The benchmark cannot go on; the text says why."""


def program(name):
    path = shutil.which(name, path=os.environ.get('PATH', '') + ':/usr/sbin:/sbin')
    if path is None:
        raise BenchError('%s is not installed: tests/bench/run.sh installs what the benchmark needs' % name)
    return path


def free_port():
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(('127.0.0.1', 0))
        return sock.getsockname()[1]


def wait_until(what, condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise BenchError('%s within %d seconds' % (what, seconds))
        time.sleep(0.02)


def end_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Programs:
    """A temporary folder and everything that was started in it.  A context: leaving it ends and removes all of it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='zoo-bench-', dir='/var/tmp')
        os.chmod(self.folder, 0o755)        # Apache's processes may belong to another user
        self.running = []

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.stop(self.running)
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        path = self.path(name)
        with open(path, 'w') as file:
            file.write(text)
        return path

    def start(self, name, args, **options):
        """Starts a program in a process group of its own; what it prints goes to NAME.log."""
        with open(self.path(name + '.log'), 'ab') as output:
            options.setdefault('stdin', subprocess.DEVNULL)
            options.setdefault('cwd', self.folder)
            process = subprocess.Popen([program(args[0])] + args[1:], stdout=output, stderr=output, start_new_session=True,
                                       preexec_fn=end_with_parent, **options)
        process.name = name
        self.running.append(process)
        return process

    def run(self, name, args, **options):
        """Starts a program that ends by itself and waits for it."""
        process = self.start(name, args, **options)
        try:
            status = process.wait(120)
        except subprocess.TimeoutExpired:
            raise BenchError('%s has not ended after two minutes' % name) from None
        self.running.remove(process)
        if status != 0:
            raise BenchError('%s failed with status %d:\n%s' % (name, status, self.log_end(name)))

    def log_end(self, name):
        try:
            with open(self.path(name + '.log'), errors='replace') as file:
                return file.read()[-2000:]
        except OSError:
            return ''

    def check(self):
        """Raises when a program has ended."""
        for process in self.running:
            if process.poll() is not None:
                raise BenchError('%s has ended with status %d:\n%s'
                                 % (process.name, process.returncode, self.log_end(process.name)))

    def wait_for(self, what, condition, seconds=30):
        def check():
            self.check()
            return condition()
        wait_until(what, check, seconds)

    def stop(self, processes):
        processes = list(processes)
        for process in reversed(processes):
            signal_group(process, signal.SIGTERM)
        end = time.monotonic() + 10
        for process in processes:
            try:
                process.wait(max(end - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                pass
            signal_group(process, signal.SIGKILL)
            process.wait()
        self.running = [p for p in self.running if p not in processes]


def signal_group(process, number):
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass


def answers(port, path, text):
    """Whether GET `path` yields `text`; for waiting until a server is up."""
    try:
        with socket.create_connection(('127.0.0.1', port), timeout=10) as sock:
            sock.sendall(b'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' % path.encode())
            data = b''
            while True:
                piece = sock.recv(65536)
                if not piece:
                    return text in data
                data += piece
    except OSError:
        return False


# -- What /proc says ---------------------------------------------------------------------------------------------------

def tree(pid):
    """A process and all below it."""
    found = [pid]
    for parent in found:
        try:
            for task in os.listdir('/proc/%d/task' % parent):
                with open('/proc/%d/task/%s/children' % (parent, task)) as file:
                    found.extend(map(int, file.read().split()))
        except OSError:
            pass
    return found


def command_line(pid):
    try:
        with open('/proc/%d/cmdline' % pid, 'rb') as file:
            return file.read().replace(b'\0', b' ').decode('latin-1')
    except OSError:
        return ''


def cpu_seconds(pids):
    """Run time of all threads of the processes, with nanosecond steps."""
    total = 0
    for pid in pids:
        try:
            for task in os.listdir('/proc/%d/task' % pid):
                with open('/proc/%d/task/%s/schedstat' % (pid, task)) as file:
                    total += int(file.read().split()[0])
        except OSError:
            pass
    return total / 1e9


def memory_field(pid, file_name, field):
    try:
        with open('/proc/%d/%s' % (pid, file_name)) as file:
            for line in file:
                if line.startswith(field):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def shared_memory(pids):
    """Resident bytes, pages of several processes counted once among them."""
    return sum(memory_field(pid, 'smaps_rollup', 'Pss:') for pid in pids)


def resident(pids):
    return sum(memory_field(pid, 'status', 'VmRSS:') for pid in pids)


def peak_resident(pids):
    return sum(memory_field(pid, 'status', 'VmHWM:') for pid in pids)


def reset_peak(pids):
    for pid in pids:
        with open('/proc/%d/clear_refs' % pid, 'w') as file:
            file.write('5')
