"""What a file says, as a page shows it before anything is imported."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from pasokh.metrics.imports.legs import Leg, Record, Refused
from pasokh.metrics.imports.mapped import FIELDS, HOWS, MappedTable, TableMapping, guess, meaning, words
from pasokh.metrics.imports.pieces import heading
from pasokh.metrics.imports.queue_log import KIND, QueueLog
from pasokh.metrics.imports.reading import LONGEST_LINE, clean
from pasokh.metrics.imports.sources import SOURCES
from pasokh.metrics.imports.taking import Taking
from pasokh.metrics.warehouse import Warehouse
from pasokh.office.figures_import.uploads import Upload

TABLE = "csv"
KINDS = (KIND, *SOURCES, TABLE)
LOOKED = 2_000
"""Records that a page reads before it shows how they are understood."""
SHOWN = 20


class Look(Struct, frozen=True):
    """The first records of a file."""

    read: int
    good: int
    refused: tuple[Refused, ...]
    """The first of them."""
    wrong: int
    legs: tuple[Leg, ...]
    """What the first good ones amount to."""


class Columns(Struct, frozen=True):
    """A table's columns, and the words of the one that says how a call ended."""

    names: tuple[str, ...]
    mapping: TableMapping
    words: tuple[str, ...]


def taker(facts: Warehouse, upload: Upload, zone: str, mapping: TableMapping | None) -> QueueLog | Taking:
    """Whoever imports the file."""
    if upload.about.kind == KIND:
        return QueueLog(facts, upload.about.source, zone)
    kind = MappedTable(mapping) if mapping is not None else SOURCES[upload.about.kind]
    return Taking(facts, upload.about.source, zone, kind)


def look(source: Taking, upload: Upload) -> Look:
    """How a file is understood; raises what importing it would raise."""
    found, legs = source.look(upload.file, LOOKED, upload.about.encoding)
    good = sum(isinstance(each, Record) for each in found)
    refused = [each for each in found if isinstance(each, Refused) and each.reason != "blank"]
    shown = sorted((leg for leg in legs if isinstance(leg, Leg)), key=lambda leg: leg.at_ms)[:SHOWN]
    return Look(len(found), good, tuple(refused[:SHOWN]), len(refused), tuple(shown))


def columns(upload: Upload, zone: str, given: TableMapping | None, scratch: Path) -> Columns:
    """The columns of a table with a mapping: the one given, else a guess. Its readable form is made in `scratch`."""
    file = scratch / "clean"
    clean(upload.file, file, upload.about.encoding, longest=LONGEST_LINE)
    mapping = given or guess(file, ZoneInfo(zone))
    names = tuple(heading(file)[1])
    column = mapping.columns.get("how", "")
    return Columns(names, mapping, words(file, column) if column in names else ())


def read_mapping(given: Mapping[str, str], words_of: Sequence[str]) -> TableMapping:
    """A mapping as the form says it (``column.FIELD``, ``how.N`` with ``word.N``); other words are guessed."""
    said = {given[f"word.{n}"]: given.get(f"how.{n}", "") for n in range(1_000) if f"word.{n}" in given}
    hows = {word: how for word, how in said.items() if how in HOWS}
    hows |= {word: meaning(word) for word in words_of if word not in said}
    chosen = {field: given.get(f"column.{field}", "") for field in FIELDS}
    order, unit = given.get("order", ""), given.get("unit", "s")
    incoming = tuple(word.strip().lower() for word in given.get("incoming", "").split(",") if word.strip())
    return TableMapping(
        columns={field: column for field, column in chosen.items() if column}, hows=hows,
        order=order if order in ("ymd", "dmy", "mdy") else "",  # type: ignore[arg-type]
        unit=unit if unit in ("s", "ms", "m") else "s",  # type: ignore[arg-type]
        incoming=incoming[:20],
    )  # fmt: skip
