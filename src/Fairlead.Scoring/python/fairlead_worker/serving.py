"""Serves requests one after the other, in the main thread."""
import logging
import os
import time

from . import logs, raw, response, scoring
from .body import Buffers, ClientLeft
from .failures import user_traceback
from .frame_source import HostLeft
from .logs import SERVER


def serve(connection, script):
    """Returns when the host wants this worker to end, or has gone."""
    own_pid = os.getpid()
    buffers = Buffers()
    while True:
        request = connection.next_request()
        if request is None:
            return
        try:
            _answer(connection, script, request, buffers, own_pid)
            request.body.drain()
        except ClientLeft:
            # Every opened stream is ended by us, so that the host knows when this worker is free again.
            connection.end(request)
        except HostLeft:
            return


def _answer(connection, script, request, buffers, own_pid):
    if script.is_raw:
        with raw.request_in_context(request.head, request.body) as given:
            _run(connection, script, request, given, own_pid)
    else:
        _run(connection, script, request, request.body.read_all(buffers), own_pid)


def _run(connection, script, request, given, own_pid):
    answer, taken = scoring.score(script, request.head, given)
    logs.end_lines()
    if os.getpid() != own_pid:
        _end_forked_child()
    if answer.parts is None:
        connection.respond(request, answer, taken)
    else:
        _stream(connection, request, answer, taken)


def _stream(connection, request, answer, taken):
    """Sends each part when it is yielded. The head goes with the first, so that a failure before it is a 500."""
    parts = iter(answer.parts)
    started = time.perf_counter()
    begun = False
    try:
        for part in parts:
            data = response.part_bytes(part)
            if not begun:
                connection.begin(request, answer, taken + scoring.milliseconds_since(started))
                begun = True
            connection.send_part(request, data)
            logs.end_lines()
            if connection.client_left(request):
                break
    except HostLeft:
        raise
    except BaseException as error:
        if request.body.cancelled:
            connection.end(request)
            return
        _fail_stream(connection, request, begun, taken, error)
        return
    finally:
        _close(parts)
        logs.end_lines()
    if not begun:
        connection.begin(request, answer, taken + scoring.milliseconds_since(started))
    connection.end(request, scoring.milliseconds_since(started))


def _fail_stream(connection, request, begun, taken, error):
    if begun:
        SERVER.error("The response was cut off.\nEncountered Exception: %s", user_traceback(error))
        connection.abort(request)
    else:
        connection.respond(request, response.of_failure(error), taken)


def _close(parts):
    close = getattr(parts, "close", None)
    if close is None:
        return
    try:
        close()
    except BaseException as error:
        SERVER.error("Closing the response's generator failed.\nEncountered Exception: %s", user_traceback(error))


def _end_forked_child():
    """run() forked, and its child came back out of it: the parent answers, the child must not serve."""
    logging.shutdown()
    os._exit(0)
