"""The call log of the "Anonymous Bank" (Technion, 1999): who asked for an agent, how long they waited, who served them.

The file and its columns are described by Guedj and Mandelbaum, "Anonymous Bank Call-Center Documentation", Technion
2000. Times are seconds after local midnight.
"""

import csv
import datetime as dt
import gzip
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec

from pasokh.kernel.errors import PasokhError

TYPES = ("PS", "PE", "NE", "NW", "TT", "IN")
COLUMNS = (
    "type", "date", "priority", "vru_exit", "q_start", "q_exit", "q_time", "outcome", "ser_start", "ser_exit",
    "ser_time", "server",
)  # fmt: skip


class Call(msgspec.Struct, frozen=True):
    """One customer who asked for an agent."""

    date: dt.date
    kind: str
    """PS regular, PE in English, NE stock exchange, NW prospect, TT called back, IN internet desk."""
    high: bool
    """Gets the head start."""
    asked_s: int
    """When the wait began."""
    wait_s: int
    answered: bool
    served_s: int = 0
    """When the service began."""
    service_s: int = 0
    agent: str = ""
    """Empty where the log does not say."""

    @property
    def left_s(self) -> int:
        """When the wait ended."""
        return self.asked_s + self.wait_s


def read_bank(path: Path) -> dict[dt.date, list[Call]]:
    """Calls by day, in order of asking; raises `PasokhError` `bank.log` naming line and column.

    Left out: PHANTOM rows (the documentation says so) and hang-ups in the voice menu, who never asked for an agent.
    """
    days: dict[dt.date, list[Call]] = defaultdict(list)
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = set(COLUMNS) - set(reader.fieldnames or ())
            if missing:
                raise PasokhError("bank.log", path=str(path), line=1, problem=f"no column {min(missing)!r}")
            for row in reader:
                try:
                    call = _call(row)
                except ValueError as e:
                    raise PasokhError("bank.log", path=str(path), line=reader.line_num, problem=str(e)) from e
                if call is not None:
                    days[call.date].append(call)
    except OSError as e:
        raise PasokhError("bank.log", path=str(path), line=0, problem=e.strerror or str(e)) from e
    for calls in days.values():
        calls.sort(key=lambda c: (c.asked_s, c.left_s, c.kind))
    return dict(days)


def _call(row: dict[str, str]) -> Call | None:
    queued = row["q_start"] != "0:00:00"
    answered = row["outcome"] == "AGENT"
    if row["outcome"] == "PHANTOM" or not (queued or answered):
        return None
    return Call(
        dt.date.fromisoformat(row["date"]),
        row["type"],
        row["priority"] == "2",
        seconds(row["q_start"] if queued else row["vru_exit"]),
        int(row["q_time"]) if queued else 0,
        answered,
        seconds(row["ser_start"]) if answered else 0,
        int(row["ser_time"]) if answered else 0,
        row["server"] if answered else "",
    )


def seconds(clock: str) -> int:
    """h:mm:ss as seconds after midnight; raises `ValueError`."""
    h, m, s = clock.split(":")
    return int(h) * 3600 + int(m) * 60 + int(s)


class Day(msgspec.Struct, frozen=True):
    """What a day's log shows."""

    calls: int
    answered: int
    mean_wait_s: float
    """Over all who asked for an agent."""
    abandonment: float
    halves: dict[int, tuple[int, float]]
    """Half hour of the day → calls, mean wait in seconds."""


def observed(calls: Iterable[Call]) -> Day:
    """The figures of a day, from its log."""
    calls = list(calls)
    halves: dict[int, list[int]] = defaultdict(list)
    for c in calls:
        halves[c.asked_s // 1800].append(c.wait_s)
    answered = sum(c.answered for c in calls)
    return Day(
        len(calls),
        answered,
        sum(c.wait_s for c in calls) / len(calls),
        1 - answered / len(calls),
        {k: (len(w), sum(w) / len(w)) for k, w in sorted(halves.items())},
    )
