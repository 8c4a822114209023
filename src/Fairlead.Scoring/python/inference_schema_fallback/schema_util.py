"""What is known of a decorated function: its schemas, and the versions of Swagger that can show them."""
import copy
import functools
import types

ALL_VERSIONS = ("2.0", "3.0", "3.1")
_MARK = "__inference_schema__"


class FunctionSchema:
    """All decorators of one function together. A decorator on top of others makes a new one."""

    def __init__(self, input_schema=None, output_schema=None, versions=ALL_VERSIONS):
        self.input_schema = input_schema
        self.output_schema = output_schema
        self.versions = versions

    def limited_to(self, versions):
        return tuple(version for version in self.versions if version in versions)


def is_schema_decorated(func):
    """True for a function with @input_schema, @output_schema or both, below other decorators too."""
    return find(func) is not None


def get_input_schema(func):
    """The schema of the JSON object that holds the arguments."""
    return _schema(func, "input_schema")


def get_output_schema(func):
    return _schema(func, "output_schema")


def get_supported_versions(func):
    """The versions that every decorator supports; all for a function without one."""
    found = find(func)
    return list(ALL_VERSIONS if found is None else found.versions)


def get_schemas_dict(func):
    """Both schemas by the words 'input' and 'output'."""
    return {"input": get_input_schema(func), "output": get_output_schema(func)}


def find(func):
    """The FunctionSchema of a function, or None. Looks through decorators that wrap it, with functools.wraps or not."""
    seen = set()
    waiting = [func]
    while waiting:
        function = waiting.pop(0)
        if id(function) in seen:
            continue
        seen.add(id(function))
        mark = getattr(function, "__dict__", {}).get(_MARK)
        if isinstance(mark, FunctionSchema):
            return mark
        waiting.extend(_within(function))
    return None


def mark(func, schema):
    setattr(func, _MARK, schema)
    return func


def _schema(func, name):
    found = find(func)
    schema = None if found is None else getattr(found, name)
    return {"type": "object"} if schema is None else copy.deepcopy(schema)


def _within(function):
    if isinstance(function, functools.partial):
        yield function.func
    elif isinstance(function, types.MethodType):
        yield function.__func__
    wrapped = getattr(function, "__wrapped__", None)
    if callable(wrapped):
        yield wrapped
    for cell in getattr(function, "__closure__", None) or ():
        try:
            content = cell.cell_contents
        except ValueError:  # Not filled yet.
            continue
        if isinstance(content, (types.FunctionType, types.MethodType, functools.partial)):
            yield content
