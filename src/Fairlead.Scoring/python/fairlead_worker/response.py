"""What run() returned, as a response for the host."""
import json
import types

from . import api
from .failures import message_of, user_traceback
from .logs import SERVER

INTERNAL_ERROR = "An unexpected internal error occurred. Check the logs for more info."
SCRIPT_ERROR = "An unexpected error occurred in scoring script. Check the logs for more info."
_JSON = [("Content-Type", "application/json")]
# The host frames the body itself.
_HOP_HEADERS = frozenset(("connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"))
_FAILED_HEADER = "x-ms-run-function-failed"
_NO_BODY = (204, 304)


class Response:
    """Status, headers, and a body: bytes, or the parts that an iterator yields when it is asked. ``failure``: type, text
    and traceback of the exception behind it."""

    __slots__ = ("status", "headers", "body", "failed", "parts", "failure")

    def __init__(self, status, headers, body=b"", failed=False, parts=None, failure=None):
        if not 200 <= status <= 599:
            raise ValueError("status code %d: allowed are 200 to 599" % status)
        for name, value in headers:
            if not all(32 <= ord(char) < 127 or char == "\t" for char in name + value):
                raise ValueError("response header %r: %r has characters other than printable ASCII" % (name, value))
        self.status = status
        self.failed = failed
        self.failure = failure
        self.parts = None if status in _NO_BODY else parts
        self.body = b"" if status in _NO_BODY or parts is not None else body
        self.headers = headers
        if status not in _NO_BODY and parts is None:
            self.headers = headers + [("Content-Length", str(len(body)))]


def of_result(result):
    """The response for a result of run(); one that cannot be sent is a 500."""
    try:
        return _convert(result)
    except Exception as error:
        SERVER.error("run() returned a %s, which cannot be sent as JSON.\nEncountered Exception: %s",
                     type(result).__name__, user_traceback(error))
        return error_response(500, INTERNAL_ERROR)


def of_failure(error):
    """The response for an exception of run(); the log has the exception, the client does not (§3.3)."""
    text = user_traceback(error)
    SERVER.error("Encountered Exception: %s", text)
    return error_response(500, SCRIPT_ERROR, failed=True, failure=(type(error).__name__, message_of(error), text))


def error_response(status, message, failed=False, failure=None):
    return Response(status, _JSON, json.dumps({"message": message}).encode("utf-8"), failed, failure=failure)


def is_stream(result):
    return isinstance(result, (types.GeneratorType, types.AsyncGeneratorType))


def part_bytes(part):
    """A part of a streamed body as bytes."""
    if isinstance(part, str):
        return part.encode("utf-8")
    if isinstance(part, (bytes, bytearray, memoryview)):
        return part
    raise TypeError("a streamed response yielded a %s; allowed are str and bytes" % type(part).__name__)


def _convert(result):
    if isinstance(result, api.AMLResponse):
        return _of_response(result, result.stream)
    if _is_flask_response(result):
        streamed = result.is_streamed or result.direct_passthrough
        return _of_response(result, _flask_parts(result) if streamed else None)
    if is_stream(result):
        return Response(200, [("Content-Type", "text/plain; charset=utf-8")], parts=result)
    return Response(200, _JSON, json.dumps(result).encode("utf-8"))


def _of_response(result, parts):
    SERVER.info("run() output is HTTP Response")
    failed = result.status_code >= 500
    headers = []
    for name, value in result.headers.items():
        if name.lower() == _FAILED_HEADER:
            failed = failed or str(value) == "True"
        elif name.lower() not in _HOP_HEADERS:
            headers.append((name, str(value)))
    if parts is not None:
        return Response(result.status_code, headers, failed=failed, parts=parts)
    return Response(result.status_code, headers, result.get_data(), failed)


def _flask_parts(result):
    try:
        for part in result.iter_encoded():
            yield part
    finally:
        result.close()


def _is_flask_response(result):
    return any(cls.__module__.split(".")[0] in ("flask", "werkzeug") and cls.__name__ == "Response"
               for cls in type(result).__mro__)
