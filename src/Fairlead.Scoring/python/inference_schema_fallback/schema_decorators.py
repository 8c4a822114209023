"""@input_schema and @output_schema."""
import functools
import inspect
import json

from . import schema_util
from .parameter_types.abstract_parameter_type import AbstractParameterType
from .parameter_types._conversion import convert

_GIVEN_BY_HOST = "request_headers"


def input_schema(param_name, param_type, convert_to_provided_type=True, optional=False):
    """Says of which type a parameter is, and turns what came as JSON into that type.

    :param param_name: the parameter's name in the function and in the request's JSON.
    :param param_type: a sample in a NumpyParameterType, PandasParameterType, StandardPythonParameterType, ...
    :param convert_to_provided_type: False leaves the argument as it came.
    :param optional: True also accepts null, which is then given as None.
    """
    _check_type("param_type", param_type)

    def decorate(function):
        names = _parameter_names(function)
        if param_name not in names:
            raise ValueError("@input_schema names the parameter %r, which %s() does not have; it has: %s."
                             % (param_name, function.__name__, ", ".join(names)))
        position = names.index(param_name)

        def prepare(args, kwargs):
            if not convert_to_provided_type:
                return args, kwargs
            if param_name in kwargs:
                kwargs = dict(kwargs)
                kwargs[param_name] = _converted(param_type, kwargs[param_name], optional)
            elif len(args) > position:
                value = _converted(param_type, args[position], optional)
                args = args[:position] + (value,) + args[position + 1:]
            return args, kwargs

        before = schema_util.find(function) or schema_util.FunctionSchema()
        after = schema_util.FunctionSchema(
            _with_parameter(before.input_schema, function, param_name, param_type.input_to_swagger()),
            before.output_schema, before.limited_to(param_type.supported_versions()))
        return schema_util.mark(_wrap(function, prepare), after)

    return decorate


def output_schema(output_type):
    """Says of which type the result is. The result itself is not touched."""
    _check_type("output_type", output_type)

    def decorate(function):
        before = schema_util.find(function) or schema_util.FunctionSchema()
        if before.output_schema is not None:
            raise ValueError("%s() has more than one @output_schema." % function.__name__)
        after = schema_util.FunctionSchema(
            before.input_schema, output_type.input_to_swagger(),
            before.limited_to(output_type.supported_versions()))
        return schema_util.mark(_wrap(function, lambda args, kwargs: (args, kwargs)), after)

    return decorate


def _wrap(function, prepare):
    if inspect.iscoroutinefunction(function):
        @functools.wraps(function)
        async def wrapper(*args, **kwargs):
            args, kwargs = prepare(args, kwargs)
            return await function(*args, **kwargs)
    else:
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            args, kwargs = prepare(args, kwargs)
            return function(*args, **kwargs)
    return wrapper


def _converted(param_type, value, optional):
    return None if value is None and optional else convert(param_type, value)


def _with_parameter(schema, function, name, swagger):
    if schema is None:
        schema = {"type": "object", "properties": {}, "example": {}}
        for other in inspect.signature(function).parameters.values():
            if other.name != _GIVEN_BY_HOST:
                schema["properties"][other.name] = {}
                schema["example"][other.name] = _default(other)
    swagger = dict(swagger)
    example = swagger.pop("example", None)
    return dict(schema, properties=dict(schema["properties"], **{name: swagger}),
                example=dict(schema["example"], **{name: example}))


def _default(parameter):
    try:
        json.dumps(parameter.default, allow_nan=False)
        return parameter.default
    except (TypeError, ValueError):
        return ""


def _parameter_names(function):
    return list(inspect.signature(function).parameters)


def _check_type(name, value):
    if not isinstance(value, AbstractParameterType):
        raise TypeError(
            "%s is a %s; it must be a parameter type such as StandardPythonParameterType(%r)."
            % (name, type(value).__name__, value))
