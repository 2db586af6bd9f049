"""Local clock times as instants: days of a scenario, its agents' duty, its queues' hours."""

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec

from pasokh.acd.model import AgentConfig
from pasokh.kernel.time import HOUR, MINUTE, SECOND, Instant, Millis
from pasokh.twin.draw import Purpose, key_of, uniform, unit_lognormal
from pasokh.twin.scenario import EVERY_DAY, Group, Scenario, Shift

ON, BREAK, OFF = "on", "break", "off"


class Worker(msgspec.Struct):
    """A drawn agent: the core's configuration, how the agent works, and the duty."""

    number: int
    group: int
    config: AgentConfig
    factor: float
    """Multiplies handle times; per-queue factors come on top."""
    duty: list[tuple[Instant, str]]
    """Changes of duty in order: ``on`` (ready), ``break`` (not ready), ``off`` (signs out when idle)."""


def bounds(s: Scenario) -> tuple[Instant, Instant]:
    """First instant of the scenario and the first after its horizon."""
    start = local_instant(s, 0, 0)
    return start, start + round(s.horizon_h * HOUR)


def local_instant(s: Scenario, day: int, clock_ms: Millis) -> Instant:
    """The instant of a local clock time on the `day`-th day of the scenario (days may be negative).

    Clock times beyond 24:00 belong to the next day. A time that a change of clocks skips is taken as just after it;
    one that occurs twice, as the first.
    """
    days, clock_ms = divmod(clock_ms, 86_400_000)
    local = dt.datetime.combine(s.start + dt.timedelta(days=day + days), dt.time()) + dt.timedelta(
        milliseconds=clock_ms
    )
    return round(local.replace(tzinfo=ZoneInfo(s.zone)).timestamp() * 1000)


def weekday(s: Scenario, day: int) -> str:
    """``mon`` … ``sun`` of the `day`-th day."""
    return EVERY_DAY[(s.start + dt.timedelta(days=day)).weekday()]


def days_of(s: Scenario) -> int:
    """Local days the horizon touches."""
    _, end = bounds(s)
    day = 0
    while local_instant(s, day, 0) < end:
        day += 1
    return day


def midnights(s: Scenario) -> list[tuple[Instant, str]]:
    """Local midnights within the horizon after its start, with the date that begins."""
    dates = [(s.start + dt.timedelta(days=day)).isoformat() for day in range(1, days_of(s))]
    return [(local_instant(s, day, 0), date) for day, date in enumerate(dates, 1)]


def clock_ms(text: str) -> Millis:
    """A wall time such as 08:30 as milliseconds after midnight."""
    h, m, *s = text.split(":")
    return int(h) * HOUR + int(m) * MINUTE + (int(s[0]) if s else 0) * SECOND


def draw_workers(s: Scenario, seed: int) -> list[Worker]:
    """All agents in order of number."""
    workers: list[Worker] = []
    for g, group in enumerate(s.groups):
        key = key_of(seed, Purpose.AGENT_FACTOR, group.id)
        covered = 0
        places: list[list[Shift]] = [[] for _ in range(group.count)]
        for shift in group.shifts:
            if shift.agents is None:
                for place in places:
                    place.append(shift)
            else:
                for k in range(shift.agents):
                    places[(covered + k) % group.count].append(shift)
                covered += shift.agents
        for k in range(group.count):
            agent = f"{group.id}-{k + 1}"
            workers.append(
                Worker(
                    len(workers),
                    g,
                    AgentConfig(agent, agent, dict(group.skills), group.queues, group.capacity),
                    group.factor * unit_lognormal(group.spread_cv, uniform(key, k)),
                    _duty(s, group, places[k], k),
                )
            )
    return workers


def _duty(s: Scenario, group: Group, shifts: list[Shift], place: int) -> list[tuple[Instant, str]]:
    start, end = bounds(s)
    if not group.shifts:
        return [(start, ON)]
    on: list[tuple[Instant, Instant]] = []
    off: list[tuple[Instant, Instant]] = []
    for day in range(-1, days_of(s)):
        for shift in shifts:
            if weekday(s, day) not in shift.days:
                continue
            since, until = clock_ms(shift.since), clock_ms(shift.until)
            if until <= since:
                until += 24 * HOUR
            on.append((local_instant(s, day, since), local_instant(s, day, until)))
            for pause in shift.breaks:
                at = clock_ms(pause.at)
                if at < since:
                    at += 24 * HOUR
                begins = local_instant(s, day, at) + place * pause.stagger_s * SECOND
                off.append((begins, begins + pause.minutes * MINUTE))
    marks = sorted({t for pair in on + off for t in pair} | {start})
    duty: list[tuple[Instant, str]] = []
    state = OFF
    for t in marks:
        if t < start or t >= end:
            continue
        now = OFF
        if any(a <= t < b for a, b in on):
            now = BREAK if any(a <= t < b for a, b in off) else ON
        if now != state:
            duty.append((t, now))
            state = now
    return duty


def queue_hours(s: Scenario) -> list[tuple[Instant, int, bool]]:
    """When queues open and close: (instant, queue index, opens); queues with hours start closed unless open then."""
    start, end = bounds(s)
    changes: list[tuple[Instant, int, bool]] = []
    for index, queue in enumerate(s.queues):
        rules = [h for h in s.hours if h.queue == queue.id]
        if not rules:
            continue
        spans = [
            (
                local_instant(s, day, clock_ms(h.since)),
                local_instant(
                    s,
                    day,
                    clock_ms(h.until) + (24 * HOUR if clock_ms(h.until) <= clock_ms(h.since) else 0),
                ),
            )
            for day in range(-1, days_of(s))
            for h in rules
            if weekday(s, day) in h.days
        ]
        state = True
        for t in sorted({t for pair in spans for t in pair} | {start}):
            if start <= t < end:
                is_open = any(a <= t < b for a, b in spans)
                if is_open != state:
                    changes.append((t, index, is_open))
                    state = is_open
    return changes
