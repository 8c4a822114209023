"""numpy arrays."""
import numpy

from ..schema_util import ALL_VERSIONS
from ._swagger import as_json, is_mixed, items_of
from .abstract_parameter_type import AbstractParameterType

_FORMAT = "numpy.ndarray"


class NumpyParameterType(AbstractParameterType):
    """An array, which comes as nested lists; rows of a structured array as lists or as objects by field name.

    :param sample_input: an array of the shape (but for its first dimension) and dtype that are expected.
    :param enforce_column_type: True converts to the sample's dtype.
    :param enforce_shape: True refuses other shapes; the first dimension is free.
    """

    def __init__(self, sample_input, enforce_column_type=True, enforce_shape=True):
        if not isinstance(sample_input, numpy.ndarray):
            raise TypeError("sample_input is a %s; it must be a numpy array." % type(sample_input).__name__)
        super().__init__(sample_input)
        self.enforce_column_type = enforce_column_type
        self.enforce_shape = enforce_shape
        self._schema = _describe(sample_input)

    def deserialize_input(self, input_data):
        if isinstance(input_data, numpy.ndarray):
            return input_data
        if not isinstance(input_data, list) and self.sample_input.shape:
            raise ValueError("The input is a %s; an array must come as a list." % type(input_data).__name__)
        dtype = self.sample_input.dtype if self.enforce_column_type else None
        if self.sample_input.dtype.names:
            names = self.sample_input.dtype.names
            array = numpy.array([_row(names, row) for row in input_data], dtype=dtype)
        else:
            array = numpy.array(input_data, dtype=dtype)
        if self.enforce_shape:
            _check_shape(array.shape, self.sample_input.shape)
        return array

    def input_to_swagger(self):
        return dict(self._schema)

    def supported_versions(self):
        return [version for version in ALL_VERSIONS if version != "2.0" or not is_mixed(self._schema)]


def _check_shape(shape, expected):
    if len(shape) != len(expected):
        raise ValueError("Invalid input array: it has %d dimensions (shape %s); expected are %d (shape %s)."
                         % (len(shape), list(shape), len(expected), list(expected)))
    for number in range(1, len(expected)):
        if shape[number] != expected[number]:
            raise ValueError("Invalid input array: its dimension %d has size %d; expected is %d."
                             % (number, shape[number], expected[number]))


def _row(names, row):
    """A structured array takes its rows as tuples."""
    if isinstance(row, dict):
        missing = [name for name in names if name not in row]
        if missing:
            raise ValueError("Invalid input array: a row has no field %r; expected are: %s."
                             % (missing[0], ", ".join(names)))
        return tuple(row[name] for name in names)
    if not isinstance(row, (list, tuple)):
        raise ValueError("Invalid input array: a row is a %s; expected is a list or an object." % type(row).__name__)
    return tuple(row)


def _describe(sample):
    example = _example(sample)
    schema = _of_dtype(sample.dtype) or _of_objects(sample)
    for _ in sample.shape:
        schema = {"type": "array", "items": schema}
    return dict(schema, example=example, format=_FORMAT)


def _of_dtype(dtype):
    if dtype.subdtype is not None:
        schema = _of_dtype(dtype.subdtype[0])
        for _ in dtype.subdtype[1]:
            schema = {"type": "array", "items": schema}
        return schema
    if dtype.names:
        return {"type": "object", "properties": {name: _of_dtype(dtype.fields[name][0]) for name in dtype.names}}
    if dtype.kind in "iu":
        small = dtype.itemsize < (4 if dtype.kind == "u" else 5)
        return {"type": "integer", "format": "int32" if small else "int64"}
    if dtype.kind == "f":
        return {"type": "number", "format": "double" if dtype.itemsize > 4 else "float"}
    return {"b": {"type": "boolean"}, "U": {"type": "string"}, "S": {"type": "string"},
            "M": {"type": "string", "format": "date-time"},
            "m": {"type": "string", "format": "timedelta"}}.get(dtype.kind, {})


def _of_objects(sample):
    return items_of(sample.ravel().tolist()) if sample.dtype == object else {}


def _example(sample):
    if sample.dtype.names:
        rows = [{name: _plain(row[name]) for name in sample.dtype.names} for row in sample.ravel()]
        return rows if sample.shape else rows[0]
    return _plain(sample)


def _plain(value):
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind in "Mm" and kind:
        value = numpy.asarray(value).astype(str)
    elif kind == "S":
        value = numpy.char.decode(numpy.asarray(value), "utf-8", "replace")
    return as_json(value.tolist() if hasattr(value, "tolist") else value)
