"""A recorded log read from a file: rows in order, without gaps, grouped into what each step caused."""

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from pasokh.acd.events import AnyEvent, DayStarted, decode_event
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant


class LogRow(msgspec.Struct, frozen=True):
    """What replay needs of a row of the log; other columns are ignored."""

    seq: int
    occurred_at: Instant
    data: msgspec.Raw
    """The event as a JSON object, type included."""
    shard: str = ""
    actor: str = ""
    cause: str = ""
    """Idempotency key of the command; empty = the clock."""


class Recorded(msgspec.Struct, frozen=True):
    """A recorded event."""

    seq: int
    at: Instant
    cause: str
    event: AnyEvent


class Group(msgspec.Struct, frozen=True):
    """The events of one step: one command's, or one tick's."""

    at: Instant
    cause: str
    events: tuple[AnyEvent, ...]
    first_seq: int


_decoder = msgspec.json.Decoder(LogRow)


def read_log(path: Path) -> list[Recorded]:
    """The events of a log file (JSON lines, `.gz` or not); raises `PasokhError` ``replay.*`` naming the line."""
    try:
        raw = path.open("rb")
    except OSError as e:
        raise PasokhError("replay.unreadable", path=str(path), problem=e.strerror or str(e)) from e
    with raw:
        try:
            return list(decode_rows(gzip.GzipFile(fileobj=raw) if path.name.endswith(".gz") else raw))
        except (OSError, EOFError) as e:
            raise PasokhError("replay.unreadable", path=str(path), problem=str(e)) from e


def decode_rows(lines: Iterable[bytes | str]) -> Iterator[Recorded]:
    """Events of JSON lines; raises `PasokhError` ``replay.bad_line``, ``replay.gap`` or ``replay.empty``."""
    expected = 1
    shard = None
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            row = _decoder.decode(text)
            event = decode_event(bytes(row.data))
        except (msgspec.MsgspecError, UnicodeDecodeError) as e:
            raise PasokhError(
                "replay.bad_line",
                line=number,
                problem=str(e)[:300],
                fix="give a log as `pasokh log export` writes it",
            ) from e
        if row.seq != expected:
            raise PasokhError(
                "replay.gap",
                line=number,
                problem=f"seq {row.seq} where {expected} is due",
                fix="export one whole log, from its first event on",
            )
        if shard is not None and row.shard != shard:
            raise PasokhError(
                "replay.two_logs",
                line=number,
                problem=f"shard {row.shard!r} after {shard!r}",
                fix="export one log",
            )
        shard = row.shard
        expected += 1
        yield Recorded(row.seq, row.occurred_at, row.cause, event)
    if expected == 1:
        raise PasokhError("replay.empty", problem="no events", fix="give a log with events")


def groups_of(rows: Iterable[Recorded]) -> Iterator[Group]:
    """Events of one step each: consecutive, of one instant and one cause; a day's start by the clock is its own."""
    held: list[Recorded] = []
    for row in rows:
        fresh = held and (
            row.at != held[0].at
            or row.cause != held[0].cause
            or (not row.cause and isinstance(row.event, DayStarted))
            or (not held[0].cause and isinstance(held[0].event, DayStarted))
        )
        if fresh:
            yield _group(held)
            held = []
        held.append(row)
    if held:
        yield _group(held)


def _group(rows: list[Recorded]) -> Group:
    return Group(rows[0].at, rows[0].cause, tuple(r.event for r in rows), rows[0].seq)


def write_rows(rows: Iterable[Recorded], shard: str = "twin") -> Iterator[bytes]:
    """The same events as JSON lines."""
    for row in rows:
        yield (
            msgspec.json.encode(
                {
                    "shard": shard,
                    "seq": row.seq,
                    "occurred_at": row.at,
                    "type": row.event.__struct_config__.tag,
                    "actor": "engine" if not row.cause else "twin",
                    "cause": row.cause,
                    "data": row.event,
                }
            )
            + b"\n"
        )
