"""Patience, handling times, busy hours, topics: pages that say what the figures mean."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from pasokh.i18n.catalogue import message
from pasokh.i18n.languages import RIGHT_TO_LEFT
from pasokh.i18n.numbers import clock as clock_text
from pasokh.i18n.numbers import percent
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language
from pasokh.office.figures.shell import page_of
from pasokh.office.figures.words import Namer
from pasokh.office.figures_analysis import handling, patience, peaks, topics
from pasokh.office.figures_analysis.drawing import curve_plot, end_of
from pasokh.office.figures_analysis.looking import Look, look_of
from pasokh.office.people.access import actor_of, needs, signed_in
from pasokh.office.people.rules import Right
from pasokh.office.vocabulary.actions import do_take_band


def _page(request: HttpRequest, name: str, look: Look, **more: object) -> HttpResponse:
    return render(
        request,
        f"figures_analysis/{name}.html",
        page_of(request, f"figures_{more.pop('tab', name)}", look=look.form(), **more),
        status=400 if look.errors else 200,
    )


@never_cache
@needs(Right.FIGURES)
@require_GET
def peaks_page(request: HttpRequest) -> HttpResponse:
    """What usually comes in each hour of the week."""
    look = look_of(dict(request.GET.lists()))
    return _page(request, "peaks", look, map=peaks.week(look, language()))


@never_cache
@needs(Right.FIGURES)
@require_GET
def topics_page(request: HttpRequest) -> HttpResponse:
    """Why customers come."""
    look = look_of(dict(request.GET.lists()))
    return _page(
        request, "topics", look, reasons=topics.reason_rows(look, Namer(language())), written=topics.written(look)
    )


@never_cache
@needs(Right.FIGURES)
@require_GET
def handling_page(request: HttpRequest) -> HttpResponse:
    """Each reason's handling times beside its band."""
    look = look_of(dict(request.GET.lists()))
    may = signed_in(request).may(Right.EDIT_SETUP)
    lines = handling.reason_lines(look, Namer(language()))
    return _page(request, "handling", look, lines=lines, query=look.address(), may_edit=may)


@never_cache
@needs(Right.FIGURES)
@require_GET
def reason_page(request: HttpRequest, reason: str) -> HttpResponse:
    """The contacts of one reason that were too long, or too short and did harm."""
    look = look_of(dict(request.GET.lists()))
    line, over, short = handling.contact_lines(look, reason[:80], Namer(language()))
    if line is None:
        raise PasokhError("figures.unknown_reason")
    pieces = [
        {
            "text": handling.band_text(piece.low_ms, piece.high_ms, language()),
            "n": piece.n,
            "permille": round(piece.share * 1000),
        }
        for piece in (line.found.pieces if line.found else ())
    ]
    return _page(
        request, "reason", look, tab="handling", line=line, over=over, short=short, pieces=pieces, query=look.address(),
        may_edit=signed_in(request).may(Right.EDIT_SETUP),
    )  # fmt: skip


@needs(Right.EDIT_SETUP)
@require_POST
def band_taken(request: HttpRequest, reason: str) -> HttpResponse:
    """Make the band that was read from contacts the one that holds; it is read anew, not taken from the form."""
    look = look_of(dict(request.POST.lists()))
    found = handling.suggested_seconds(look, reason[:80])
    if found is None:
        raise PasokhError("figures.unknown_reason")
    do_take_band(actor_of(request), reason[:80], *found)
    text = handling.band_text(found[0] * 1000, found[1] * 1000, language())
    name = Namer(language()).value("reason", reason[:80])
    messages.success(request, message("handling.taken", language(), reason=name, band=text))
    return redirect(f"{reverse('figures_handling')}?{look.address()}")


@never_cache
@needs(Right.FIGURES)
@require_GET
def patience_page(request: HttpRequest) -> HttpResponse:
    """How long customers wait before they give up."""
    given = dict(request.GET.lists())
    look, spoken = look_of(given), language()
    wanted = "".join(given.get("by", ()))[:20]
    by = next((split for split in patience.SPLITS if split == wanted), patience.SPLITS[0])
    whole = patience.whole(look)
    title = message("patience.chart", spoken)
    return _page(
        request, "patience", look,
        whole=patience.line_of("", whole, spoken),
        plot=curve_plot(whole, title, spoken in RIGHT_TO_LEFT) if whole.curve.steps else "",
        axis=[clock_text(end_of(whole) * quarter // 4, spoken) for quarter in range(5)],
        shares=[percent(share, spoken) for share in (1000, 500, 0)],
        fitted=whole.enough, prior=patience.prior_text(spoken), by=by, splits=patience.SPLITS,
        marks=[clock_text(mark, spoken) for mark in patience.MARKS], lines=patience.lines(look, by, Namer(spoken)),
    )  # fmt: skip
