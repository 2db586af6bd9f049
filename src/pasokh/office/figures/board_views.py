"""The dashboard's page, and what is asked for anew every few seconds of it."""

from datetime import timedelta
from urllib.parse import parse_qs

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from pasokh.i18n.dates import format_date, format_time, local, parse_date
from pasokh.kernel.errors import PasokhError
from pasokh.office import clock
from pasokh.office.errors import language, text_of
from pasokh.office.figures import store
from pasokh.office.figures.answers import Table, table_of
from pasokh.office.figures.asked import cleaned, read_address
from pasokh.office.figures.board import Board, board_of
from pasokh.office.figures.selectors import views_of
from pasokh.office.figures.shell import page_of
from pasokh.office.figures.views import drawn, heads_of_table, period_text, rows_on
from pasokh.office.figures.words import Namer, formula
from pasokh.office.people.access import needs, signed_in
from pasokh.office.people.rules import Right
from pasokh.office.tenancy.models import Client


@never_cache
@needs(Right.FIGURES)
@require_GET
def figures_page(request: HttpRequest) -> HttpResponse:
    """One day at a glance, of all or of one client; with ``fresh`` only what changes."""
    spoken = language()
    namer, errors = Namer(spoken), {}
    typed, client = cleaned(request.GET.get("day", "")), cleaned(request.GET.get("client", ""))
    day = None
    try:
        day = parse_date(typed, spoken) if typed else None
    except PasokhError as error:
        errors["day"] = text_of(error)
    board = board_of(day, client, namer)
    clients = dict(Client.objects.filter(archived_at=0).order_by("key").values_list("key", "name"))
    context = {
        "board": board,
        "at_text": format_time(local(clock.now(), timezone.get_current_timezone_name()), spoken, seconds=True),
        **(_shown(board, client, namer) if board else {}),
    }
    context["kept"] = _kept_views(request, namer) if board else []
    if request.GET.get("fresh"):
        return render(request, "figures/board.html", context)
    return render(
        request,
        "figures/dashboard.html",
        page_of(
            request, "figures", **context, errors=errors, client=client, clients=clients if len(clients) > 1 else {},
            typed=typed, fresh=urlencode([("fresh", "1"), ("day", typed), ("client", client)]) if not errors else "",
        ),
        status=400 if errors else 200,
    )  # fmt: skip


def _shown(board: Board, client: str, namer: Namer) -> dict[str, object]:
    def near(days: int) -> str:
        day = (board.day + timedelta(days=days)).isoformat()
        return urlencode([("day", day), *([("client", client)] if client else [])])

    return {
        "day_text": format_date(board.day, namer.language, "long"),
        "charts": drawn(board.by_time, namer),
        "table": board.by_queue,
        "heads": heads_of_table(board.by_queue, reverse("figures_explore")),
        "rows": rows_on(board.by_queue, 1),
        "compared": format_date(board.day - timedelta(days=1), namer.language, "short"),
        "before": near(-1),
        "after": "" if board.is_today else near(1),
        "formulas": _formulas(board.by_queue, namer),
    }


def _kept_views(request: HttpRequest, namer: Namer) -> list[dict[str, object]]:
    """The views that somebody put on the own dashboard: their totals and their first chart."""
    found = []
    for seen in views_of(signed_in(request)):
        if not seen.on_board:
            continue
        asked = read_address(parse_qs(seen.view.query, keep_blank_values=True), namer.language).asked
        try:
            period = asked.period(store.today(), namer.language, store.facts().days())
            table = table_of(asked, period, namer)
        except PasokhError as error:
            found.append({"view": seen.view, "error": text_of(error)})
            continue
        found.append(
            {"view": seen.view, "period": period_text(period, namer.language), "table": table,
             "charts": drawn(table, namer)[:2]}
        )  # fmt: skip
    return found


def _formulas(table: Table, namer: Namer) -> list[dict[str, object]]:
    return [formula(each, namer.language) for each in table.measures]
