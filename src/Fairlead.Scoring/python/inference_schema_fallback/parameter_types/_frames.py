"""Data frames from the forms of pandas.DataFrame.to_json, with the values as JSON has them.

pandas.read_json is not used: it guesses types from the values, which turns '007' into 7 and some texts into dates.
"""
import io
import json

import pandas


def read_frame(data, orient, sample):
    """The data frame; labels that JSON could only write as strings are as in the sample again."""
    if not isinstance(data, (list, dict)):
        raise ValueError("The input is a %s; a data frame must come as a list or an object." % type(data).__name__)
    if orient == "split":
        frame = _split(data)
    elif orient == "table":
        return _table(data)
    elif orient == "index" and isinstance(data, dict):
        frame = pandas.DataFrame.from_dict(data, orient="index")
    else:
        # Records also come as {"column": [values]}, and columns as a list of rows.
        frame = pandas.DataFrame(data)
        if orient == "records" and isinstance(data, list) and not data:
            frame = pandas.DataFrame(columns=sample.columns)
    frame.columns = _labels(frame.columns, sample.columns)
    frame.index = _labels(frame.index, sample.index)
    return frame


def _split(data):
    unknown = sorted(set(data) - {"columns", "index", "data"}) if isinstance(data, dict) else []
    if not isinstance(data, dict) or "data" not in data or unknown:
        raise ValueError("A data frame with orient 'split' must come as an object with 'columns', 'index' and 'data'%s."
                         % (", not %r" % unknown[0] if unknown else ""))
    return pandas.DataFrame(data["data"], index=data.get("index"), columns=data.get("columns"))


def _table(data):
    if not isinstance(data, dict) or "schema" not in data or "data" not in data:
        raise ValueError("A data frame with orient 'table' must come as an object with 'schema' and 'data'.")
    return pandas.read_json(io.StringIO(json.dumps(data)), orient="table")


def _labels(labels, sample):
    """JSON writes the label 0 as '0'. It becomes 0 again where the sample's labels are numbers."""
    if labels.dtype != object or sample.dtype.kind not in "iuf":
        return labels
    try:
        return pandas.Index([sample.dtype.type(label) for label in labels], name=labels.name)
    except (ValueError, TypeError):
        return labels
