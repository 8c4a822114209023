"""One request: input for run(), and run()."""
import json
import time

from . import object_mode, response


class NotRun(Exception):
    """The request is refused before run(): the response says why."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer


def arguments_of(script, head, given):
    """The arguments of run(). ``given`` is the body, or in raw mode the request object; raises NotRun."""
    try:
        if script.is_raw:
            arguments = {script.parameter: given}
        elif script.object_input is not None:
            arguments = script.object_input.arguments(head, given)
        elif head.method == "GET":
            arguments = {script.parameter: json.dumps(object_mode.parse_query(head.query))}
        else:
            arguments = {script.parameter: str(given, "utf-8")}
    except UnicodeDecodeError as error:
        raise NotRun(response.error_response(400, "Input cannot be decoded as UTF-8: %s" % error)) from None
    except object_mode.InputError as error:
        raise NotRun(response.error_response(error.status, str(error))) from None
    if script.wants_headers:
        arguments["request_headers"] = _headers(head.headers)
    return arguments


def item_of(script, arguments):
    """What run_batch() gets for one request: a text, or in object mode the arguments by name."""
    return next(iter(arguments.values())) if script.object_input is None else arguments


def score(script, head, given):
    """Answers a request; returns the response and the milliseconds run() took (negative: it did not run)."""
    try:
        arguments = arguments_of(script, head, given)
    except NotRun as refusal:
        return refusal.answer, -1.0

    started = time.perf_counter()
    try:
        result = script.run(**arguments)
    except BaseException as error:  # SystemExit too: sys.exit() in run() ends the request, not the worker.
        return response.of_failure(error), milliseconds_since(started)
    return response.of_result(result), milliseconds_since(started)


def milliseconds_since(started):
    return (time.perf_counter() - started) * 1000.0


def _headers(pairs):
    headers = {}
    for name, value in pairs:
        name = name.title()
        headers[name] = headers[name] + "," + value if name in headers else value
    return headers
