"""A request's body, taken from the connection as far as it is asked for."""
import io
import mmap

from . import frames
from .frame_source import HostLeft

_SMALL = 256 * 1024
# A buffer up to this size is kept for the next request.
_KEPT = 4 * 1024 * 1024


class ClientLeft(ConnectionError):
    """The rest of the body will not come."""


class Body(io.RawIOBase):
    """Reads one stream; the worker is alone with the connection meanwhile."""

    def __init__(self, source, stream, length):
        super().__init__()
        self._source = source
        self._stream = stream
        self._length = length
        self._left = 0
        self.ended = False
        self.cancelled = False

    def readable(self):
        return True

    def readinto(self, target):
        view = memoryview(target).cast("B")
        if not len(view) or not self._advance():
            return 0
        part = view[:min(len(view), self._left)]
        self._take(part)
        return len(part)

    def read_all(self, buffers):
        """The whole body, as bytes or as a view that is valid until the next request."""
        if self._length is None or self._length <= _SMALL:
            return self._gather()
        view, at = buffers.take(self._length), 0
        while self._advance():
            if at + self._left > len(view):
                raise frames.ProtocolError("the body is longer than %d bytes" % self._length)
            count = self._left
            self._take(view[at:at + count])
            at += count
        return view[:at]

    def drain(self):
        """Leaves the rest unread; the host stops sending once the answer has ended."""
        while not self.ended:
            try:
                if self._advance() and not self._source.skip(self._left):
                    raise HostLeft
                self._left = 0
            except ClientLeft:
                return

    def _gather(self):
        parts = []
        while self._advance():
            part = self._source.take(self._left)
            if part is None:
                raise HostLeft
            self._left = 0
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _take(self, view):
        if not self._source.read_into(view):
            raise HostLeft
        self._left -= len(view)

    def _advance(self):
        """True when bytes of the body are next, False at its end."""
        while self._left == 0 and not self.ended:
            header = self._source.header()
            if header is None:
                raise HostLeft
            length, kind, stream = header
            if stream != self._stream:
                if kind == frames.CANCEL:
                    continue  # It crossed with the end of the stream before.
                raise frames.ProtocolError("frame 0x%02x for stream %d within stream %d" % (kind, stream, self._stream))
            if kind == frames.REQUEST_BODY:
                self._left = length
            elif kind == frames.REQUEST_END:
                self.ended = True
            elif kind == frames.CANCEL:
                self.ended = self.cancelled = True
            else:
                raise frames.ProtocolError("frame 0x%02x within a body" % kind)
        if self.cancelled:
            raise ClientLeft("the client left before the body had ended")
        return not self.ended


class Buffers:
    """Memory for large bodies: fresh pages cost more than the copy itself, so they are large, and some are kept."""

    def __init__(self):
        self._kept = None

    def take(self, length):
        if length > _KEPT:
            return memoryview(_pages(length))[:length]
        if self._kept is None:
            self._kept = memoryview(_pages(_KEPT))
        return self._kept[:length]


def _pages(length):
    pages = mmap.mmap(-1, length, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(pages, "madvise") and hasattr(mmap, "MADV_HUGEPAGE"):  # Python 3.8, Linux.
        try:
            pages.madvise(mmap.MADV_HUGEPAGE)
        except OSError:
            pass  # The kernel has none.
    return pages
