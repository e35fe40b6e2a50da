# SPDX-License-Identifier: Apache-2.0
"""Windows' named-pipe calls as the workers see them, played from a list of clients."""

BROKEN_PIPE, OPERATION_ABORTED = 109, 995


class FakePipeApi:
    """Each client is a list of reads; the word 'event' among them sets the shutdown event at that point."""

    def __init__(self, clients, server_end, connect_errors=(), write_limit=None, write_errors=()):
        self.clients = [list(reads) for reads in clients]
        self.server_end = server_end
        self.connect_errors = list(connect_errors)
        self.write_limit = write_limit
        self.write_errors = list(write_errors)
        self.calls = []
        self.sent = []
        self.reads = None
        self.event = self.action = None
        if not server_end:
            self._next()

    def _next(self):
        if not self.clients:
            return False
        self.reads = self.clients.pop(0)
        self.sent.append(b'')
        return True

    def is_server_end(self, pipe):
        assert pipe == 'pipe'
        return self.server_end

    def connect(self, _pipe):
        self.calls.append('connect')
        error = self.connect_errors.pop(0) if self.connect_errors else 0
        if error in (0, 535) and not self._next():
            return OPERATION_ABORTED
        return error

    def read(self, _pipe, size):
        if not self.reads:
            return BROKEN_PIPE, b''
        data = self.reads.pop(0)
        if data == 'event':
            self.action()
            return OPERATION_ABORTED, b''
        if len(data) > size:
            self.reads.insert(0, data[size:])
        return 0, data[:size]

    def write(self, _pipe, data):
        if self.write_errors:
            return self.write_errors.pop(0), 0
        count = min(len(data), self.write_limit or len(data))
        self.sent[-1] += data[:count]
        return 0, count

    def available(self, _pipe):
        return 0, len(self.reads[0]) if self.reads else 0

    def flush(self, _pipe):
        self.calls.append('flush')
        return 0

    def disconnect(self, _pipe):
        self.calls.append('disconnect')
        return 0

    def cancel(self, _pipe):
        self.calls.append('cancel')

    def on_event(self, value, action):
        self.event, self.action = value, action
