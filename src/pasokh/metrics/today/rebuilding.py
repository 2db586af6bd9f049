"""Makes an organisation's facts anew from its log: files of the days that are over, rows of the others."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
import psycopg

from pasokh.acd.events import AnyEvent, decode_event
from pasokh.kernel.time import Instant
from pasokh.metrics.clocks import WallClock
from pasokh.metrics.facts import TABLES
from pasokh.metrics.folding.rows import Row, number
from pasokh.metrics.folding.step import WholeFold
from pasokh.metrics.own_log import Written, write_rows
from pasokh.metrics.question import DAY_MS, EPOCH
from pasokh.metrics.today.book import put_links
from pasokh.metrics.today.following import NAME, Changes, keep_state, write
from pasokh.metrics.today.overlay import GOING_ON, stretches
from pasokh.metrics.today.sealing import GRACE, guess, hold
from pasokh.metrics.warehouse import Warehouse
from pasokh.store import sync

PAGE = 5_000
LINKS = 10_000
"""Written in one statement."""


def rebuild(connection: psycopg.Connection, warehouse: Warehouse, org: str, zone: str, now: Instant) -> Written:
    """Fold an organisation's log from its beginning, by the days of `zone`; meanwhile nothing is folded beside it.

    Who reads sees the rows before or the rows after; where it dies on the way, sealing puts right what files say.
    """
    clock = WallClock(ZoneInfo(zone))
    today = clock.at(now - GRACE) // DAY_MS
    until = clock.midnight(EPOCH + timedelta(days=today))
    with connection.transaction(), connection.cursor() as cursor:
        hold(cursor, org)
        whole, changes, read = WholeFold(clock.at), Changes(), _Reading(cursor, org)

        def told() -> Iterator[tuple[str, Row]]:
            for event, at in read:
                yield from later(whole.push(event, at))
            yield from later(whole.rest(until))

        def later(rows: Iterator[tuple[str, Row]]) -> Iterator[tuple[str, Row]]:
            for table, row in rows:
                if number(row[TABLES[table].clocks[0]]) // DAY_MS < today:
                    yield table, row
                else:
                    changes.tell(table, row)

        made = write_rows(warehouse, told())
        for name in (*(f"fact_{table}" for table in TABLES), "fact_state", "fact_link"):
            cursor.execute(f"DELETE FROM {name} WHERE org = %s".encode(), (org,))
        write(cursor, org, changes, read.seq)
        links = list(whole.book.links.values())
        for first in range(0, len(links), LINKS):
            put_links(cursor, org, links[first : first + LINKS])
        fold = whole.fold
        keep_state(cursor, org, [("contact", name, fold.matters.kept(name)) for name in fold.matters.all], read.seq)
        keep_state(cursor, org, [("agent", name, person) for name, person in fold.people.all.items()], read.seq)
        keep_state(cursor, org, [("queue", name, line) for name, line in fold.lines.all.items()], read.seq)
        guess(cursor, org, {fact: stretches(fact, fold.people.all, fold.lines.all) for fact in GOING_ON}, until)
        cursor.execute(
            "INSERT INTO fact_progress (org, zone, open_day, sealed_at) VALUES (%s, %s, %s, %s) ON CONFLICT (org)"
            " DO UPDATE SET zone = excluded.zone, open_day = excluded.open_day, sealed_at = excluded.sealed_at,"
            " made = fact_progress.made + 1",
            (org, zone, today, now),
        )
        cursor.execute("UPDATE projection_cursor SET seq = %s WHERE name = %s AND shard = %s", (read.seq, NAME, org))
    rows = {name: made.rows[name] + len(changes.rows[name]) for name in TABLES}
    return msgspec.structs.replace(made, events=read.seq, rows=rows)


class _Reading:
    """A log page by page; `seq` is how far it was read."""

    def __init__(self, cursor: psycopg.Cursor, org: str) -> None:
        self._cursor, self._org, self.seq = cursor, org, 0

    def __iter__(self) -> Iterator[tuple[AnyEvent, Instant]]:
        while rows := sync.read(self._cursor, self._org, self.seq, PAGE):
            for row in rows:
                self.seq = row.seq
                yield decode_event(row.data), row.occurred_at
