"""Plain Python values, and lists and dicts whose parts have types of their own."""
import base64
import binascii
import datetime

from ..schema_util import ALL_VERSIONS
from . import _dates
from ._conversion import convert
from ._swagger import describe, is_mixed
from .abstract_parameter_type import AbstractParameterType

_FROM_TEXT = {
    datetime.date: _dates.parse_date,
    datetime.datetime: _dates.parse_datetime,
    datetime.time: _dates.parse_time,
}


class StandardPythonParameterType(AbstractParameterType):
    """str, int, float (an int is taken too), bool, list, tuple, dict, date, datetime, time and bytes (as base64).

    A dict or list may hold other parameter types: in a dict by key, in a list by position; one alone in a list is the
    type of every item.
    """

    def __init__(self, sample_input):
        if sample_input is None:
            raise ValueError("sample_input is None; a sample of the value is needed.")
        super().__init__(sample_input)
        self.has_typed_parts = _has_types(sample_input)
        self._schema = describe(sample_input)

    def deserialize_input(self, input_data):
        return _read(self.sample_input, input_data)

    def input_to_swagger(self):
        return dict(self._schema)

    def supported_versions(self):
        parts = [set(part.supported_versions()) for part in _types_in(self.sample_input)]
        return [version for version in ALL_VERSIONS
                if all(version in part for part in parts) and not (version == "2.0" and is_mixed(self._schema))]


def _read(sample, value):
    """The value as one of the sample's type; parts that are plain are left as they are."""
    wanted = type(sample)
    if isinstance(value, wanted):
        pass
    elif wanted in _FROM_TEXT:
        return _FROM_TEXT[wanted](value)
    elif wanted in (bytes, bytearray) and isinstance(value, str):
        return wanted(_from_base64(value))
    elif wanted is tuple and isinstance(value, list):
        return tuple(_read(list(sample), value))
    elif not (wanted is float and type(value) is int):
        raise ValueError("The input is a %s; expected is a %s." % (type(value).__name__, wanted.__name__))
    return _read_parts(sample, value) if _has_types(sample) else value


def _read_parts(sample, value):
    if isinstance(sample, dict):
        return {key: _read_part(sample[key], part) if key in sample else part for key, part in value.items()}
    kinds = list(sample) * (len(value) if len(sample) == 1 else 1)
    parts = [_read_part(kind, part) for kind, part in zip(kinds, value)]
    return type(value)(parts + list(value[len(parts):]))


def _read_part(sample, value):
    if isinstance(sample, AbstractParameterType):
        return convert(sample, value)
    return _read(sample, value) if _has_types(sample) else value


def _types_in(sample):
    if isinstance(sample, AbstractParameterType):
        yield sample
    elif isinstance(sample, (dict, list, tuple)):
        for part in sample.values() if isinstance(sample, dict) else sample:
            for found in _types_in(part):
                yield found


def _has_types(sample):
    return any(True for _ in _types_in(sample))


def _from_base64(text):
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("Bytes must come as base64: %s." % error) from None
