"""The classes entry scripts import from azureml.contrib.services and azureml_inference_server_http.api.

They are offered under those names through sys.modules, so no package of that name has to be installed.
"""
import json
import sys
import types

_MODULES = {
    "aml_request": ("AMLRequest", "rawhttp"),
    "aml_response": ("AMLResponse",),
}
_PACKAGES = ("azureml.contrib.services", "azureml_inference_server_http.api")

raw_functions = []


class AMLRequest:
    """A request as an entry script sees it: method, path, query_string, headers and data."""

    def __init__(self, method, path, query_string, headers, data):
        self.method = method
        self.path = path
        self.query_string = query_string
        self.headers = headers
        self.data = data

    def get_data(self):
        return self.data

    def get_json(self):
        return json.loads(self.data.decode("utf-8"))


def rawhttp(function):
    """Marks run() as one that takes the request itself."""
    raw_functions.append(function)
    return function


class Headers:
    """Response headers: several of one name allowed, names compared without case."""

    def __init__(self):
        self._items = []

    def add(self, name, value):
        self._items.append((str(name), str(value)))

    add_header = add

    def remove(self, name):
        self._items = [item for item in self._items if item[0].lower() != name.lower()]

    def get(self, name, default=None):
        return next((value for key, value in self._items if key.lower() == name.lower()), default)

    def items(self):
        return list(self._items)

    def __contains__(self, name):
        return self.get(name) is not None

    def __getitem__(self, name):
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __setitem__(self, name, value):
        self.remove(name)
        self.add(name, value)

    def __delitem__(self, name):
        self.remove(name)

    def __iter__(self):
        return iter(self._items)

    def __len__(self):
        return len(self._items)


class AMLResponse:
    """An answer with its own status code and headers."""

    def __init__(self, message, status_code, response_headers={}, json_str=False, run_function_failed=False):
        self.status_code = int(status_code)
        self.headers = Headers()
        if message is None or json_str:
            message = json.dumps({} if message is None else message)
            self.headers["Content-Type"] = "application/json"
        elif not any(name.lower() == "content-type" for name in response_headers):
            self.headers["Content-Type"] = "text/html; charset=utf-8"
        self.data = message.encode("utf-8") if isinstance(message, str) else bytes(message)
        self.headers["x-ms-run-function-failed"] = bool(run_function_failed)
        for name, value in response_headers.items():
            # A repeated header is written as one value with commas.
            for part in str(value).split(","):
                self.headers.add(name, part.strip())

    def get_data(self):
        return self.data

    def set_data(self, data):
        self.data = data.encode("utf-8") if isinstance(data, str) else bytes(data)


def install():
    """Makes `from azureml.contrib.services.aml_response import AMLResponse` work."""
    for package in _PACKAGES:
        for name, members in _MODULES.items():
            module = types.ModuleType(package + "." + name)
            for member in members:
                setattr(module, member, globals()[member])
            sys.modules[module.__name__] = module
