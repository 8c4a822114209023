"""The frames between scoring host and worker; docs/scoring-protocol.md describes them."""
import struct

PROTOCOL_VERSION = 3

REQUEST_HEAD = 0x01
REQUEST_BODY = 0x02
REQUEST_END = 0x03
CANCEL = 0x04
SHUTDOWN = 0x05
CREDIT = 0x06

HELLO = 0x41
READY = 0x42
FAILED = 0x43
RESPONSE_HEAD = 0x44
RESPONSE_BODY = 0x45
RESPONSE_END = 0x46
RESPONSE_ABORT = 0x47
EXCEPTION = 0x48

BODY_CHUNK = 256 * 1024
# What a worker that serves several streams may send of one body before the host asks for more.
FIRST_CREDIT = 1024 * 1024
MAX_PAYLOAD = 16 * 1024 * 1024

FLAG_RUN_FUNCTION_FAILED = 1

_HEADER = struct.Struct(">IBI")
_U16 = struct.Struct(">H")
_U32 = struct.Struct(">I")
_I64 = struct.Struct(">q")
_RESPONSE_HEAD = struct.Struct(">HBd")
_RESPONSE_END = struct.Struct(">d")
HEADER_LENGTH = _HEADER.size
parse_header = _HEADER.unpack
parse_header_at = _HEADER.unpack_from


class ProtocolError(Exception):
    """The host said something this worker does not understand."""


class RequestHead:
    """Method, path, query string (without '?'), length of the body (None: not known) and headers in their order."""

    __slots__ = ("method", "path", "query", "length", "_reader", "_headers")

    def __init__(self, payload):
        reader = _Reader(payload)
        length = reader.i64()
        self.length = None if length < 0 else length
        self.method = reader.text16()
        self.path = reader.text32()
        self.query = reader.text32()
        self._reader = reader
        self._headers = None

    @property
    def headers(self):
        if self._headers is None:  # Most entry scripts never look at them.
            reader = self._reader
            self._headers = [(reader.text16(), reader.text32()) for _ in range(reader.u16())]
        return self._headers

    def header(self, name):
        """The first value of a header given in lower case; None when it is absent."""
        return next((value for key, value in self.headers if key.lower() == name), None)


def frame(kind, stream, payload=b""):
    return _HEADER.pack(len(payload), kind, stream) + payload


def hello(pid):
    return frame(HELLO, 0, _U16.pack(PROTOCOL_VERSION) + _U32.pack(pid))


def parse_credit(payload):
    return _U32.unpack(payload)[0]


def response_head(stream, status, failed, exec_ms, headers):
    parts = [_RESPONSE_HEAD.pack(status, FLAG_RUN_FUNCTION_FAILED if failed else 0, exec_ms), _U16.pack(len(headers))]
    for name, value in headers:
        parts.append(_text16(name))
        parts.append(_text32(value))
    return frame(RESPONSE_HEAD, stream, b"".join(parts))


def exception(stream, failure):
    """The exception of run() behind a failed answer, for telemetry: its type, its text, the user's traceback."""
    return frame(EXCEPTION, stream, b"".join(_text32(text) for text in failure))


def response_end(stream, exec_ms):
    return frame(RESPONSE_END, stream, _RESPONSE_END.pack(exec_ms))


def body_parts(stream, data):
    """A body as frames that need no copy but one: (header, view) pairs."""
    view = memoryview(data)
    for start in range(0, len(view), BODY_CHUNK):
        part = view[start:start + BODY_CHUNK]
        yield _HEADER.pack(len(part), RESPONSE_BODY, stream), part


def _text16(text):
    data = text.encode("utf-8", "replace")
    return _U16.pack(len(data)) + data


def _text32(text):
    data = text.encode("utf-8", "replace")
    return _U32.pack(len(data)) + data


class _Reader:
    def __init__(self, payload):
        self._payload = payload
        self._at = 0

    def u16(self):
        return self._number(_U16)

    def i64(self):
        return self._number(_I64)

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
