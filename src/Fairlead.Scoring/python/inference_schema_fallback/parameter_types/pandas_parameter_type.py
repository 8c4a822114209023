"""pandas data frames."""
import json
import warnings

import pandas

from ..schema_util import ALL_VERSIONS
from ._frames import read_frame
from ._swagger import describe, is_mixed, items_of, without_example
from .abstract_parameter_type import AbstractParameterType

_ORIENTS = ("split", "records", "index", "columns", "values", "table")


class PandasParameterType(AbstractParameterType):
    """A data frame, in one of the forms of pandas.DataFrame.to_json.

    :param sample_input: a data frame with the columns and dtypes that are expected.
    :param enforce_column_type: True converts each column to the dtype of the sample's column of that name.
    :param enforce_shape: True refuses another number of columns; the number of rows is free.
    :param apply_column_names: deprecated. True gives the columns the sample's names, in order.
    :param orient: split, records, index, columns, values or table.
    """

    def __init__(self, sample_input, enforce_column_type=True, enforce_shape=True, apply_column_names=False,
                 orient="records"):
        if not isinstance(sample_input, pandas.DataFrame):
            raise TypeError("sample_input is a %s; it must be a pandas DataFrame." % type(sample_input).__name__)
        if orient not in _ORIENTS:
            raise ValueError("orient is %r; allowed are: %s." % (orient, ", ".join(_ORIENTS)))
        if apply_column_names:
            warnings.warn("apply_column_names is deprecated; send the column names instead.", DeprecationWarning)
        super().__init__(sample_input)
        self.enforce_column_type = enforce_column_type
        self.enforce_shape = enforce_shape
        self.apply_column_names = apply_column_names
        self.orient = orient
        self._schema = self._describe()

    def deserialize_input(self, input_data):
        if isinstance(input_data, pandas.DataFrame):
            return input_data
        frame = read_frame(input_data, self.orient, self.sample_input)
        expected = self.sample_input.shape[1]
        if self.enforce_shape and frame.shape[1] != expected:
            raise ValueError("Invalid input data frame: it has %d columns (%s); expected are %d (%s)."
                             % (frame.shape[1], _names(frame), expected, _names(self.sample_input)))
        if self.apply_column_names:
            frame.columns = self.sample_input.columns.copy()
        if self.enforce_column_type:
            self._set_types(frame)
        return frame

    def input_to_swagger(self):
        return dict(self._schema)

    def supported_versions(self):
        return [version for version in ALL_VERSIONS if version != "2.0" or not is_mixed(self._schema)]

    def _set_types(self, frame):
        dtypes = self.sample_input.dtypes
        by_position = self.orient == "values" and not self.apply_column_names and len(dtypes) == frame.shape[1]
        for number, name in enumerate(frame.columns):
            if by_position:
                dtype = dtypes.iloc[number]
            elif name in self.sample_input.columns:
                dtype = dtypes[name]
            else:
                continue
            try:
                frame[name] = _as_type(frame[name], dtype)
            except (ValueError, TypeError, OverflowError) as error:
                raise ValueError("Invalid input data frame: column %r cannot be read as %s: %s"
                                 % (name, dtype, error)) from error

    def _describe(self):
        sample = self.sample_input
        example = json.loads(sample.to_json(orient=self.orient, date_format="iso"))
        columns = {str(name): _of_column(sample.iloc[:, number]) for number, name in enumerate(sample.columns)}
        row = {"type": "object", "required": list(columns), "properties": columns}
        if self.orient == "records":
            schema = {"type": "array", "items": row}
        elif self.orient == "values":
            schema = {"type": "array", "items": {"type": "array", "items": _any_of(columns.values())}}
        elif self.orient == "index":
            schema = _object({key: row for key in example})
        elif self.orient == "columns":
            schema = _object({name: _object({key: columns[name] for key in rows}) for name, rows in example.items()})
        else:
            schema = without_example(describe(example))
            if self.orient == "split":
                schema["properties"]["data"] = {
                    "type": "array", "items": {"type": "array", "items": _any_of(columns.values())}}
            else:
                data = example["data"][0] if example["data"] else {}
                parts = {name: columns.get(name) or without_example(describe(value)) for name, value in data.items()}
                schema["properties"]["data"] = {"type": "array", "items": _object(parts)}
        return dict(schema, example=example, format="pandas.DataFrame:" + self.orient)


def _object(properties):
    return dict({"type": "object"}, **({"required": list(properties), "properties": properties} if properties else {}))


def _any_of(schemas):
    different = []
    for schema in schemas:
        if schema not in different:
            different.append(schema)
    if len(different) < 2:
        return different[0] if different else {}
    if all(schema.get("type") in ("integer", "number") for schema in different):
        return {"type": "number", "format": "double"}
    return {"anyOf": different}


def _of_column(column):
    kind = column.dtype.kind
    if str(column.dtype).startswith("datetime"):
        return {"type": "string", "format": "date-time"}
    if kind == "m":
        return {"type": "string", "format": "timedelta"}
    if kind in "iu":
        return {"type": "integer", "format": "int64"}
    if kind == "f":
        return {"type": "number", "format": "double"}
    if kind == "b":
        return {"type": "boolean"}
    values = json.loads(column.to_json(orient="values", date_format="iso"))
    return items_of([value for value in values if value is not None][:1])


def _as_type(column, dtype):
    if column.dtype == dtype:
        return column
    if str(dtype).startswith("datetime"):
        numbers = pandas.api.types.is_numeric_dtype(column.dtype)
        times = pandas.to_datetime(column, utc=True, unit="ms" if numbers else None)
        zone = getattr(dtype, "tz", None)
        return (times.dt.tz_convert(zone) if zone is not None else times.dt.tz_localize(None)).astype(dtype)
    if dtype.kind == "m":
        numbers = pandas.api.types.is_numeric_dtype(column.dtype)
        return pandas.to_timedelta(column, unit="ms" if numbers else None).astype(dtype)
    if dtype.kind == "b" and not column.map(lambda value: value in (True, False)).all():
        raise ValueError("only true and false are allowed")
    return column.astype(dtype)


def _names(frame):
    return ", ".join(map(str, frame.columns))
