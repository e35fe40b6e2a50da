#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A FastCGI worker for WSGI applications (PEP 3333): one file, standard library only, Python 3.8 and later.

The front end gives the worker a listening or a connected stream socket as descriptor 0 (on Windows the server end of a
named pipe as standard input) and the application's configuration as environment variables: see README.md beside this
folder.  One thread, one request at a time; requests that the front end sent ahead wait in this process's input buffer,
so a busy worker neither polls nor sleeps between two of them.

Protocol: FastCGI specification 1.0; the sections named in comments are its sections.
"""

import errno
import gc
import importlib
import io
import os
import re
import select
import signal
import socket
import stat
import struct
import sys
import time
import traceback
from urllib.parse import unquote_to_bytes

# Record types, section 8.
BEGIN_REQUEST, ABORT_REQUEST, END_REQUEST, PARAMS, STDIN, STDOUT, STDERR = 1, 2, 3, 4, 5, 6, 7
GET_VALUES, GET_VALUES_RESULT, UNKNOWN_TYPE = 9, 10, 11
# Roles, flags and protocol statuses, section 8.
RESPONDER = 1
KEEP_CONN = 1
REQUEST_COMPLETE, CANT_MPX_CONN, OVERLOADED, UNKNOWN_ROLE = 0, 1, 2, 3
HEADER = struct.Struct('!BBHHBx')
OPENING = struct.Struct('!BBHHBxHB5xBBH')      # FCGI_BEGIN_REQUEST and the start of the FCGI_PARAMS record behind it
RECORD_MAX = 65528              # the largest multiple of eight that a record can carry (section 3.3)
PARAMS_MAX = 1 << 20            # no server sends this much; more is garbage or an attack
RECV_SIZE = 65536
BODY_RECV_SIZE = 262144
IOV_MAX = 1024                  # POSIX's usual bound for one sendmsg
COALESCE_SIZE, COALESCE_COUNT = 4096, 16    # ZOOFCGI_COALESCE: answers up to this size wait, up to so many of them
COALESCE_TIME = 0.0005          # and only while two requests take no longer than this
CACHED_BLOCKS = 256             # whole parameter blocks kept decoded, each at most CACHED_BLOCK_MAX bytes
CACHED_BLOCK_MAX = 2048
CACHED_LINES = 1024             # response header lines kept encoded
HOT_WAIT = 0.05                 # seconds in a plain recv before the worker waits for all its descriptors instead
SLOW_CALL = 0.002               # after a request that took longer, look for aborts before the next one: see README.md

HOP_BY_HOP = frozenset(('connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer',
                        'trailers', 'transfer-encoding', 'upgrade', 'proxy-connection'))
GET_VALUES_ANSWERS = {b'FCGI_MAX_CONNS': b'1', b'FCGI_MAX_REQS': b'1', b'FCGI_MPXS_CONNS': b'0'}
# An abort's header with any id and no content; the usual records around it never look like this.
MAYBE_ABORT = re.compile(rb'\x01\x02..\0\0', re.DOTALL).search
BODILESS = frozenset((b'204', b'304'))
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")          # RFC 9110 section 5.6.2
STATUS_LINE = re.compile(r'[1-9][0-9]{2} [^\x00-\x1f\x7f]*\Z')
BAD_VALUE = re.compile(r'[\x00-\x08\x0a-\x1f\x7f]')


class Disconnected(ConnectionError):
    """The front end closed the connection; whatever ran for it is over."""


class Aborted(OSError):
    """The front end took the request back (FCGI_ABORT_REQUEST) while the application read or wrote."""


class ProtocolError(Exception):
    """Bytes that are not FastCGI: the connection cannot be trusted any more."""


class ConfigError(Exception):
    """The environment does not name an application that can be loaded."""


def enabled(name, environ=os.environ):
    return environ.get(name, '').lower() not in ('', '0', 'no', 'off', 'false')


def log(text):
    """Writes to the process's own stderr, which the front end keeps for its error page; absent on some Windows hosts."""
    try:
        sys.stderr.write(text if text.endswith('\n') else text + '\n')
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):
        pass


# -- Name-value pairs (section 3.4) ------------------------------------------------------------------------------------

def pair_at(block, pos):
    """Returns (start of name, start of value, end) of the pair at `pos`; raises ProtocolError when it is cut short."""
    try:
        names, values = block[pos], 0
        pos += 1
        if names > 127:
            names = int.from_bytes(block[pos - 1:pos + 3], 'big') & 0x7fffffff
            pos += 3
        values = block[pos]
        pos += 1
        if values > 127:
            values = int.from_bytes(block[pos - 1:pos + 3], 'big') & 0x7fffffff
            pos += 3
    except IndexError:
        raise ProtocolError('a name-value pair is cut short') from None
    if pos + names + values > len(block):
        raise ProtocolError('a name-value pair is longer than its stream')
    return pos, pos + names, pos + names + values


def decode_pairs(block):
    """All pairs of `block` as a list of (name, value) bytes; the slow and obvious decoder, for management records."""
    pairs, pos = [], 0
    while pos < len(block):
        name, value, end = pair_at(block, pos)
        pairs.append((block[name:value], block[value:end]))
        pos = end
    return pairs


def encode_pair(name, value):
    def length(n):
        return bytes((n,)) if n < 128 else (n | 0x80000000).to_bytes(4, 'big')
    return length(len(name)) + length(len(value)) + name + value


class EnvironDecoder:
    """Turns a PARAMS stream into a WSGI environ.

    Three things make that cheap.  A front end repeats itself: a block seen before is looked up whole.  Blocks of one
    site begin alike (server constants first), so the longest common beginning of the last blocks is kept decoded and
    each further block that starts with it is decoded from there.  The rest costs two slices and a store for a pair.
    """

    RELEARN = 128       # so many blocks after which a longer common beginning is looked for

    def __init__(self, base, root=''):
        self.base = base
        self.root = root
        self.blocks = {}
        self.seen = set()
        self.prefix = b''
        self.prefix_env = base
        self.last = b''
        self.until_relearn = 1

    def decode(self, block):
        """A new environ for `block`, without wsgi.input."""
        known = self.blocks.get(block)
        if known is not None:
            return known.copy()
        environ = self.decode_new(block)
        if len(block) <= CACHED_BLOCK_MAX:
            self._remember(block, environ)
        return environ

    def _remember(self, block, environ):
        """Keeps a block from its second sight on, so that traffic that never repeats costs no copies."""
        if block not in self.seen:
            if len(self.seen) >= 2 * CACHED_BLOCKS:
                self.seen.clear()
            self.seen.add(block)
            return
        if len(self.blocks) >= CACHED_BLOCKS:
            self.blocks.clear()
        self.blocks[block] = environ.copy()

    def decode_new(self, block):
        self.until_relearn -= 1
        if self.until_relearn <= 0 or not block.startswith(self.prefix):
            self._learn(block)
        environ = self.prefix_env.copy()
        decode_into(environ, block, len(self.prefix))
        self._finish(environ)
        return environ

    def _learn(self, block):
        pos = 0
        last = self.last
        while pos < len(block):
            end = pair_at(block, pos)[2]
            if block[pos:end] != last[pos:end]:
                break
            pos = end
        environ = self.base.copy()
        decode_into(environ, block[:pos], 0)
        self.prefix, self.prefix_env = block[:pos], environ
        self.last = block
        self.until_relearn = self.RELEARN

    def _finish(self, environ):
        """What PEP 3333 wants and a server's variables do not say."""
        pop = environ.pop
        pop('HTTP_PROXY', None)             # CVE-2016-5385: it would become a library's proxy setting
        pop('HTTP_CONTENT_TYPE', None)      # CGI says them as CONTENT_TYPE and CONTENT_LENGTH
        pop('HTTP_CONTENT_LENGTH', None)
        script = environ['SCRIPT_NAME']
        if script and script[-1] == '/':
            environ['SCRIPT_NAME'] = script = script.rstrip('/')
        if 'PATH_INFO' not in environ or 'QUERY_STRING' not in environ:
            path, _, query = environ.get('REQUEST_URI', '').partition('?')
            environ.setdefault('QUERY_STRING', query)
            environ.setdefault('PATH_INFO', path_below(path, script))
        if self.root:
            self._strip_root(environ)
        if environ.get('HTTPS', 'off').lower() in ('on', '1', 'true', 'yes'):
            environ['wsgi.url_scheme'] = 'https'

    def _strip_root(self, environ):
        path = environ['PATH_INFO']
        if path == self.root or path.startswith(self.root + '/'):
            environ['SCRIPT_NAME'] += self.root
            environ['PATH_INFO'] = path[len(self.root):]


def decode_into(environ, block, pos):
    """Stores the pairs of `block` from `pos` on as latin-1 text, PEP 3333's form of bytes."""
    text = block.decode('latin-1')
    end = len(block)
    try:
        while pos < end:
            n = block[pos]
            v = block[pos + 1]
            if n < 128 and v < 128:
                start = pos + 2
                middle = start + n
                pos = middle + v
            else:
                start, middle, pos = pair_at(block, pos)
            environ[text[start:middle]] = text[middle:pos]
    except IndexError:
        raise ProtocolError('a name-value pair is cut short') from None
    if pos != end:
        raise ProtocolError('a name-value pair is longer than its stream')


def path_below(raw_path, script):
    """PATH_INFO from the undecoded path of REQUEST_URI: decoded once, without the application's own part."""
    if raw_path[:1] != '/' and '://' in raw_path:
        raw_path = '/' + raw_path.split('://', 1)[-1].partition('/')[2]     # absolute form, RFC 9112 section 3.2.2
    path = unquote_to_bytes(raw_path.encode('latin-1')).decode('latin-1')
    if script and (path == script or path.startswith(script + '/')):
        return path[len(script):]
    return path


# -- Transports --------------------------------------------------------------------------------------------------------

class SocketTransport:
    """A connected stream socket.  hot_recv and hot_send are its own methods: nothing lies between loop and system."""

    def __init__(self, sock):
        self.sock = sock
        sock.setblocking(True)
        milliseconds = int(HOT_WAIT * 1000)
        timeout = struct.pack('L', milliseconds) if os.name == 'nt' else struct.pack('ll', 0, milliseconds * 1000)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, timeout)
        if sock.family in (socket.AF_INET, getattr(socket, 'AF_INET6', -1)):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.hot_recv = sock.recv
        self.hot_send = sock.sendall

    def fileno(self):
        return self.sock.fileno()

    def recv(self, size):
        """Waits for as long as it takes; b'' at the end."""
        while True:
            try:
                return self.sock.recv(size)
            except (BlockingIOError, TimeoutError):
                select.select((self.sock,), (), ())
            except ConnectionError:
                return b''

    def poll_recv(self, size):
        """What has already arrived; None when nothing has, b'' at the end."""
        try:
            if hasattr(socket, 'MSG_DONTWAIT'):
                return self.sock.recv(size, socket.MSG_DONTWAIT)
            return self.sock.recv(size) if select.select((self.sock,), (), (), 0)[0] else None
        except BlockingIOError:
            return None
        except ConnectionError:
            return b''

    def send_parts(self, parts):
        """Sends a list of buffers without joining them."""
        if not hasattr(self.sock, 'sendmsg'):
            self.sock.sendall(b''.join(parts))
            return
        for first in range(0, len(parts), IOV_MAX):
            self._send_vector(parts[first:first + IOV_MAX])

    def _send_vector(self, parts):
        sent = self.sock.sendmsg(parts)
        for index, part in enumerate(parts):
            if sent < len(part):
                self.sock.sendall(memoryview(part)[sent:])
                sent = 0
                rest = parts[index + 1:]
                if rest:
                    self._send_vector(rest)
                return
            sent -= len(part)

    def send_file(self, header, fd, offset, count):
        """Sends a record's header and `count` bytes of a file from `offset` on."""
        self.sock.sendall(header)
        while count:
            sent = os.sendfile(self.sock.fileno(), fd, offset, count)
            if sent == 0:
                raise Disconnected('the file became shorter while it was sent')
            offset += sent
            count -= sent

    def close(self):
        self.sock.close()


class WindowsPipeApi:
    """The only place that calls Windows.  Every method returns Windows' error code first, 0 for success.

    An OVERLAPPED structure goes with each call, so that handles opened with and without FILE_FLAG_OVERLAPPED both work.
    """

    STD_INPUT_HANDLE, FILE_TYPE_PIPE, PIPE_SERVER_END = -10, 3, 1
    IO_PENDING, INFINITE = 997, 0xffffffff

    def __init__(self):
        import ctypes
        from ctypes import wintypes
        self.ctypes, self.wintypes = ctypes, wintypes
        self.kernel = ctypes.WinDLL('kernel32', use_last_error=True)

        class Overlapped(ctypes.Structure):
            _fields_ = [('Internal', ctypes.c_void_p), ('InternalHigh', ctypes.c_void_p), ('Offset', wintypes.DWORD),
                        ('OffsetHigh', wintypes.DWORD), ('hEvent', wintypes.HANDLE)]
        self.kernel.CreateEventW.restype = wintypes.HANDLE
        self.kernel.GetStdHandle.restype = wintypes.HANDLE
        self.overlapped = Overlapped(hEvent=self.kernel.CreateEventW(None, True, False, None))

    def std_input(self):
        """The pipe's handle, or None when standard input is something else."""
        handle = self.kernel.GetStdHandle(self.wintypes.DWORD(self.STD_INPUT_HANDLE & 0xffffffff))
        if not handle or self.kernel.GetFileType(self.wintypes.HANDLE(handle)) != self.FILE_TYPE_PIPE:
            return None
        return self.wintypes.HANDLE(handle)

    def is_server_end(self, pipe):
        flags = self.wintypes.DWORD()
        done = self.kernel.GetNamedPipeInfo(pipe, self.ctypes.byref(flags), None, None, None)
        return bool(done) and bool(flags.value & self.PIPE_SERVER_END)

    def _finish(self, pipe, done):
        """Waits for an operation that is under way; returns (error, bytes transferred)."""
        error = 0 if done else self.ctypes.get_last_error()
        moved = self.wintypes.DWORD()
        if error and error != self.IO_PENDING:
            return error, 0
        if not self.kernel.GetOverlappedResult(pipe, self.ctypes.byref(self.overlapped), self.ctypes.byref(moved), True):
            return self.ctypes.get_last_error(), 0
        return 0, moved.value

    def connect(self, pipe):
        return self._finish(pipe, self.kernel.ConnectNamedPipe(pipe, self.ctypes.byref(self.overlapped)))[0]

    def read(self, pipe, size):
        buffer = self.ctypes.create_string_buffer(size)
        done = self.kernel.ReadFile(pipe, buffer, size, None, self.ctypes.byref(self.overlapped))
        error, count = self._finish(pipe, done)
        return error, buffer.raw[:count]

    def write(self, pipe, data):
        done = self.kernel.WriteFile(pipe, data, len(data), None, self.ctypes.byref(self.overlapped))
        return self._finish(pipe, done)

    def available(self, pipe):
        count = self.wintypes.DWORD()
        done = self.kernel.PeekNamedPipe(pipe, None, 0, None, self.ctypes.byref(count), None)
        return (0, count.value) if done else (self.ctypes.get_last_error(), 0)

    def flush(self, pipe):
        return 0 if self.kernel.FlushFileBuffers(pipe) else self.ctypes.get_last_error()

    def disconnect(self, pipe):
        return 0 if self.kernel.DisconnectNamedPipe(pipe) else self.ctypes.get_last_error()

    def cancel(self, pipe):
        """Makes a call that waits on the pipe return, whichever thread waits."""
        self.kernel.CancelIoEx(pipe, None)

    def on_event(self, value, action):
        """Calls `action` from a thread once the event whose inherited handle is `value` is set."""
        import threading

        def wait():
            self.kernel.WaitForSingleObject(self.wintypes.HANDLE(value), self.INFINITE)
            action()
        threading.Thread(target=wait, daemon=True).start()


class PipeTransport:
    """The server end of a named pipe, which serves one client after the other (FastCGI's convention on Windows)."""

    PIPE_CONNECTED, NO_DATA, BROKEN_PIPE, MORE_DATA = 535, 232, 109, 234
    WRITE_MAX = 1 << 20

    def __init__(self, api, pipe):
        self.api = api
        self.pipe = pipe
        self.server_end = api.is_server_end(pipe)
        self.used = False
        self.hot_recv = self.recv
        self.hot_send = self.sendall

    def accept(self):
        """Waits for a client; False when there will be none."""
        if not self.server_end:         # a client end is connected already, once
            first, self.used = not self.used, True
            return first
        while True:
            error = self.api.connect(self.pipe)
            if error in (0, self.PIPE_CONNECTED):
                return True
            if error != self.NO_DATA:           # that one: a client came and left before it was looked at
                return False
            self.api.disconnect(self.pipe)

    def recv(self, size):
        error, data = self.api.read(self.pipe, size)
        return data if error in (0, self.MORE_DATA) else b''

    def poll_recv(self, size):
        error, count = self.api.available(self.pipe)
        if error:
            return b''
        return self.recv(min(size, count)) if count else None

    def sendall(self, data):
        view = memoryview(data)
        while view:
            error, count = self.api.write(self.pipe, bytes(view[:self.WRITE_MAX]))
            if error:
                raise Disconnected('the pipe is closed, error %d' % error)
            view = view[count:]

    def send_parts(self, parts):
        self.sendall(b''.join(parts))

    def close(self):
        if self.server_end:
            self.api.flush(self.pipe)           # else a client would lose what it has not read yet
            self.api.disconnect(self.pipe)


# -- One connection ----------------------------------------------------------------------------------------------------

class Connection:
    """The bytes of one connection and the records in them.  `data` from `pos` on is what has not been looked at."""

    def __init__(self, transport):
        self.transport = transport
        self.data = b''
        self.pos = 0
        self.out = []               # answers not sent yet
        self.rid = 0                # the request whose stdin is being read, 0 for none
        self.left = 0               # bytes of the current stdin record not handed out
        self.padding = 0
        self.aborts = False         # an abort may lie in `data`

    # Input

    def add(self, more):
        pos = self.pos
        data = self.data
        self.data = data = more if pos >= len(data) else data[pos:] + more
        self.pos = 0
        # Inside a body the bytes are not searched: aborted() then walks the records.
        self.aborts = self.rid != 0 or (b'\x01\x02' in data and MAYBE_ABORT(data) is not None)

    def fill(self, size=RECV_SIZE):
        self.flush()
        more = self.transport.recv(size)
        if not more:
            raise Disconnected
        self.add(more)

    def poll(self):
        """Takes in what has arrived, without waiting and without piling up."""
        if len(self.data) - self.pos < 2 * RECV_SIZE:
            more = self.transport.poll_recv(RECV_SIZE)
            if more:
                self.add(more)
            elif more == b'':
                raise Disconnected

    def header(self):
        while len(self.data) - self.pos < 8:
            self.fill()
        version, kind, rid, length, padding = HEADER.unpack_from(self.data, self.pos)
        if version != 1:
            raise ProtocolError('not a FastCGI record of version 1')
        self.pos += 8
        return kind, rid, length, padding

    def content(self, length, padding):
        total = length + padding
        while len(self.data) - self.pos < total:
            self.fill()
        start = self.pos
        self.pos = start + total
        return self.data[start:start + length]

    def record_of(self, rid):
        """The header of the next record of request `rid`; answers or skips all others on the way."""
        while True:
            kind, other, length, padding = self.header()
            if other == rid:
                return kind, length, padding
            content = self.content(length, padding)
            if other == 0:
                self.management(kind, content)
            elif kind == BEGIN_REQUEST:
                self.end(other, CANT_MPX_CONN)

    def next_request(self):
        """Waits for a request and its parameters: (id, keep, PARAMS stream), or None after one that came to nothing."""
        kind, rid, length, padding = self.header()
        content = self.content(length, padding)
        if rid == 0:
            self.management(kind, content)
        elif kind == BEGIN_REQUEST:
            if length != 8:
                raise ProtocolError('FCGI_BEGIN_REQUEST of %d bytes' % length)
            keep = content[2] & KEEP_CONN
            if int.from_bytes(content[:2], 'big') != RESPONDER:
                self.end(rid, UNKNOWN_ROLE)
                self.finish(keep)
                return None
            return self._parameters(rid, keep)
        return None                 # a record of a request that is over: section 3.3 says to ignore it

    def _parameters(self, rid, keep):
        blocks, size = [], 0
        while True:
            kind, length, padding = self.record_of(rid)
            content = self.content(length, padding)
            if kind == ABORT_REQUEST:
                self.end(rid)
                self.finish(keep)
                return None
            if kind != PARAMS:
                raise ProtocolError('record type %d among the parameters' % kind)
            if not content:
                break
            blocks.append(content)
            size += length
            if size > PARAMS_MAX:
                raise ProtocolError('more than %d bytes of parameters' % PARAMS_MAX)
        self.rid, self.left, self.padding = rid, 0, 0
        return rid, keep, b''.join(blocks)

    def read_stdin(self):
        """The next piece of the request's body, b'' at its end; pieces may be parts of records."""
        while not self.left:
            if not self.rid:
                return b''
            if self.padding:
                self.content(0, self.padding)
                self.padding = 0
            kind, length, padding = self.record_of(self.rid)
            if kind == STDIN and length:
                self.left, self.padding = length, padding
            else:
                self.content(length, padding)
                if kind not in (STDIN, ABORT_REQUEST):
                    raise ProtocolError('record type %d inside a body' % kind)
                self.rid = 0
                if kind == ABORT_REQUEST:
                    raise Aborted(errno.ECONNABORTED, 'the request was aborted')
        if self.pos >= len(self.data):
            self.fill(BODY_RECV_SIZE)
        start = self.pos
        self.pos = end = min(start + self.left, len(self.data))
        self.left -= end - start
        return self.data if start == 0 and end == len(self.data) else self.data[start:end]

    def whole_body(self):
        """The request's body if all of it is here already, else None; moves only in the first case."""
        data, pos, rid, chunks = self.data, self.pos, self.rid, []
        while len(data) - pos >= 8:
            version, kind, other, length, padding = HEADER.unpack_from(data, pos)
            end = pos + 8 + length
            if version != 1 or kind != STDIN or other != rid or end + padding > len(data):
                return None
            if not length:
                self.pos, self.rid = end + padding, 0
                return b''.join(chunks)
            chunks.append(data[pos + 8:end])
            pos = end + padding
        return None

    def drain(self):
        """Reads what the application left of the body."""
        try:
            while self.rid:
                self.read_stdin()
        except Aborted:
            pass

    def aborted(self, rid):
        """Whether an abort of `rid` lies in the input, behind other requests or not."""
        if not self.aborts:
            return False
        data = self.data
        pos = self.pos + self.left + self.padding
        while len(data) - pos >= 8:
            _, kind, other, length, padding = HEADER.unpack_from(data, pos)
            if kind == ABORT_REQUEST and other == rid:
                return True
            if kind == BEGIN_REQUEST and other == rid:
                return False        # the id is used again: a later abort means the later request
            pos += 8 + length + padding
        return False

    def management(self, kind, content):
        if kind == GET_VALUES:
            answer = b''.join(encode_pair(name, GET_VALUES_ANSWERS[name]) for name, _ in decode_pairs(content)
                              if name in GET_VALUES_ANSWERS)
            self.out.append(HEADER.pack(1, GET_VALUES_RESULT, 0, len(answer), 0) + answer)
        else:
            self.out.append(HEADER.pack(1, UNKNOWN_TYPE, 0, 8, 0) + bytes((kind, 0, 0, 0, 0, 0, 0, 0)))
        if not self.waiting():
            self.flush()

    # Output

    def waiting(self):
        return self.pos < len(self.data)

    def end(self, rid, protocol_status=REQUEST_COMPLETE, app_status=0):
        self.out.append(end_record(rid, protocol_status, app_status))

    def finish(self, keep):
        """After the answer to one request: FCGI_KEEP_CONN says whether another may follow (section 5.1)."""
        self.flush()
        if not keep:
            raise Disconnected

    def flush(self):
        if self.out:
            data = b''.join(self.out)
            self.out.clear()
            self.send(data)

    def send(self, data):
        try:
            self.transport.hot_send(data)
        except OSError as error:
            raise Disconnected(str(error)) from None

    def send_parts(self, parts):
        self.flush()
        try:
            self.transport.send_parts(parts)
        except OSError as error:
            raise Disconnected(str(error)) from None

    def refuse_queued(self):
        """Tells the front end which requests it sent ahead were not begun, so that it can give them to another worker."""
        data, pos = self.data, self.pos
        while len(data) - pos >= 8:
            _, kind, rid, length, padding = HEADER.unpack_from(data, pos)
            if kind == BEGIN_REQUEST:
                self.end(rid, OVERLOADED)
            pos += 8 + length + padding
        self.flush()


def end_record(rid, protocol_status, app_status):
    return HEADER.pack(1, END_REQUEST, rid, 8, 0) + struct.pack('!IB3x', app_status, protocol_status)


class Opening:
    """What depends on a request's id alone, prepared once for each id that the front end uses."""

    __slots__ = ('rid', 'keep', 'tail_in', 'record', 'tail')

    def __init__(self, rid, keep):
        self.rid = rid
        self.keep = keep
        number = rid.to_bytes(2, 'big')
        # An empty PARAMS and an empty STDIN record: the end of a request without a body.
        self.tail_in = HEADER.pack(1, PARAMS, rid, 0, 0) + HEADER.pack(1, STDIN, rid, 0, 0)
        self.record = b'\x01\x06' + number              # begins an STDOUT record; the length follows
        self.tail = HEADER.pack(1, STDOUT, rid, 0, 0) + end_record(rid, REQUEST_COMPLETE, 0)


# -- What the application sees -----------------------------------------------------------------------------------------

class Input(io.RawIOBase):
    """wsgi.input of a body that has not arrived completely: read from the connection as the application asks for it."""

    def __init__(self, conn):
        self.conn = conn
        self.rid = conn.rid
        self.buffer = b''
        self.start = 0

    def readable(self):
        return True

    def _more(self):
        """Gets one more piece; False at the end, or when the request is over."""
        if self.conn is None or self.conn.rid != self.rid:
            return False
        piece = self.conn.read_stdin()
        if not piece:
            return False
        self.buffer = piece if self.start >= len(self.buffer) else self.buffer[self.start:] + piece
        self.start = 0
        return True

    def _take(self, size):
        start = self.start
        data = self.buffer
        if start == 0 and size >= len(data):
            self.buffer = b''
            return data
        self.start = start + size
        return data[start:start + size]

    def read(self, size=-1):
        chunks = []
        wanted = sys.maxsize if size is None or size < 0 else size
        while wanted:
            here = len(self.buffer) - self.start
            if not here:
                if not self._more():
                    break
                continue
            chunks.append(self._take(min(here, wanted)))
            wanted -= min(here, wanted)
        return chunks[0] if len(chunks) == 1 else b''.join(chunks)

    def readinto(self, target):
        data = self.read(len(target))
        target[:len(data)] = data
        return len(data)

    def readall(self):
        return self.read()

    def readline(self, size=-1):
        limit = sys.maxsize if size is None or size < 0 else size
        chunks = []
        while limit:
            if self.start >= len(self.buffer) and not self._more():
                break
            end = self.buffer.find(b'\n', self.start) + 1
            count = min(end - self.start if end else len(self.buffer) - self.start, limit)
            chunks.append(self._take(count))
            limit -= count
            if chunks[-1][-1:] == b'\n':
                break
        return b''.join(chunks)

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def readlines(self, hint=-1):
        lines, total = [], 0
        for line in self:
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                break
        return lines

    def detach(self):
        """Cuts the stream from the connection at the end of its request, for applications that hold on to it."""
        self.conn = None
        self.buffer = b''


class Errors(io.TextIOBase):
    """wsgi.errors: FCGI_STDERR of the request that runs, the process's stderr outside of one."""

    def __init__(self):
        self.conn = None
        self.rid = 0

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError('wsgi.errors takes str, not ' + type(text).__name__)
        if self.conn is None:
            log(text)
            return len(text)
        data = text.encode('utf-8', 'backslashreplace')
        for start in range(0, len(data), RECORD_MAX):
            piece = data[start:start + RECORD_MAX]
            self.conn.out.append(HEADER.pack(1, STDERR, self.rid, len(piece), 0) + piece)
        if len(self.conn.out) > 64:
            self.conn.flush()
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        if self.conn is not None:
            self.conn.flush()


class FileWrapper:
    """wsgi.file_wrapper: sent with sendfile where file and transport allow it, read in blocks elsewhere."""

    def __init__(self, filelike, block_size=RECORD_MAX):
        self.filelike = filelike
        self.block_size = block_size
        if hasattr(filelike, 'close'):
            self.close = filelike.close

    def __iter__(self):
        return self

    def __next__(self):
        data = self.filelike.read(self.block_size)
        if data:
            return data
        raise StopIteration

    def extent(self):
        """(descriptor, offset, size) of a regular file, or None."""
        try:
            fd = self.filelike.fileno()
            offset = self.filelike.tell()
            status = os.fstat(fd)
        except (AttributeError, OSError, ValueError):
            return None
        if isinstance(self.filelike, io.TextIOBase) or not stat.S_ISREG(status.st_mode):
            return None
        return fd, offset, max(status.st_size - offset, 0)


# -- One request -------------------------------------------------------------------------------------------------------

class HeaderCache:
    """Status and header lines checked and encoded; the few that a site uses come back as they are."""

    def __init__(self):
        self.lines = {}
        self.statuses = {}

    def encode(self, status, headers):
        """The slow way, with all checks; raises what PEP 3333 calls fatal errors."""
        if type(status) is not str or not STATUS_LINE.match(status + ('' if ' ' in status else ' ')):
            raise AssertionError('status must be a string like "200 OK", not %r' % (status,))
        if type(headers) is not list and not isinstance(headers, (list, tuple)):
            raise AssertionError('headers must be a list of (name, value) tuples, not %r' % (headers,))
        first = b'Status: ' + status.encode('latin-1') + b'\r\n'
        lines = [self._line(item) for item in headers]
        if len(self.statuses) < CACHED_LINES:
            self.statuses[status] = first
        if len(self.lines) > CACHED_LINES:
            self.lines.clear()
        self.lines.update((tuple(item), line) for item, line in zip(headers, lines) if len(line) < 128)
        return first + b''.join(lines)

    @staticmethod
    def _line(item):
        name, value = item
        if not isinstance(name, str) or not isinstance(value, str):
            raise AssertionError('header names and values must be str, not %r' % (item,))
        lower = name.lower()
        if not TOKEN.match(name) or lower == 'status':
            raise AssertionError('not a header name: %r' % name)
        if lower in HOP_BY_HOP:
            raise AssertionError('hop-by-hop header %r belongs to the server (PEP 3333)' % name)
        if BAD_VALUE.search(value):
            raise AssertionError('control character in the value of header %r' % name)
        if lower == 'content-length':
            if not value.isdecimal():
                raise AssertionError('not a Content-Length: %r' % value)
            name = 'Content-Length'
        return ('%s: %s\r\n' % (name, value)).encode('latin-1')


class Exchange:
    """Runs the application for one request and sends its answer; one object serves all requests in turn."""

    CHECK_EVERY = 0.005     # seconds between two looks for an abort while a long answer is sent

    def __init__(self, app, debug=False, coalesce=False):
        self.app = app
        self.debug = debug
        self.coalesce = coalesce
        self.errors = Errors()
        self.cache = HeaderCache()
        self.getline = self.cache.lines.__getitem__
        self.statuses = self.cache.statuses
        self.conn = self.opening = self.head = self.declared = None
        self.head_sent = self.ended = self.bodiless = False
        self.sent = 0
        self.next_check = 0.0
        self.start = self.start_response    # bound once
        self.writer = self.write

    def run(self, conn, opening, environ):
        """Answers one request completely; raises Disconnected when the connection cannot be used afterwards."""
        self.conn = self.errors.conn = conn
        self.opening = opening
        self.errors.rid = opening.rid
        self.head = None
        self.head_sent = self.ended = False
        self.bodiless = environ['REQUEST_METHOD'] == 'HEAD'
        try:
            result = self.app(environ, self.start)
            if type(result) is not list or len(result) != 1 or not self._send_single(result[0]):
                self._send_result(result)
        except (Disconnected, ProtocolError):
            raise
        except Aborted:
            self._end_with(0)
        except Exception:
            self._fail()
        except BaseException:               # sys.exit() in the application: answered, then obeyed
            self._fail()
            raise
        finally:
            self.errors.conn = None

    # The two callables of PEP 3333

    def start_response(self, status, headers, exc_info=None):
        if exc_info is not None:
            try:
                if self.head_sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None             # no reference cycle through the frame
        elif self.head is not None:
            raise AssertionError('start_response called twice without exc_info')
        try:
            self.head = self.statuses[status] + b''.join(map(self.getline, headers))
        except (KeyError, TypeError):
            self.head = self.cache.encode(status, headers)
        return self.writer

    def write(self, data):
        if not isinstance(data, bytes):
            raise AssertionError('write() takes bytes, not ' + type(data).__name__)
        if data and not self.ended:
            self._emit(data)

    # The answer

    def _send_single(self, body):
        """The usual answer, one bytes object of the announced length: one record, one send.  False: not this case."""
        head = self.head
        if head is None or self.head_sent or self.bodiless:
            return False
        length = len(body)
        if b'\nContent-Length: %d\r' % length not in head or head[8:11] in BODILESS:
            return False
        size = len(head) + 2 + length
        if size > RECORD_MAX:
            return False
        opening = self.opening
        conn = self.conn
        data = b''.join((opening.record, size.to_bytes(2, 'big'), b'\0\0', head, b'\r\n', body, opening.tail))
        self.head_sent = self.ended = True
        if self.coalesce and size <= COALESCE_SIZE:
            conn.out.append(data)           # the worker's loop flushes
        elif conn.out:
            conn.out.append(data)
            conn.flush()
        else:
            conn.send(data)
        return True

    def _send_result(self, result):
        try:
            if type(result) is FileWrapper and self._send_file(result):
                return
            if isinstance(result, (list, tuple)) and not self.head_sent:
                result = self._join(result)
            for chunk in result:
                if not chunk:
                    continue
                if self.ended:              # the announced length is reached: PEP 3333 says to stop here
                    if not self.bodiless:
                        log('zoofcgi: the body is longer than its Content-Length; the rest is dropped')
                    break
                self._emit(chunk)
            self._finish()
        finally:
            close = getattr(result, 'close', None)
            if close is not None:
                close()

    def _join(self, chunks):
        """A body that is all there: its length is known, and small ones are worth one record."""
        total = sum(map(len, chunks))
        if self.head is not None and b'\nContent-Length: ' not in self.head and \
                not self.bodiless and self._status_allows_body():
            self.head += b'Content-Length: %d\r\n' % total
        return (b''.join(chunks),) if total <= RECORD_MAX else chunks

    def _status_allows_body(self):
        return self.head[8:11] not in BODILESS and self.head[8:9] != b'1'

    def _begin(self):
        """Ends the head and learns from it what the body may be."""
        head = self.head
        if head is None:
            raise AssertionError('the application sent a body without calling start_response')
        self.bodiless = self.bodiless or not self._status_allows_body()
        self.declared = None
        self.sent = 0
        at = head.find(b'\nContent-Length: ')
        if at >= 0:
            self.declared = int(head[at + 17:head.index(b'\r', at)])
        self.next_check = time.monotonic() + self.CHECK_EVERY
        return head + b'\r\n'

    def _emit(self, chunk):
        """Sends one block at once, the head before the first; the end goes with the block that completes the body."""
        head = b'' if self.head_sent else self._begin()
        if self.bodiless:
            self._transmit(head, b'', True)
            return
        if self.declared is None:
            self._transmit(head, chunk, False)
            return
        room = self.declared - self.sent
        if len(chunk) > room:
            log('zoofcgi: the body is longer than its Content-Length; the rest is dropped')
            chunk = chunk[:room]
        self.sent += len(chunk)
        self._transmit(head, chunk, self.sent == self.declared)

    def _transmit(self, head, chunk, last):
        conn = self.conn
        opening = self.opening
        size = len(head) + len(chunk)
        self.head_sent = True
        if size <= RECORD_MAX:
            record = (opening.record, size.to_bytes(2, 'big'), b'\0\0') if size else ()
            conn.out.append(b''.join((*record, head, chunk, opening.tail if last else b'')))
            conn.flush()
        else:
            conn.send_parts(self._records(head, chunk, last))
        if last:
            self.ended = True
            self.errors.conn = None         # nothing may follow END_REQUEST
        else:
            self._look_for_abort()

    def _records(self, head, chunk, last):
        """A large block as headers and slices, so that nothing of it is copied here."""
        view = memoryview(chunk)
        opening = self.opening
        parts = []
        pos = 0
        while head or pos < len(view):
            piece = view[pos:pos + RECORD_MAX - len(head)]
            parts.append(opening.record + (len(head) + len(piece)).to_bytes(2, 'big') + b'\0\0' + head)
            parts.append(piece)
            pos += len(piece)
            head = b''
        if last:
            parts.append(opening.tail)
        return parts

    def _look_for_abort(self):
        now = time.monotonic()
        if now >= self.next_check:
            self.next_check = now + self.CHECK_EVERY
            self.conn.poll()
            if self.conn.aborted(self.opening.rid):
                raise Aborted(errno.ECONNABORTED, 'the request was aborted')

    def _send_file(self, wrapper):
        """Sends a file's contents by the system.  False: read it block by block instead."""
        extent = wrapper.extent()
        send_file = getattr(self.conn.transport, 'send_file', None)
        if extent is None or send_file is None or not hasattr(os, 'sendfile') or self.head_sent or self.head is None:
            return False
        fd, offset, size = extent
        if b'\nContent-Length: ' not in self.head and self._status_allows_body():
            self.head += b'Content-Length: %d\r\n' % size
        try:
            self._transmit(self._begin(), b'', self.bodiless or self.declared == 0)
            if not self.ended:
                self._send_extent(fd, offset, min(size, self.declared))
                self._finish()
        finally:
            if hasattr(wrapper, 'close'):
                wrapper.close()
        return True

    def _send_extent(self, fd, offset, count):
        self.sent = count
        while count:
            n = min(count, RECORD_MAX)
            try:
                self.conn.transport.send_file(self.opening.record + n.to_bytes(2, 'big') + b'\0\0', fd, offset, n)
            except OSError as error:
                raise Disconnected(str(error)) from None
            offset += n
            count -= n
            self._look_for_abort()

    def _finish(self):
        if self.ended:
            return
        if not self.head_sent:              # no block at all
            if self.head is None:
                raise AssertionError('the application returned without calling start_response')
            head = self._begin()
            self._transmit(head, b'', self.bodiless or not self.declared)
        if not self.ended and self.declared is not None and self.sent < self.declared:
            log('zoofcgi: the body is shorter than its Content-Length by %d bytes' % (self.declared - self.sent))
            self._end_with(1)
        elif not self.ended:
            self._transmit(b'', b'', True)

    def _end_with(self, app_status):
        """Ends the request without completing its body; a status other than 0 tells the front end that it is cut."""
        if not self.ended:
            self.ended = True
            self.errors.conn = None
            self.conn.end(self.opening.rid, REQUEST_COMPLETE, app_status)
            self.conn.flush()

    def _fail(self):
        """The application raised: its traceback to the request's error stream, a 500 to the client where that is possible."""
        text = traceback.format_exc()
        if self.ended:
            log(text)
            return
        self.errors.write(text)
        if self.head_sent:
            self._end_with(1)
            return
        body = (text if self.debug else 'Internal Server Error\n').encode('utf-8', 'backslashreplace')
        self.head = (b'Status: 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\n'
                     b'Content-Length: %d\r\n' % len(body))
        self._emit(body)


# -- The worker --------------------------------------------------------------------------------------------------------

class Worker:
    """Reads requests from connections and has them answered, one at a time and in order."""

    def __init__(self, app, root='', debug=False, coalesce=False):
        self.exchange = Exchange(app, debug, coalesce)
        self.decoder = EnvironDecoder(base_environ(self.exchange.errors), root)
        self.openings = {}
        self.stopping = False
        self.marks = (0.0, 0.0)     # when the two last requests began: see SLOW_CALL
        self.idle = False           # waiting for the front end, with nothing begun

    def serve(self, conn, until=float('inf')):
        """Runs what arrives on `conn`; True when it only fell silent (or `until` has passed), False when it is over."""
        recv = conn.transport.hot_recv
        try:
            while True:
                self._run_ready(conn)
                if self.stopping:
                    conn.poll()
                    conn.refuse_queued()
                    return False
                if conn.pos < len(conn.data):
                    self._run_next(conn)
                    continue
                conn.flush()
                if time.monotonic() > until:
                    return True
                self.idle = True
                try:
                    more = recv(RECV_SIZE)
                except (BlockingIOError, TimeoutError):
                    return True
                finally:
                    self.idle = False
                if not more:
                    return False
                conn.add(more)
        except ProtocolError as error:
            log('zoofcgi: connection closed: %s' % error)
        except OSError:                     # Disconnected, and what a system says instead of an end
            pass
        return False

    def _run_ready(self, conn):
        """The usual case, fast: requests without a body that lie in the input completely, one after the other."""
        openings = self.openings
        decode = self.decoder.decode
        run = self.exchange.run
        clock = time.monotonic
        before, now = self.marks
        data, pos = conn.data, conn.pos
        while len(data) - pos >= 40 and not self.stopping:
            opening = openings.get(data[pos:pos + 20]) or self._opening(data, pos)
            if opening is None:
                break
            start = pos + 24
            stop = start + (data[pos + 20] << 8 | data[pos + 21])
            after = stop + data[pos + 22]
            if not data.startswith(opening.tail_in, after):
                break
            conn.pos = after + 16
            if conn.aborts and conn.aborted(opening.rid):
                conn.end(opening.rid)
                conn.finish(opening.keep)
            else:
                environ = decode(data[start:stop])
                environ['wsgi.input'] = io.BytesIO()
                run(conn, opening, environ)
                if not opening.keep:
                    conn.finish(0)
            before, last, now = now, before, clock()
            if conn.out and (now - last > COALESCE_TIME or len(conn.out) >= COALESCE_COUNT):
                conn.flush()
            if now - last > SLOW_CALL and conn.pos < len(conn.data):
                conn.poll()
            data, pos = conn.data, conn.pos
        if conn.out:
            conn.flush()
        self.marks = before, now

    def _opening(self, data, pos):
        """Recognizes BEGIN_REQUEST followed by PARAMS of one id, and keeps it for the next time."""
        version, kind, rid, length, padding, role, flags, version2, kind2, rid2 = OPENING.unpack_from(data, pos)
        if (version, kind, length, padding, role) != (1, BEGIN_REQUEST, 8, 0, RESPONDER) or rid == 0 or \
                (version2, kind2, rid2) != (1, PARAMS, rid):
            return None
        opening = Opening(rid, flags & KEEP_CONN)
        if len(self.openings) >= 4096:
            self.openings.clear()
        self.openings[data[pos:pos + 20]] = opening
        return opening

    def _run_next(self, conn):
        """Every other request: with a body, in several pieces, with records between that are not its own."""
        request = conn.next_request()
        if request is None:
            return
        rid, keep, block = request
        environ = self.decoder.decode(block)
        body = conn.whole_body()
        if body is not None and conn.aborted(rid):
            conn.end(rid)
            conn.finish(keep)
            return
        stream = environ['wsgi.input'] = Input(conn) if body is None else io.BytesIO(body)
        try:
            self.exchange.run(conn, Opening(rid, keep), environ)
        finally:
            if body is None:
                stream.detach()
        conn.drain()
        conn.finish(keep)
        self.marks = (0.0, 0.0)             # time has passed: look for aborts before the next one
        conn.poll()


def base_environ(errors):
    return {
        'REQUEST_METHOD': 'GET', 'SCRIPT_NAME': '', 'SERVER_NAME': 'localhost', 'SERVER_PORT': '80',
        'SERVER_PROTOCOL': 'HTTP/1.0', 'wsgi.version': (1, 0), 'wsgi.url_scheme': 'http', 'wsgi.errors': errors,
        'wsgi.multithread': False, 'wsgi.multiprocess': True, 'wsgi.run_once': False, 'wsgi.file_wrapper': FileWrapper,
    }


class Server:
    """Waits on the listener, the connections and signals; gives each connection that has input to the worker."""

    TURN = 0.1          # seconds one connection is served while others may wait
    MOST = 64           # connections held; further ones wait in the listener's queue

    def __init__(self, worker, listener=None):
        import selectors
        self.worker = worker
        self.listener = listener
        self.selector = selectors.DefaultSelector()
        self.conns = set()
        if listener is not None:
            listener.setblocking(False)
            self.selector.register(listener, selectors.EVENT_READ, self._accept)
        self.wake, waker = socket.socketpair()
        waker.setblocking(False)
        self.waker = waker
        self.selector.register(self.wake, selectors.EVENT_READ, lambda: self.wake.recv(64))

    def catch_signals(self):
        def stop(_number, _frame):
            self.worker.stopping = True
        for name in ('SIGTERM', 'SIGINT', 'SIGBREAK'):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), stop)
        signal.set_wakeup_fd(self.waker.fileno())

    def add(self, sock):
        conn = Connection(SocketTransport(sock))
        self.conns.add(conn)
        self.selector.register(conn.transport, 1, lambda: self._serve(conn))

    def run(self):
        """Until a signal says to stop or nothing can come any more."""
        while not self.worker.stopping and (self.listener is not None or self.conns):
            for key, _ in self.selector.select():
                if not self.worker.stopping:
                    key.data()
        for conn in list(self.conns):
            try:
                conn.poll()
                conn.refuse_queued()
            except OSError:
                pass
            self._drop(conn)

    def _accept(self):
        if len(self.conns) >= self.MOST:
            time.sleep(0.001)
            return
        try:
            sock = self.listener.accept()[0]
        except OSError:                     # another worker of the same listener was quicker
            return
        self.add(sock)

    def _serve(self, conn):
        alone = self.listener is None and len(self.conns) == 1
        if not self.worker.serve(conn, float('inf') if alone else time.monotonic() + self.TURN):
            self._drop(conn)

    def _drop(self, conn):
        self.conns.discard(conn)
        self.selector.unregister(conn.transport)
        conn.transport.close()


def serve_pipe(worker, api, pipe, environ=os.environ):
    """Serves the clients of a named pipe one after the other."""
    transport = PipeTransport(api, pipe)
    event = environ.get('_FCGI_SHUTDOWN_EVENT_', '')    # libfcgi's name for the handle that asks a worker to end
    if event.isdecimal():
        def stop():
            worker.stopping = True
            if worker.idle:
                api.cancel(pipe)
        api.on_event(int(event), stop)
    while not worker.stopping:
        worker.idle = True
        if not transport.accept():
            break
        worker.idle = False
        conn = Connection(transport)
        while worker.serve(conn):
            pass
        transport.close()


# -- The application ---------------------------------------------------------------------------------------------------

def settings_module(value, base):
    """DJANGO_SETTINGS_MODULE as a dotted name.  A path to a settings file or its folder becomes one; sys.path follows."""
    path = os.path.join(base, value.replace('\\', os.sep) if os.sep == '/' else value)
    looks_like_path = '/' in value or '\\' in value or (value.endswith('.py') and os.path.isfile(path))
    if not looks_like_path:
        return value
    if os.path.isdir(path):
        path = os.path.join(path, 'settings.py')
    if not os.path.exists(path) and not path.endswith('.py'):
        path += '.py'
    if not os.path.exists(path):
        raise ConfigError('DJANGO_SETTINGS_MODULE is the path %r, but there is no such file' % value)
    folder, name = os.path.split(os.path.abspath(path))
    parts = [name[:-3] if name.endswith('.py') else name]
    if parts == ['__init__']:
        parts = []
        parts.append(os.path.basename(folder))
        folder = os.path.dirname(folder)
    while os.path.exists(os.path.join(folder, '__init__.py')):
        folder, package = os.path.split(folder)
        parts.insert(0, package)
    sys.path.insert(0, folder)
    return '.'.join(parts)


def import_callable(value):
    """The WSGI callable named by "module.attr", "module:attr" or "module"; a final "()" calls what was found."""
    name, call = (value[:-2], True) if value.endswith('()') else (value, False)
    module_name, colon, attribute = name.partition(':')
    if not colon:
        module_name, _, attribute = name.rpartition('.')
    if not module_name:
        module_name, attribute = name, 'application'
    found = importlib.import_module(module_name)
    try:
        for part in attribute.split('.'):
            found = getattr(found, part)
    except AttributeError:
        raise ConfigError('WSGI_APP is %r, but module %r has no %r' % (value, module_name, attribute)) from None
    if call:
        found = found()
    if not callable(found):
        raise ConfigError('WSGI_APP is %r, which is not callable but %s' % (value, type(found).__name__))
    return found


def load_application(environ=os.environ):
    """The application that the environment names, with working directory and sys.path set up for it."""
    base = environ.get('APPL_PHYSICAL_PATH', '')
    if base and not os.path.isdir(base):
        raise ConfigError('APPL_PHYSICAL_PATH is %r, which is not a folder' % base)
    if base:
        base = os.path.abspath(base)
        if not environ.get('CURRENT_DIRECTORY'):
            os.chdir(base)
    base = base or os.getcwd()
    if base not in sys.path:
        sys.path.insert(0, base)
    settings = environ.get('DJANGO_SETTINGS_MODULE', '')
    if settings:
        environ['DJANGO_SETTINGS_MODULE'] = settings_module(settings, base)
    name = environ.get('WSGI_APP') or environ.get('WSGI_HANDLER')
    if name:
        return import_callable(name)
    if settings:
        from django.core.wsgi import get_wsgi_application
        return get_wsgi_application()
    raise ConfigError('neither DJANGO_SETTINGS_MODULE nor WSGI_APP is set; name the application in web.config, '
                      'for example <add name="WSGI_APP" value="module.application" />')


def application_root(environ=os.environ):
    root = '/' + environ.get('django.root', '').strip('/')
    return '' if root == '/' else root


# -- The process -------------------------------------------------------------------------------------------------------

def take_descriptor_zero():
    """Moves descriptor 0 out of the application's (and its children's) reach; None when it is not a socket."""
    try:
        if not stat.S_ISSOCK(os.fstat(0).st_mode):
            return None
    except OSError:
        return None
    sock = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    if null:
        os.close(null)
    return sock


def listen_on_port(environ=os.environ):
    """The listener of an engine with transport tcp, which tells the worker HOST and PORT; None without them."""
    port = environ.get('PORT', '')
    if not port.isdecimal():
        return None
    return socket.create_server((environ.get('HOST') or '127.0.0.1', int(port)), backlog=128)


def serve_sockets(worker, sock):
    listening = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    server = Server(worker, sock if listening else None)
    server.catch_signals()
    if not listening:
        server.add(sock)
    server.run()


def main():
    pipe = api = sock = None
    if os.name == 'nt':
        api = WindowsPipeApi()
        pipe = api.std_input()
    else:
        sock = take_descriptor_zero()
    try:
        app = load_application()
        if pipe is None and sock is None:
            sock = listen_on_port()
    except ConfigError as error:
        log('zoofcgi: %s' % error)
        return 2
    if pipe is None and sock is None:
        log('zoofcgi: standard input is no socket and no pipe, and PORT is not set: this program is started by a server')
        return 2
    gc.freeze()                     # what is loaded now stays: no collection needs to look at it again
    worker = Worker(app, application_root(), enabled('ZOOFCGI_DEBUG'), enabled('ZOOFCGI_COALESCE'))
    if pipe is not None:
        serve_pipe(worker, api, pipe)
    else:
        serve_sockets(worker, sock)
    return 0


if __name__ == '__main__':
    sys.exit(main())
