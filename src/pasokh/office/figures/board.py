"""The dashboard: one day at a glance, held against its goal and the day before."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from time import monotonic

from pasokh.i18n import numbers
from pasokh.metrics.kpi import measure
from pasokh.metrics.question import Period
from pasokh.office.figures import store
from pasokh.office.figures.answers import Cell, Table, table_of
from pasokh.office.figures.asked import Asked
from pasokh.office.figures.periods import OWN
from pasokh.office.figures.words import Namer
from pasokh.office.supervise.models import Queue
from pasokh.office.tenancy import scope

LEVEL = "sl.own_target"
LEVEL_WITHOUT_TARGETS = "sl.answered_or_abandoned@20s"
TILES = (
    "queue.entered", "queue.answered", "abandon.over_offered", "asa.answered", "wait.longest", "aht",
    "fcr.no_repeat@7d", "csat.share", "occupancy",
)  # fmt: skip
DRAWN = ("queue.entered", LEVEL, "asa.answered", "queue.abandoned")
OF_QUEUES = ("queue.entered", "queue.abandoned", LEVEL, "asa.answered", "aht")
FRESH_SECONDS = 2.0
"""So long an answer is good for everybody who looks at the same dashboard."""
MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure of the day with its goal."""

    cell: Cell
    goal: str = ""
    tone: str = ""
    """``good`` or ``bad`` where there is a goal."""


@dataclass(frozen=True, slots=True)
class Board:
    """A day at a glance."""

    day: date
    is_today: bool
    tiles: tuple[Tile, ...]
    by_time: Table
    by_queue: Table


def board_of(day: date | None, client: str, namer: Namer) -> Board | None:
    """The board of a day (None: today, or the last day with facts where today has none); None without any facts.

    An answer is kept for `FRESH_SECONDS`: many who look cost no more than one.
    """
    key = (scope.required(), day, client, namer.language)
    return _kept(key, lambda: _made(day, client, namer))


def _made(wanted: date | None, client: str, namer: Namer) -> Board | None:
    known, today = store.facts().days(), store.today()
    if known is None:
        return None
    day = wanted or (min(today, known[1]))
    level = _level()
    where = (("client", (client,)),) if client else ()

    def asked(names: tuple[str, ...], by: tuple[str, ...], where: tuple[tuple[str, tuple[str, ...]], ...]) -> Table:
        measures = tuple(measure(name if name != LEVEL else level) for name in names)
        one = Asked(measures, OWN, day, day, by, where, "previous")
        return table_of(one, Period(day, day), namer)

    narrowed = tuple(name for name in (LEVEL, *TILES) if not (client and name == "occupancy"))
    whole = asked(narrowed, (), where)
    goal = _goal(client)
    tiles = tuple(
        _tile(cell, goal if each.kpi.id == LEVEL else None, namer.language)
        for each, cell in zip(whole.measures, whole.total, strict=True)
        if cell.has_rows or each.kpi.id.startswith("queue.")
    )
    return Board(day, day == today, tiles, asked(DRAWN, ("interval",), where), asked(OF_QUEUES, ("queue",), where))


def _level() -> str:
    """Service level by each queue's own target, where this centre has any queues."""
    return LEVEL if Queue.objects.exists() and not _imported_only() else LEVEL_WITHOUT_TARGETS


def _imported_only() -> bool:
    """Whether no fact of this centre's own log is there: queues of an import have no targets."""
    return store.facts().days("log") is None


def _goal(client: str) -> float | None:
    """The share that all queues promise; None where they promise different ones."""
    rows = Queue.objects.filter(client__key=client) if client else Queue.objects.all()
    found = {int(permille) for permille in (row.config.target_permille for row in rows) if permille}
    return found.pop() / 1000 if len(found) == 1 else None


def _tile(cell: Cell, goal: float | None, language: str) -> Tile:
    if goal is None or not isinstance(cell.value, int | float):
        return Tile(cell)
    return Tile(cell, numbers.percent(round(goal * 1000), language), "good" if cell.value >= goal else "bad")


_answers: dict[tuple[object, ...], tuple[float, Board | None]] = {}
_lock = threading.Lock()


def _kept(key: tuple[object, ...], make: Callable[[], Board | None]) -> Board | None:
    now = monotonic()
    with _lock:
        found = _answers.get(key)
    if found is not None and now - found[0] < FRESH_SECONDS:
        return found[1]
    made = make()
    with _lock:
        if len(_answers) > MOST_KEPT:
            _answers.clear()
        _answers[key] = (monotonic(), made)
    return made
