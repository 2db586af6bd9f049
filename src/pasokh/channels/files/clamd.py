"""ClamAV's daemon as a scanner, over its INSTREAM command."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from pasokh.kernel.errors import PasokhError

NAME = "PASOKH_SCANNER_URL"
SECONDS = 60.0
CHUNK = 1 << 16
_LONGEST_ANSWER = 4_096

type Where = Path | tuple[str, int]


class ClamdScanner:
    """A `Scanner` that asks clamd, on a UNIX socket or over TCP; one connection a file."""

    def __init__(self, where: Where, seconds: float = SECONDS) -> None:
        self._where, self._seconds = where, seconds

    def scan(self, content: BinaryIO) -> str:
        """Send the content in pieces; clamd answers ``stream: OK`` or ``stream: NAME FOUND``."""
        with self._connected() as clamd:
            clamd.sendall(b"zINSTREAM\0")
            try:
                while piece := content.read(CHUNK):
                    clamd.sendall(struct.pack("!I", len(piece)) + piece)
                clamd.sendall(struct.pack("!I", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has heard enough and says why
            said = _answer(clamd)
        if said.endswith(" FOUND"):
            return said.removeprefix("stream: ").removesuffix(" FOUND")[:200]
        if said != "stream: OK":
            raise PasokhError("scanner.failed", reason=said[:200] or "no answer")
        return ""

    def probe(self) -> str:
        """Its version."""
        with self._connected() as clamd:
            clamd.sendall(b"zVERSION\0")
            return _answer(clamd)[:200]

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        try:
            if isinstance(self._where, Path):
                clamd = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                clamd.settimeout(self._seconds)
                try:
                    clamd.connect(str(self._where))
                except BaseException:
                    clamd.close()
                    raise
            else:
                clamd = socket.create_connection(self._where, self._seconds)
            with clamd:
                yield clamd
        except OSError as error:
            raise PasokhError("scanner.unreachable", reason=(str(error) or type(error).__name__)[:200]) from error


def scanner_of(url: str, seconds: float = SECONDS) -> ClamdScanner | None:
    """The scanner of ``PASOKH_SCANNER_URL``: ``clamd:///path/of/socket`` or ``clamd://host[:3310]``; empty = none.

    Raises `scanner.bad_url`.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port or 3310
    except ValueError as error:
        raise PasokhError("scanner.bad_url", name=NAME) from error
    if parts.scheme != "clamd" or (not parts.hostname and not parts.path.startswith("/")):
        raise PasokhError("scanner.bad_url", name=NAME)
    return ClamdScanner((parts.hostname, port) if parts.hostname else Path(unquote(parts.path)), seconds)


def _answer(clamd: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < _LONGEST_ANSWER and (piece := clamd.recv(1_024)):
        said += piece
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()
