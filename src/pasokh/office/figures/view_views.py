"""Kept views: the list, keeping one, renaming, sharing, taking away and bringing back, what they are used for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from pasokh.i18n.catalogue import message
from pasokh.kernel.errors import PasokhError
from pasokh.office.errors import language, status_of, text_of
from pasokh.office.figures import actions
from pasokh.office.figures.selectors import removed_views, views_of
from pasokh.office.figures.shell import page_of
from pasokh.office.people.access import needs, signed_in
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import role_names


@needs(Right.FIGURES)
@require_http_methods(["GET", "POST"])
def views_page(request: HttpRequest) -> HttpResponse:
    """The views somebody sees; a sent form keeps an address of the explorer as one."""
    person = signed_in(request)
    if request.method == "POST":
        try:
            row = actions.do_save_view(person, request.POST.get("name", ""), request.POST.get("query", ""))
        except PasokhError as error:
            return _list(request, error)
        messages.success(request, message("figures.view.kept", language(), name=row.name))
        return redirect(f"{reverse('figures_explore')}?{row.query}")
    return _list(request)


def _list(request: HttpRequest, refused: PasokhError | None = None) -> HttpResponse:
    person = signed_in(request)
    return render(
        request,
        "figures/views.html",
        page_of(
            request, "figures_views", views=views_of(person), gone=removed_views(person), role_names=role_names(),
            refused=text_of(refused) if refused else "",
        ),
        status=status_of(refused.code) if refused else 200,
    )  # fmt: skip


@needs(Right.FIGURES)
@require_POST
def view_change(request: HttpRequest, view: int) -> HttpResponse:
    """Rename and share."""
    try:
        row = actions.do_change_view(
            signed_in(request), view, request.POST.get("name", ""), request.POST.getlist("roles")
        )
    except PasokhError as error:
        return _list(request, error)
    messages.success(request, message("figures.view.kept", language(), name=row.name))
    return redirect("figures_views")


@needs(Right.FIGURES)
@require_POST
def view_remove(request: HttpRequest, view: int) -> HttpResponse:
    """Take away; `view_restore` brings it back."""
    row = actions.do_remove_view(signed_in(request), view)
    messages.success(request, message("figures.view.removed", language(), name=row.name))
    return redirect("figures_views")


@needs(Right.FIGURES)
@require_POST
def view_restore(request: HttpRequest, view: int) -> HttpResponse:
    """Bring back."""
    row = actions.do_restore_view(signed_in(request), view)
    messages.success(request, message("figures.view.restored", language(), name=row.name))
    return redirect("figures_views")


@needs(Right.FIGURES)
@require_POST
def view_choose(request: HttpRequest, view: int) -> HttpResponse:
    """Put it on the own dashboard or off it, or begin the explorer with it or not."""
    what = "default" if request.POST.get("what") == "default" else "board"
    actions.do_choose_view(signed_in(request), view, what, request.POST.get("wanted") == "1")
    return redirect("figures_views")
