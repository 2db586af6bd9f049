"""Files as they come: packed or not, in whatever encoding, made into clean lines of UTF-8 in constant memory."""

import bz2
import codecs
import gzip
import hashlib
import lzma
import re
import zipfile
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


def clean(source: Path, target: Path, encoding: str = "", longest: int = LONGEST_LINE) -> Clean:
    """Make `target` of `source`; `encoding` empty = find out; lines beyond `longest` bytes are cut.

    Raises `PasokhError` ``import.*``: not readable, not text, packed beyond reason.
    """
    try:
        with source.open("rb") as raw, target.open("wb") as out:
            return _clean(raw, out, source, target, encoding, longest)
    except OSError as error:
        raise PasokhError(
            "import.unreadable", field="file", file=str(source), reason=str(error.strerror or error)
        ) from error


def _clean(raw: IO[bytes], out: IO[bytes], source: Path, target: Path, encoding: str, longest: int) -> Clean:
    counted = _Counted(raw)
    head = counted.read(8)
    counted.rewind()
    unpack = next((make for magic, make in _PACKED if head.startswith(magic)), None)
    if head.startswith(b"PK\x03\x04"):
        counted.read_bytes = source.stat().st_size
        chunks = _Chunks(cast("IO[bytes]", _Zipped(raw, source)), counted, source)
    else:
        chunks = _Chunks(unpack(cast("IO[bytes]", counted)) if unpack else cast("IO[bytes]", counted), counted, source)
    first = chunks.next()
    found = encoding or _encoding(first)
    decoder = None if found == "utf-8" else codecs.getincrementaldecoder(found)(errors="replace")
    rest, chunk = b"", first
    while chunk:
        data = (rest + (chunk if decoder is None else decoder.decode(chunk).encode())).removeprefix(codecs.BOM_UTF8)
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
        rest, whole = data[end:][: longest + 1], data[:end]
        _write(out, whole, longest)
        chunk = chunks.next()
    if decoder is not None:
        rest += decoder.decode(b"", final=True).encode()
    if rest:
        _write(out, rest + b"\n", longest)
    counted.rewind()
    return Clean(target, counted.digest(), found, chunks.cut_off)


def _write(out: IO[bytes], lines: bytes, longest: int) -> None:
    """Write whole lines, safe for anybody to read; endless ones are cut, and whoever parses them finds them bad."""
    safe = lines if len(lines.translate(None, _CONTROLS)) == len(lines) else _UNSAFE.sub(_UNKNOWN, lines)
    if b"\r" in safe:
        safe = safe.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        safe.decode()
    except UnicodeDecodeError:
        safe = safe.decode(errors="replace").encode()
    parts = safe.split(b"\n")
    if max(map(len, parts)) > longest:
        safe = b"\n".join(_shortened(part, longest) if len(part) > longest else part for part in parts)
    out.write(safe)


def _shortened(line: bytes, longest: int) -> bytes:
    return line[:longest].decode(errors="ignore").encode() + "…".encode()


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


class _Zipped:
    """The files of an archive by their names, one after the other, each with a line of its own at its end."""

    def __init__(self, raw: IO[bytes], source: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(raw)
        except (zipfile.BadZipFile, OSError) as error:
            raise PasokhError("import.unpacked", field="file", file=source.name, reason=str(error)) from error
        self._left = sorted((i for i in self._archive.infolist() if not i.is_dir()), key=lambda info: info.filename)
        self._member: IO[bytes] | None = None

    def read(self, size: int) -> bytes:
        while self._member is not None or self._left:
            if self._member is None:
                try:
                    self._member = self._archive.open(self._left.pop(0))
                except (RuntimeError, NotImplementedError) as error:  # locked, or packed in a way nobody knows
                    raise zlib.error(str(error)) from error
            data = self._member.read(size)
            if data:
                return data
            self._member.close()
            self._member = None
            return b"\n"
        return b""


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
        except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, zipfile.BadZipFile) as error:
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
