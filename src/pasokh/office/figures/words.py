"""Figures in words: names of what they are split by, values as people read them, how each one is counted."""

import re
from datetime import date, timedelta
from functools import cached_property

from pasokh.i18n import numbers
from pasokh.i18n.bidi import isolate, isolate_ltr
from pasokh.i18n.catalogue import has, message
from pasokh.i18n.dates import MONTHS, WEEKDAYS, format_date
from pasokh.i18n.digits import localise
from pasokh.metrics.behind import counts_time
from pasokh.metrics.kpi import Kpi, Measure
from pasokh.metrics.question import CYCLES, DAY_MS, EPOCH, STEPS, tables_of
from pasokh.office.filters import words
from pasokh.office.pauses.selectors import all_pauses
from pasokh.office.people.models import Team
from pasokh.office.people.selectors import people_names
from pasokh.office.supervise.selectors import outcome_names, queue_names, reason_names
from pasokh.office.tenancy.models import Client

EMPTY = "—"
GROUPS = ("level", "waiting", "handling", "people", "customers", "vendors")
_VENDORS = {"genesys", "connect", "talkdesk", "cisco", "asterisk", "queuemetrics"}
_FIXED = ("channel", "how", "direction", "kind", "ended_by", "state", "source", "language")
"""Columns whose values have words in the catalogue: ``figures.COLUMN.VALUE``."""
HOUR_MS = 3_600_000


def group_of(kpi: Kpi) -> str:
    """The group of figures it is chosen from."""
    head = kpi.id.partition(".")[0]
    if head in _VENDORS:
        return "vendors"
    if head in {"sl", "abandon"}:
        return "level"
    return {"visits": "waiting", "handlings": "handling", "agent_time": "people", "contacts": "customers"}.get(
        kpi.fact, "customers"
    )


def value_text(measure: Measure, value: object, language: str) -> str:
    """A value as people read it; a dash where there is none."""
    if not isinstance(value, int | float):
        return EMPTY
    return amount(measure.kpi.unit, float(value), language)


def amount(unit: str, value: float, language: str) -> str:
    """An amount of a unit as people read it."""
    match unit:
        case "share":
            return numbers.percent(round(value * 1000), language, 1)
        case "ms":
            return numbers.clock(round(value), language)
        case "count":
            return numbers.number(round(value), language)
        case _:
            return numbers.number(round(value * 100), language, 2)


def n_text(measure: Measure, n: object, language: str) -> str:
    """What a value is based on: a number of cases, or time."""
    many = int(n) if isinstance(n, int | float) else 0
    if counts_time(measure) or measure.kpi.per_fact == "agent_time":
        return numbers.clock(many, language)
    return numbers.number(many, language)


def change_text(measure: Measure, value: object, before: object, language: str) -> tuple[str, str]:
    """How much a value rose or fell, and whether that is ``better``, ``worse`` or neither (empty)."""
    if not isinstance(value, int | float) or not isinstance(before, int | float):
        return "", ""
    if measure.kpi.unit == "share":
        by = round((value - before) * 1000)
        text = message("figures.points", language, n=isolate_ltr(_signed(by, language, 1)))
    elif before:
        by = round((value - before) / abs(before) * 1000)
        text = numbers.percent(abs(by), language, 1)
        text = isolate_ltr(("+" if by > 0 else "−" if by < 0 else "") + text)
    else:
        return "", ""
    if by == 0 or not measure.kpi.better:
        return text, ""
    return text, "better" if (by > 0) == (measure.kpi.better == "up") else "worse"


def _signed(value: int, language: str, decimals: int) -> str:
    text = numbers.number(abs(value), language, decimals)
    return ("+" if value > 0 else "−" if value < 0 else "") + text


class Namer:
    """Names of splits and of their values, in one language; tables of names are read when first asked for."""

    def __init__(self, language: str) -> None:
        self.language = language

    def split(self, name: str) -> str:
        """What a split is called."""
        key = f"figures.split.{name}"
        return message(key, self.language) if has(key) else name

    def value(self, split: str, value: object) -> str:
        """A split's value as people read it."""
        language = self.language
        if split in STEPS:
            at = int(str(value))
            day = format_date(EPOCH + timedelta(days=at // DAY_MS), language, "short")
            return day if split == "day" else f"{day} {self.time(at)}"
        if split == "weekday":
            return WEEKDAYS[language][(int(str(value)) + 5) % 7]
        if split in CYCLES:
            return self.time(int(str(value)) * (HOUR_MS if split == "hour_of_day" else 1))
        text = str(value)
        if not text:
            return message("figures.nothing", language)
        if split in _FIXED:
            key = f"figures.{split}.{text}"
            return message(key, language) if has(key) else text
        return self._named.get(split, {}).get(text, text)

    def axis(self, split: str, value: object, one_day: bool) -> str:
        """The same, short enough for an axis."""
        if split in STEPS and split != "day":
            at = int(str(value))
            if one_day or at % DAY_MS:
                return self.time(at)
            return _short_day(EPOCH + timedelta(days=at // DAY_MS), self.language)
        if split == "day":
            return _short_day(EPOCH + timedelta(days=int(str(value)) // DAY_MS), self.language)
        return self.value(split, value)

    def time(self, at: int) -> str:
        """The time of day of a wall clock's milliseconds."""
        minutes = at % DAY_MS // 60_000
        return localise(f"{minutes // 60:02d}:{minutes % 60:02d}", self.language)

    @cached_property
    def _named(self) -> dict[str, dict[str, str]]:
        def said(names: dict[str, dict[str, str]]) -> dict[str, str]:
            return {key: words(name) for key, name in names.items()}

        return {
            "queue": said(queue_names()),
            "client": said(dict(Client.objects.values_list("key", "name"))),
            "team": said(dict(Team.objects.values_list("key", "name"))),
            "agent": people_names(),
            "outcome": said(outcome_names()),
            "reason": said({row.key: row.name for row in all_pauses()}) | said(reason_names()),
        }


def _short_day(day: date, language: str) -> str:
    if language == "fa":
        return format_date(day, language, "short").partition("/")[2]
    return f"{day.day} {MONTHS[language][day.month - 1][:3]}"


def formula(measure: Measure, language: str) -> dict[str, object]:
    """All of how a figure is counted: name, formula in words and as expression, clock, table, source, empty value."""
    kpi = measure.kpi
    said = kpi.says[language]
    for name, value in measure.values:
        said = _with_value(said, name, numbers.duration(value, language))
    tables = tables_of(measure)
    clock = kpi.clock or kpi.table.clocks[0]
    per = measure.filled(kpi.per, 0) if kpi.per else ""
    return {
        "name": kpi.name[language],
        "id": measure.name,
        "digest": kpi.digest,
        "says": said,
        "source": kpi.source,
        "clock": message(f"figures.clock.{kpi.fact}.{clock}", language),
        "facts": [message(f"figures.facts.{table.name}", language) for table in tables],
        "of": kpi.of,
        "per": kpi.per,
        "values": [f"{name} = {numbers.duration(value, language)}" for name, value in measure.values],
        "additive": kpi.additive and not per,
        "empty": message("figures.empty.why", language) if kpi.per else "",
        "better": message(f"figures.better.{kpi.better}", language) if kpi.better else "",
    }


def _with_value(said: str, name: str, value: str) -> str:
    """The formula in words with a parameter's value beside its letter."""
    return re.sub(rf"(?<![\w]){re.escape(name)}(?![\w])", f"{name} = {isolate(value)}", said, count=1)
