"""Requests of warmup.json, run after init() and before the worker is ready: the first client then waits for nothing."""
import io
import json
import os
import time

from . import coroutines, raw, response, scoring
from .failures import ScriptError
from .logs import USER_SCRIPT

FILE = "warmup.json"


class _Head:
    method = "POST"
    path = "/score"
    query = ""
    headers = [("Content-Type", "application/json")]

    def __init__(self, length):
        self.length = length


def run(script, folders):
    """Runs the requests of the first folder that has the file; an exception of run() ends the start."""
    path = next((path for path in (os.path.join(folder, FILE) for folder in folders) if os.path.isfile(path)), None)
    if path is None:
        return
    bodies = _read(path)
    started = time.perf_counter()
    for number, body in enumerate(bodies, 1):
        try:
            _score(script, json.dumps(body).encode("utf-8"))
        except scoring.NotRun as refusal:
            raise ScriptError("Request %d of %s is refused: %s" % (
                number, path, refusal.answer.body.decode("utf-8"))) from None
    USER_SCRIPT.info("Warm-up: %d requests of %s in %.0f ms", len(bodies), path, scoring.milliseconds_since(started))


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
    except ValueError as error:
        raise ScriptError("%s is not JSON: %s. It holds one request body, or a list of them." % (path, error)) from None
    return content if isinstance(content, list) else [content]


def _score(script, body):
    head = _Head(len(body))
    if script.is_raw:
        with raw.request_in_context(head, io.BytesIO(body)) as request:
            _finish(script.run(**scoring.arguments_of(script, head, request)))
        return
    arguments = scoring.arguments_of(script, head, body)
    if script.run_batch is not None:
        _finish(script.run_batch([scoring.item_of(script, arguments)]))
    else:
        _finish(script.run(**arguments))


def _finish(result):
    """Waits for a coroutine, and takes what a generator yields."""
    result = coroutines.complete(result)
    if response.is_stream(result):
        from .async_server import exhaust
        coroutines.complete(exhaust(result))
