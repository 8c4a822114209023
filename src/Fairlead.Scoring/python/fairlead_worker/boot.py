"""A worker's life: connect, import, init(), requests, end."""
import atexit
import logging
import os

from . import api, batching, coroutines, debugger, extras, failures, logs, parent, schema, script, serving, warmup
from .connection import Connection

_BOOT_FAILURE = 3


def main(socket_path, parent_pid, no_code_framework):
    parent.end_with_parent(parent_pid)
    parent.leave_signals_to_host()
    parent.show_where_it_was()
    parent.detach_input()
    connection = Connection(socket_path)
    entry = _start(connection, no_code_framework)
    connection.ready(script.describe(entry))
    _mode(entry).serve(connection, entry)
    logs.end_lines()


def _start(connection, no_code_framework):
    app_root = os.environ.get("AML_APP_ROOT") or os.getcwd()
    entry_script = os.environ.get("AZUREML_ENTRY_SCRIPT")
    doing = "The logging configuration (logging.json) could not be used."
    try:
        folders = [app_root]
        if entry_script:
            folders.append(os.path.dirname(os.path.join(app_root, entry_script)))
        logs.set_up(folders)
        api.install()
        schema.install()
        doing = "The packages that AZUREML_EXTRA_* asks for could not be installed."
        extras.add(folders[-1])
        debugger.attach()
        doing = "Failed to import user script because it raised an unhandled exception"
        entry = _no_code_entry() if no_code_framework else script.load(app_root, entry_script)
        doing = "Caught an unhandled exception from the user script's init()"
        script.initialise(entry)
        doing = "run() failed for a request of " + warmup.FILE
        warmup.run(entry, folders)
        logs.end_lines()
        return entry
    except BaseException as error:
        _fail(connection, failures.explain_start(doing, error))


def _mode(entry):
    if entry.run_batch is not None:
        return batching
    return coroutines if entry.is_async else serving


def _no_code_entry():
    here = os.path.dirname(os.path.abspath(__file__))
    return script.load_file(os.path.join(here, "sklearn_entry.py"))


def _fail(connection, text):
    logs.end_lines()
    logs.SERVER.error("%s", text)
    connection.failed(text)
    logging.shutdown()
    # Threads that the script started must not keep a process alive that will never serve.
    if hasattr(atexit, "_clear"):
        atexit._clear()
    os._exit(_BOOT_FAILURE)
