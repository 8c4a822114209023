"""Finds, imports and checks the entry script, and runs its init()."""
import importlib
import importlib.util
import inspect
import json
import os
import sys
import types

from . import api, object_mode, schema
from .failures import ScriptError
from .logs import USER_SCRIPT

_KINDS = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class EntryScript:
    """The user's functions: init, run, the name of run's parameter, and whether run wants the headers."""

    def __init__(self, module):
        where = getattr(module, "__file__", module.__name__)
        for name in ("init", "run"):
            if not callable(getattr(module, name, None)):
                raise ScriptError(
                    "User script at %s does not have a %s() function defined. An entry script needs both init(), "
                    "called once at start, and run(data), called for every request." % (where, name))
        driver = getattr(module, "driver_module", None)
        if isinstance(driver, types.ModuleType) and hasattr(driver, "run"):
            self.run = driver.run
            USER_SCRIPT.info("Found driver script at %s and the score script at %s", where,
                             getattr(driver, "__file__", driver.__name__))
        else:
            self.run = module.run
            USER_SCRIPT.info("Found user script at %s", where)
        self.init = module.init
        self.wants_headers = False
        self.object_input = None
        self.parameter = self._check_run()
        self._check_mode()

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
        raw, decorated = bool(api.raw_functions), schema.is_decorated(self.run)
        if raw and decorated:
            raise ScriptError("run() cannot be decorated with both @rawhttp and @input_schema")
        if decorated:
            self.object_input = object_mode.ObjectInput(self.run)
            USER_SCRIPT.info("run() is decorated with @input_schema. Server will invoke it with the following "
                             "arguments: %s.", self.object_input.names)
            return
        if raw:
            raise ScriptError(
                "run() is decorated with @rawhttp, which this version of the scoring host does not serve. Remove the "
                "decorator: run(data) then gets the request's body as a string.")
        USER_SCRIPT.info("run() is not decorated. Server will invoke it with the input in JSON string.")


def describe(entry):
    """What the host is told once init() has ended, as JSON."""
    mode = "string" if entry.object_input is None else "object"
    return json.dumps({"mode": mode, "swagger": schema.describe(entry.run)})


def load(app_root, entry_script):
    """Imports the script; its own exceptions pass through."""
    _extend_path(app_root, entry_script)
    if not entry_script:
        if importlib.util.find_spec("main") is None:
            raise ScriptError(
                "No entry script is configured (AZUREML_ENTRY_SCRIPT) and there is no main.py in %s." % app_root)
        return EntryScript(importlib.import_module("main"))
    path = os.path.join(app_root, entry_script)
    if not os.path.isfile(path):
        raise ScriptError(
            "The entry script '%s' does not exist: looked for %s. AZUREML_ENTRY_SCRIPT is a path below the source "
            "directory. Python files there: %s." % (entry_script, path, _scripts_in(app_root)))
    return load_file(path)


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
    script.init()
    USER_SCRIPT.info("Users's init has completed successfully")


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
