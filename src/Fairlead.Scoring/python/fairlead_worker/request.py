"""The request object of raw mode in environments without Flask: what entry scripts use of Flask's."""
import io
import json
from urllib.parse import parse_qsl, unquote

from . import multipart

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"


class Headers:
    """Headers: several of one name allowed, names compared without case."""

    def __init__(self, items=()):
        self._items = list(items)

    def add(self, name, value):
        self._items.append((str(name), str(value)))

    add_header = add

    def remove(self, name):
        self._items = [item for item in self._items if item[0].lower() != name.lower()]

    def get(self, name, default=None):
        return next((value for key, value in self._items if key.lower() == name.lower()), default)

    def getlist(self, name):
        return [value for key, value in self._items if key.lower() == name.lower()]

    def items(self):
        return list(self._items)

    def keys(self):
        return [name for name, _ in self._items]

    def values(self):
        return [value for _, value in self._items]

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


class MultiDict(dict):
    """The first value of each name; getlist() has all of them."""

    def __init__(self, pairs):
        super().__init__()
        self._lists = {}
        for name, value in pairs:
            self.setdefault(name, value)
            self._lists.setdefault(name, []).append(value)

    def getlist(self, name):
        return list(self._lists.get(name, ()))

    def pairs(self):
        return [(name, value) for name, values in self._lists.items() for value in values]

    def to_dict(self, flat=True):
        return dict(self) if flat else {name: list(values) for name, values in self._lists.items()}


class _AnyRequest(type):
    """Flask's requests count as AMLRequest, which was one: scripts ask with isinstance()."""

    def __instancecheck__(cls, instance):
        return type.__instancecheck__(cls, instance) or any(
            base.__name__ == "Request" and base.__module__.split(".")[0] in ("flask", "werkzeug")
            for base in type(instance).__mro__)


class AMLRequest(metaclass=_AnyRequest):
    """A request as an entry script in raw mode sees it. The body is read when it is asked for."""

    def __init__(self, method, path, query_string, headers, body):
        self.method = method
        self.path = path
        self.query_string = query_string.encode("utf-8")
        self.headers = headers
        self.stream = body
        self.remote_addr = (headers.get("X-Forwarded-For") or "127.0.0.1").split(",")[0].strip()
        self.args = MultiDict(parse_qsl(query_string, keep_blank_values=True))
        self._data = None
        self._forms = None

    @classmethod
    def of(cls, head, body):
        """From the host's request head and a raw stream."""
        buffered = io.BufferedReader(body, 64 * 1024)
        return cls(head.method, unquote(head.path), head.query, Headers(head.headers), buffered)

    @property
    def content_type(self):
        return self.headers.get("Content-Type")

    @property
    def mimetype(self):
        return (self.content_type or "").partition(";")[0].strip().lower()

    @property
    def content_length(self):
        length = self.headers.get("Content-Length")
        return int(length) if length else None

    @property
    def is_json(self):
        kind = self.mimetype
        return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))

    @property
    def host(self):
        return self.headers.get("Host", "localhost")

    @property
    def base_url(self):
        return "http://" + self.host + self.path

    @property
    def full_path(self):
        return self.path + "?" + self.query_string.decode("utf-8")

    @property
    def url(self):
        return self.base_url + ("?" + self.query_string.decode("utf-8") if self.query_string else "")

    @property
    def cookies(self):
        from http.cookies import SimpleCookie
        return {name: morsel.value for name, morsel in SimpleCookie(self.headers.get("Cookie", "")).items()}

    @property
    def data(self):
        """The body, unless it is a form, which is in form and files."""
        return b"" if self.mimetype in (_FORM, _MULTIPART) else self.get_data()

    def get_data(self, cache=True, as_text=False, parse_form_data=False):
        if self._data is None:
            data = self.stream.read()
            if cache:
                self._data = data
        else:
            data = self._data
        return data.decode("utf-8") if as_text else data

    @property
    def json(self):
        return self.get_json()

    def get_json(self, force=False, silent=False, cache=True):
        """The body as JSON; None with silent=True when it is none."""
        if not force and not self.is_json:
            if silent:
                return None
            raise ValueError("Content-Type is %r; get_json() takes application/json, or force=True" % self.content_type)
        try:
            return json.loads(self.get_data(cache).decode("utf-8"))
        except ValueError:
            if silent:
                return None
            raise

    @property
    def form(self):
        return self._read_forms()[0]

    @property
    def files(self):
        return self._read_forms()[1]

    @property
    def values(self):
        return MultiDict(list(self.args.items()) + list(self.form.items()))

    def close(self):
        """Removes uploaded files."""
        for _, file in self._forms[1].pairs() if self._forms else ():
            file.stream.close()

    def _read_forms(self):
        if self._forms is None:
            fields, files = [], []
            source = self.stream if self._data is None else io.BytesIO(self._data)
            if self.mimetype == _MULTIPART:
                fields, files = multipart.parse(source, self.content_type)
            elif self.mimetype == _FORM:
                fields = parse_qsl(self.get_data(as_text=True), keep_blank_values=True)
            self._forms = MultiDict(fields), MultiDict(files)
        return self._forms
