"""Reads multipart/form-data (RFC 7578) from a stream with flat memory: files go to temporary files above 500 KB."""
import re

_BLOCK = 64 * 1024
_IN_MEMORY = 500 * 1024
_MAX_FIELD = 500 * 1024
_MAX_HEADERS = 16 * 1024
_MAX_PARTS = 1000
_MAX_PADDING = 256
_PARAMETER = re.compile(r';\s*([\w*-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')


class MultipartError(ValueError):
    """The body is not what its Content-Type says."""


class FileStorage:
    """An uploaded file: filename, name, content_type, stream, read(), save(path or file)."""

    def __init__(self, stream, name, filename, content_type):
        self.stream = stream
        self.name = name
        self.filename = filename
        self.content_type = content_type

    def save(self, target):
        if hasattr(target, "write"):
            _copy(self.stream, target)
        else:
            with open(target, "wb") as file:
                _copy(self.stream, file)

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def __iter__(self):
        return iter(self.stream)


def parse(stream, content_type):
    """Two lists of (name, value): text fields and files."""
    import tempfile
    boundary = parameters_of(content_type).get("boundary")
    if not boundary:
        raise MultipartError("Content-Type multipart/form-data lacks its boundary")
    reader = _PartReader(stream, b"\r\n--" + boundary.encode("latin-1"))
    fields, files = [], []
    reader.skip_preamble()
    while reader.next_part():
        if len(fields) + len(files) >= _MAX_PARTS:
            raise MultipartError("the form has more than %d parts" % _MAX_PARTS)
        headers = reader.headers()
        disposition = parameters_of(headers.get("content-disposition", ""))
        name = disposition.get("name", "")
        if "filename" in disposition:
            target = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)
            reader.copy_to(target.write)
            target.seek(0)
            files.append((name, FileStorage(
                target, name, disposition["filename"], headers.get("content-type", "application/octet-stream"))))
        else:
            value = bytearray()
            reader.copy_to(value.extend, _MAX_FIELD)
            fields.append((name, value.decode("utf-8", "replace")))
    return fields, files


def parameters_of(header):
    """The parameters of a header such as Content-Disposition."""
    found = {}
    for name, value in _PARAMETER.findall(";" + header.partition(";")[2]):
        if value.startswith('"'):
            value = re.sub(r'\\(["\\])', r"\1", value[1:-1])
        found[name.lower()] = value.strip()
    return found


class _PartReader:
    def __init__(self, stream, delimiter):
        self._stream = stream
        self._delimiter = delimiter
        # The first delimiter has no line end before it.
        self._buffer = bytearray(b"\r\n")
        self._ended = False

    def skip_preamble(self):
        self.copy_to(lambda data: None)

    def next_part(self):
        """True when a part follows the delimiter that has just been read."""
        self._fill(2)
        if self._buffer[:2] == b"--":
            return False
        while b"\r\n" not in self._buffer[:_MAX_PADDING] and len(self._buffer) < _MAX_PADDING and self._more():
            pass
        end = self._buffer.find(b"\r\n", 0, _MAX_PADDING)
        if end < 0 or self._buffer[:end].strip(b" \t"):
            raise MultipartError("the form's boundary is not followed by a line end")
        del self._buffer[:end + 2]
        return True

    def headers(self):
        while True:
            end = self._buffer.find(b"\r\n\r\n")
            if end >= 0:
                break
            if len(self._buffer) > _MAX_HEADERS or not self._more():
                raise MultipartError("the headers of a form's part do not end")
        lines = bytes(self._buffer[:end]).decode("utf-8", "replace").split("\r\n")
        del self._buffer[:end + 4]
        pairs = (line.partition(":") for line in lines if line)
        return {name.strip().lower(): value.strip() for name, _, value in pairs}

    def copy_to(self, write, limit=None):
        """Passes on what comes before the next delimiter."""
        total = 0
        while True:
            at = self._buffer.find(self._delimiter)
            until = at if at >= 0 else max(0, len(self._buffer) - len(self._delimiter))
            total += until
            if limit is not None and total > limit:
                raise MultipartError("a field of the form is longer than %d bytes" % limit)
            write(bytes(self._buffer[:until]))
            if at >= 0:
                del self._buffer[:at + len(self._delimiter)]
                return
            del self._buffer[:until]
            if not self._more():
                raise MultipartError("the form ends within a part")

    def _fill(self, least):
        while len(self._buffer) < least and self._more():
            pass

    def _more(self):
        data = self._stream.read(_BLOCK)
        self._buffer.extend(data or b"")
        return bool(data)


def _copy(source, target):
    while True:
        block = source.read(_BLOCK)
        if not block:
            return
        target.write(block)
