"""What inference_schema says of run(): whether it is decorated, and the schemas for /swagger.json.

Whatever module of that name the environment has is asked through its schema_util, as the published package offers it. A
version that lacks a part, or fails, is logged and costs that part alone.
"""
import importlib
import json
import sys

from inference_schema_fallback import finder

from .logs import SERVER

VERSIONS = ("2.0", "3.0", "3.1")
_ANYTHING = {"type": "object"}
# Less than the most that a frame may hold.
_MOST_BYTES = 8 * 1024 * 1024


def install():
    """Offers our own inference_schema to environments that have none."""
    finder.install()


def is_decorated(function):
    """True when a schema decorator was used on the function."""
    util = _util()
    if util is None:
        return False
    try:
        return bool(util.is_schema_decorated(function))
    except Exception as error:
        found = _is_registered(util, function)
        SERVER.warning("%s cannot say whether run() is decorated (%s). It is taken as %s.", _describe_module(), error,
                       "decorated" if found else "not decorated")
        return found


def describe(function):
    """Input and output schema and supported versions, as JSON can show them; None for a function without decorators."""
    if not is_decorated(function):
        return None
    described = {
        "input": _ask("get_input_schema", function, dict(_ANYTHING)),
        "output": _ask("get_output_schema", function, dict(_ANYTHING)),
        "versions": [version for version in VERSIONS
                     if version in _ask("get_supported_versions", function, VERSIONS)],
    }
    try:
        size = len(json.dumps(described, allow_nan=False))
    except ValueError:
        described = _without_nan(described)
        size = len(json.dumps(described, allow_nan=False))
    if size > _MOST_BYTES:
        SERVER.warning("The schemas of run() have %d bytes, mostly examples. /swagger.json shows them without examples; "
                       "use smaller samples.", size)
        for name in ("input", "output"):
            described[name].pop("example", None)
    return described


def _ask(name, function, otherwise):
    try:
        answer = getattr(_util(), name)(function)
        json.dumps(answer)
        return answer
    except Exception as error:
        SERVER.warning("%s does not answer %s(run) (%s: %s). /swagger.json uses %s.", _describe_module(), name,
                       type(error).__name__, error, json.dumps(otherwise))
        return otherwise


def _util():
    """Its schema_util, where the script uses inference_schema at all."""
    if "inference_schema" not in sys.modules:
        return None
    try:
        return importlib.import_module("inference_schema.schema_util")
    except ImportError as error:
        SERVER.warning("%s has no schema_util (%s). run() is taken as not decorated.", _describe_module(), error)
        return None


def _is_registered(util, function):
    """Published versions keep a dictionary of decorated functions by 'module.name'."""
    registered = getattr(util, "__functions_schema__", None)
    name = "%s.%s" % (getattr(function, "__module__", ""), getattr(function, "__name__", ""))
    return isinstance(registered, dict) and name in registered


def _describe_module():
    module = sys.modules.get("inference_schema")
    return "inference_schema %s at %s" % (
        getattr(module, "__version__", "of unknown version"), getattr(module, "__file__", None) or "an unknown place")


def _without_nan(value):
    if isinstance(value, dict):
        return {key: _without_nan(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(part) for part in value]
    # Not a number, or infinite: JSON has no word for it.
    return None if isinstance(value, float) and value - value != 0 else value
