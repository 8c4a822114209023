"""The classes entry scripts import from azureml.contrib.services and azureml_inference_server_http.api.

They are offered under those names through sys.modules, so no package of that name has to be installed.
"""
import json
import sys
import types

from .request import AMLRequest, Headers

_MODULES = {
    "aml_request": ("AMLRequest", "rawhttp"),
    "aml_response": ("AMLResponse",),
}
_PACKAGES = ("azureml.contrib.services", "azureml_inference_server_http.api")

raw_functions = []


def rawhttp(function):
    """Marks run() as one that takes the request itself."""
    raw_functions.append(function)
    return function


class AMLResponse:
    """An answer with its own status code and headers. A message that is a generator is sent while it yields."""

    def __init__(self, message, status_code, response_headers={}, json_str=False, run_function_failed=False):
        self.status_code = int(status_code)
        self.headers = Headers()
        self.stream = None
        self.data = b""
        if message is None or json_str:
            message = json.dumps({} if message is None else message)
            self.headers["Content-Type"] = "application/json"
        elif not any(name.lower() == "content-type" for name in response_headers):
            self.headers["Content-Type"] = "text/html; charset=utf-8"
        if hasattr(message, "__next__") or hasattr(message, "__anext__"):
            self.stream = message
        else:
            self.set_data(message)
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
