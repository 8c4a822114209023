"""Arguments of a decorated run(): taken by name from the JSON object of the request (§3.1, §3.3)."""
import inspect
import json
from urllib.parse import parse_qsl


class InputError(Exception):
    """The request is refused with this status code; the text is for the client."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class ObjectInput:
    """Reads the arguments of one function."""

    def __init__(self, function):
        self.parameters = [parameter for parameter in inspect.signature(function).parameters.values()
                           if parameter.name != "request_headers"]

    @property
    def names(self):
        return ", ".join(parameter.name for parameter in self.parameters)

    def arguments(self, head, body):
        """The arguments by name; raises InputError."""
        values = parse_query(head.query) if head.method == "GET" else _read_body(head.headers, body)
        arguments = {}
        for parameter in self.parameters:
            if parameter.name in values:
                arguments[parameter.name] = values[parameter.name]
            elif parameter.default is inspect.Parameter.empty:
                raise InputError(400, "A value is not provided for the '%s' parameter." % parameter.name)
        return arguments


def parse_query(query):
    """Each value as JSON where it is JSON, else as text; a repeated name becomes a list."""
    values = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        values.setdefault(name, []).append(_json_or_text(value))
    return {name: items[0] if len(items) == 1 else items for name, items in values.items()}


def _read_body(headers, body):
    if not _is_json(headers):
        raise InputError(415, "Expects Content-Type to be application/json")
    if not body:
        raise InputError(400, "POST body is empty. Expecting a JSON dictionary.")
    try:
        # As json.loads does for bytes: UTF-16 and UTF-32 too, and a mark at the beginning.
        values = json.loads(bytes(body).decode(json.detect_encoding(body)))
    except UnicodeDecodeError as error:
        raise InputError(400, "Input cannot be decoded as UTF-8: %s" % error) from None
    except ValueError as error:
        raise InputError(400, "POST body could not be decoded as JSON: %s" % error) from None
    except RecursionError:
        raise InputError(400, "POST body could not be decoded as JSON: it is nested too deeply") from None
    if not isinstance(values, dict):
        raise InputError(400, "POST body should be a JSON dictionary.")
    return values


def _is_json(headers):
    given = next((value for name, value in headers if name.lower() == "content-type"), "")
    kind = given.split(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _json_or_text(text):
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
