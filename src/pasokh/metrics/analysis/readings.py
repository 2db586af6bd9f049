"""What the analyses are made of, read from an organisation's facts: counted in SQL, so that memory holds what is told.

Days are local ones, both rims in. `where` narrows as in a `Question`: column → the values that count.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final, Literal

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY, Instant, Millis
from pasokh.metrics.analysis.goals import Share
from pasokh.metrics.analysis.optimal import Handled
from pasokh.metrics.analysis.patience import Waits
from pasokh.metrics.facts import CONTACTS, HANDLINGS, TABLES, VISITS, FactTable
from pasokh.metrics.kpi import Measure
from pasokh.metrics.question import DAY_MS, EPOCH, Period, Question, knows
from pasokh.metrics.warehouse import LATE_DAYS, Warehouse

type Where = Sequence[tuple[str, Sequence[str]]]
type PatienceSplit = Literal["", "queue", "channel", "part_of_day"]
PARTS_OF_DAY: Final = ("night", "morning", "afternoon", "evening")
"""Six hours each, from midnight on."""
STEP_MS: Millis = 100
"""Waits are told apart by so much."""
MOST_OF_A_REASON: Final = 20_000
"""Contacts of one reason that are looked at one by one; of more, a part that is the same every time."""
GRACE_DAYS: Final = 7
GOOD_RATING: Final = 4


def waits(
    warehouse: Warehouse, period: Period, now: Instant, by: PatienceSplit = "", where: Where = ()
) -> dict[str, Waits]:
    """Group → its waits; who still waits has waited up to `now`. Without a split there is one group, ""."""
    group = {"": "''", "part_of_day": f"CAST(entered_local % {DAY_MS} // {6 * 3_600_000} AS VARCHAR)"}.get(by, by)
    lasted = f"CASE WHEN left_at IS NULL THEN greatest(0, {now} - entered_at) ELSE wait_ms END"
    gone = "CASE WHEN how = 'abandoned' THEN 1 ELSE 0 END"
    with warehouse.engine() as engine:
        warehouse.show(engine, VISITS, period.first, period.last)
        rows = engine.execute(
            f"SELECT {group} AS grouped, ({lasted}) // {STEP_MS} * {STEP_MS} AS lasted, sum({gone}), sum(1 - {gone})"
            f" FROM visits WHERE {_within(VISITS, period, where)} AND coalesce(wait_ms, 0) >= 0"
            " GROUP BY 1, 2 ORDER BY 1, 2"
        ).fetchall()
    found: dict[str, list[tuple[Millis, int, int]]] = {}
    for name, wait, gave_up, taken in rows:
        told = PARTS_OF_DAY[int(name)] if by == "part_of_day" else str(name)
        found.setdefault(told, []).append((int(wait), int(gave_up), int(taken)))
    return {name: found[name] for name in sorted(found)}


def handled(
    warehouse: Warehouse, period: Period, now: Instant, grace_days: int = GRACE_DAYS, where: Where = ()
) -> dict[str, list[Handled]]:
    """Reason → its contacts that were handled and are over, with the parts of their time, in order of their ids.

    Only those are counted whose days of grace are over by `now`: of later ones nobody can say yet whether they went
    well. Those of more than `MOST_OF_A_REASON` are a sample drawn by the hash of their id.
    """
    grace = grace_days * DAY
    with warehouse.engine() as engine:
        warehouse.show(engine, CONTACTS, period.first, period.last)
        warehouse.show(engine, HANDLINGS, period.first, period.last + timedelta(days=LATE_DAYS))
        rows = engine.execute(
            _HANDLED.format(within=_within(CONTACTS, period, where), most=MOST_OF_A_REASON, grace=grace, now=now)
        ).fetchall()
    found: dict[str, list[Handled]] = {}
    for row in rows:
        contact, reason, agent, source, opened, again, rating, resolved, hold, asked, transfer, again_ms, wrap, talk = (
            row
        )
        search = min(int(hold), int(asked))
        found.setdefault(reason, []).append(
            Handled(
                contact=contact,
                reason=reason,
                agent=agent,
                source=source,
                opened_local=int(opened),
                well=not again and resolved != 0 and (rating is None or rating >= GOOD_RATING),
                again=bool(again),
                rating=rating,
                hold_ms=int(hold) - search,
                search_ms=search,
                transfer_ms=int(transfer),
                repetition_ms=int(again_ms),
                wrap_ms=int(wrap),
                talk_ms=int(talk),
            )
        )
    return found


def hourly(
    warehouse: Warehouse, period: Period, table: Literal["visits", "contacts"] = "visits", where: Where = ()
) -> dict[tuple[date, int], int]:
    """(Local day, hour) → what came; visits that were moved here are not counted again."""
    facts = TABLES[table]
    clock = facts.clocks[0]
    own = " AND how <> 'moved'" if table == "visits" else ""
    with warehouse.engine() as engine:
        warehouse.show(engine, facts, period.first, period.last)
        rows = engine.execute(
            f"SELECT {clock} // {DAY_MS}, {clock} % {DAY_MS} // 3600000, count(*) FROM {table}"
            f" WHERE {_within(facts, period, where)}{own} GROUP BY 1, 2"
        ).fetchall()
    return {(EPOCH + timedelta(days=int(day)), int(hour)): int(count) for day, hour, count in rows}


def days_of(
    warehouse: Warehouse, measure: Measure, period: Period, now: Instant, where: Where = ()
) -> dict[date, Share]:
    """Local day → what it brought to a figure; raises ``goal.not_additive`` for one that days do not add up to."""
    if not measure.kpi.additive or measure.kpi.n:
        raise PasokhError("goal.not_additive", field="kpi", name=measure.kpi.id)
    narrowed = tuple((column, tuple(values)) for column, values in where)
    answer = warehouse.ask(Question(measures=(measure,), period=period, by=("day",), where=narrowed, now=now))
    found = {}
    for local, value, n in answer.rows:
        day = EPOCH + timedelta(days=int(str(local)) // DAY_MS)
        if not measure.kpi.per:
            found[day] = Share(float(str(value or 0)))
        elif value is not None and n:
            found[day] = Share(float(str(value)) * float(str(n)), float(str(n)))
    return found


def value_in(
    warehouse: Warehouse, measure: Measure, period: Period, now: Instant, where: Where = ()
) -> tuple[float | None, int]:
    """A figure of a whole period, and what it is based on."""
    narrowed = tuple((column, tuple(values)) for column, values in where)
    rows = warehouse.ask(Question(measures=(measure,), period=period, where=narrowed, now=now)).rows
    value, n = rows[0] if rows else (None, 0)
    return (None if value is None else float(str(value))), int(float(str(n or 0)))


def reasons(warehouse: Warehouse, period: Period, where: Where = ()) -> Mapping[str, int]:
    """Reason → contacts; "" for those of which nobody said why."""
    with warehouse.engine() as engine:
        warehouse.show(engine, CONTACTS, period.first, period.last)
        rows = engine.execute(
            f"SELECT reason, count(*) FROM contacts WHERE {_within(CONTACTS, period, where)} GROUP BY 1 ORDER BY 1"
        ).fetchall()
    return {str(reason): int(count) for reason, count in rows}


def _within(table: FactTable, period: Period, where: Where) -> str:
    """The condition; raises ``kpi.split`` for a column the facts cannot be narrowed by."""
    begin, end = period.local()
    conditions = [f"{table.clocks[0]} >= {begin}", f"{table.clocks[0]} < {end}"]
    for column, values in where:
        if not knows(table, column):
            raise PasokhError("kpi.split", field="by", split=column[:60], name=table.name)
        listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
        conditions.append(f'"{column}" IN ({listed or "NULL"})')
    return " AND ".join(conditions)


_HANDLED = """
WITH chosen AS (
    SELECT source, contact, reason, agent, opened_local, next_contact_at, closed_at, rating, resolved,
        row_number() OVER (PARTITION BY reason ORDER BY hash(contact), contact) AS place
    FROM contacts
    WHERE {within} AND answered = 1 AND closed_at IS NOT NULL AND closed_at + {grace} <= {now} AND reason <> ''
), numbered AS (
    SELECT h.*, row_number() OVER own AS number, first_value(h.agent) OVER own AS first_agent
    FROM handlings h SEMI JOIN chosen c ON h.source = c.source AND h.contact = c.contact AND c.place <= {most}
    WINDOW own AS (PARTITION BY h.source, h.contact, h.kind = 'consult' ORDER BY h.answered_at, h.handling)
), work AS (
    SELECT *, CASE
        WHEN kind = 'consult' THEN 'consult' WHEN number = 1 THEN 'first'
        WHEN agent <> first_agent THEN 'transfer' ELSE 'again' END AS how
    FROM numbered
)
SELECT c.contact, c.reason, c.agent, c.source, c.opened_local,
    CASE WHEN c.next_contact_at IS NOT NULL AND c.next_contact_at <= c.closed_at + {grace} THEN 1 ELSE 0 END,
    c.rating, c.resolved,
    sum(CASE WHEN w.how IN ('first', 'transfer', 'again') THEN w.hold_ms ELSE 0 END),
    sum(CASE WHEN w.how = 'consult' THEN w.talk_ms ELSE 0 END),
    sum(CASE WHEN w.how = 'transfer' THEN w.talk_ms + w.wrap_ms ELSE 0 END),
    sum(CASE WHEN w.how = 'again' THEN w.talk_ms + w.wrap_ms ELSE 0 END),
    sum(CASE WHEN w.how = 'first' THEN w.wrap_ms ELSE 0 END),
    sum(CASE WHEN w.how = 'first' THEN w.talk_ms ELSE 0 END)
FROM chosen c JOIN work w ON w.source = c.source AND w.contact = c.contact
WHERE c.place <= {most}
GROUP BY ALL ORDER BY c.reason, c.contact
"""
"""The parts of `optimal.Handled`, still with all hold together; consults are told apart, since they are no handling."""
