"""Files as they come: packed or not, in whatever encoding, made into clean lines of UTF-8 in constant memory."""

import bz2
import codecs
import gzip
import hashlib
import lzma
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast

from msgspec import Struct

from pasokh.kernel.errors import PasokhError

CHUNK = 1 << 22
LONGEST_LINE = 16_384
MOST_BYTES = 200_000_000_000
"""Unpacked; a file that grows beyond is no log."""
MOST_RATIO = 200
"""Unpacked bytes for a packed one; logs pack about 15 to 1."""
_PACKED: tuple[tuple[bytes, Callable[[IO[bytes]], IO[bytes]]], ...] = (
    (b"\x1f\x8b", lambda file: cast("IO[bytes]", gzip.GzipFile(fileobj=file))),
    (b"\xfd7zXZ\x00", lambda file: cast("IO[bytes]", lzma.LZMAFile(file))),  # noqa: SIM115 - `clean` closes what it opened
    (b"BZh", lambda file: cast("IO[bytes]", bz2.BZ2File(file))),
)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_UNSAFE = re.compile(b"[" + re.escape(_CONTROLS) + b"]")
_LONG = re.compile(rb"[^\n]{%d,}" % (LONGEST_LINE + 1))
_UNKNOWN = "\N{REPLACEMENT CHARACTER}".encode()
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1256", "cp1251")


class Clean(Struct, frozen=True):
    """A file made readable."""

    path: Path
    digest: str
    """SHA-256 of the file as it came."""
    encoding: str
    cut_off: bool
    """The packed file ends in the middle: what could be unpacked is there."""


def clean(source: Path, target: Path, encoding: str = "") -> Clean:
    """Make `target` of `source`; `encoding` empty = find out.

    Raises `PasokhError` ``import.*``: not readable, not text, packed beyond reason.
    """
    try:
        with source.open("rb") as raw, target.open("wb") as out:
            return _clean(raw, out, source, target, encoding)
    except OSError as error:
        raise PasokhError(
            "import.unreadable", field="file", file=str(source), reason=str(error.strerror or error)
        ) from error


def _clean(raw: IO[bytes], out: IO[bytes], source: Path, target: Path, encoding: str) -> Clean:
    counted = _Counted(raw)
    head = counted.read(8)
    counted.rewind()
    unpack = next((make for magic, make in _PACKED if head.startswith(magic)), None)
    chunks = _Chunks(unpack(cast("IO[bytes]", counted)) if unpack else cast("IO[bytes]", counted), counted, source)
    first = chunks.next()
    found = encoding or _encoding(first)
    decoder = None if found == "utf-8" else codecs.getincrementaldecoder(found)(errors="replace")
    rest, chunk = b"", first
    while chunk:
        data = (rest + (chunk if decoder is None else decoder.decode(chunk).encode())).removeprefix(codecs.BOM_UTF8)
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
        rest, whole = data[end:][: LONGEST_LINE + 1], data[:end]
        _write(out, whole)
        chunk = chunks.next()
    if decoder is not None:
        rest += decoder.decode(b"", final=True).encode()
    if rest:
        _write(out, rest + b"\n")
    return Clean(target, counted.digest(), found, chunks.cut_off)


def _write(out: IO[bytes], lines: bytes) -> None:
    """Write whole lines, safe for anybody to read; endless ones are cut, and whoever parses them finds them bad."""
    safe = lines if len(lines.translate(None, _CONTROLS)) == len(lines) else _UNSAFE.sub(_UNKNOWN, lines)
    if b"\r" in safe:
        safe = safe.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        safe.decode()
    except UnicodeDecodeError:
        safe = safe.decode(errors="replace").encode()
    if max(map(len, safe.split(b"\n"))) > LONGEST_LINE:
        safe = _LONG.sub(_shortened, safe)
    out.write(safe)


def _shortened(line: re.Match[bytes]) -> bytes:
    return line[0][:LONGEST_LINE].decode(errors="ignore").encode() + "…".encode()


class _Counted:
    """The file as it came: how much was read, and its digest."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw, self.read_bytes, self._hash = raw, 0, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._raw.read(size)
        self.read_bytes += len(data)
        self._hash.update(data)
        return data

    def rewind(self) -> None:
        self._raw.seek(0)
        self.read_bytes, self._hash = 0, hashlib.sha256()

    def digest(self) -> str:
        while self.read(CHUNK):
            pass
        return self._hash.hexdigest()


class _Chunks:
    """Unpacked pieces, within reason."""

    def __init__(self, file: IO[bytes], counted: _Counted, source: Path) -> None:
        self._file, self._counted, self._source = file, counted, source
        self.bytes, self.cut_off = 0, False

    def next(self) -> bytes:
        if self.cut_off:
            return b""
        try:
            data = self._file.read(CHUNK)
        except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
            if not self.bytes:
                raise PasokhError("import.unpacked", field="file", file=self._source.name, reason=str(error)) from error
            self.cut_off = True
            return b""
        self.bytes += len(data)
        if self.bytes > MOST_BYTES or (self.bytes > 64 * CHUNK and self.bytes > MOST_RATIO * self._counted.read_bytes):
            raise PasokhError("import.bomb", field="file", file=self._source.name, ratio=MOST_RATIO)
        return data


def _is_utf8(chunk: bytes) -> bool:
    """Whether a chunk is UTF-8 but for what its edges cut."""
    try:
        chunk.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(chunk) - 3 or (error.start == 0 and _is_utf8(chunk[1:4]))
    return True


def _encoding(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:65_536]
    if sample.count(0) > len(sample) // 4:
        return "utf-16-le" if sample[1:2] == b"\0" else "utf-16-be"
    if _is_utf8(sample):
        return "utf-8"
    # Arabic letters of CP1256 and Cyrillic ones of CP1251 share their bytes; only Persian's own four do not, and
    # Cyrillic words begin with capitals (C0 to DF) and go on with small letters (E0 to FF).
    if re.search(rb"[\x81\x8d\x90\x98]", sample):
        return "cp1256"
    return "cp1251" if re.search(rb"[\xc0-\xdf][\xe0-\xff]{2}", sample) else "cp1256"
