"""Raw mode: run() gets the request itself. Flask's Request where the environment has Flask, else our own (§3.1)."""
import contextlib
import io
from urllib.parse import unquote

from . import api
from .logs import SERVER

_flask_app = None


def prepare():
    """Imports Flask when the environment has it; called once, before init()."""
    global _flask_app
    try:
        import flask
        _flask_app = flask.Flask("azmlinfsrv")
    except ImportError:
        SERVER.info("run() gets the request as an AMLRequest; add flask to the environment for a Flask request")
    except Exception as error:
        SERVER.warning("Flask cannot be used (%s: %s); run() gets the request as an AMLRequest",
                       type(error).__name__, error)
    else:
        SERVER.info("run() gets the request as a Flask request")


@contextlib.contextmanager
def request_in_context(head, body):
    """The request object for run(); ``body`` is a raw stream. With Flask, flask.request and jsonify work meanwhile."""
    if _flask_app is None:
        request = api.AMLRequest.of(head, body)
        try:
            yield request
        finally:
            request.close()
    else:
        with _flask_app.request_context(environ_of(head, body)) as context:
            yield context.request


def environ_of(head, body):
    """A WSGI environment (PEP 3333)."""
    environ = {
        "REQUEST_METHOD": head.method,
        "SCRIPT_NAME": "",
        # As WSGI wants it: the bytes of the path, each as one character.
        "PATH_INFO": unquote(head.path, "latin-1"),
        "QUERY_STRING": head.query,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        # Werkzeug takes a short read for a client that has left.
        "wsgi.input": io.BufferedReader(body, 64 * 1024),
        "wsgi.input_terminated": True,
        "wsgi.errors": None,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in head.headers:
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = "HTTP_" + key
        environ[key] = environ[key] + "," + value if key in environ else value
    host = environ.get("HTTP_HOST", "localhost")
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit():
        environ["SERVER_NAME"], environ["SERVER_PORT"] = name, port
    else:
        environ["SERVER_NAME"] = host
    environ["REMOTE_ADDR"] = environ.get("HTTP_X_FORWARDED_FOR", "127.0.0.1").split(",")[0].strip()
    return environ
