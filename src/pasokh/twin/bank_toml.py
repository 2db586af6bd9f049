"""A day of the bank as a scenario file: the day's recorded arrivals and service times, its staff, learned patience."""

from collections.abc import Sequence

from pasokh.twin.bank import TYPES, Call
from pasokh.twin.bank_day import HEAD_START_MS, PROSPECTS_BEHIND_MS, clock
from pasokh.twin.bank_fit import FAMILIES, Fit, part_of_day, presence, skills_of

DELAY_STEPS = 40


def scenario_text(calls: Sequence[Call], learned: Fit, file: str) -> str:
    """The TOML; `file` is the log's place as seen from the scenario's folder."""
    date = calls[0].date
    kinds = [kind for kind in TYPES if any(c.kind == kind for c in calls)]
    parts = [_head(date.isoformat())]
    parts += [_queue(kind) for kind in kinds]
    today = skills_of(calls)
    for agent, stretches in presence(calls, learned.away_s).items():
        queues = [k for k in kinds if k in today[agent] | learned.skills.get(agent, frozenset())]
        shifts = [f'  {{ since = "{clock(s.since_s)}", until = "{clock(s.until_s)}" }},' for s in stretches]
        parts.append(
            f'[[groups]]\nid = "{agent}"\ncount = 1\nqueues = {_list(queues)}\n'
            'capacity = { voice = 1, text = 0, mail = 0 }\nanswer = { kind = "constant", mean_s = 0.0 }\n'
            "shifts = [\n" + "\n".join(shifts) + "\n]\n"
        )
    for kind in kinds:
        outcomes = [outcome for outcome in ("AGENT", "HANG") if _any(calls, kind, outcome)]
        parts += [_arrivals(kind, file, date.isoformat(), outcome) for outcome in outcomes]
    for kind in kinds:
        shape, scale = learned.weibull[FAMILIES[kind]]
        delay = learned.delay[kind][part_of_day(14 * 3600)]
        steps = [delay[(2 * k + 1) * len(delay) // (2 * DELAY_STEPS)] for k in range(DELAY_STEPS)]
        where = f'{{ type = "{kind}", outcome = "AGENT" }}'
        parts.append(
            f'[[service]]\nqueue = "{kind}"\n'
            f'spans = {{ kind = "empirical", file = "{file}", column = "ser_time", where = {where} }}\n\n'
            f'[[wrap_up]]\nqueue = "{kind}"\nspans = {{ kind = "empirical", values_s = {steps} }}\n\n'
            f'[[patience]]\nqueue = "{kind}"\n'
            f'spans = {{ kind = "weibull", shape = {shape:.3f}, scale_s = {scale:.1f} }}\n'
        )
    return "\n".join(parts)


def _head(date: str) -> str:
    return (
        "# A day of the Anonymous Bank (Technion 1999): who asked for an agent when, for how long they were served,\n"
        "# who was there. Patience and agents' delays are learned from the month; docs/validation.md tells how.\n"
        "# The log is not part of this repository: its place is given in `file`, seen from this folder.\n"
        "# Written by: python -m benchmarks.twin_bank --scenario DATE\n\n"
        f'format = 1\nname = "bank {date}"\nzone = "UTC"\nstart = {date}\nhorizon_h = 24.0\nreplications = 100\n'
    )


def _queue(kind: str) -> str:
    weight = 0 if kind == "NW" else PROSPECTS_BEHIND_MS
    return (
        f'[[queues]]\nid = "{kind}"\nwrap_up_ms = 7200000\nalternatives = []\n\n[queues.policy]\n'
        f'agent_order = ["longest_idle"]\nweight_ms = {weight}\n'
        'classes = [{ name = "unknown" }, { name = "normal" }, '
        f'{{ name = "high", head_start_ms = {HEAD_START_MS} }}]\n'
    )


def _arrivals(kind: str, file: str, date: str, outcome: str) -> str:
    asked = ', q_start = "!0:00:00"' if outcome == "HANG" else ""
    service = 'service = "ser_time"\n' if outcome == "AGENT" else ""
    return (
        f'[[arrivals]]\nqueue = "{kind}"\nname = "{kind} {outcome.lower()}"\n\n[arrivals.recorded]\nfile = "{file}"\n'
        f'at = "vru_exit"\ndate = "date"\nonly_dates = ["{date}"]\n{service}priority = "priority"\n'
        f'where = {{ type = "{kind}", outcome = "{outcome}"{asked} }}\n'
    )


def _any(calls: Sequence[Call], kind: str, outcome: str) -> bool:
    return any(c.kind == kind and c.answered == (outcome == "AGENT") for c in calls)


def _list(names: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"
