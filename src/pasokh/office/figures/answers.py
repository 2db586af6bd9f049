"""A question's answer as a table for people: each number in words, its n, what it was before, what is behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from pasokh.kernel.errors import PasokhError
from pasokh.metrics.kpi import Measure
from pasokh.metrics.question import CYCLES, DAY_MS, EPOCH, STEPS, Period
from pasokh.metrics.warehouse import Answer
from pasokh.office import clock
from pasokh.office.figures import store
from pasokh.office.figures.asked import AT, Asked, short_name
from pasokh.office.figures.periods import compared_period
from pasokh.office.figures.words import Namer, change_text, n_text, value_text

PAGE = 100
MOST_ROWS = 50_000
"""Rows of an answer; a split that gives more is refused."""

type Values = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one row."""

    name: str
    """The figure's, in words."""
    value: object
    text: str
    n: str
    has_rows: bool
    """Whether there is anything behind it."""
    address: str
    """Where the rows behind it are."""
    before: str = ""
    change: str = ""
    tone: str = ""
    before_value: object = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the splits' values and the figures."""

    keys: tuple[object, ...]
    names: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The whole answer."""

    asked: Asked
    period: Period
    measures: tuple[Measure, ...]
    splits: tuple[str, ...]
    """Their names in words."""
    rows: list[Row]
    total: tuple[Cell, ...]
    compared: Period | None = None
    before: dict[tuple[object, ...], Values] = field(default_factory=dict)
    """The compared period's values, by the keys of this one."""

    @property
    def is_empty(self) -> bool:
        """Whether no fact of the period is in it."""
        return not any(cell.has_rows for cell in self.total)


def table_of(asked: Asked, period: Period, namer: Namer, *, compare: bool = True) -> Table:
    """Ask, and put the answer into words; raises what asking raises, and ``figures.many_rows``."""
    now, language = clock.now(), namer.language
    answer = store.ask(asked.question(period, now))
    check_size(answer)
    total = answer.rows[0] if not asked.by and answer.rows else _only(store.ask(asked.question(period, now, ())))
    compared: Period | None = None
    before: dict[Values, Values] = {}
    before_total: Values = ()
    if asked.compare and compare:
        compared = compared_period(period, asked.compare, language)
        earlier = store.ask(asked.question(compared, now))
        check_size(earlier)
        shift = (period.first - compared.first).days * DAY_MS
        before = {_shifted(asked.by, row, shift): row[len(asked.by) :] for row in earlier.rows}
        before_total = _only(store.ask(asked.question(compared, now, ())))
    rows = [
        Row(
            keys := row[: len(asked.by)],
            tuple(namer.value(split, key) for split, key in zip(asked.by, keys, strict=True)),
            _cells(asked, period, row[len(asked.by) :], before.get(keys, ()), dict(zip(asked.by, keys, strict=True)),
                   language),
        )
        for row in _in_order(asked, answer.rows, language)
    ]  # fmt: skip
    return Table(
        asked, period, asked.measures, tuple(namer.split(name) for name in asked.by), rows,
        _cells(asked, period, total, before_total, {}, language), compared, before,
    )  # fmt: skip


def check_size(answer: Answer) -> None:
    """Raises ``figures.many_rows`` for an answer no page should hold."""
    if len(answer.rows) > MOST_ROWS:
        raise PasokhError("figures.many_rows", field="by", rows=len(answer.rows), most=MOST_ROWS)


def rows_address(asked: Asked, each: Measure, period: Period, cell: Mapping[str, object]) -> str:
    """The query string of the rows behind one figure of a cell: days as they are, whatever day it is when opened."""
    pairs = [("kpi", short_name(each)), ("from", period.first.isoformat()), ("to", period.last.isoformat())]
    pairs += [(f"only.{column}", value) for column, values in asked.where for value in values]
    pairs += [(f"{AT}{name}", str(value)) for name, value in cell.items()]
    return urlencode(pairs)


def _cells(
    asked: Asked, period: Period, values: Values, before: Values, cell: Mapping[str, object], language: str
) -> tuple[Cell, ...]:
    found = []
    for number, each in enumerate(asked.measures):
        value, n = (values[2 * number], values[2 * number + 1]) if values else (None, 0)
        was = before[2 * number] if before else None
        change, tone = change_text(each, value, was, language)
        found.append(
            Cell(
                each.kpi.name[language],
                value,
                value_text(each, value, language),
                n_text(each, n, language),
                bool(n),
                rows_address(asked, each, period, cell),
                value_text(each, was, language),
                change,
                tone,
                was,
            )
        )
    return tuple(found)


def _only(answer: Answer) -> Values:
    return answer.rows[0] if answer.rows else ()


def _shifted(by: tuple[str, ...], row: Values, shift: int) -> tuple[object, ...]:
    """A row's keys as they are in the period that is compared: times move, everything else stays."""
    return tuple(
        int(str(key)) + shift if split in STEPS else key for split, key in zip(by, row[: len(by)], strict=True)
    )


def _in_order(asked: Asked, rows: tuple[Values, ...], language: str) -> list[Values]:
    """As asked: by a figure (what has none comes last) or by a split; weekdays in the order of the language's week."""
    found = list(rows)
    if "weekday" in asked.by and language != "fa":
        place = asked.by.index("weekday")  # 0 is Saturday: Monday, the third, comes first
        found.sort(key=lambda row: (*row[:place], (int(str(row[place])) - 2) % 7))
    if not asked.sort:
        return found
    falling, name = asked.sort.startswith("-"), asked.sort.removeprefix("-")
    column = int(name[1:]) if name[0] == "s" else len(asked.by) + 2 * int(name[1:])
    known = [row for row in found if row[column] is not None]
    known.sort(key=lambda row: row[column], reverse=falling)  # type: ignore[arg-type,return-value]
    return known + [row for row in found if row[column] is None]


def is_time(split: str) -> bool:
    """Whether a split's values follow one another in time."""
    return split in STEPS or split in CYCLES


def days_between(period: Period) -> tuple[int, int]:
    """The first and the last day, in milliseconds of the wall clock."""
    return (period.first - EPOCH).days * DAY_MS, (period.last - EPOCH).days * DAY_MS
