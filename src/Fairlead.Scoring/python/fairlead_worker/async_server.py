"""Serves requests of an ``async def run`` side by side, on one event loop in the main thread."""
import asyncio
import inspect
import io
import time

from . import frames, logs, raw, response, scoring
from .connection import Request
from .failures import user_traceback
from .logs import SERVER


class _Stream:
    """One open request."""

    __slots__ = ("request", "parts", "task", "credit", "credited")

    def __init__(self, request):
        self.request = request
        self.parts = []
        self.task = None
        self.credit = frames.FIRST_CREDIT
        self.credited = asyncio.Event()


class Server:
    """Takes frames and answers each request in a task of its own."""

    def __init__(self, socket, script):
        self._socket = socket
        self._script = script
        self._streams = {}
        self._writer = None

    async def serve(self):
        reader, self._writer = await asyncio.open_unix_connection(sock=self._socket, limit=frames.BODY_CHUNK * 2)
        while True:
            try:
                header = await reader.readexactly(frames.HEADER_LENGTH)
                length, kind, number = frames.parse_header(header)
                payload = await reader.readexactly(length) if length else b""
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            if kind == frames.SHUTDOWN:
                return
            self._take(kind, number, payload)

    def _take(self, kind, number, payload):
        if kind == frames.REQUEST_HEAD:
            self._streams[number] = _Stream(Request(number, frames.RequestHead(payload), None))
            return
        stream = self._streams.get(number)
        if stream is None:
            if kind not in (frames.CANCEL, frames.CREDIT):  # They may cross with the end of their stream.
                raise frames.ProtocolError("frame 0x%02x for stream %d, which is not open" % (kind, number))
        elif kind == frames.REQUEST_BODY:
            stream.parts.append(payload)
        elif kind == frames.REQUEST_END:
            stream.task = asyncio.ensure_future(self._answer(stream))
        elif kind == frames.CREDIT:
            stream.credit += frames.parse_credit(payload)
            stream.credited.set()
        elif kind == frames.CANCEL:
            if stream.task is None:
                self._end(stream)
            else:
                stream.task.cancel()
        else:
            raise frames.ProtocolError("unknown frame 0x%02x" % kind)

    async def _answer(self, stream):
        try:
            body = stream.parts[0] if len(stream.parts) == 1 else b"".join(stream.parts)
            stream.parts = []
            if self._script.is_raw:
                with raw.request_in_context(stream.request.head, io.BytesIO(body)) as given:
                    await self._run(stream, given)
            else:
                await self._run(stream, body)
        except asyncio.CancelledError:
            self._end(stream)
        except BaseException as error:  # A defect of ours, or a broken form: the client must not wait for nothing.
            if stream.request.stream in self._streams:
                await self._send(stream, response.of_failure(error), -1.0)
        finally:
            logs.end_lines()

    async def _run(self, stream, given):
        try:
            arguments = scoring.arguments_of(self._script, stream.request.head, given)
        except scoring.NotRun as refusal:
            await self._send(stream, refusal.answer, -1.0)
            return
        started = time.perf_counter()
        try:
            answer = response.of_result(await self._call(arguments))
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            answer = response.of_failure(error)
        taken = scoring.milliseconds_since(started)
        if answer.parts is None:
            await self._send(stream, answer, taken)
        else:
            await self._stream(stream, answer, started)

    async def _call(self, arguments):
        result = self._script.run(**arguments)
        return await result if inspect.isawaitable(result) else result

    async def _send(self, stream, answer, taken):
        number = stream.request.stream
        if answer.failure is not None:
            self._writer.write(frames.exception(number, answer.failure))
        self._writer.write(frames.response_head(number, answer.status, answer.failed, taken, answer.headers))
        await self._write_body(stream, answer.body)
        self._end(stream, taken)
        await self._writer.drain()

    async def _stream(self, stream, answer, started):
        number, begun = stream.request.stream, False
        parts = _aiter(answer.parts)
        try:
            async for part in parts:
                data = response.part_bytes(part)
                if not begun:
                    begun = True
                    self._writer.write(frames.response_head(
                        number, answer.status, answer.failed, scoring.milliseconds_since(started), answer.headers))
                await self._write_body(stream, data)
        except asyncio.CancelledError:
            await parts.aclose()
            raise
        except BaseException as error:
            if not begun:
                await self._send(stream, response.of_failure(error), scoring.milliseconds_since(started))
                return
            SERVER.error("The response was cut off.\nEncountered Exception: %s", user_traceback(error))
            self._streams.pop(number, None)
            self._writer.write(frames.frame(frames.RESPONSE_ABORT, number))
            return
        if not begun:
            self._writer.write(frames.response_head(
                number, answer.status, answer.failed, scoring.milliseconds_since(started), answer.headers))
        self._end(stream, scoring.milliseconds_since(started))

    async def _write_body(self, stream, data):
        """Waits where the client of this stream is slow, so that the others are not held up."""
        for header, part in frames.body_parts(stream.request.stream, data):
            while stream.credit <= 0:
                stream.credited.clear()
                await stream.credited.wait()
            stream.credit -= len(part)
            self._writer.write(header)
            self._writer.write(bytes(part))
            await self._writer.drain()

    def _end(self, stream, taken=0.0):
        if self._streams.pop(stream.request.stream, None) is not None:
            self._writer.write(frames.response_end(stream.request.stream, taken))


async def exhaust(parts):
    """Takes all that a generator of either kind yields."""
    async for _ in _aiter(parts):
        pass


async def _aiter(parts):
    if hasattr(parts, "__aiter__"):
        try:
            async for part in parts:
                yield part
        finally:
            close = getattr(parts, "aclose", None)
            if close is not None:
                await close()
    else:
        for part in parts:
            yield part
            await asyncio.sleep(0)  # A plain generator must not hold up the other requests.
