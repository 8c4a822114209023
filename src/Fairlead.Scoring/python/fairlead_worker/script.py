"""Finds, imports and checks the entry script, and runs its init()."""
import importlib
import importlib.util
import inspect
import json
import os
import sys
import time
import types

from . import api, batching, coroutines, object_mode, raw, schema
from .failures import ScriptError
from .logs import USER_SCRIPT

_KINDS = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class EntryScript:
    """The user's functions: init, run, the name of run's parameter, and whether run wants the headers."""

    def __init__(self, module):
        where = getattr(module, "__file__", module.__name__)
        driver = getattr(module, "driver_module", None)
        inner = driver if isinstance(driver, types.ModuleType) and hasattr(driver, "run") else module
        for name, owner in (("init", module), ("run", inner)):
            if not callable(getattr(owner, name, None)):
                raise ScriptError(
                    "User script at %s does not have a %s() function defined. An entry script needs both init(), "
                    "called once at start, and run(data), called for every request." % (where, name))
        self.run = inner.run
        if inner is not module:
            USER_SCRIPT.info("Found driver script at %s and the score script at %s", where,
                             getattr(inner, "__file__", inner.__name__))
        else:
            USER_SCRIPT.info("Found user script at %s", where)
        self.init = module.init
        self.wants_headers = False
        self.object_input = None
        self.is_raw = False
        self.run_batch = None
        self.is_async = coroutines.is_async(self.run)
        self.parameter = self._check_run()
        self._check_mode()
        self._check_batches(inner)

    def _check_run(self):
        parameters = list(inspect.signature(self.run).parameters.values())
        if any(parameter.kind not in _KINDS for parameter in parameters):
            raise ScriptError("run() cannot accept positional-only arguments, *args, or **kwargs.")
        self.wants_headers = any(parameter.name == "request_headers" for parameter in parameters)
        inputs = [parameter for parameter in parameters if parameter.name != "request_headers"]
        if not inputs:
            raise ScriptError(
                'run() needs to accept an argument other than "request_headers".' if self.wants_headers
                else "run() needs to accept an argument for input data.")
        missing = [parameter.name for parameter in inputs[1:] if parameter.default is inspect.Parameter.empty]
        if missing and not schema.is_decorated(self.run):
            raise ScriptError(
                "run() is called with one argument, the input as a string, but also requires: %s. Give these "
                "defaults, or remove them." % ", ".join(missing))
        return inputs[0].name

    def _check_mode(self):
        raw_mode, decorated = bool(api.raw_functions), schema.is_decorated(self.run)
        if raw_mode and decorated:
            raise ScriptError("run() cannot be decorated with both @rawhttp and @input_schema")
        if raw_mode:
            self.is_raw = True
            USER_SCRIPT.info("run() is decorated with @rawhttp. Server will invoke it with the request itself.")
            raw.prepare()
        elif decorated:
            self.object_input = object_mode.ObjectInput(self.run)
            USER_SCRIPT.info("run() is decorated with @input_schema. Server will invoke it with the following "
                             "arguments: %s.", self.object_input.names)
        else:
            USER_SCRIPT.info("run() is not decorated. Server will invoke it with the input in JSON string.")

    def _check_batches(self, module):
        """run_batch() counts only where batches are configured."""
        if batching.max_size() < 2 or not callable(getattr(module, "run_batch", None)):
            return
        if self.is_raw:
            raise ScriptError(
                "run_batch() takes inputs of several requests, but run() is decorated with @rawhttp. Remove one of them.")
        self.run_batch = module.run_batch
        USER_SCRIPT.info("run_batch() gets up to %d requests at a time, gathered for at most %d ms",
                         batching.max_size(), batching.max_delay_ms())


def describe(entry):
    """What the host is told once init() has ended, as JSON."""
    mode = "raw" if entry.is_raw else "string" if entry.object_input is None else "object"
    streams = 1
    if entry.run_batch is not None:
        streams = 2 * batching.max_size()  # The next batch gathers while one runs.
    elif entry.is_async:
        streams = coroutines.max_streams()
    return json.dumps({"mode": mode, "streams": streams, "swagger": schema.describe(entry.run)})


def load(app_root, entry_script):
    """Imports the script; its own exceptions pass through."""
    _extend_path(app_root, entry_script)
    if not entry_script:
        if importlib.util.find_spec("main") is None:
            raise ScriptError(
                "No entry script is configured (AZUREML_ENTRY_SCRIPT) and there is no main.py in %s." % app_root)
        return EntryScript(importlib.import_module("main"))
    path = os.path.join(app_root, entry_script)
    started = time.perf_counter()
    if not os.path.isfile(path):
        raise ScriptError(
            "The entry script '%s' does not exist: looked for %s. AZUREML_ENTRY_SCRIPT is a path below the source "
            "directory. Python files there: %s." % (entry_script, path, _scripts_in(app_root)))
    script = load_file(path)
    USER_SCRIPT.info("Imported %s with Python %s (%s) in %.0f ms", path, sys.version.split()[0], sys.executable,
                     (time.perf_counter() - started) * 1000)
    return script


def load_file(path):
    spec = importlib.util.spec_from_file_location("entry_module", path)
    if spec is None:
        raise ScriptError("The entry script '%s' is not a Python file: its name must end in .py." % path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["entry_module"] = module  # pickle and dataclasses look classes up there.
    spec.loader.exec_module(module)
    return EntryScript(module)


def initialise(script):
    USER_SCRIPT.info("Invoking user's init function")
    started = time.perf_counter()
    coroutines.complete(script.init())
    USER_SCRIPT.info("Users's init has completed successfully")
    USER_SCRIPT.info("init() took %.0f ms", (time.perf_counter() - started) * 1000)


def _extend_path(app_root, entry_script):
    folders = [app_root]
    source = os.environ.get("AZUREML_SOURCE_DIRECTORY")
    if source:
        folders.append(os.path.join(app_root, source))
    if entry_script:
        folders.append(os.path.dirname(os.path.join(app_root, entry_script)))
    for folder in folders:
        if folder not in sys.path:
            sys.path.append(folder)


def _scripts_in(folder):
    if not os.path.isdir(folder):
        return "none, the folder does not exist"
    names = sorted(name for name in os.listdir(folder) if name.endswith(".py"))
    return ", ".join(names[:20]) or "none"
