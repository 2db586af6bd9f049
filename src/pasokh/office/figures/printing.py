"""A report on paper: PDF of a table, in its reader's language, calendar and direction."""

import json
from functools import cache
from pathlib import Path
from typing import Literal

import typst

from pasokh.i18n.catalogue import message
from pasokh.i18n.dates import format_moment, local
from pasokh.i18n.languages import RIGHT_TO_LEFT
from pasokh.kernel.time import Instant
from pasokh.office.figures.answers import Cell, Table
from pasokh.office.figures.charts import axis_of, charts_of
from pasokh.office.figures.drawing import Chart
from pasokh.office.figures.views import period_text
from pasokh.office.figures.words import Namer, formula

HERE = Path(__file__).parent
MOST_ROWS = 400
"""Of a table on paper; the sheet has all of them."""
PLOT = (500, 180)
COLOURS = {"s0": "#0a7c80", "s1": "#d98a00", "s2": "#c8283c", "s3": "#1a7f4b", "s4": "#3f5055", "before": "#586a6f"}
STYLE = (
    ".grid{stroke:#c5d0d1}.target{stroke:#d98a00;stroke-dasharray:6 4}.line{fill:none;stroke-width:2;"
    "stroke-linecap:round;stroke-linejoin:round}.bar{fill:#0a7c80}.dot{fill:none;stroke-width:2}"
    + "".join(f".line.{name},.dot.{name}{{stroke:{colour}}}" for name, colour in COLOURS.items())
    + ".line.before{stroke-dasharray:5 5;stroke-width:1.5}"
)


def pdf_of(table: Table, title: str, organisation: str, zone: str, at: Instant, namer: Namer) -> bytes:
    """The report as PDF; every text of it is embedded, fonts included."""
    return printed(table, title, organisation, zone, at, namer, "pdf")[0]


def printed(
    table: Table, title: str, organisation: str, zone: str, at: Instant, namer: Namer, form: Literal["pdf", "png"]
) -> list[bytes]:
    """The report as a PDF, or as a picture of each of its pages."""
    data = _said(table, title, organisation, zone, at, namer)
    made = _compiler().compile(format=form, sys_inputs={"data": json.dumps(data)})
    return [made] if isinstance(made, bytes) else list(made or ())


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(
        input=str(HERE / "report.typ"), root=str(HERE), font_paths=[str(HERE / "fonts")], ignore_system_fonts=True
    )


def _said(table: Table, title: str, organisation: str, zone: str, at: Instant, namer: Namer) -> dict[str, object]:
    language, asked = namer.language, table.asked
    narrowed = " · ".join(
        f"{namer.split(column)}: {'، '.join(namer.value(column, value) for value in values)}"
        if language in RIGHT_TO_LEFT
        else f"{namer.split(column)}: {', '.join(namer.value(column, value) for value in values)}"
        for column, values in asked.where
    )
    compared = period_text(table.compared, language) if table.compared else ""
    rows = table.rows[:MOST_ROWS] if asked.by else []
    return {
        "title": title,
        "organisation": organisation,
        "language": language,
        "rtl": language in RIGHT_TO_LEFT,
        "numbering": "۱" if language == "fa" else "1",
        "period": period_text(table.period, language),
        "narrowed": narrowed,
        "compared": message("figures.compared_with", language, period=compared) if compared else "",
        "made": message("figures.made", language, at=format_moment(local(at, zone), language)),
        "empty": message("figures.nothing_here", language) if table.is_empty else "",
        "tiles": [
            {"name": cell.name, "value": cell.text, "n": _n(cell, language), "change": cell.change}
            for cell in table.total
        ],
        "charts": [_chart(chart, language) for chart in charts_of(table, namer)],
        "heads": [*table.splits, *(each.kpi.name[language] for each in table.measures)],
        "splits": len(table.splits),
        "rows": [
            [*row.names, *({"value": cell.text, "n": _n(cell, language)} for cell in row.cells)] for row in rows
        ],
        "more": message("figures.more_rows", language, n=len(table.rows) - len(rows))
        if asked.by and len(table.rows) > len(rows)
        else "",
        "formulas_title": message("figures.formulas", language),
        "formulas": [
            {key: str(value) for key, value in formula(each, language).items()
             if key in {"name", "says", "id", "clock", "source"}}
            for each in table.measures
        ],
    }  # fmt: skip


def _n(cell: Cell, language: str) -> str:
    return message("figures.n", language, n=cell.n) if cell.has_rows else message("figures.empty.why", language)


def _chart(chart: Chart, language: str) -> dict[str, object]:
    return {
        "title": chart.title,
        "axis": axis_of(chart, language),
        "svg": str(chart.plot(*PLOT, STYLE)),
        "labels": [{"at": at, "text": text} for at, text, minor in chart.shown_labels if not minor],
        "legend": [
            {"name": each.name, "colour": COLOURS.get(each.look, COLOURS["s0"]), "dashed": each.look == "before"}
            for each in chart.series
            if each.name
        ],
    }
