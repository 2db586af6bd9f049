"""Writes the history of alarms: the wall's own rules (`live.alarms`), asked after every event of the log.

The state they are asked about is kept in memory between batches. After a restart it is folded again from the latest
snapshot before the cursor; which alarms were on then, the table knows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from django.db import connections, transaction

from pasokh.acd import events as ev
from pasokh.acd.state import State, load_state
from pasokh.engine.core import ACD
from pasokh.kernel.time import Instant
from pasokh.live import alarms
from pasokh.live.world import Change, World
from pasokh.office.watch.telling import tell_alarms
from pasokh.store import projection as store_projection
from pasokh.store import sync
from pasokh.store.ports import Row
from pasokh.store.sync import Cursor

BATCH = 500
PAGE = 5_000


@dataclass(slots=True)
class AlarmRow:
    """A row of `watch_alarm` without its organisation."""

    alarm: str
    raised_at: Instant
    ended_at: Instant
    kind: str
    queue: str
    interaction: str
    contact: str
    agent: str
    detail: str
    acknowledged_by: str
    acknowledged_at: Instant


@dataclass(slots=True)
class Watch:
    """The state at one position of an organisation's log, and the alarms that are on there."""

    world: World
    on: dict[tuple[str, str], AlarmRow] = field(default_factory=dict)
    """By kind and object."""


class AlarmProjection:
    """Alarms and who attended to them. Raise the version in its name when `live.alarms` means something new."""

    name = "watch.alarms.2"
    tables: Mapping[str, str] = {"watch_alarm": "organisation_id"}

    def __init__(self, told: Callable[[str, Sequence[AlarmRow]], None] | None = None) -> None:
        self._watches: dict[str, Watch] = {}
        self._told = told
        """Hears, in the transaction that writes, of alarms that are still on after the batch that raised them."""

    def apply(self, cursor: Cursor, rows: Sequence[Row]) -> None:
        """Take in a batch of one organisation's log."""
        org, after = rows[0].org, rows[0].seq - 1
        watch = self._watches.pop(org, None)
        if watch is None or watch.world.state.seq != after:
            watch = _resumed(cursor, org, after)
        touched: dict[tuple[str, Instant], AlarmRow] = {}
        for row in rows:
            for changed in _follow(watch, ev.decode_event(row.data), row):
                touched[changed.alarm, changed.raised_at] = changed
        watch.world.conversations.clear()
        watch.world.intervals.by_queue.clear()
        _write(cursor, org, touched.values())
        if self._told is not None:
            begin = rows[0].occurred_at
            self._told(org, [alarm for alarm in touched.values() if not alarm.ended_at and alarm.raised_at >= begin])
        self._watches[org] = watch  # only now: a batch that failed is folded again from the table


LIVE = AlarmProjection(tell_alarms)


def advance(org: str, using: str = "default", limit: int = BATCH) -> int:
    """Apply the next events of an organisation, in one transaction; returns how many there were."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        return store_projection.advance(cursor, LIVE, org, org, limit)


def rebuild(org: str, using: str = "default", limit: int = BATCH) -> int:
    """Fold an organisation's alarms anew beside the live ones, then swap; returns the events applied."""
    with connections[using].cursor() as cursor:
        return store_projection.rebuild(
            cursor, lambda: transaction.atomic(using=using), AlarmProjection(), org, org, limit
        )


def _resumed(cursor: Cursor, org: str, seq: int) -> Watch:
    cursor.execute(
        "SELECT data FROM snapshot WHERE shard = %s AND schema = %s AND seq <= %s ORDER BY seq DESC LIMIT 1",
        (org, ACD.snapshot_schema, seq),
    )
    found = cursor.fetchone()
    watch = Watch(World(load_state(bytes(found[0])) if found is not None else State()))
    world = watch.world
    while world.state.seq < seq:
        for row in sync.read(cursor, org, world.state.seq, min(PAGE, seq - world.state.seq)):
            world.fold(row.seq, ev.decode_event(row.data), row.occurred_at, Change())
        world.conversations.clear()
    cursor.execute(f"SELECT {_COLUMNS} FROM watch_alarm WHERE organisation_id = %s AND ended_at = 0", (org,))  # noqa: S608 - names of our own
    for values in cursor.fetchall():
        alarm = AlarmRow(*values)
        watch.on[alarm.kind, alarm.interaction or alarm.queue or alarm.detail] = alarm
    return watch


def _follow(watch: Watch, event: ev.AnyEvent, row: Row) -> Iterable[AlarmRow]:
    """Fold one event; yields the alarms it raised, changed, ended."""
    change, at = Change(), row.occurred_at
    watch.world.fold(row.seq, event, at, change)
    keys = alarms.keys_touched(change)
    if change.all:
        keys = [*keys, *alarms.keys_now(watch.world), *watch.on]
    for key in dict.fromkeys(keys):
        yield from _compare(watch, key, at)
    if isinstance(event, ev.AlarmAcknowledged):
        yield _acknowledged(watch, event, at)


def _compare(watch: Watch, key: tuple[str, str], at: Instant) -> Iterable[AlarmRow]:
    was = watch.on.get(key)
    now = alarms.alarm_at(watch.world, *key)
    if was is not None and (now is None or now.id != was.alarm):
        was.ended_at = at
        del watch.on[key]
        yield was
        was = None
    if now is None:
        return
    if was is None:
        interaction = watch.world.state.interactions.get(now.interaction)
        contact = interaction.contact if interaction is not None else ""
        # The same id may rise twice (a level that recovers): each time has a row of its own.
        watch.on[key] = was = AlarmRow(
            now.id, at, 0, now.kind, now.queue, now.interaction, contact, now.agent, now.detail, "", 0
        )
        known = watch.world.state.acknowledged.get(now.id)
        if known is not None:
            was.acknowledged_by, was.acknowledged_at = known.by, known.at
        yield was
    elif was.detail != now.detail or was.agent != now.agent:
        was.detail, was.agent = now.detail, now.agent
        yield was


def _acknowledged(watch: Watch, event: ev.AlarmAcknowledged, at: Instant) -> AlarmRow:
    for row in watch.on.values():
        if row.alarm == event.alarm:
            row.acknowledged_by, row.acknowledged_at = event.by, at
            return row
    # One that was over a moment ago: it is kept as seen.
    kind = event.alarm.partition(":")[0]
    return AlarmRow(event.alarm, at, at, kind[:16], "", "", "", "", "", event.by, at)


_COLUMNS = ", ".join(AlarmRow.__dataclass_fields__)
_TYPES = ", ".join(f"{name} {'bigint' if name.endswith('_at') else 'text'}" for name in AlarmRow.__dataclass_fields__)
_UPDATES = ", ".join(
    f"{name} = excluded.{name}" for name in ("ended_at", "agent", "detail", "acknowledged_by", "acknowledged_at")
)


def _write(cursor: Cursor, org: str, rows: Iterable[AlarmRow]) -> None:
    data = msgspec.json.encode(list(rows))
    if data == b"[]":
        return
    cursor.execute(
        f"INSERT INTO watch_alarm (organisation_id, {_COLUMNS})"  # noqa: S608 - names of our own
        f" SELECT %s, {_COLUMNS} FROM json_to_recordset(%s::json) AS r ({_TYPES})"
        f" ON CONFLICT (organisation_id, alarm, raised_at) DO UPDATE SET {_UPDATES}",
        (org, data.decode()),
    )
