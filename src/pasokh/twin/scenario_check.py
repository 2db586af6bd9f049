"""Whether the parts of a scenario fit together: names that exist, lengths that divide, shares that sum."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pasokh.acd.handlers.configuration import check_queue
from pasokh.acd.model import Channel, QueueConfig
from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.twin.scenario import Arrivals, Empirical, Group, Infinite, Scenario

MAX_CONTACTS = 20_000_000


class RefusalError(Exception):
    """A scenario that cannot run: which field, what is wrong with it, what to do. Becomes a `PasokhError`."""

    def __init__(self, code: str, field: str, problem: str, fix: str) -> None:
        super().__init__(f"{code} {field}: {problem}")
        self.code = code
        self.field = field
        self.problem = problem
        self.fix = fix


def check(s: Scenario) -> None:
    """Raises `RefusalError` for the first thing that does not fit."""
    try:
        ZoneInfo(s.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as e:
        raise RefusalError(
            "scenario.zone", "zone", f"no time zone {s.zone!r}", "use an IANA name such as Asia/Tehran"
        ) from e
    if not 1971 <= s.start.year <= 2999:
        raise RefusalError("scenario.range", "start", "outside 1971–2999", "give a date such as 2026-03-21")
    if 1440 % s.report_minutes:
        raise RefusalError("scenario.range", "report_minutes", "does not divide a day", "use 15, 30 or 60 for instance")
    queues = [q.id for q in s.queues]
    _unique(queues, "queues")
    _unique([g.id for g in s.groups], "groups")
    _check_queues(s, queues)
    for k, g in enumerate(s.groups):
        _check_group(g, queues, f"groups[{k}]")
    for k, a in enumerate(s.arrivals):
        _check_arrivals(s, a, queues, f"arrivals[{k}]")
    _unique([stream_name(a) for a in s.arrivals], "arrivals", "name")
    _check_rules(s, queues)


def _check_queues(s: Scenario, queues: list[str]) -> None:
    for k, q in enumerate(s.queues):
        names = [c.name for c in q.policy.classes]
        if not names:
            raise RefusalError(
                "scenario.range", f"queues[{k}].policy.classes", "is empty", "leave it out or give one class"
            )
        _unique(names, f"queues[{k}].policy.classes", "name")
        after = [r.after_ms for r in q.policy.relaxations]
        if after != sorted(set(after)):
            raise RefusalError(
                "scenario.range",
                f"queues[{k}].policy.relaxations",
                "`after_ms` must grow from one to the next",
                "sort the relaxations",
            )
        for j, r in enumerate(q.policy.relaxations):
            for other in r.overflow_to:
                _known(other, queues, f"queues[{k}].policy.relaxations[{j}].overflow_to", "queue")
        _check_as_published(q, f"queues[{k}]")


def _check_as_published(q: QueueConfig, field: str) -> None:
    """What the core would refuse to publish, it cannot simulate either."""
    try:
        check_queue(q)
    except PasokhError as e:
        fix = f"change it as for publishing the queue; docs/errors.md: {e.code}"
        where = f"{field}.{e.params.get('field', '')}".rstrip(".")
        raise RefusalError("scenario.range", where, message(e.code, "en", **e.params), fix) from e


def _check_rules(s: Scenario, queues: list[str]) -> None:
    for part in ("service", "wrap_up", "patience", "alternatives"):
        for k, rule in enumerate(getattr(s, part)):
            if rule.queue is not None:
                _known(rule.queue, queues, f"{part}[{k}].queue", "queue")
            if part in {"service", "wrap_up"} and isinstance(rule.spans, Infinite):
                raise RefusalError("scenario.range", f"{part}[{k}].spans", "would never end", "use another `kind`")
    for k, alt in enumerate(s.alternatives):
        if alt.callback + alt.message > 1:
            raise RefusalError(
                "scenario.range", f"alternatives[{k}]", "shares exceed 1", "lower `callback` or `message`"
            )
    for k, t in enumerate(s.transfers):
        _known(t.queue, queues, f"transfers[{k}].queue", "queue")
        _known(t.to, queues, f"transfers[{k}].to", "queue")
    for q_id in queues:
        if sum(t.share for t in s.transfers if t.queue == q_id) > 1:
            raise RefusalError("scenario.range", "transfers", f"shares of {q_id!r} exceed 1", "lower some `share`")
    for k, h in enumerate(s.hours):
        _known(h.queue, queues, f"hours[{k}].queue", "queue")


def stream_name(a: Arrivals) -> str:
    """What tells a stream's draws from another's: its name, else queue and channel."""
    return a.name or f"{a.queue}/{a.channel}"


def _check_group(g: Group, queues: list[str], field: str) -> None:
    if not g.queues:
        raise RefusalError("scenario.range", f"{field}.queues", "is empty", "name at least one queue")
    _unique(g.queues, f"{field}.queues", "")
    for q in g.queues:
        _known(q, queues, f"{field}.queues", "queue")
    for q in g.factors:
        _known(q, queues, f"{field}.factors", "queue")
    if g.reject + g.ring_out > 1:
        raise RefusalError("scenario.range", f"{field}.reject", "with `ring_out` exceeds 1", "lower one of them")
    if isinstance(g.answer, Infinite):
        raise RefusalError("scenario.range", f"{field}.answer", "would never come", "use `ring_out = 1`")
    for k, shift in enumerate(g.shifts):
        if shift.since == shift.until and shift.since != "00:00":
            raise RefusalError(
                "scenario.range",
                f"{field}.shifts[{k}].until",
                "equals `since`",
                "for round the clock write 00:00 to 24:00",
            )
        if shift.since == "24:00":
            raise RefusalError("scenario.range", f"{field}.shifts[{k}].since", "is 24:00", "write 00:00")


def _check_arrivals(s: Scenario, a: Arrivals, queues: list[str], field: str) -> None:
    _known(a.queue, queues, f"{field}.queue", "queue")
    if a.channel is Channel.CALLBACK:
        raise RefusalError(
            "scenario.range",
            f"{field}.channel",
            "callbacks come of waiting voice contacts",
            'use "voice" and `[[alternatives]]`',
        )
    if a.recorded is None and not a.per_interval:
        raise RefusalError(
            "scenario.missing_field",
            f"{field}.per_interval",
            "neither rates nor a recording",
            "give `per_interval` or `[arrivals.recorded]`",
        )
    if a.recorded is not None and a.per_interval:
        raise RefusalError("scenario.range", f"{field}.per_interval", "given beside a recording", "keep one of the two")
    if 1440 % a.interval_minutes:
        raise RefusalError(
            "scenario.range",
            f"{field}.interval_minutes",
            "does not divide a day",
            "use 15, 30 or 60 for instance",
        )
    classes = [c.name for q in s.queues if q.id == a.queue for c in q.policy.classes]
    for name in a.priorities:
        _known(name, classes, f"{field}.priorities", "class of this queue's policy")
    if a.priorities and sum(a.priorities.values()) <= 0:
        raise RefusalError("scenario.range", f"{field}.priorities", "all weights are 0", "give one a weight")
    for k, surge in enumerate(a.surges):
        if surge.at.tzinfo is not None:
            raise RefusalError(
                "scenario.range",
                f"{field}.surges[{k}].at",
                "carries a zone",
                "write local time without a zone, such as 2026-03-21T10:00:00",
            )
    if a.per_interval:
        per_interval = max(a.per_interval)
        most = per_interval * a.factor * s.horizon_h * 60 / a.interval_minutes
        for surge in a.surges:
            most *= max(1.0, surge.factor)
        if most > MAX_CONTACTS:
            raise RefusalError(
                "scenario.too_large",
                f"{field}.per_interval",
                f"could draw more than {MAX_CONTACTS:,} contacts",
                "lower rates, `factor` or `horizon_h`",
            )


def check_empirical(spans: Empirical, field: str) -> None:
    """Raises `RefusalError` unless there is exactly one source of values."""
    if bool(spans.values_s) == bool(spans.file):
        raise RefusalError("scenario.range", field, "needs `values_s` or `file`, one of them", "give the one you mean")


def _known(name: str, names: Iterable[str], field: str, what: str) -> None:
    known = list(names)
    if name not in known:
        shown = ", ".join(known[:12]) + ("…" if len(known) > 12 else "")
        raise RefusalError(
            "scenario.unknown_name", field, f"no {what} {name!r}", f"use one of: {shown or '(none defined)'}"
        )


def _unique(names: Iterable[str], field: str, key: str = "id") -> None:
    seen: set[str] = set()
    for k, name in enumerate(names):
        if name in seen:
            place = f"{field}[{k}].{key}" if key else f"{field}[{k}]"
            raise RefusalError("scenario.duplicate", place, f"{name!r} occurs twice", "give each its own")
        seen.add(name)
