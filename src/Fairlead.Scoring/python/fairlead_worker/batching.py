"""Serves scripts that define run_batch(items): one call for the inputs of several requests.

items is a list of what run() would get: texts, or in object mode dictionaries of the arguments as they came. The result
is a list of the same length; an exception in it fails that request alone.
"""
import os

from . import coroutines


def max_size():
    return int(os.environ.get("FAIRLEAD_MAX_BATCH_SIZE") or 1)


def max_delay_ms():
    return float(os.environ.get("FAIRLEAD_MAX_BATCH_DELAY_MS") or 5)


def serve(connection, script):
    from .batch_server import BatchServer

    async def run():
        await BatchServer(connection.socket, script).serve()

    coroutines.loop().run_until_complete(run())
