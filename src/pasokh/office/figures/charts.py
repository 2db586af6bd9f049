"""Charts of a table: one for each figure, over the first split; a second split makes lines of it."""

from pasokh.i18n import numbers
from pasokh.i18n.languages import RIGHT_TO_LEFT
from pasokh.metrics.kpi import Measure
from pasokh.metrics.question import STEPS
from pasokh.office.figures.answers import Table, days_between, is_time
from pasokh.office.figures.drawing import Chart, Series
from pasokh.office.figures.words import Namer, amount, value_text

MOST_CHARTS = 6
MOST_LINES = 5
MOST_PLACES = 800
"""More than a screen has pixels for."""
MOST_BARS = 20


def charts_of(table: Table, namer: Namer) -> list[Chart]:
    """A chart for each figure; none where nothing is split, or nothing is there."""
    if not table.asked.by or not (table.rows or table.before):
        return []
    places = _places(table)
    if len(places) > MOST_PLACES:
        return []
    return [_chart(table, number, each, places, namer) for number, each in enumerate(table.measures[:MOST_CHARTS])]


def _places(table: Table) -> list[object]:
    """What the chart's places are: all times of the period, or the most frequent values."""
    split = table.asked.by[0]
    if split in STEPS:
        step = STEPS[split]
        begin, last_day = days_between(table.period)
        if split != "day":  # a night without anybody needs no room
            times = [int(str(keys[0])) for keys in (*(row.keys for row in table.rows), *table.before)]
            begin, last_day = min(times), max(times)
        return list(range(begin, last_day + 1, step))
    found = list(dict.fromkeys(row.keys[0] for row in table.rows))
    return sorted(found, key=lambda key: table_order(table, key)) if is_time(split) else found[:MOST_BARS]


def table_order(table: Table, key: object) -> int:
    """The place of a time that comes again, in the order of the table's rows."""
    return next(number for number, row in enumerate(table.rows) if row.keys[0] == key)


def _chart(table: Table, number: int, each: Measure, places: list[object], namer: Namer) -> Chart:
    split = table.asked.by[0]
    one_day = table.period.first == table.period.last
    lines = _lines(table)
    values = {(row.keys[0], row.keys[1:]): row.cells[number].value for row in table.rows}
    series = tuple(
        Series(_line_name(table, line, namer), tuple(_number(values.get((at, line))) for at in places), f"s{place}")
        for place, line in enumerate(lines)
    )
    if table.compared is not None and len(lines) == 1 and not lines[0]:
        before = tuple(_number(was[2 * number]) if (was := table.before.get((at,))) else None for at in places)
        series += (Series(namer.split("before"), before, "before"),)
    title = each.kpi.name[namer.language]
    hints = tuple(_hint(table, each, series, place, at, namer) for place, at in enumerate(places))
    return Chart(
        title,
        tuple(namer.axis(split, at, one_day) for at in places),
        hints,
        series,
        each.kpi.unit,
        bars=len(lines) == 1 and (each.kpi.unit == "count" or not is_time(split)),
        mirrored=namer.language in RIGHT_TO_LEFT,
    )


def _lines(table: Table) -> list[tuple[object, ...]]:
    """The values of the further splits that are drawn, those with the most rows first."""
    if len(table.asked.by) == 1:
        return [()]
    counts: dict[tuple[object, ...], int] = {}
    for row in table.rows:
        counts[row.keys[1:]] = counts.get(row.keys[1:], 0) + 1
    return sorted(counts, key=lambda line: (-counts[line], str(line)))[:MOST_LINES]


def _line_name(table: Table, line: tuple[object, ...], namer: Namer) -> str:
    return " · ".join(namer.value(split, key) for split, key in zip(table.asked.by[1:], line, strict=True))


def _hint(table: Table, each: Measure, series: tuple[Series, ...], place: int, at: object, namer: Namer) -> str:
    where = namer.value(table.asked.by[0], at)
    said = [
        f"{one.name}: {value_text(each, one.values[place], namer.language)}" if one.name
        else value_text(each, one.values[place], namer.language)
        for one in series
    ]  # fmt: skip
    return f"{where} · {' · '.join(said)}"


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def axis_of(chart: Chart, language: str) -> list[str]:
    """The three texts beside the plot, from above."""
    if chart.unit == "share":
        return [numbers.percent(round(chart.top * share * 1000), language) for share in (1, 0.5, 0)]
    return [amount(chart.unit, chart.top * share, language) for share in (1, 0.5, 0)]
