"""Clean files taken apart into records: tables, JSON however it is strung together, XML by the element."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.metrics.imports.legs import Refused

MOST_CELLS = 500
LONGEST_PIECE = 16 << 20
_MARKS = (",", ";", "\t", "|")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
type Cells = Mapping[str, str]
csv.field_size_limit(LONGEST_PIECE)


# -- tables ------------------------------------------------------------------------------------------------------------
def heading(path: Path) -> tuple[str, list[str]]:
    """The mark between cells, and the first line's cells in small letters."""
    with path.open(encoding="utf-8", newline="") as file:
        line = file.readline(1 << 20)
    counts = {mark: len(next(csv.reader([line], delimiter=mark), [])) for mark in _MARKS}
    mark = max(_MARKS, key=lambda each: counts[each])
    return mark, [cell.strip().lower() for cell in next(csv.reader([line], delimiter=mark), [])]


def table(
    path: Path, needs: Sequence[Sequence[str]], without: Sequence[str] = ()
) -> Iterator[tuple[int, Cells] | Refused]:
    r"""A table's rows by the names of their columns, in small letters; cells trimmed, ``\\N`` and ``NULL`` empty.

    `needs` are sets of columns of which one must be there whole. `without` are the columns of files that have no
    heading; empty = all have one. Raises ``import.form`` for another kind of file. A row with fewer or more cells is
    ``cells``.
    """
    mark, names = heading(path)
    headed = any(set(each) <= set(names) for each in needs)
    if not headed:
        if not without or not len(without) - 6 <= len(names) <= len(without) + 4:
            raise PasokhError("import.form", field="file", found=", ".join(names[:12])[:200] or "—")
        names = [*without, *(f"more{n}" for n in range(len(names) - len(without)))][: len(names)]
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter=mark)
        while True:
            line = rows.line_num + 1
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                yield Refused(line, "cells", str(error))
                continue
            if headed and [cell.strip().lower() for cell in cells] == names:
                continue  # the heading, or that of another file strung to it
            if not any(cells):
                yield Refused(line, "blank")
            elif len(cells) != len(names):
                yield Refused(line, "cells", mark.join(cells)[:1000])
            else:
                yield line, dict(zip(names, map(_cell, cells), strict=True))


def _cell(text: str) -> str:
    text = text.strip()
    return "" if text in ("\\N", "NULL", "null") else text


# -- JSON --------------------------------------------------------------------------------------------------------------
def objects(path: Path, envelopes: Sequence[str] = ()) -> Iterator[tuple[int, bytes] | Refused]:
    """Each JSON object of a file with its line: one, a list, one a line, strung together, or a list in an envelope.

    `envelopes` are the names under which an outer object keeps the list. What is cut off or longer than `LONGEST_PIECE`
    is refused; reading goes on with the next line that is an object by itself.
    """
    scan = _Scan(frozenset(f'"{name}"'.encode() for name in envelopes))
    with path.open("rb") as file:
        for line in file:
            if scan.inside and line[:2] == b'{"' and _complete(line):
                yield scan.given_up("cut_off")
            yield from scan.line(line)
            if scan.inside and len(scan.buffer) > LONGEST_PIECE:
                yield scan.given_up("long")
    if scan.inside:
        yield scan.given_up("cut_off")


def decoded[T](
    path: Path, envelopes: Sequence[str], kind: type[T], begun: Callable[[T], Instant | None]
) -> Iterator[tuple[int, Instant, T] | Refused]:
    """Each JSON object as `kind`, with its line and when it began; what is none, or began at no time, is refused."""
    decoder = msgspec.json.Decoder(kind)
    for found in objects(path, envelopes):
        if isinstance(found, Refused):
            yield found
            continue
        line, data = found
        try:
            known = decoder.decode(data)
        except msgspec.DecodeError as error:
            yield Refused(line, "record", f"{error}: {data[:300].decode(errors='replace')}")
            continue
        at = begun(known)
        yield Refused(line, "time", data[:1000].decode(errors="replace")) if at is None else (line, at, known)


class _Scan:
    """Where a file's brackets stand: `base` is the depth in which objects are looked for."""

    def __init__(self, outer: frozenset[bytes]) -> None:
        self.buffer, self._line, self._depth, self._base, self._start = b"", 1, 0, 0, -1
        self._outer, self._last = outer, b""

    @property
    def inside(self) -> bool:
        """Whether an object has begun and not ended."""
        return self._start >= 0

    def line(self, line: bytes) -> Iterator[tuple[int, bytes]]:
        """Take in a line; gives the objects that end in it."""
        at = len(self.buffer)
        self.buffer += line
        for token in _TOKEN.finditer(self.buffer, at):
            mark = token[0]
            if mark[0] == 34:
                self._last = mark
            elif mark in b"{[":
                self._open(mark, token.start())
            else:
                self._depth = max(0, self._depth - 1)
                if mark == b"}" and self._depth == self._base and self.inside:
                    yield self._line + self.buffer.count(b"\n", 0, self._start), self.buffer[self._start : token.end()]
                    self._start = -1
                elif self._depth < self._base:
                    self._base = 0
        if not self.inside:
            self._drop()

    def given_up(self, reason: str) -> Refused:
        """The object that was begun, refused; depth is that of its beginning."""
        line = self._line + self.buffer.count(b"\n", 0, self._start)
        refused = Refused(line, reason, self.buffer[self._start : self._start + 1000].decode(errors="replace"))
        self._start, self._depth = -1, self._base
        self._drop()
        return refused

    def _open(self, mark: bytes, at: int) -> None:
        if mark == b"{" and self._depth == self._base and not self.inside:
            self._start = at
        elif mark == b"[" and self._depth == 1 and self._base == 0 and self.inside and self._last in self._outer:
            self._base, self._start = 2, -1
        elif mark == b"[" and self._depth == 0:
            self._base = 1
        self._depth += 1

    def _drop(self) -> None:
        self._line += self.buffer.count(b"\n")
        self.buffer = b""


def _complete(line: bytes) -> bool:
    """Whether a line is an object by itself: then the one before it was cut off."""
    try:
        msgspec.json.decode(line)
    except msgspec.DecodeError:
        return False
    return True


# -- XML ---------------------------------------------------------------------------------------------------------------
def elements(path: Path, name: str) -> Iterator[tuple[int, ET.Element] | Refused]:
    """Each element of that name with its line, one or many in a file; none inside another.

    A document type is refused: entities can grow without end.
    """
    begin, end = re.compile(rb"<" + name.encode() + rb"[\s>]"), b"</" + name.encode() + b">"
    buffer, base_line = b"", 1
    with path.open("rb") as file:
        for line in file:
            buffer += line
            while (stop := buffer.find(end)) >= 0:
                piece, rest = buffer[: stop + len(end)], buffer[stop + len(end) :]
                found = begin.search(piece)
                start = found.start() if found else 0
                at = base_line + piece.count(b"\n", 0, start)
                yield _element(at, piece[start:]) if b"<!" not in piece else Refused(at, "xml", _shown(piece))
                base_line, buffer = base_line + piece.count(b"\n"), rest
            if len(buffer) > LONGEST_PIECE:
                yield Refused(base_line, "long", _shown(buffer))
                base_line, buffer = base_line + buffer.count(b"\n"), b""
            elif b"<" not in buffer:
                base_line, buffer = base_line + buffer.count(b"\n"), b""
    found = begin.search(buffer)
    if found:
        yield Refused(base_line + buffer.count(b"\n", 0, found.start()), "cut_off", _shown(buffer[found.start() :]))


def _element(line: int, piece: bytes) -> tuple[int, ET.Element] | Refused:
    try:
        return line, ET.fromstring(piece)  # noqa: S314 - bounded, and no document type gets here
    except ET.ParseError:
        return Refused(line, "xml", _shown(piece))


def _shown(data: bytes) -> str:
    return data[:1000].decode(errors="replace")
