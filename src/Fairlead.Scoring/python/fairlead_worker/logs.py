"""Log lines as Azure ML's inference server writes them, to standard output, one whole line a write."""
import io
import json
import logging
import os
import sys
import time

FORMAT = "%(asctime)s %(levelname).1s [%(process)d] %(name)s - %(message)s"
SERVER = logging.getLogger("azmlinfsrv")
USER_SCRIPT = logging.getLogger("azmlinfsrv.user_script")
PRINT = logging.getLogger("azmlinfsrv.print")


def set_up(folders):
    """Sets up logging for user code and us; a logging.json in one of the folders replaces it."""
    # Unbuffered underneath: order between this process and the host is kept line by line.
    stream = io.TextIOWrapper(
        os.fdopen(os.dup(1), "wb", 0), encoding="utf-8", errors="backslashreplace", write_through=True)
    handler = _LineHandler(stream)
    formatter = logging.Formatter(FORMAT)
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(_level())
    # The file's handlers on ext://sys.stdout write to the log itself; later the name stands for a logger.
    sys.stdout = sys.stderr = stream
    _read_file(folders)
    sys.stdout = _LoggedStream(PRINT, logging.INFO, 1)
    sys.stderr = _LoggedStream(PRINT, logging.WARNING, 2)


def _read_file(folders):
    for folder in folders:
        path = os.path.join(folder, "logging.json")
        if os.path.isfile(path):
            from logging.config import dictConfig
            with open(path, encoding="utf-8") as file:
                settings = json.load(file)
            settings.setdefault("disable_existing_loggers", False)  # Ours: what user code prints goes through them.
            dictConfig(settings)
            return


def _level():
    name = os.environ.get("AZUREML_LOG_LEVEL", "INFO").upper()
    level = logging.getLevelName(name)
    return level if isinstance(level, int) else logging.INFO


class _LineHandler(logging.StreamHandler):
    """Writes text and line end at once, so that lines of two processes do not mix."""

    def emit(self, record):
        try:
            self.stream.write(self.format(record) + self.terminator)
        except Exception:
            self.handleError(record)


class _LoggedStream(io.TextIOBase):
    """Stands for sys.stdout and sys.stderr: each finished line becomes a log record."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, logger, level, descriptor):
        super().__init__()
        self._logger = logger
        self._level = level
        self._descriptor = descriptor
        self._pending = ""
        # For code that writes bytes (sys.stdout.buffer) or hands the descriptor to another program.
        self.buffer = os.fdopen(descriptor, "wb", 0, closefd=False)

    def writable(self):
        return True

    def fileno(self):
        return self._descriptor

    def isatty(self):
        return False

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError("write() argument must be str, not " + type(text).__name__)
        lines = (self._pending + text).split("\n")
        self._pending = lines.pop()
        for line in lines:
            self._logger.log(self._level, "%s", line)
        return len(text)

    def flush(self):
        """Flushing does not end a line: progress bars flush after each dot."""

    def end_line(self):
        if self._pending:
            pending, self._pending = self._pending, ""
            self._logger.log(self._level, "%s", pending)


def end_lines():
    """Writes what was printed without a line end: before a request's end and before the process ends."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, _LoggedStream):
            stream.end_line()
