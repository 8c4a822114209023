"""Gathers requests and runs them together; see batching."""
import asyncio
import inspect

from . import scoring
from .async_server import Server
from .batching import max_delay_ms, max_size


class BatchServer(Server):
    def __init__(self, socket, script):
        super().__init__(socket, script)
        self._waiting = []
        self._arrived = asyncio.Event()
        self._batches = asyncio.ensure_future(self._run_batches())

    async def _call(self, arguments):
        entry = (scoring.item_of(self._script, arguments), asyncio.get_event_loop().create_future())
        self._waiting.append(entry)
        self._arrived.set()
        try:
            return await entry[1]
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)

    async def _run_batches(self):
        while True:
            await self._gather()
            batch, self._waiting = self._waiting[:max_size()], self._waiting[max_size():]
            if batch:
                await self._run_batch(batch)

    async def _gather(self):
        """Until the batch is full, or its first item has waited for the delay."""
        deadline = None
        while len(self._waiting) < max_size():
            self._arrived.clear()
            now = asyncio.get_event_loop().time()
            if self._waiting and deadline is None:
                deadline = now + max_delay_ms() / 1000.0
            if deadline is not None and now >= deadline:
                return
            try:
                await asyncio.wait_for(self._arrived.wait(), None if deadline is None else deadline - now)
            except asyncio.TimeoutError:
                return

    async def _run_batch(self, batch):
        try:
            results = self._script.run_batch([item for item, _ in batch])
            if inspect.isawaitable(results):
                results = await results
            results = list(results)
            if len(results) != len(batch):
                raise ValueError("run_batch() got %d items and returned %d results; each item needs its own"
                                 % (len(batch), len(results)))
        except BaseException as error:
            results = [error] * len(batch)
        for (_, future), result in zip(batch, results):
            if future.done():
                continue
            if isinstance(result, BaseException):
                future.set_exception(result if isinstance(result, Exception) else RuntimeError(repr(result)))
            else:
                future.set_result(result)
