"""A recorded day out of the log: where it lies, which days there are, and its events with a beginning of their own."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from pasokh.acd import events as ev
from pasokh.acd.events import decode_event
from pasokh.i18n.dates import instant, local
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.office.tenancy import scope
from pasokh.office.tenancy.selectors import own_organisation
from pasokh.twin.replay_log import Recorded

DRAWN = "drawn"
LOOK_BACK_DAYS = 60
"""How far back a day with contacts is looked for."""
PAGE = 5_000
_SETUP = (
    "queue.defined", "queue.opened", "queue.closed", "agent.defined", "agent.retired", "agent.signed_in",
    "agent.signed_out", "agent.presence_changed",
)  # fmt: skip


class Bounds(NamedTuple):
    """A day in the log: instants from `start` on, before `end`; rows after `first_seq` up to `last_seq`."""

    start: Instant
    end: Instant
    first_seq: int
    last_seq: int


def own_zone() -> str:
    """The organisation's zone."""
    return own_organisation().zone


def day_bounds(day: str, zone: str) -> Bounds:
    """Where a local day lies; raises `date.not_a_date`."""
    try:
        first = date.fromisoformat(day)
    except ValueError as error:
        raise PasokhError("date.not_a_date", field="day", value=day[:40]) from error
    start, end = _midnight(first, zone), _midnight(first + timedelta(days=1), zone)
    return Bounds(start, end, _seq_before(start), _seq_before(end))


def count_contacts(bounds: Bounds) -> int:
    """How many contacts were opened in a stretch of the log."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM log WHERE shard = %s AND seq > %s AND seq <= %s AND type = 'contact.opened'",
            [scope.required(), bounds.first_seq, bounds.last_seq],
        )
        return int(cursor.fetchone()[0])


def latest_day(now: Instant, zone: str) -> str | None:
    """The last full day with contacts, else today if it has any; None when there is neither."""
    today = local(now, zone).date()
    for back in [*range(1, LOOK_BACK_DAYS), 0]:
        day = (today - timedelta(days=back)).isoformat()
        bounds = day_bounds(day, zone)
        if bounds.first_seq < bounds.last_seq and count_contacts(bounds):
            return day
        if back and bounds.last_seq == 0:  # the log is younger
            day = today.isoformat()
            return day if count_contacts(day_bounds(day, zone)) else None
    return None


def read_day(bounds: Bounds) -> list[Recorded]:
    """A day's log that stands by itself: the set-up and presence it began with, then its contacts.

    Contacts that were open at midnight are left out, and so are their events: they belong to the day before.
    """
    rows = list(_beginning(bounds))
    known: set[str] = set()
    for seq, at, event in _events(bounds):
        interaction = getattr(event, "interaction", None)
        if isinstance(event, ev.ContactOpened) or (isinstance(event, ev.InteractionStarted) and event.parent in known):
            known.add(event.interaction)
        elif interaction is not None and interaction not in known:
            continue
        rows.append(Recorded(seq, at, "", event))
    return rows


def _beginning(bounds: Bounds) -> Iterator[Recorded]:
    """What stood when the day began, as events of its first instant."""
    queues: dict[str, ev.QueueDefined] = {}
    closed: dict[str, ev.QueueClosed] = {}
    agents: dict[str, ev.AgentDefined] = {}
    presence: dict[str, ev.AgentSignedIn | ev.PresenceChanged] = {}
    for event in _setup_before(bounds.first_seq):
        match event:
            case ev.QueueDefined():
                queues[event.queue.id] = event
            case ev.QueueOpened():
                closed.pop(event.queue, None)
            case ev.QueueClosed():
                closed[event.queue] = event
            case ev.AgentDefined():
                agents[event.agent.id] = event
            case ev.AgentRetired():
                agents.pop(event.agent, None)
            case ev.AgentSignedIn() | ev.PresenceChanged():
                presence[event.agent] = event
            case ev.AgentSignedOut():
                presence.pop(event.agent, None)
            case _:
                pass
    setup: list[ev.AnyEvent] = [*queues.values(), *closed.values(), *agents.values()]
    yield from (Recorded(0, bounds.start, "", stands) for stands in setup)
    yield from (Recorded(0, bounds.start, "", stands) for name, stands in presence.items() if name in agents)


def _setup_before(seq: int) -> Iterator[ev.AnyEvent]:
    """The last event of each kind of every queue and agent, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data::text FROM (SELECT DISTINCT ON (stream, type) seq, data FROM log"
            " WHERE shard = %s AND seq <= %s AND type = ANY(%s) ORDER BY stream, type, version DESC) last ORDER BY seq",
            [scope.required(), seq, list(_SETUP)],
        )
        found = cursor.fetchall()
    for (data,) in found:
        yield decode_event(data.encode())


def _events(bounds: Bounds) -> Iterator[tuple[int, Instant, ev.AnyEvent]]:
    after = bounds.first_seq
    while after < bounds.last_seq:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT seq, occurred_at, data::text FROM log WHERE shard = %s AND seq > %s AND seq <= %s"
                " ORDER BY seq LIMIT %s",
                [scope.required(), after, bounds.last_seq, PAGE],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        for seq, at, data in rows:
            yield seq, at, decode_event(data.encode())
        after = rows[-1][0]


def _seq_before(moment: Instant) -> int:
    """The last row of the log that occurred before an instant, by halving: instants never fall from row to row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(seq), 0) FROM log WHERE shard = %s", [scope.required()])
        low, high = 0, int(cursor.fetchone()[0])
        while low < high:
            middle = (low + high + 1) // 2
            cursor.execute("SELECT occurred_at FROM log WHERE shard = %s AND seq = %s", [scope.required(), middle])
            if int(cursor.fetchone()[0]) < moment:
                low = middle
            else:
                high = middle - 1
    return low


def _midnight(day: date, zone: str) -> Instant:
    return instant(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)))
