"""One request: input for run(), run(), and what it returned as a response."""
import json
import time

from . import api, object_mode
from .failures import user_traceback
from .logs import SERVER

_INTERNAL_ERROR = "An unexpected internal error occurred. Check the logs for more info."
_SCRIPT_ERROR = "An unexpected error occurred in scoring script. Check the logs for more info."
_JSON = [("Content-Type", "application/json")]
# The host frames the body itself.
_HOP_HEADERS = frozenset(("connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"))
_FAILED_HEADER = "x-ms-run-function-failed"


class Response:
    """What goes back to the host."""

    __slots__ = ("status", "headers", "body", "failed")

    def __init__(self, status, headers, body, failed=False):
        if not 200 <= status <= 599:
            raise ValueError("status code %d: allowed are 200 to 599" % status)
        for name, value in headers:
            if not all(32 <= ord(char) < 127 or char == "\t" for char in name + value):
                raise ValueError("response header %r: %r has characters other than printable ASCII" % (name, value))
        self.status = status
        self.body = b"" if status in (204, 304) else body
        self.headers = headers if status in (204, 304) else headers + [("Content-Length", str(len(body)))]
        self.failed = failed


def score(script, head, body):
    """Answers a request; returns the response and the milliseconds run() took (negative: it did not run)."""
    try:
        if script.object_input is not None:
            arguments = script.object_input.arguments(head, body)
        elif head.method == "GET":
            arguments = {script.parameter: json.dumps(object_mode.parse_query(head.query))}
        else:
            arguments = {script.parameter: str(body, "utf-8")}
    except UnicodeDecodeError as error:
        return _error(400, "Input cannot be decoded as UTF-8: %s" % error), -1.0
    except object_mode.InputError as error:
        return _error(error.status, str(error)), -1.0
    if script.wants_headers:
        arguments["request_headers"] = _headers(head.headers)

    started = time.perf_counter()
    try:
        result = script.run(**arguments)
    except BaseException as error:  # SystemExit too: sys.exit() in run() ends the request, not the worker.
        taken = _milliseconds_since(started)
        SERVER.error("Encountered Exception: %s", user_traceback(error))
        return _error(500, _SCRIPT_ERROR, failed=True), taken
    taken = _milliseconds_since(started)

    try:
        return _response(result), taken
    except Exception as error:
        SERVER.error("run() returned a %s, which cannot be sent as JSON.\nEncountered Exception: %s",
                     type(result).__name__, user_traceback(error))
        return _error(500, _INTERNAL_ERROR), taken


def _response(result):
    if isinstance(result, api.AMLResponse) or _is_flask_response(result):
        SERVER.info("run() output is HTTP Response")
        failed = result.status_code >= 500
        headers = []
        for name, value in result.headers.items():
            if name.lower() == _FAILED_HEADER:
                failed = failed or str(value) == "True"
            elif name.lower() not in _HOP_HEADERS:
                headers.append((name, str(value)))
        return Response(result.status_code, headers, result.get_data(), failed)
    return Response(200, _JSON, json.dumps(result).encode("utf-8"))


def _is_flask_response(result):
    return any(cls.__module__.split(".")[0] in ("flask", "werkzeug") and cls.__name__ == "Response"
               for cls in type(result).__mro__)


def _error(status, message, failed=False):
    return Response(status, _JSON, json.dumps({"message": message}).encode("utf-8"), failed)


def _headers(pairs):
    headers = {}
    for name, value in pairs:
        name = name.title()
        headers[name] = headers[name] + "," + value if name in headers else value
    return headers


def _milliseconds_since(started):
    return (time.perf_counter() - started) * 1000.0
