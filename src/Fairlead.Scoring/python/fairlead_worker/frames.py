"""The frames between scoring host and worker; docs/scoring-protocol.md describes them."""
import struct

PROTOCOL_VERSION = 1

REQUEST_HEAD = 0x01
REQUEST_BODY = 0x02
REQUEST_END = 0x03
CANCEL = 0x04
SHUTDOWN = 0x05

HELLO = 0x41
READY = 0x42
FAILED = 0x43
RESPONSE_HEAD = 0x44
RESPONSE_BODY = 0x45
RESPONSE_END = 0x46

BODY_CHUNK = 256 * 1024
MAX_PAYLOAD = 16 * 1024 * 1024

FLAG_RUN_FUNCTION_FAILED = 1

_HEADER = struct.Struct(">IBI")
_U16 = struct.Struct(">H")
_U32 = struct.Struct(">I")
_RESPONSE_HEAD = struct.Struct(">HBd")
_RESPONSE_END = struct.Struct(">d")
HEADER_LENGTH = _HEADER.size


class ProtocolError(Exception):
    """The host said something this worker does not understand."""


class RequestHead:
    """Method, path, query string (without '?') and headers, in the order they were sent."""

    __slots__ = ("method", "path", "query", "headers")

    def __init__(self, method, path, query, headers):
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers


def frame(kind, stream, payload=b""):
    return _HEADER.pack(len(payload), kind, stream) + payload


def parse_header(header):
    return _HEADER.unpack(header)


def hello(pid, max_streams):
    return frame(HELLO, 0, _U16.pack(PROTOCOL_VERSION) + _U32.pack(pid) + _U16.pack(max_streams))


def response_head(stream, status, failed, exec_ms, headers):
    parts = [_RESPONSE_HEAD.pack(status, FLAG_RUN_FUNCTION_FAILED if failed else 0, exec_ms), _U16.pack(len(headers))]
    for name, value in headers:
        parts.append(_text16(name))
        parts.append(_text32(value))
    return frame(RESPONSE_HEAD, stream, b"".join(parts))


def response_end(stream, exec_ms):
    return frame(RESPONSE_END, stream, _RESPONSE_END.pack(exec_ms))


def parse_request_head(payload):
    reader = _Reader(payload)
    method = reader.text16()
    path = reader.text32()
    query = reader.text32()
    headers = [(reader.text16(), reader.text32()) for _ in range(reader.u16())]
    return RequestHead(method, path, query, headers)


def _text16(text):
    data = text.encode("utf-8")
    return _U16.pack(len(data)) + data


def _text32(text):
    data = text.encode("utf-8")
    return _U32.pack(len(data)) + data


class _Reader:
    def __init__(self, payload):
        self._payload = payload
        self._at = 0

    def u16(self):
        return self._number(_U16)

    def text16(self):
        return self._text(self._number(_U16))

    def text32(self):
        return self._text(self._number(_U32))

    def _number(self, layout):
        value = layout.unpack_from(self._payload, self._at)[0]
        self._at += layout.size
        return value

    def _text(self, length):
        end = self._at + length
        if end > len(self._payload):
            raise ProtocolError("a text runs over the end of its frame")
        data = self._payload[self._at:end]
        self._at = end
        return data.decode("utf-8", "surrogateescape")
