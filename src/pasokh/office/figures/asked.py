"""What the explorer shows, as it stands in an address: all there is to keep, share or go back to. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from pasokh.i18n.dates import parse_date
from pasokh.i18n.digits import parse_int
from pasokh.kernel.errors import PasokhError
from pasokh.metrics.kpi import Measure, catalogue, measure
from pasokh.metrics.question import CYCLES, STEPS, Period, Question, knows, tables_of
from pasokh.office.figures.periods import COMPARED, LATEST, OWN, PRESETS, named_period

USUAL = ("sl.answered_or_abandoned@20s", "queue.entered", "queue.abandoned", "asa.answered", "aht")
USUAL_SPLIT = ("day",)
MOST_MEASURES = 12
MOST_SPLITS = 3
MOST_VALUES = 60
LONGEST_VALUE = 120
ONLY = "only."
"""Before a column's name: the values it is narrowed to."""
WITH = "with."
"""Before a figure's id: its parameters as they were typed; they become part of `kpi`."""
AT = "at."
"""Before a split's name: the value of one cell."""

type Given = Mapping[str, Sequence[str]]
"""An address's parameters, each with all its values."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, read."""

    measures: tuple[Measure, ...] = ()
    preset: str = LATEST
    first: date | None = None
    last: date | None = None
    by: tuple[str, ...] = ()
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    compare: str = ""
    sort: str = ""
    """``s0`` … a split, ``v0`` … a figure; ``-`` before it = falling; empty = as the splits come."""
    page: int = 1

    def period(self, today: date, language: str, known: tuple[date, date] | None) -> Period:
        """Its local days."""
        if self.preset == OWN and self.first is not None and self.last is not None:
            return Period(self.first, self.last)
        preset = LATEST if self.preset == OWN else self.preset
        found = named_period(preset, today, language, known[1] if known else None)
        if self.preset == LATEST and known:
            return Period(max(found.first, known[0]), found.last)
        return found

    def question(self, period: Period, now: int, by: tuple[str, ...] | None = None) -> Question:
        """The question, split as asked or by something else."""
        split = self.by if by is None else by
        return Question(measures=self.measures, period=period, by=split, where=self.where, now=now)

    def pairs(self) -> list[tuple[str, str]]:
        """Its parameters, as they stand in an address."""
        found = [("kpi", short_name(each)) for each in self.measures]
        found.append(("period", self.preset))
        if self.preset == OWN and self.first is not None and self.last is not None:
            found += [("from", self.first.isoformat()), ("to", self.last.isoformat())]
        found += [("by", each) for each in self.by or ("",)]
        found += [(f"{ONLY}{column}", value) for column, values in self.where for value in values]
        found += [(name, value) for name, value in (("compare", self.compare), ("sort", self.sort)) if value]
        if self.page > 1:
            found.append(("page", str(self.page)))
        return found

    def address(self, **changed: object) -> str:
        """The query string, with something changed; another question begins at its first page."""
        other = replace(self, **{"page": 1, **changed})  # type: ignore[arg-type]
        return urlencode(other.pairs())


@dataclass(frozen=True, slots=True)
class Reading:
    """An address read; what could not be read is told, not guessed."""

    asked: Asked
    typed: dict[str, str] = field(default_factory=dict)
    """The dates as they were typed."""
    errors: dict[str, PasokhError] = field(default_factory=dict)


def read_address(given: Given, language: str) -> Reading:
    """Read the explorer's address; one that names no figure asks for the usual ones."""
    errors: dict[str, PasokhError] = {}
    begun = "kpi" in given or "period" in given or "by" in given
    measures = _measures(given, errors) if begun else tuple(measure(name) for name in USUAL)
    if begun and not measures and "kpi" not in errors:
        errors["kpi"] = PasokhError("kpi.none", field="kpi")
    by = tuple(dict.fromkeys(name for name in given.get("by", ()) if name)) if begun else USUAL_SPLIT
    preset = _first(given, "period") or LATEST
    typed = {name: _first(given, name) for name in ("from", "to")}
    if preset not in PRESETS:
        errors["period"] = PasokhError("figures.unknown_period", field="period", value=preset[:40])
        preset = LATEST
    first, last = (_day(typed[name], name, language, errors) if preset == OWN else None for name in ("from", "to"))
    if preset == OWN and not errors.keys() & {"from", "to"} and (first is None or last is None):
        missing = "from" if first is None else "to"
        errors[missing] = PasokhError("figures.no_day", field=missing)
    if len(by) > MOST_SPLITS:
        errors["by"] = PasokhError("figures.many_splits", field="by", most=MOST_SPLITS)
        by = by[:MOST_SPLITS]
    where = _narrowed(given, errors)
    for name in (*by, *(column for column, _ in where)):
        lacking = next((each for each in measures if not splits(each, name)), None)
        if lacking is not None and "by" not in errors:
            errors["by"] = PasokhError("kpi.split", field="by", split=name[:60], name=lacking.kpi.id)
    compare, sort = _first(given, "compare"), _first(given, "sort")
    asked = Asked(
        measures, preset, first, last, by, where, compare if compare in COMPARED else "",
        sort if _sortable(sort, len(by), len(measures)) else "", _page(_first(given, "page")),
    )  # fmt: skip
    return Reading(asked, typed, errors)


def splits(each: Measure, name: str) -> bool:
    """Whether a figure can be split or narrowed by something."""
    return all(knows(table, name) for table in tables_of(each))


def offered_splits(measures: Sequence[Measure]) -> list[str]:
    """What all these figures can be split by: times first, then columns."""
    names = [column.name for each in measures for table in tables_of(each) for column in table.columns if column.split]
    every = (*STEPS, *CYCLES, *dict.fromkeys(names))
    return [name for name in every if all(splits(each, name) for each in measures)]


def narrowable(measures: Sequence[Measure]) -> list[str]:
    """The columns by which all these figures can be narrowed."""
    return [name for name in offered_splits(measures) if name not in STEPS and name not in CYCLES]


def short_name(each: Measure) -> str:
    """A figure as an address names it: the version only where it is not the newest."""
    newest = catalogue()[each.kpi.id][-1]
    return each.name.replace(f":{each.kpi.version}", "", 1) if each.kpi is newest else each.name


def _measures(given: Given, errors: dict[str, PasokhError]) -> tuple[Measure, ...]:
    found: dict[str, Measure] = {}
    for written in given.get("kpi", ()):
        name = written.strip()[:LONGEST_VALUE]
        if not name:
            continue
        params = _first(given, f"{WITH}{name.partition('@')[0].partition(':')[0]}")
        if params:
            name = f"{name.partition('@')[0]}@{params}"
        try:
            each = measure(name)
        except PasokhError as error:
            errors.setdefault("kpi", error)
            continue
        found[each.name] = each
    if len(found) > MOST_MEASURES:
        errors.setdefault("kpi", PasokhError("figures.many", field="kpi", most=MOST_MEASURES))
    return tuple(found.values())[:MOST_MEASURES]


def _narrowed(given: Given, errors: dict[str, PasokhError]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for name in given:
        column = name.removeprefix(ONLY)
        if column == name or not column.isidentifier():
            continue
        values = tuple(dict.fromkeys(cleaned(value) for value in given[name]))
        if len(values) > MOST_VALUES:
            errors["only"] = PasokhError("figures.many_values", field="only", most=MOST_VALUES)
        found.append((column, values[:MOST_VALUES]))
    return tuple(sorted(found))


def read_cell(given: Given) -> tuple[tuple[str, str], ...]:
    """The cell an address names: split → value."""
    return tuple(
        (name.removeprefix(AT), cleaned(values[-1])) for name, values in given.items() if name.startswith(AT) and values
    )


def _first(given: Given, name: str) -> str:
    values = given.get(name, ())
    return cleaned(values[-1]) if values else ""


def cleaned(text: str) -> str:
    """What somebody put into an address, without what no value has."""
    return "".join(c for c in text if c >= " ").strip()[:LONGEST_VALUE]


def _day(text: str, name: str, language: str, errors: dict[str, PasokhError]) -> date | None:
    if not text:
        return None
    try:
        return parse_date(text, language)
    except PasokhError as error:
        errors[name] = PasokhError(error.code, **{**error.params, "field": name})
        return None


def _sortable(text: str, by: int, measures: int) -> bool:
    name = text.removeprefix("-")
    number = name[1:]
    return name[:1] in {"s", "v"} and number.isascii() and number.isdigit() and len(number) < 3 and (
        int(number) < (by if name[0] == "s" else measures)
    )  # fmt: skip


def _page(text: str) -> int:
    try:
        return min(max(parse_int(text), 1), 1_000_000) if text else 1
    except PasokhError:
        return 1
