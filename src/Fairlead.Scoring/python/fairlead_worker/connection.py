"""The worker's end of the socket to the scoring host: one request at a time, in the main thread.

User code runs in the main thread since signal handlers, matplotlib and event loops expect it.
"""
import os
import socket

from . import frames
from .body import Body
from .frame_source import FrameSource, HostLeft


class Request:
    """A request whose body is still to be read."""

    __slots__ = ("stream", "head", "body")

    def __init__(self, stream, head, body):
        self.stream = stream
        self.head = head
        self.body = body


class Connection:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self.source = FrameSource(self.socket)
        self._last = None
        self._send(frames.hello(os.getpid()))

    def ready(self, description):
        self._send(frames.frame(frames.READY, 0, description.encode("utf-8")))

    def failed(self, message):
        self._send(frames.frame(frames.FAILED, 0, message.encode("utf-8", "replace")))

    def next_request(self):
        """The next request; None when the host wants this worker to end, or has gone."""
        while True:
            header = self.source.header()
            if header is None or header[1] == frames.SHUTDOWN:
                return None
            length, kind, stream = header
            if kind == frames.REQUEST_HEAD:
                payload = self.source.take(length)
                if payload is None:
                    return None
                head = frames.RequestHead(payload)
                self._last = stream
                return Request(stream, head, Body(self.source, stream, head.length))
            if kind != frames.CANCEL:  # A cancel that crossed with our answer.
                raise frames.ProtocolError("frame 0x%02x for stream %d, which is not open" % (kind, stream))

    def respond(self, request, response, exec_ms):
        """Sends head, body and end; in one write when they are small."""
        stream = request.stream
        head = frames.response_head(stream, response.status, response.failed, exec_ms, response.headers)
        if response.failure is not None:
            head = frames.exception(stream, response.failure) + head
        end = frames.response_end(stream, exec_ms)
        body = response.body
        if len(body) <= frames.BODY_CHUNK:
            part = frames.frame(frames.RESPONSE_BODY, stream, body) if body else b""
            self._send(head + part + end)
            return
        self._send(head)
        for header, part in frames.body_parts(stream, body):
            self._send(header)
            self._send(part)
        self._send(end)

    def begin(self, request, response, exec_ms):
        """Sends the head of a response whose body comes in parts."""
        self._send(frames.response_head(
            request.stream, response.status, response.failed, exec_ms, response.headers))

    def send_part(self, request, data):
        for header, part in frames.body_parts(request.stream, data):
            self._send(header + bytes(part) if len(part) < 4096 else header)
            if len(part) >= 4096:
                self._send(part)

    def end(self, request, exec_ms=0.0):
        self._send(frames.response_end(request.stream, exec_ms))

    def abort(self, request):
        """The response cannot be completed: the client must not take it for whole."""
        self._send(frames.frame(frames.RESPONSE_ABORT, request.stream))

    def client_left(self, request):
        """True when nobody waits for the answer any more; looks only, and never waits."""
        body = request.body
        if body.cancelled:
            return True
        if not body.ended or not self.source.wait(0):
            return False
        header = self.source.header()
        if header is None:
            raise HostLeft
        if header[1] != frames.CANCEL:
            raise frames.ProtocolError("frame 0x%02x within a response" % header[1])
        body.cancelled = header[2] == request.stream
        return body.cancelled

    def _send(self, data):
        self.socket.sendall(data)
