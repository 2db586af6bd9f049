"""The explorer: figures picked, split, compared; their table to take along; the rows behind each of them."""

from collections.abc import Mapping, Sequence
from datetime import date
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from pasokh.i18n.dates import format_date
from pasokh.kernel.errors import PasokhError
from pasokh.metrics.behind import WHICH, Wanted, Which, counts_time, has_parts, rows_behind
from pasokh.metrics.question import Period
from pasokh.metrics.writing import FORMATS, written
from pasokh.office import clock
from pasokh.office.audit.actions import do_record_change
from pasokh.office.errors import language, status_of, text_of
from pasokh.office.figures import store
from pasokh.office.figures.answers import PAGE, Row, Table, check_size, table_of
from pasokh.office.figures.asked import AT, WITH, Asked, Reading, cleaned, read_address, read_cell
from pasokh.office.figures.charts import axis_of, charts_of
from pasokh.office.figures.listing import heads_of, lines_of, local_text
from pasokh.office.figures.matter import matter_of
from pasokh.office.figures.periods import COMPARED, PRESETS
from pasokh.office.figures.picking import figures_to_pick, splits_to_pick, values_to_pick
from pasokh.office.figures.selectors import default_query
from pasokh.office.figures.shell import page_of
from pasokh.office.figures.words import Namer, formula
from pasokh.office.people.access import actor_of, needs, signed_in
from pasokh.office.people.rules import Right

ROWS = 50
TAKEN = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The forms a table is taken along in, and what browsers are told of them."""


@never_cache
@needs(Right.FIGURES)
@require_GET
def explore_page(request: HttpRequest) -> HttpResponse:
    """Figures as the address says (`asked.read_address`); what a form sent becomes such an address first."""
    given, spoken = dict(request.GET.lists()), language()
    if not given and (usual := default_query(signed_in(request))):
        return redirect(f"{reverse('figures_explore')}?{usual}")
    reading = read_address(given, spoken)
    if not reading.errors and any(name.startswith(WITH) for name in given):
        return redirect(f"{reverse('figures_explore')}?{reading.asked.address()}")
    namer, asked = Namer(spoken), reading.asked
    period = asked.period(store.today(), spoken, store.facts().days())
    table, errors = None, dict(reading.errors)
    if not errors:
        try:
            table = table_of(asked, period, namer)
        except PasokhError as error:
            errors[str(error.params.get("field", "kpi"))] = error
    status = max((status_of(error.code) for error in errors.values()), default=HTTPStatus.OK)
    return render(
        request,
        "figures/explore.html",
        page_of(
            request, "figures_explore", **_form(reading, period, namer), **(_shown(table, namer) if table else {}),
            errors={name: text_of(error) for name, error in errors.items()},
        ),
        status=status,
    )  # fmt: skip


def _form(reading: Reading, period: Period, namer: Namer) -> dict[str, object]:
    asked = reading.asked
    first, last = (format_date(day, namer.language, "short") for day in (period.first, period.last))
    return {
        "asked": asked,
        "typed": {"from": reading.typed.get("from") or first, "to": reading.typed.get("to") or last},
        "period": {"first": period.first, "last": period.last, "text": period_text(period, namer.language)},
        "presets": PRESETS,
        "compares": COMPARED,
        "groups": figures_to_pick(asked, namer.language),
        "splits": splits_to_pick(asked, namer),
        "values": values_to_pick(asked, period, namer) if asked.measures else [],
        "chips": _chips(asked, namer),
    }


def _chips(asked: Asked, namer: Namer) -> list[dict[str, str]]:
    """What it is narrowed to, each with the address without it."""
    found = []
    for column, values in asked.where:
        for value in values:
            rest = tuple(other for other in values if other != value)
            where = tuple((name, rest if name == column else kept) for name, kept in asked.where)
            address = asked.address(where=tuple(pair for pair in where if pair[1]))
            found.append({"text": f"{namer.split(column)}: {namer.value(column, value)}", "address": address})
    return found


def _shown(table: Table, namer: Namer) -> dict[str, object]:
    asked, spoken = table.asked, namer.language
    pages = max(1, -(-len(table.rows) // PAGE))
    page = min(asked.page, pages)
    return {
        "table": table,
        "rows": rows_on(table, page),
        "heads": heads_of_table(table),
        "count": len(table.rows),
        "page": page,
        "pages": pages,
        "earlier": asked.address(page=page - 1) if page > 1 else "",
        "later": asked.address(page=page + 1) if page < pages else "",
        "charts": drawn(table, namer),
        "formulas": [formula(each, spoken) for each in table.measures],
        "compared": period_text(table.compared, spoken) if table.compared else "",
        "query": asked.address(),
        "forms": tuple(TAKEN),
    }


def rows_on(table: Table, page: int) -> list[Row]:
    """The rows of a page, counted from 1."""
    return table.rows[(page - 1) * PAGE : page * PAGE]


def drawn(table: Table, namer: Namer) -> list[dict[str, object]]:
    """The table's charts with the texts beside them."""
    return [
        {"chart": chart, "axis": axis_of(chart, namer.language), "total": table.total[number],
         "legend": [each for each in chart.series if each.name]}
        for number, chart in enumerate(charts_of(table, namer))
    ]  # fmt: skip


def heads_of_table(table: Table, place: str = "") -> list[dict[str, object]]:
    """The heads of the columns, each with the address that sorts by it (at another place than the page's own)."""
    asked, found = table.asked, []
    for number, name in enumerate(table.splits):
        found.append({"text": name, **_sorting(asked, f"s{number}", "", place)})
    for number, each in enumerate(table.measures):
        found.append({"text": each.kpi.name[language()], "id": each.name, **_sorting(asked, f"v{number}", "-", place)})
    return found


def _sorting(asked: Asked, column: str, first: str, place: str) -> dict[str, object]:
    """A column's address: by itself, and turned round where it is sorted by it already."""
    other = "" if first else "-"
    now = asked.sort.removeprefix("-") == column
    sort = f"{other}{column}" if asked.sort == f"{first}{column}" else f"{first}{column}"
    falling = asked.sort.startswith("-")
    return {
        "address": f"{place}?{asked.address(sort=sort)}",
        "sorted": ("descending" if falling else "ascending") if now else "",
    }


def period_text(period: Period, spoken: str) -> str:
    """A period in words."""
    first = format_date(period.first, spoken, "medium")
    return first if period.first == period.last else f"{first} – {format_date(period.last, spoken, 'medium')}"


@needs(Right.FIGURES)
@require_GET
def table_file(request: HttpRequest, form: str) -> HttpResponse:
    """The whole table as a file; who took it along is recorded."""
    if form not in TAKEN or form not in FORMATS:
        raise PasokhError("page.unknown")
    reading = read_address(dict(request.GET.lists()), language())
    for error in reading.errors.values():
        raise error
    asked, spoken = reading.asked, language()
    period = asked.period(store.today(), spoken, store.facts().days())
    answer = store.ask(asked.question(period, clock.now()))
    check_size(answer)
    data = written(answer, form, spoken)
    told = {"figures": [each.name for each in asked.measures], "from": period.first.isoformat(),
            "to": period.last.isoformat(), "by": list(asked.by), "rows": len(answer.rows), "form": form}  # fmt: skip
    do_record_change(actor_of(request), "figures.take", "figures:table", None, told)
    response = HttpResponse(data, content_type=TAKEN[form])
    name = f"figures-{period.first.isoformat()}-{period.last.isoformat()}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


# -- what is behind ----------------------------------------------------------------------------------------------------
@never_cache
@needs(Right.FIGURES)
@require_GET
def rows_page(request: HttpRequest) -> HttpResponse:
    """The rows behind one figure of one cell; without a figure, back to the explorer."""
    given, spoken = dict(request.GET.lists()), language()
    if not given.get("kpi"):
        return redirect("figures_explore")
    namer = Namer(spoken)
    wanted = _wanted(given, spoken)
    page = max(1, _page_number(given))
    found = rows_behind(store.facts(), wanted, limit=ROWS, skip=(page - 1) * ROWS)
    pages = max(1, -(-found.count // ROWS))
    base = [(name, value) for name, values in given.items() if name not in {"page", "which"} for value in values]
    parts = [
        {"which": each, "address": urlencode([*base, ("which", each)]), "current": each == wanted.which}
        for each in WHICH
        if has_parts(wanted.measure)
    ]
    kept = [*base, ("which", wanted.which)]
    cell = [(namer.split(name), namer.value(name, value)) for name, value in wanted.at]
    cell += [
        (namer.split(name), ", ".join(namer.value(name, value) for value in values)) for name, values in wanted.where
    ]
    return render(
        request,
        "figures/rows.html",
        page_of(
            request, "figures_explore", formula=formula(wanted.measure, spoken), cell=cell, parts=parts,
            which=wanted.which, period=period_text(wanted.period, spoken), count=found.count,
            heads=heads_of(found.table, namer), lines=lines_of(found, namer), table_name=found.table.name,
            of_time=counts_time(wanted.measure), page=page, pages=pages,
            earlier=urlencode([*kept, ("page", page - 1)]) if page > 1 else "",
            later=urlencode([*kept, ("page", page + 1)]) if page < pages else "",
        ),
    )  # fmt: skip


def _wanted(given: Mapping[str, Sequence[str]], spoken: str) -> Wanted:
    """What the address of a list of rows names; raises what is wrong with it."""
    reading = read_address(
        {name: values for name, values in given.items() if not name.startswith(AT)} | {"period": ["range"]}, spoken
    )
    for error in reading.errors.values():
        raise error
    asked = reading.asked
    which: Which = next((each for each in WHICH if each == "".join(given.get("which", ()))[:20]), "counted")
    period = asked.period(store.today(), spoken, None)
    return Wanted(
        measure=asked.measures[0], period=period, where=asked.where, at=read_cell(given), which=which, now=clock.now()
    )


def _page_number(given: Mapping[str, Sequence[str]]) -> int:
    return read_address({"page": given.get("page", ())}, "en").asked.page


@never_cache
@needs(Right.FIGURES)
@require_GET
def matter_page(request: HttpRequest, source: str) -> HttpResponse:
    """One contact as the facts have it."""
    namer = Namer(language())
    contact = cleaned(request.GET.get("contact", ""))
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        raise PasokhError("figures.unknown_contact") from None
    found = matter_of(source[:60], contact, day)
    return render(
        request,
        "figures/matter.html",
        page_of(
            request, "figures_explore", contact=contact, source=source, matter=found, namer=namer,
            begun=local_text(_begun(found.visits, found.handlings, found.contact), namer),
            visits=[_worded(row, namer) for row in found.visits],
            handlings=[_worded(row, namer) for row in found.handlings],
        ),
    )  # fmt: skip


def _begun(*rows: object) -> object:
    for each in rows:
        first = each[0] if isinstance(each, tuple) and each else each
        if isinstance(first, dict):
            for name in ("entered_local", "answered_local", "opened_local"):
                if isinstance(first.get(name), int):
                    return first[name]
    return None


def _worded(row: Mapping[str, object], namer: Namer) -> dict[str, object]:
    """A fact's row with words beside its keys."""
    named = {
        name: namer.value(name, row[name])
        for name in ("queue", "agent", "how", "kind", "ended_by", "reason", "outcome", "channel")
        if row.get(name)
    }
    return {**row, **{f"{name}_text": text for name, text in named.items()},
            "at_text": local_text(_begun(row), namer)}  # fmt: skip
