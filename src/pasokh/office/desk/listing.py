"""Finds contacts among a million: pages by key in both directions, and counts.

A list is one of contacts, or of their stays in queues (`asked.OF_VISITS`); either way a row is a contact with the
queue, agent, wait and time that the list is about. Words are looked up in an index of their own (`search`).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant, Millis
from pasokh.office.desk.asked import Asked
from pasokh.office.desk.search import forms_of, query_words, ranges_of
from pasokh.office.tenancy import scope

PAGE = 50
EXACT = 10_000
"""Counts above this are only said to be above it."""
RARE = 50_000
"""A word of at most so many contacts leads the search; commoner ones are met soon by going through the newest."""
_KEY = re.compile(r"(\d{1,19})(?:\.(\d{1,19}))?")
_LARGEST = 2**63 - 1
_COLUMNS = (
    "c.id", "c.number", "c.client", "c.channel", "c.customer", "c.customer_name", "c.address", "c.subject",
    "c.language", "c.state", "c.reason", "c.outcome", "c.topic", "c.rating", "c.messages", "c.opened_at", "c.closed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A contact as a list shows it."""

    id: str
    number: int
    client: str
    channel: str
    customer: str
    customer_name: str
    address: str
    subject: str
    language: str
    state: str
    reason: str
    outcome: str
    topic: str
    rating: int
    messages: int
    opened_at: Instant
    closed_at: Instant
    queue: str
    agent: str
    waited_ms: Millis
    at: Instant
    """What the list is sorted by: when it was opened, or when the stay ended or began."""
    how: str
    """How the stay ended; empty in a list of contacts."""
    key: str
    """Where it stands in the list."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first, with the keys that ask for the pages around (None at the ends)."""

    rows: list[Row]
    newer: str | None
    older: str | None


@dataclass(frozen=True, slots=True)
class _Query:
    """SELECT … FROM `source` WHERE `conditions` ORDER BY `keys`, newest first."""

    source: str
    conditions: tuple[str, ...]
    params: tuple[Any, ...]
    keys: tuple[str, ...]
    columns: tuple[str, ...]

    def where(self, condition: str, *params: object) -> "_Query":
        return replace(self, conditions=(*self.conditions, condition), params=(*self.params, *params))


def page_of(
    asked: Asked,
    *,
    members: Callable[[str], Sequence[str]],
    reasons: Callable[[str], Sequence[str]],
    before: str | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> Page:
    """A page of the list: older than `before`, newer than `after`, else the newest. Raises `request.malformed`.

    `members` gives a team's agents, `reasons` a reason's key with all below it.
    """
    query = _query(asked, members, reasons)
    leading = _leading_word(asked)
    if query is None or leading is _NOTHING:
        return Page([], None, None)
    if isinstance(leading, str):
        query = query.where("c.number = ANY(%s)", _numbers_with(leading))
    key, newer = before or after, after is not None and before is None
    if key is not None:
        marks = ", ".join("%s" for _ in query.keys)
        query = query.where(
            f"({', '.join(query.keys)}) {'>' if newer else '<'} ({marks})", *_place(key, len(query.keys))
        )
    order = ", ".join(f"{k} {'ASC' if newer else 'DESC'}" for k in query.keys)
    frequent = leading is None and bool(query_words(asked.q))
    rows = [_row(found) for found in _run(query, f"ORDER BY {order} LIMIT %s", limit + 1, along_index=frequent)]
    more = len(rows) > limit
    rows = rows[:limit][::-1] if newer else rows[:limit]
    if not rows:
        return Page([], None, None)
    has_newer, has_older = (more, True) if newer else (key is not None, more)
    return Page(rows, rows[0].key if has_newer else None, rows[-1].key if has_older else None)


def count_of(
    asked: Asked, *, members: Callable[[str], Sequence[str]], reasons: Callable[[str], Sequence[str]], most: int = EXACT
) -> int:
    """How long the list is; `most` + 1 means longer than `most`."""
    query = _query(asked, members, reasons)
    leading = _leading_word(asked)
    if query is None or leading is _NOTHING:
        return 0
    if isinstance(leading, str):
        query = query.where("c.number = ANY(%s)", _numbers_with(leading))
    conditions = " AND ".join(query.conditions)
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {query.source} WHERE {conditions} LIMIT %s) AS counted"  # noqa: S608 - names of our own
    with connection.cursor() as cursor:
        cursor.execute(sql, [*query.params, most + 1])
        return int(cursor.fetchone()[0])


# -- conditions ------------------------------------------------------------------------------------------------------
def _query(
    asked: Asked, members: Callable[[str], Sequence[str]], reasons: Callable[[str], Sequence[str]]
) -> _Query | None:
    """The list without its leading word; None when nothing can be in it."""
    words = query_words(asked.q)
    if asked.q.strip() and not words:
        return None
    query = _visits(asked) if asked.of_visits else _contacts(asked)
    own = "v" if asked.of_visits else "c"
    for name in ("queue", "client", "channel", "agent"):
        value = getattr(asked, name)
        if value:
            query = query.where(f"{own}.{name} = %s", value)
    if asked.team:
        query = query.where(f"{own}.agent = ANY(%s)", list(members(asked.team)))
    for name in ("outcome", "customer"):
        value = getattr(asked, name)
        if value:
            query = query.where(f"c.{name} = %s", value)
    if asked.reason:
        query = query.where("c.topic = ANY(%s)", list(reasons(asked.reason)))
    if asked.rating is not None:
        query = query.where("c.rating BETWEEN %s AND %s AND c.rating > 0", *asked.rating)
    if asked.wait_over_ms is not None:
        query = query.where(f"{own}.waited_ms > %s", asked.wait_over_ms)
    if asked.wait_under_ms is not None:
        query = query.where(f"{own}.waited_ms <= %s", asked.wait_under_ms)
    for word in words:
        forms = forms_of(word)
        query = query.where(f"({' OR '.join('c.search LIKE %s' for _ in forms)})", *forms)
    return query


def _contacts(asked: Asked) -> _Query:
    query = _Query(
        "desk_contact c", ("c.organisation_id = %s",), (scope.required(),), ("c.number",),
        (*_COLUMNS, "c.queue", "c.agent", "c.waited_ms", "c.opened_at", "''", "c.number::text"),
    )  # fmt: skip
    match asked.state:
        case "waiting":
            query = query.where("c.state = 'waiting'").where("c.state <> 'closed'")
        case "active":
            query = query.where("c.state IN ('active', 'wrap_up')").where("c.state <> 'closed'")
        case "open":
            query = query.where("c.state <> 'closed'")
        case "closed":
            query = query.where("c.state = 'closed'")
        case _:
            pass
    if (asked.wait_over_ms is not None or asked.wait_under_ms is not None) and asked.state in {"", "open"}:
        query = query.where("(c.state = 'closed' OR c.agent <> '')")  # whoever waits has no wait yet
    # Numbers rise with time, so a stretch of time is a stretch of numbers, which the index goes along.
    for instant, sign in ((asked.since, ">="), (asked.until, "<")):
        if instant is not None:
            edge = (
                "(SELECT e.number FROM desk_contact e WHERE e.organisation_id = %s AND e.opened_at >= %s"
                " ORDER BY e.opened_at, e.number LIMIT 1)"
            )
            query = query.where(f"c.number {sign} coalesce({edge}, {_LARGEST})", scope.required(), instant)
    return query


def _visits(asked: Asked) -> _Query:
    """Stays in queues, as the core counts them; those of an agent or team include what no queue counts."""
    at = "v.entered_at" if asked.state == "entered" else "v.ended_at"
    query = _Query(
        "desk_visit v JOIN desk_contact c ON c.organisation_id = v.organisation_id AND c.id = v.contact",
        ("v.organisation_id = %s",), (scope.required(),), (at, "v.position"),
        (*_COLUMNS, "v.queue", "v.agent", "v.waited_ms", at, "v.how", f"{at} || '.' || v.position"),
    )  # fmt: skip
    query = query.where("v.how <> 'refused'") if asked.state == "entered" else query.where("v.how = %s", asked.state)
    if asked.queue or not (asked.agent or asked.team):
        query = query.where("v.counted")
    if asked.since is not None:
        query = query.where(f"{at} >= %s", asked.since)
    if asked.until is not None:
        query = query.where(f"{at} < %s", asked.until)
    return query


# -- words -----------------------------------------------------------------------------------------------------------
_NOTHING = object()


def _leading_word(asked: Asked) -> object:
    """The rarest word of the query if it is rare enough to lead; `_NOTHING` when one occurs nowhere."""
    best: tuple[int, str] | None = None
    for word in query_words(asked.q):
        count = _occurrences(word)
        if count == 0:
            return _NOTHING
        if best is None or count < best[0]:
            best = (count, word)
    return best[1] if best is not None and best[0] <= RARE else None


def _occurrences(word: str) -> int:
    condition, params = _in_index(word)
    sql = f"SELECT count(*) FROM (SELECT 1 FROM desk_word WHERE {condition} LIMIT %s) AS found"  # noqa: S608 - names of our own
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, RARE + 1])
        return int(cursor.fetchone()[0])


def _numbers_with(word: str) -> list[int]:
    """Numbers of the contacts in which the word occurs, newest first."""
    condition, params = _in_index(word)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT number FROM desk_word WHERE {condition}", params)  # noqa: S608 - names of our own
        return sorted({number for (number,) in cursor.fetchall()}, reverse=True)


def _in_index(word: str) -> tuple[str, list[Any]]:
    ranges = ranges_of(word)
    either = " OR ".join("(token >= %s AND token < %s)" for _ in ranges)
    return f"organisation_id = %s AND ({either})", [scope.required(), *(edge for pair in ranges for edge in pair)]


# -- running ---------------------------------------------------------------------------------------------------------
def _run(query: _Query, end: str, limit: int, *, along_index: bool) -> list[tuple[Any, ...]]:
    """The rows; `along_index`: newest first, met on the way, because of frequent words the planner expects too few."""
    columns, conditions = ", ".join(query.columns), " AND ".join(query.conditions)
    sql = f"SELECT {columns} FROM {query.source} WHERE {conditions} {end}"  # noqa: S608 - names of our own
    with connection.cursor() as cursor:
        if along_index:
            cursor.execute("SET LOCAL enable_sort TO off")
        cursor.execute(sql, [*query.params, limit])
        found: list[tuple[Any, ...]] = cursor.fetchall()
        if along_index:
            cursor.execute("SET LOCAL enable_sort TO on")
        return found


def _row(found: Sequence[Any]) -> Row:
    return Row(*found)


def _place(key: str, parts: int) -> list[int]:
    found = _KEY.fullmatch(key)
    numbers = [int(part) for part in found.groups() if part is not None] if found is not None else []
    if len(numbers) != parts or max(numbers) > _LARGEST:
        raise PasokhError("request.malformed", field="before")
    return numbers
