"""What these pages look at: a period, and one queue or all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from pasokh.i18n.dates import format_date
from pasokh.metrics.question import Period
from pasokh.office.errors import language, text_of
from pasokh.office.figures import store
from pasokh.office.figures.asked import cleaned, read_address
from pasokh.office.figures.periods import PRESETS
from pasokh.office.filters import words
from pasokh.office.supervise.selectors import queue_names

MOST_DAYS = 366
"""A judgement is of one year at most: older customers were others."""


@dataclass(frozen=True, slots=True)
class Look:
    """An address read."""

    period: Period
    preset: str
    queue: str
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    known: bool
    """Whether there are any facts."""

    @property
    def where(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The queue as facts are narrowed by it."""
        return (("queue", (self.queue,)),) if self.queue else ()

    def days(self) -> list[date]:
        """All days of the period."""
        count = (self.period.last - self.period.first).days + 1
        return [self.period.first + timedelta(days=number) for number in range(count)]

    def address(self, **more: str) -> str:
        """The query string of the same days and queue."""
        pairs = {"period": "range", "from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        return urlencode({**pairs, **({"queue": self.queue} if self.queue else {}), **more})

    def form(self) -> dict[str, object]:
        """What the form of the page shows (`figures_analysis/look.html`)."""
        spoken = language()
        first, last = self.period.first, self.period.last
        text = format_date(first, spoken, "medium")
        if first != last:
            text = f"{text} – {format_date(last, spoken, 'medium')}"
        return {
            "presets": PRESETS,
            "preset": self.preset,
            "typed": {
                "from": self.typed.get("from") or format_date(first, spoken, "short"),
                "to": self.typed.get("to") or format_date(last, spoken, "short"),
            },
            "errors": dict(self.errors),
            "queues": sorted(((key, words(name)) for key, name in queue_names().items()), key=lambda pair: pair[1]),
            "queue": self.queue,
            "text": text,
        }


def look_of(given: Mapping[str, Sequence[str]]) -> Look:
    """Read an address; what cannot be read is told in `errors`, and the usual days are looked at."""
    spoken = language()
    reading = read_address(
        {"kpi": ("queue.entered",), **{name: given[name] for name in ("period", "from", "to") if name in given}}, spoken
    )
    days = store.facts().days()
    period = reading.asked.period(store.today(), spoken, days)
    first = max(period.first, period.last - timedelta(days=MOST_DAYS - 1))
    queue = cleaned(given.get("queue", ("",))[-1])
    return Look(
        Period(first, period.last), reading.asked.preset, queue, reading.typed,
        {name: text_of(error) for name, error in reading.errors.items()}, days is not None,
    )  # fmt: skip
