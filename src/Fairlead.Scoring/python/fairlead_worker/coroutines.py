"""What there is to know of coroutines before asyncio, which takes a while to import, is needed."""
import inspect
import os

_DEFAULT_STREAMS = 16
_loop = None


def is_async(function):
    function = inspect.unwrap(function)
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def max_streams():
    """maxConcurrentRequestsPerContainer where it is set."""
    return int(os.environ.get("FAIRLEAD_MAX_CONCURRENT_REQUESTS") or _DEFAULT_STREAMS)


def complete(result):
    """Awaits what an ``async def init()`` returned, on the loop that will serve."""
    return loop().run_until_complete(result) if inspect.isawaitable(result) else result


def loop():
    """The event loop of this worker."""
    global _loop
    if _loop is None:
        import asyncio
        _loop = asyncio.new_event_loop()
        asyncio.set_event_loop(_loop)
    return _loop


def serve(connection, script):
    from .async_server import Server
    loop().run_until_complete(Server(connection.socket, script).serve())
