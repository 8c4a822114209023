"""The worker's end of the socket to the scoring host: one request at a time, in the main thread.

User code runs in the main thread since signal handlers, matplotlib and event loops expect it.
"""
import os
import socket

from . import frames


class Request:
    """A request whose body has fully arrived."""

    __slots__ = ("stream", "head", "body")

    def __init__(self, stream, head, body):
        self.stream = stream
        self.head = head
        self.body = body


class Connection:
    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(path)
        self._reader = self._socket.makefile("rb", 256 * 1024)
        self._send(frames.hello(os.getpid(), max_streams=1))

    def ready(self, description):
        self._send(frames.frame(frames.READY, 0, description.encode("utf-8")))

    def failed(self, message):
        self._send(frames.frame(frames.FAILED, 0, message.encode("utf-8", "replace")))

    def next_request(self):
        """The next whole request; None when the host wants this worker to end, or has gone."""
        stream, head, chunks = None, None, []
        while True:
            kind, number, payload = self._read_frame()
            if kind is None or kind == frames.SHUTDOWN:
                return None
            if kind == frames.REQUEST_HEAD:
                stream, head, chunks = number, frames.parse_request_head(payload), []
            elif number != stream or head is None:
                if kind != frames.CANCEL:  # A cancel that crossed with our answer.
                    raise frames.ProtocolError("frame 0x%02x for stream %d, which is not open" % (kind, number))
            elif kind == frames.REQUEST_BODY:
                chunks.append(payload)
            elif kind == frames.REQUEST_END:
                return Request(stream, head, chunks[0] if len(chunks) == 1 else b"".join(chunks))
            elif kind == frames.CANCEL:
                # Every opened stream is ended by us, so that the host knows when this worker is free again.
                self._send(frames.response_end(stream, 0.0))
                stream, head, chunks = None, None, []
            else:
                raise frames.ProtocolError("unknown frame 0x%02x" % kind)

    def respond(self, stream, response, exec_ms):
        """Sends head, body and end; in one write when they are small."""
        head = frames.response_head(stream, response.status, response.failed, exec_ms, response.headers)
        end = frames.response_end(stream, exec_ms)
        body = response.body
        if len(body) <= frames.BODY_CHUNK:
            part = frames.frame(frames.RESPONSE_BODY, stream, body) if body else b""
            self._send(head + part + end)
            return
        self._send(head)
        view = memoryview(body)
        for start in range(0, len(view), frames.BODY_CHUNK):
            self._send(frames.frame(frames.RESPONSE_BODY, stream, bytes(view[start:start + frames.BODY_CHUNK])))
        self._send(end)

    def _read_frame(self):
        header = self._read(frames.HEADER_LENGTH)
        if header is None:
            return None, 0, b""
        length, kind, stream = frames.parse_header(header)
        if length > frames.MAX_PAYLOAD:
            raise frames.ProtocolError("frame of %d bytes; at most %d are allowed" % (length, frames.MAX_PAYLOAD))
        payload = self._read(length) if length else b""
        return (None, 0, b"") if payload is None else (kind, stream, payload)

    def _read(self, length):
        try:
            data = self._reader.read(length)
        except ConnectionResetError:
            return None
        return data if len(data) == length else None

    def _send(self, data):
        self._socket.sendall(data)
