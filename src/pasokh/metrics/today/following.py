"""Folds the log into rows of PostgreSQL as it grows: rows, what the fold remembers and its place in one transaction."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import msgspec

from pasokh.acd.events import decode_event
from pasokh.kernel.time import Instant
from pasokh.metrics.clocks import WallClock
from pasokh.metrics.facts import TABLES, FactTable
from pasokh.metrics.folding.lines import Line
from pasokh.metrics.folding.matters import Matter
from pasokh.metrics.folding.people import Person
from pasokh.metrics.folding.rows import Row
from pasokh.metrics.folding.step import FactFold, key_of, recalled
from pasokh.metrics.question import DAY_MS
from pasokh.metrics.today.book import PostgresBook
from pasokh.store import projection, sync
from pasokh.store.ports import Row as LogRow
from pasokh.store.sync import Cursor

BATCH = 500
PAGE = 1_000
NAME = "facts.1"
"""Raise the number when the fold comes to mean something else: facts are then folded from the log's beginning."""
TYPES = {"text": "text", "number": "bigint", "flag": "bigint"}
type ZoneOf = Callable[[str], str]
"""The time zone an organisation works in."""
type Key = tuple[str | int | None, ...]


class Changes:
    """Takes a batch's rows; the last word on each counts."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[Key, Row]] = {name: {} for name in TABLES}
        self.gone: dict[str, dict[Key, Row]] = {name: {} for name in TABLES}

    def tell(self, table: str, row: Row, *, settled: bool = False) -> None:  # noqa: ARG002 - live rows may change
        """See `Sink`."""
        key = key_of(table, row)
        self.rows[table][key] = row
        self.gone[table].pop(key, None)

    def withdraw(self, table: str, row: Row) -> None:
        """See `Sink`."""
        key = key_of(table, row)
        self.rows[table].pop(key, None)
        self.gone[table][key] = row

    def clear(self) -> None:
        """Begin the next batch."""
        for each in (*self.rows.values(), *self.gone.values()):
            each.clear()


class _Entry(msgspec.Struct):
    kind: str
    id: str
    data: msgspec.Raw


@dataclass(slots=True)
class _Held:
    """An organisation's fold at one place of its log."""

    seq: int
    made: int
    fold: FactFold
    book: PostgresBook
    changes: Changes
    clock: WallClock


class FactsProjection:
    """Facts of every organisation. What a fold remembers is kept between batches, and read again after a restart."""

    name = NAME
    tables: Mapping[str, str] = {}
    """Made anew by `today.rebuilding`, not beside the live ones."""

    def __init__(self, zone_of: ZoneOf) -> None:
        self._zone_of = zone_of
        self._held: dict[str, _Held] = {}

    def apply(self, cursor: Cursor, rows: Sequence[LogRow]) -> None:
        """Take in a batch of one organisation's log."""
        org, after = rows[0].org, rows[0].seq - 1
        zone, made = progress(cursor, org, self._zone_of, rows[0].occurred_at)
        held = self._held.pop(org, None)
        if held is None or (held.seq, held.made) != (after, made):
            held = _resumed(cursor, org, after, zone, made)
        held.book.cursor = cursor
        for row in rows:
            held.seq = row.seq
            held.fold.push(decode_event(row.data), row.occurred_at)
        write(cursor, org, held.changes, held.seq)
        _keep(cursor, org, held.fold, held.seq)
        held.changes.clear()
        held.book.cursor = None
        self._held[org] = held  # only now: a batch that failed is folded again from the tables


def advance(cursor: Cursor, facts: FactsProjection, org: str, limit: int = BATCH) -> int:
    """Fold the next events inside the caller's transaction; returns how many there were."""
    return projection.advance(cursor, facts, org, org, limit)


def progress(cursor: Cursor, org: str, zone_of: ZoneOf, at: Instant) -> tuple[str, int]:
    """The zone by whose days an organisation's facts are kept, and how often they were made; they begin with `at`."""
    cursor.execute("SELECT zone, made FROM fact_progress WHERE org = %s", (org,))
    found = cursor.fetchone()
    if found is not None:
        return str(found[0]), int(found[1])
    zone = zone_of(org)
    day = WallClock(ZoneInfo(zone)).at(at) // DAY_MS
    cursor.execute("INSERT INTO fact_progress (org, zone, open_day) VALUES (%s, %s, %s)", (org, zone, day))
    return zone, 1


def _resumed(cursor: Cursor, org: str, seq: int, zone: str, made: int) -> _Held:
    clock, changes, book = WallClock(ZoneInfo(zone)), Changes(), PostgresBook(org)
    fold = FactFold(clock.at, changes, book, lambda contact: _recall(held, org, contact))
    held = _Held(seq, made, fold, book, changes, clock)
    matters, people, lines = remembered(cursor, org)
    fold.matters.resume(matters)
    fold.people.resume(people)
    fold.lines.all = lines
    return held


def remembered(cursor: Cursor, org: str) -> tuple[dict[str, Matter], dict[str, Person], dict[str, Line]]:
    """What the fold of an organisation remembers: contacts that are not over, people, queues."""
    matters: dict[str, Matter] = {}
    people: dict[str, Person] = {}
    lines: dict[str, Line] = {}
    cursor.execute("SELECT kind, id, data::text FROM fact_state WHERE org = %s", (org,))
    for kind, name, data in cursor.fetchall():
        if kind == "contact":
            matters[name] = msgspec.json.decode(data, type=Matter)
        elif kind == "agent":
            people[name] = msgspec.json.decode(data, type=Person)
        else:
            lines[name] = msgspec.json.decode(data, type=Line)
    return matters, people, lines


def _recall(held: _Held, org: str, contact: str) -> Matter | None:
    """A contact that was over, folded again from its own events up to here."""
    cursor = held.book.cursor
    if cursor is None or held.book.get(contact) is None:
        return None
    stream = ((decode_event(row.data), row.occurred_at) for row in _stream(cursor, org, contact) if row.seq < held.seq)
    return recalled(stream, contact, held.clock.at)


def _stream(cursor: Cursor, org: str, contact: str) -> Iterator[LogRow]:
    after = 0
    while rows := sync.read_stream(cursor, org, contact, after, PAGE):
        yield from rows
        after = rows[-1].seq


# -- writing -----------------------------------------------------------------------------------------------------------
def write(cursor: Cursor, org: str, changes: Changes, seq: int) -> None:
    """Write rows in place of those of the same keys."""
    for name, table in TABLES.items():
        if changes.rows[name]:
            cursor.execute(_upsert(table), (org, seq, _json(changes.rows[name].values())))
        if changes.gone[name]:
            cursor.execute(_tombstone(table), (org, seq, _json(changes.gone[name].values())))


def _json(rows: Iterable[Row]) -> str:
    return msgspec.json.encode(list(rows)).decode()


def _upsert(table: FactTable) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    types = ", ".join(f'"{column.name}" {TYPES[column.kind]}' for column in table.columns)
    key = ", ".join(f'"{name}"' for name in table.key)
    updates = ", ".join(f'"{c.name}" = excluded."{c.name}"' for c in table.columns if c.name not in table.key)
    return (
        f"INSERT INTO fact_{table.name} (org, day, changed, {names})"
        f' SELECT %s, "{table.clocks[0]}" / {DAY_MS}, %s, {names} FROM json_to_recordset(%s::json) AS r ({types})'
        f" ON CONFLICT (org, {key}) DO UPDATE SET day = excluded.day, changed = excluded.changed, gone = false,"
        f" {updates}"
    )


def _tombstone(table: FactTable) -> str:
    key = ", ".join(f'"{name}"' for name in table.key)
    clock = table.clocks[0]
    types = ", ".join(f'"{n}" {TYPES[c.kind]}' for n in (*table.key, clock) if (c := table.column(n)) is not None)
    return (
        f'INSERT INTO fact_{table.name} (org, day, changed, gone, {key}, "{clock}")'
        f' SELECT %s, "{clock}" / {DAY_MS}, %s, true, {key}, "{clock}" FROM json_to_recordset(%s::json) AS r ({types})'
        f" ON CONFLICT (org, {key}) DO UPDATE SET changed = excluded.changed, gone = true"
    )


def _keep(cursor: Cursor, org: str, fold: FactFold, seq: int) -> None:
    """Write down what the fold remembers of what the batch touched, and forget contacts that are over."""
    over = [name for name, _ in fold.matters.put_aside()]
    held: list[tuple[str, str, object]] = []
    held += [("contact", n, fold.matters.kept(n)) for n in sorted(fold.matters.touched) if n in fold.matters.all]
    held += [("agent", n, fold.people.all[n]) for n in sorted(fold.people.touched)]
    held += [("queue", n, fold.lines.all[n]) for n in sorted(fold.lines.touched)]
    for touched in (fold.matters.touched, fold.people.touched, fold.lines.touched):
        touched.clear()
    if over:
        cursor.execute("DELETE FROM fact_state WHERE org = %s AND kind = 'contact' AND id = ANY(%s)", (org, over))
    keep_state(cursor, org, held, seq)


def keep_state(cursor: Cursor, org: str, held: Sequence[tuple[str, str, object]], seq: int) -> None:
    """Put what a fold remembers (kind, id, what) in place of what it remembered of the same."""
    entries = [_Entry(kind, name, msgspec.Raw(msgspec.json.encode(what))) for kind, name, what in held]
    if entries:
        cursor.execute(
            "INSERT INTO fact_state (org, changed, kind, id, data) SELECT %s, %s, kind, id, data"
            " FROM json_to_recordset(%s::json) AS r (kind text, id text, data json)"
            " ON CONFLICT (org, kind, id) DO UPDATE SET changed = excluded.changed, data = excluded.data",
            (org, seq, msgspec.json.encode(entries).decode()),
        )
