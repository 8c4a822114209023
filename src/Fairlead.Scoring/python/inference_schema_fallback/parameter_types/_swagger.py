"""Schemas from samples: of plain Python values, and of values JSON knows."""
import base64
import datetime
import json
import math


def describe(value):
    """The schema of a value like this one, with the value itself under 'example'."""
    schema = _schema_of(value)
    schema["example"] = as_json(value)
    return schema


def without_example(schema):
    return {name: part for name, part in schema.items() if name != "example"}


def is_mixed(schema):
    """True when a list in it holds several types: version 2.0 cannot say so."""
    if isinstance(schema, dict):
        return "anyOf" in schema or any(
            is_mixed(part) for name, part in schema.items() if name not in ("example", "required"))
    return isinstance(schema, list) and any(is_mixed(part) for part in schema)


def items_of(values):
    """The schema of a list's items; {} for an empty list, whose items may be anything."""
    schemas = []
    for value in values:
        schema = without_example(_schema_of(value))
        if schema and schema not in schemas:
            schemas.append(schema)
    kinds = {schema.get("type") for schema in schemas}
    if kinds == {"integer", "number"}:
        return {"type": "number", "format": "double"}
    if len(schemas) < 2:
        return schemas[0] if schemas else {}
    # Rows of one table may differ, with a value missing here and there: the first one tells.
    return {"anyOf": schemas} if len(kinds) > 1 else schemas[0]


def as_json(value):
    """The value as JSON shows it. What is not a number there becomes null."""
    inner = _own_schema(value)
    if inner is not None:
        return inner["example"]
    if isinstance(value, dict):
        return {str(key): as_json(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(part) for part in value]
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(bytes(value)).decode("ascii")
    if isinstance(value, (datetime.datetime, datetime.time)):
        zone = value.tzinfo or datetime.timezone.utc
        return value.replace(tzinfo=zone).isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    try:
        json.dumps(value)
    except (TypeError, ValueError) as error:
        raise TypeError(
            "A sample holds a %s, which JSON cannot show: %s. Use plain values, or a parameter type for this part."
            % (type(value).__name__, error)) from None
    return value


def _schema_of(value):
    inner = _own_schema(value)
    if inner is not None:
        return without_example(inner)
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, int):
        return {"type": "integer", "format": "int64"}
    if isinstance(value, float):
        return {"type": "number", "format": "double"}
    if isinstance(value, (bytes, bytearray)):
        return {"type": "string", "format": "byte"}
    if isinstance(value, datetime.datetime):
        return {"type": "string", "format": "date-time"}
    if isinstance(value, datetime.date):
        return {"type": "string", "format": "date"}
    if isinstance(value, datetime.time):
        return {"type": "string", "format": "time"}
    if isinstance(value, str):
        return {"type": "string"}
    if isinstance(value, dict):
        schema = {"type": "object"}
        if value:
            schema["required"] = [str(key) for key in value]
            schema["properties"] = {str(key): without_example(_schema_of(part)) for key, part in value.items()}
        return schema
    if isinstance(value, (list, tuple)):
        return {"type": "array", "items": items_of(value)}
    return {}


def _own_schema(value):
    """That of a parameter type inside a sample."""
    return value.input_to_swagger() if hasattr(value, "input_to_swagger") else None
