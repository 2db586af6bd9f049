"""Recorded contacts and times from CSV files: row-precise errors, nothing guessed."""

import csv
import datetime as dt
import gzip
import io
import math
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from pasokh.kernel.time import Instant
from pasokh.twin.scenario import Empirical, Recording
from pasokh.twin.scenario_check import RefusalError, check_empirical

MAX_ROWS = 20_000_000


class Recorded(msgspec.Struct, frozen=True):
    """Recorded contacts in order of arrival. Columns not recorded are empty; a span of -1 = not known in this row."""

    start: dt.date | None
    """The first date taken, when dates were chosen."""
    at: list[Instant]
    service_ms: list[int] = []
    wrap_up_ms: list[int] = []
    patience_ms: list[int] = []
    priority: list[int] = []


def read_recording(rec: Recording, folder: Path, zone: str, field: str) -> Recorded:
    """The contacts of a recording, sorted by arrival; raises `RefusalError` naming file, row and column."""
    tz = ZoneInfo(zone)
    only = {}
    for k, text in enumerate(rec.only_dates):
        try:
            only[dt.date.fromisoformat(text)] = k
        except ValueError as e:
            raise RefusalError(
                "scenario.recording", f"{field}.only_dates[{k}]", f"{text!r} is no date", "write 2026-03-21"
            ) from e
    found: list[tuple[Instant, int, int, int, int]] = []
    wanted = [c for c in (rec.at, rec.date, rec.service, rec.wrap_up, rec.patience) if c]
    wanted += [c for c in (rec.priority, *rec.where) if c]

    def known(ms: int) -> int:
        return -1 if ms == 0 and rec.zero_is_unknown else ms

    for number, row in _rows(rec.file, folder, wanted, field):
        if not _matches(row, rec.where):
            continue
        at, date = _instant(row, rec, tz, number, field)
        if only and date not in only:
            continue
        found.append(
            (
                at,
                known(_span(row, rec.service, rec.file, number, field)),
                known(_span(row, rec.wrap_up, rec.file, number, field)),
                known(_span(row, rec.patience, rec.file, number, field)),
                _priority(row, rec, number, field),
            )
        )
    if not found:
        raise RefusalError(
            "scenario.recording", field, f"{rec.file}: no row is taken", "check `where` and `only_dates`"
        )
    found.sort(key=lambda r: r[0])
    return Recorded(
        min(only) if only else None,
        [r[0] for r in found],
        [r[1] for r in found] if rec.service else [],
        [r[2] for r in found] if rec.wrap_up else [],
        [r[3] for r in found] if rec.patience else [],
        [r[4] for r in found] if rec.priority else [],
    )


def read_empirical(spans: Empirical, folder: Path, field: str) -> Empirical:
    """The same distribution with its values read and sorted."""
    check_empirical(spans, field)
    values = list(spans.values_s)
    if spans.file:
        if not spans.column:
            raise RefusalError("scenario.missing_field", f"{field}.column", "not given", "name the CSV column")
        wanted = [spans.column, *spans.where]
        for number, row in _rows(spans.file, folder, wanted, field):
            if _matches(row, spans.where):
                ms = _span(row, spans.column, spans.file, number, field)
                if ms >= 0:
                    values.append(ms / 1000)
        if not values:
            raise RefusalError(
                "scenario.recording", field, f"{spans.file}: no row is taken", "check `column` and `where`"
            )
    return Empirical(tuple(sorted(values)))


def _rows(name: str, folder: Path, wanted: list[str], field: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and row of a CSV file; the wanted columns exist in every row."""

    def refuse(problem: str, fix: str) -> RefusalError:
        return RefusalError("scenario.recording", f"{field}.file", f"{name}: {problem}", fix)

    path = folder / name
    try:
        raw = path.open("rb")
    except (OSError, ValueError) as e:
        problem = e.strerror if isinstance(e, OSError) else str(e)
        raise refuse(f"cannot be read ({problem})", "paths are relative to the scenario's own folder") from e
    with raw:
        binary = gzip.GzipFile(fileobj=raw) if name.endswith(".gz") else raw
        try:
            reader = csv.reader(io.TextIOWrapper(binary, encoding="utf-8-sig", newline=""), strict=True)
            header = next(reader, None)
            if header is None:
                raise refuse("is empty", "the first row names the columns")
            for column in wanted:
                if column not in header:
                    raise refuse(f"no column {column!r}", f"columns are: {', '.join(header[:40])}")
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(header):
                    problem = f"line {reader.line_num} has {len(cells)} cells, the header {len(header)}"
                    raise refuse(problem, "correct this row")
                if reader.line_num > MAX_ROWS:
                    raise refuse(f"more than {MAX_ROWS:,} rows", "cut the file")
                yield reader.line_num, dict(zip(header, cells, strict=True))
        except (csv.Error, UnicodeDecodeError, EOFError, gzip.BadGzipFile, OSError) as e:
            raise refuse(f"is no proper CSV ({e})", "save it as UTF-8 CSV, or gzip of that") from e


def _matches(row: dict[str, str], where: dict[str, str]) -> bool:
    for column, asked in where.items():
        value = row[column]
        if asked.startswith("!"):
            if value in asked[1:].split("|"):
                return False
        elif value not in asked.split("|"):
            return False
    return True


def _instant(row: dict[str, str], rec: Recording, tz: ZoneInfo, number: int, field: str) -> tuple[Instant, dt.date]:
    text = row[rec.at].strip()
    try:
        if rec.date:
            h, m, s = [*text.split(":"), "0"][:3]
            seconds = int(h) * 3600 + int(m) * 60 + float(s)
            day = dt.datetime.fromisoformat(row[rec.date].strip()).replace(tzinfo=tz)
            local = (day.replace(tzinfo=None) + dt.timedelta(seconds=seconds)).replace(tzinfo=tz)
        elif text.isdecimal():
            local = dt.datetime.fromtimestamp(int(text) / 1000, tz)
        else:
            local = dt.datetime.fromisoformat(text)
            local = local.astimezone(tz) if local.tzinfo else local.replace(tzinfo=tz)
        return round(local.timestamp() * 1000), local.date()
    except (ValueError, OverflowError, OSError) as e:
        shown = f"{row[rec.date]} {text}" if rec.date else text
        raise RefusalError(
            "scenario.recording",
            f"{field}.at",
            f"{rec.file} line {number}: {shown!r} is no instant",
            "ISO date and time, epoch milliseconds, or `date` column with h:mm:ss",
        ) from e


def _span(row: dict[str, str], column: str, file: str, number: int, field: str) -> int:
    """Seconds of a cell in ms; -1 when the column is not used or the cell empty."""
    if not column or not row[column].strip():
        return -1
    try:
        seconds = float(row[column])
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= 31_622_400:
        raise RefusalError(
            "scenario.recording",
            field,
            f"{file} line {number}, column {column}: {row[column]!r} is no span in seconds",
            "write a number of seconds from 0 up, or leave the cell empty",
        )
    return round(seconds * 1000)


def _priority(row: dict[str, str], rec: Recording, number: int, field: str) -> int:
    if not rec.priority:
        return 1
    text = row[rec.priority].strip()
    if not text.isdecimal() or int(text) > 20:
        raise RefusalError(
            "scenario.recording",
            f"{field}.priority",
            f"{rec.file} line {number}: {text!r} is no class index",
            "write 0 to 20, an index into the queue's `policy.classes`",
        )
    return int(text)
