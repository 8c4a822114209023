"""Reads frames from a blocking socket with few calls: small requests arrive whole in one."""
import select

from . import frames

_BUFFER = 64 * 1024


class HostLeft(Exception):
    """The connection ended within a request."""


class FrameSource:
    def __init__(self, sock):
        self._socket = sock
        self._buffer = bytearray(_BUFFER)
        self._view = memoryview(self._buffer)
        self._at = 0
        self._end = 0

    def header(self):
        """(payload length, kind, stream) of the next frame; None at the end of the connection."""
        if self._end - self._at < frames.HEADER_LENGTH and not self._fill(frames.HEADER_LENGTH):
            return None
        header = frames.parse_header_at(self._buffer, self._at)
        if header[0] > frames.MAX_PAYLOAD:
            raise frames.ProtocolError("frame of %d bytes; at most %d are allowed" % (header[0], frames.MAX_PAYLOAD))
        self._at += frames.HEADER_LENGTH
        return header

    def take(self, length):
        """The next bytes as an object of their own; None at the end of the connection."""
        if length <= _BUFFER:
            if self._end - self._at < length and not self._fill(length):
                return None
            data = bytes(self._view[self._at:self._at + length])
            self._at += length
            return data
        data = bytearray(length)
        return data if self.read_into(memoryview(data)) else None

    def read_into(self, view):
        """Fills the view, past the buffer where it can; False at the end of the connection."""
        ready = min(len(view), self._end - self._at)
        view[:ready] = self._view[self._at:self._at + ready]
        self._at += ready
        while ready < len(view):
            count = self._receive(view[ready:])
            if count == 0:
                return False
            ready += count
        return True

    def skip(self, length):
        while length > 0:
            part = self.take(min(length, _BUFFER))
            if part is None:
                return False
            length -= len(part)
        return True

    def wait(self, seconds):
        """True when something can be read within the time."""
        if self._end > self._at:
            return True
        poll = select.poll()  # select() cannot take descriptors over 1023.
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def _fill(self, least):
        if self._at == self._end:
            self._at = self._end = 0
        elif _BUFFER - self._at < least:
            rest = bytes(self._view[self._at:self._end])
            self._view[:len(rest)] = rest
            self._at, self._end = 0, len(rest)
        while self._end - self._at < least:
            count = self._receive(self._view[self._end:])
            if count == 0:
                return False
            self._end += count
        return True

    def _receive(self, view):
        try:
            return self._socket.recv_into(view)
        except ConnectionResetError:
            return 0
